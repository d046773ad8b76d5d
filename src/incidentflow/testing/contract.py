"""What all conformance kits have in common: nobody passes by leaving a check out quietly."""

from __future__ import annotations

from collections.abc import Iterator


class Contract:
    """
    A promise as tests: inherit, say how to make one, run pytest.

    A class that replaces or removes a check it inherits is refused when it is defined, unless the
    check carries a visible reason: ``@pytest.mark.xfail(reason=...)`` or ``skip``.

    Raises:
        TypeError: Names every check that is missing without a reason.

    """

    def __init_subclass__(cls) -> None:
        """Refuse a class that leaves out a check of a contract it inherits."""
        missing = sorted(
            name
            for name in checks(*cls.__bases__)
            if not (_is_inherited(cls, name) or _has_reason(getattr(cls, name)))
        )
        if missing:
            msg = (
                f"{cls.__name__} replaces {', '.join(missing)} of the contract it inherits; keep "
                "what was inherited, or say why not: @pytest.mark.xfail(reason='...')"
            )
            raise TypeError(msg)


def checks(*contracts: type) -> Iterator[str]:
    """Name every check of contracts; of classes that are none, nothing."""
    for contract in contracts:
        if issubclass(contract, Contract):
            yield from (name for name in dir(contract) if name.startswith("test_"))


def _is_inherited(cls: type, name: str) -> bool:
    present = getattr(cls, name)
    return any(
        getattr(base, name, None) is present for base in cls.__bases__ if issubclass(base, Contract)
    )


def _has_reason(check: object) -> bool:
    marks = getattr(check, "pytestmark", ())
    return any(
        mark.name in {"skip", "xfail"} and str(mark.kwargs.get("reason", "")).strip()
        for mark in marks
    )
