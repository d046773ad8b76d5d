"""
What leaves a desk to be kept elsewhere: exports and seals, and checking both without a store.

    verify_export(lines)             what in an export does not hold, if anything
    verify_export(lines, seal=...)   and what was cut off, left out or written anew since a seal
"""

from incidentflow.exports.checking import FILE, Checker, Verification, verify_export
from incidentflow.exports.records import (
    Exported,
    ExportPage,
    write_page,
)
from incidentflow.exports.seals import Head, Seal

__all__ = [
    "FILE",
    "Checker",
    "ExportPage",
    "Exported",
    "Head",
    "Seal",
    "Verification",
    "verify_export",
    "write_page",
]
