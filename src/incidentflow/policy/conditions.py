"""Conditions: what is asked of an incident before a row or a rule is for it (rules K15, Q4)."""

from __future__ import annotations

CONDITIONS = ("priority", "category", "service", "customer", "location", "team")


def fulfils(name: str, value: object, wanted: object) -> bool:
    """Whether what is known fulfils a condition; a category stands for all below it."""
    if name == "category" and isinstance(value, str):
        return value == wanted or value.startswith(f"{wanted}/")
    return value == wanted and type(value) is type(wanted)
