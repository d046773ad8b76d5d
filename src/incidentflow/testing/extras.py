"""Libraries that only test authors need; they come with the extra ``test``."""

from __future__ import annotations

from importlib.util import find_spec

from incidentflow.errors import MissingExtra


def require(library: str, feature: str) -> None:
    """
    Refuse a feature whose library is not installed, before anything of it is imported.

    Args:
        library: The module that is needed.
        feature: What needs it.

    Raises:
        MissingExtra: It is not installed; names the extra.

    """
    if find_spec(library) is None:
        raise MissingExtra(feature, "test")
