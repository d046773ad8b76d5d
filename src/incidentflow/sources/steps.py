"""From a row of another system's log to the commands that retell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from incidentflow.incident import Category, Command, Incident, Mark
from incidentflow.incident.places import NOTHING
from incidentflow.lifecycle import Lifecycle
from incidentflow.policy.matrix import AXES
from incidentflow.process import (
    COMMANDS,
    Assign,
    Correct,
    Describe,
    Hold,
    Note,
    OverridePriority,
    Reclassify,
    Report,
    SetFields,
)
from incidentflow.process.description import DESCRIPTION
from incidentflow.process.triage import CLASSIFICATION
from incidentflow.sources.mapping import LogMapping, Target
from incidentflow.sources.rows import Row
from incidentflow.words import MAX_LINE, Priority, Rank, frozen

BY_TRIGGER: Mapping[str, type[Command]] = {
    command.trigger: command for command in COMMANDS if command.trigger
}
FOLLOWED = (*DESCRIPTION, *CLASSIFICATION, "team", "assignee")
EMPTY = "(empty)"


@frozen
class Retold:
    """
    How a row can be retold, as one commit.

    Attributes:
        attempts: Lists of commands, to be tried in order; the last is a correction.
        derived: The priority that the matrix gives, or None.

    """

    attempts: tuple[tuple[Command, ...], ...]
    derived: Rank | None


class Reteller:
    """
    Retells rows as commands.

    Args:
        mapping: What the source's columns and words mean.
        lifecycle: The lifecycle that the incidents follow here.

    """

    def __init__(self, mapping: LogMapping, lifecycle: Lifecycle) -> None:
        self._mapping = mapping
        self._lifecycle = lifecycle

    def retell(self, row: Row, incident: Incident | None) -> Retold:
        """Say how a row can be retold, given the incident so far, or None before the first."""
        target = self._mapping.target(row.labels)
        derived = self._derived(row, incident)
        if incident is None:
            return Retold(tuple(self._reports(row, target)), derived)
        changes = tuple(self._changes(row, incident))
        attempts = tuple(
            _in_order(incident, changes, moves) or (_saved(row),)
            for moves in self._moves(row, incident, target)
        )
        return Retold((*attempts, (self._correct(row, target, incident.state),)), derived)

    def _correct(self, row: Row, target: Target | None, state: str) -> Correct:
        return Correct(
            **_said(row),
            state=target.state if target and target.state != state else None,
            hold_reason=target.hold_reason if target and target.state != state else None,
            reason=self._mapping.defaults["reason"],
            raw=" / ".join(_printable(label) or EMPTY for label in row.labels),
        )

    def _reports(self, row: Row, target: Target | None) -> Iterator[tuple[Command, ...]]:
        given = {name: row.texts[name] for name in FOLLOWED if name in row.texts}
        ranks = {name: row.ranks[name] for name in CLASSIFICATION if name in row.ranks}
        defaults = self._mapping.defaults
        scales = {name: defaults[name] for name in CLASSIFICATION if name in defaults}
        inputs: dict[str, Any] = {
            "title": defaults["title"].format(number=row.number),
            **scales,
            **given,
            **ranks,
            "fields": dict(row.fields),
            **_said(row),
        }
        earlier = row.reported_at if row.reported_at and row.reported_at < row.at else row.at
        first = Report(**{**inputs, "at": earlier})
        after = tuple(self._override(row, None))
        begun = self._lifecycle.table[NOTHING]["report"][0].place.state
        if target is not None and begun == target.state:
            yield (first, *after)
        elif target is not None:
            for trigger in self._lifecycle.ways(begun, target.state):
                yield (first, *after, self._step(trigger, row, target, resolved=False))
        yield (first, *after, self._correct(row, target, begun))

    def _moves(
        self, row: Row, incident: Incident, target: Target | None
    ) -> Iterator[tuple[Command, ...]]:
        if target is None:
            yield (self._correct(row, target, incident.state),)
        elif target.state == incident.state:
            hold = incident.hold
            waits_anew = hold is not None and target.hold_reason not in (None, hold.reason)
            yield (Hold(**_said(row), reason=target.hold_reason),) if waits_anew else ()
        else:
            resolved = incident.place.has(Mark.RESOLVED)
            for trigger in self._lifecycle.ways(incident.state, target.state):
                yield (self._step(trigger, row, target, resolved=resolved),)

    def _step(self, trigger: str, row: Row, target: Target, *, resolved: bool) -> Command:
        cls = BY_TRIGGER[trigger]
        defaults = self._mapping.defaults
        reasons = {"hold": target.hold_reason, "cancel": defaults["cancel_reason"]}
        if resolved:
            reasons["close"] = None
        inputs = {
            **_said(row),
            "to": target.state,
            "reason": reasons.get(trigger, defaults["reason"]),
            "hold_reason": target.hold_reason,
            "code": row.texts.get("code", defaults["code"]),
            "note": row.texts.get("note", defaults["note"]),
        }
        known = {field.name for field in attrs.fields(cls)}
        return cls(**{name: value for name, value in inputs.items() if name in known})

    def _changes(self, row: Row, incident: Incident) -> Iterator[Command]:
        said = {**row.texts, **row.ranks}
        new = {name: value for name, value in said.items() if self._is_new(incident, name, value)}
        texts = {name: row.texts[name] for name in DESCRIPTION if name in new}
        if texts:
            yield Describe(**_said(row, **texts))
        axes = {name: new[name] for name in CLASSIFICATION if name in new}
        if axes:
            yield Reclassify(**_said(row, **axes))
        if "team" in new or "assignee" in new:
            team, assignee = row.texts.get("team"), row.texts.get("assignee")
            yield Assign(**_said(row), team=team, assignee=assignee)
        own = {name: text for name, text in row.fields.items() if incident.field(name) != text}
        if own:
            yield SetFields(**_said(row), fields=own)
        yield from self._override(row, incident)

    @staticmethod
    def _is_new(incident: Incident, name: str, value: object) -> bool:
        return name in FOLLOWED and getattr(incident, name) != value

    def _override(self, row: Row, incident: Incident | None) -> Iterator[Command]:
        said, expected = row.ranks.get("priority"), self._derived(row, incident)
        if incident is not None and incident.override is not None:
            known = ((axis, incident.axes[axis]) for axis in self._mapping.policy.matrix.axes)
            same = all(row.ranks.get(axis, level) == level for axis, level in known)
            expected = incident.priority if same else expected
        if isinstance(said, Priority) and said != expected:
            reason = self._mapping.defaults["reason"]
            yield OverridePriority(**_said(row), priority=said, reason=reason)

    def _derived(self, row: Row, incident: Incident | None) -> Rank | None:
        known = incident.axes if incident else self._default_axes()
        axes = {name: row.ranks.get(name, level) for name, level in known.items()}
        return self._mapping.policy.matrix.priority(axes)

    def _default_axes(self) -> dict[str, Rank | None]:
        said = self._mapping.defaults
        return {
            name: scale.parse(said[name]) if name in said else None for name, scale in AXES.items()
        }


def _in_order(
    incident: Incident, changes: tuple[Command, ...], moves: tuple[Command, ...]
) -> tuple[Command, ...]:
    if incident.place.category is Category.TERMINAL:
        return (*moves, *changes)
    return (*changes, *moves)


def _said(row: Row, **more: object) -> dict[str, Any]:
    """Give what every command of a row has, who, when and its place in the count, and more."""
    return {"by": row.by, "at": row.at, "source_sequence": row.sequence, **more}


def _printable(label: str) -> str:
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in label)
    return shown[:MAX_LINE]


def _saved(row: Row) -> Note:
    return Note(**_said(row), text="saved; nothing that is followed has changed")
