"""A policy from a file of the host's."""

from __future__ import annotations

from pathlib import Path

from incidentflow.errors import PolicyError
from incidentflow.policy import Policy


def load_policy(path: str | Path) -> Policy:
    """
    Load a policy from a TOML file; see `incidentflow.policy.file.read_policy`.

    Args:
        path: The file.

    Raises:
        PolicyError: There is no such file, it is no TOML, or the policy cannot work; lists every
            problem; the holidays of a country need an extra.

    """
    from incidentflow.policy.file import read_policy  # noqa: PLC0415 - few programs read one

    name = f"policy {str(path)!r}"
    try:
        text = Path(path).read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "is no UTF-8 text"
        raise PolicyError(name, (f"{why}; give a TOML file",)) from None
    return read_policy(text, name)
