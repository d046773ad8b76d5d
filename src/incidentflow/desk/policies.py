"""A policy from a file of the host's."""

from __future__ import annotations

from pathlib import Path

from incidentflow.errors import PolicyError
from incidentflow.policy import Policy
from incidentflow.system import read_small


def load_policy(path: str | Path) -> Policy:
    """
    Load a policy from a TOML file; see `incidentflow.policy.file.read_policy`.

    Args:
        path: The file, a regular one of at most 1 MiB.

    Raises:
        InvalidInput: It is no path.
        PolicyError: There is no such file, it is no TOML, or the policy cannot work; lists every
            problem; the holidays of a country need an extra.

    """
    from incidentflow.policy.file import read_policy  # noqa: PLC0415 - few programs read one

    name = f"policy {str(path)!r}"
    try:
        text = read_small(path)
    except OSError as error:
        raise PolicyError(name, (f"{error.strerror}; give a TOML file",)) from None
    return read_policy(text, name)
