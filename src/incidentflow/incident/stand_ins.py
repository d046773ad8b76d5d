"""
The dedup keys of stand-ins, which take reports in the place of what the reporter may not see.

Two unfinished incidents never share a key, so that of a stand-in has a mark behind it (rule X2).
Whoever is shown it reads the key that was given: that there is a mark tells of a hidden incident.
"""

from __future__ import annotations

import hashlib
import re

LONGEST = 400
MARKED = re.compile(r"(?P<key>.+) \((?P<mark>[0-9a-f]{12})-(?P<proof>[0-9a-f]{6})\)", re.DOTALL)
MARK, PROOF = 12, 6


def beside(key: str, incident: str) -> str:
    """
    Return the key of what stands in for an incident; it does not tell which that is.

    Args:
        key: The key that the incident holds, or the reports that reach it.
        incident: The incident's id.

    """
    mark = _digest(f"{incident} {key}", MARK)
    return f"{(kept := key[:LONGEST])} ({mark}-{_digest(f'{kept} {mark}', PROOF)})"


def as_given(key: str) -> str:
    """
    Return a dedup key as it was given, without the mark of a stand-in.

    Args:
        key: Any key; one that only looks as if it had a mark has none.

    """
    found = MARKED.fullmatch(key)
    if found is None or _digest(f"{found['key']} {found['mark']}", PROOF) != found["proof"]:
        return key
    return as_given(found["key"])


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
