"""
The words everything else is written in: actors, instants, ids, ranks and checked text.

Nothing here knows what an incident is. All of it is pure: no clock, no randomness, no I/O.
"""

from incidentflow.words.actors import SYSTEM, Actor, ActorKind, as_actor
from incidentflow.words.definition import Difference, difference, digest_of, lines_of, said
from incidentflow.words.instants import (
    END,
    EPOCH,
    MICROSECOND,
    aware,
    from_micros,
    micros,
    show,
    to_utc,
    utc,
    uuid7,
)
from incidentflow.words.own import FieldValue, OwnField, as_fields
from incidentflow.words.ranks import (
    Impact,
    Priority,
    Rank,
    Severity,
    Urgency,
    as_impact,
    as_priority,
    as_severity,
    as_urgency,
)
from incidentflow.words.spans import UNLIMITED, show_span
from incidentflow.words.text import (
    ERASED,
    JOINERS,
    MAX_LINE,
    MAX_TEXT,
    checked,
    flag,
    line,
    member,
    person_id,
    personal,
    plain,
    prose,
    strings,
    visible,
    whole,
)
from incidentflow.words.values import evolve, frozen

__all__ = [
    "END",
    "EPOCH",
    "ERASED",
    "JOINERS",
    "MAX_LINE",
    "MAX_TEXT",
    "MICROSECOND",
    "SYSTEM",
    "UNLIMITED",
    "Actor",
    "ActorKind",
    "Difference",
    "FieldValue",
    "Impact",
    "OwnField",
    "Priority",
    "Rank",
    "Severity",
    "Urgency",
    "as_actor",
    "as_fields",
    "as_impact",
    "as_priority",
    "as_severity",
    "as_urgency",
    "aware",
    "checked",
    "difference",
    "digest_of",
    "evolve",
    "flag",
    "from_micros",
    "frozen",
    "line",
    "lines_of",
    "member",
    "micros",
    "person_id",
    "personal",
    "plain",
    "prose",
    "said",
    "show",
    "show_span",
    "strings",
    "to_utc",
    "utc",
    "uuid7",
    "visible",
    "whole",
]
