"""The same things as JSON for programs: every key is always there."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs

from incidentflow.errors import Failure, IncidentflowError
from incidentflow.incident import Entry, Incident
from incidentflow.words import MICROSECOND, Rank

Data = dict[str, Any]


def print_json(data: Data | list[Data]) -> None:
    """Print one JSON value."""
    print(json.dumps(data, indent=2, ensure_ascii=False))


def plain(value: Any) -> Any:  # noqa: ANN401 - values of any kind
    """Turn a value into plain data: ISO 8601, names of levels and enums, whole microseconds."""
    if isinstance(value, (enum.Enum, datetime)):
        return _word(value)
    if isinstance(value, timedelta):
        return value // MICROSECOND
    if isinstance(value, Failure):
        return {"code": value.code, "text": value.text, "inputs": list(value.inputs)}
    if attrs.has(type(value)):
        return {
            field.name: plain(getattr(value, field.name)) for field in attrs.fields(type(value))
        }
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return dict(value) if isinstance(value, Mapping) else value


def incident_data(incident: Incident) -> Data:
    """Show all of an incident; its state also by itself, its own fields by name."""
    rest = plain(incident)
    first = {name: rest.pop(name) for name in ("number", "id", "tenant")}
    fields = {own.name: own.value for own in incident.fields}
    return {**first, "state": incident.state, **rest, "fields": fields}


def entry_data(entry: Entry) -> Data:
    """Show an entry of a timeline, with its text for people."""
    data = plain(entry)
    data["event"] = plain(entry.event)
    data["to"] = entry.to.state if entry.to else None
    return {"kind": entry.kind, "text": entry.event.describe(), **data}


def error_data(error: Exception) -> Data:
    """Show an error by its code and text; one that is not the library's own by its class."""
    code = error.code if isinstance(error, IncidentflowError) else type(error).__name__
    return {"code": code, "text": str(error)}


def _word(value: enum.Enum | datetime) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Rank):
        return value.name if value.name[-1].isdigit() else value.label
    return value.value
