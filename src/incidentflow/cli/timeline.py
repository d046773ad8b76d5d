"""An incident and its timeline, as people like to read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from incidentflow.cli.style import Style, aligned
from incidentflow.incident import Entry, Incident
from incidentflow.incident.parts import MajorStatus, ReviewStatus
from incidentflow.words import SYSTEM, Rank, frozen, show

WIDEST_WHO = 24


@frozen
class Moment:
    """
    One line of a timeline.

    Attributes:
        at: When.
        who: Who acted.
        what: What happened.
        state: The state it led to, if it moved the incident.
        quiet: Whether it happened by itself, as a consequence.

    """

    at: datetime
    who: str
    what: str
    state: str = ""
    quiet: bool = False


def moments(entries: Iterable[Entry], language: str = "en") -> Iterator[Moment]:
    """Turn entries of a journal into lines; what is odd about several is said once."""
    said: tuple[str, ...] = ()
    for entry in entries:
        odd = tuple(_remarks(entry))
        remarks = "" if odd == said else "".join(f" [{each}]" for each in odd)
        is_system = entry.by == SYSTEM
        yield Moment(
            at=entry.at,
            who="(system)" if is_system else str(entry.by),
            what=entry.event.describe(language) + remarks,
            state=entry.to.state if entry.to else "",
            quiet=is_system and entry.due is None,
        )
        said = odd or said


def timeline(lines: Sequence[Moment], style: Style, indent: str = "  ") -> Iterator[str]:
    """Show moments below the days they fall on, aligned."""
    who = max((min(len(each.who), WIDEST_WHO) for each in lines), default=0)
    state = max((len(each.state) for each in lines), default=0)
    margin = indent + " " * (len("  00:00  ") + who + 2 + state + 2)
    day = ""
    for each in lines:
        if (today := f"{each.at:%Y-%m-%d}") != day:
            day = today
            yield indent + style.bold(f"{_WEEKDAYS[each.at.weekday()]} {day}") + style.dim(" UTC")
        first, *rest = style.wrap(each.what, margin) or [margin]
        head = f"{indent}  {each.at:%H:%M}  {each.who:{who}}  "
        text = first[len(margin) :]
        if len(each.who) > WIDEST_WHO:
            yield head.rstrip()
            head = f"{indent}  {'':5}  {'':{who}}  "
        moved = style.bold(each.state) + " " * (state - len(each.state))
        yield f"{head}{moved}  {_shade(text, each, style)}"
        yield from (margin + _shade(line[len(margin) :], each, style) for line in rest)


def headline(incident: Incident, style: Style) -> list[str]:
    """Show number and title, and below them how the incident stands."""
    facts = [(name, text) for name, text in _facts(incident) if text]
    return [
        f"{style.bold(incident.name)}  {style.bold(incident.title)}",
        *("  " + line for line in aligned(facts)),
    ]


def row(incident: Incident) -> tuple[str, ...]:
    """Show an incident as a row of a table."""
    return (
        incident.name,
        incident.state,
        incident.priority.name if incident.priority else "-",
        incident.service or "-",
        incident.assignee or incident.team or "-",
        incident.title,
    )


ROW_TITLES = ("NUMBER", "STATE", "PRIO", "SERVICE", "WITH", "TITLE")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _shade(text: str, each: Moment, style: Style) -> str:
    return style.dim(text) if each.quiet else text


def _remarks(entry: Entry) -> Iterator[str]:
    if entry.due is not None and entry.due != entry.at:
        yield f"due {show(entry.due)}"
    for warning in entry.warnings:
        recorded = f", recorded {show(entry.recorded_at)}" if warning == "late_entry" else ""
        yield warning.replace("_", " ") + recorded


def _facts(incident: Incident) -> Iterable[tuple[str, str]]:
    label = f", {incident.substatus}" if incident.substatus else ""
    yield "state", f"{incident.state}{label}, since {show(incident.since)}"
    yield "priority", _priority(incident)
    yield "category", incident.category or ""
    yield "service", incident.service or ""
    yield "items", ", ".join(incident.items)
    yield "customer", incident.customer or ""
    yield "location", incident.location or ""
    yield "team", incident.team or ""
    yield "assignee", incident.assignee or ""
    yield "requester", incident.requester or ""
    yield from ((own.name, str(own.value)) for own in incident.fields)
    yield "on hold", _hold(incident)
    yield "expected", _expected(incident)
    yield "major", _major(incident)
    yield "cause", incident.cause or ""
    yield "review", _review(incident)


def _priority(incident: Incident) -> str:
    if incident.priority is None:
        return ""
    axes = (
        f"{name} {rank.label}" for name, rank in incident.axes.items() if isinstance(rank, Rank)
    )
    why = "overridden" if incident.override else ", ".join(axes)
    return f"{incident.priority.name} ({why})"


def _hold(incident: Incident) -> str:
    if incident.hold is None:
        return ""
    until = f", until {show(incident.hold.until)}" if incident.hold.until else ""
    return f"{incident.hold.reason}, since {show(incident.hold.since)}{until}"


def _expected(incident: Incident) -> str:
    """Show the latest estimate of an unfinished incident, and how often it slipped."""
    if not (incident.estimates and incident.place.is_unfinished):
        return ""
    last, slips = incident.estimates[-1], incident.counts.eta_slips
    sure = f", {last.confidence.value} confidence" if last.confidence else ""
    slipped = f", slipped {'once' if slips == 1 else f'{slips} times'}" if slips else ""
    return f"{show(last.eta)}{sure}, {last.audience.value}{slipped}"


def _major(incident: Incident) -> str:
    major = incident.major
    if major.status is MajorStatus.NONE:
        return ""
    if major.status is not MajorStatus.ACCEPTED:
        return str(major.status.value)
    return f"{major.incident_manager} manages, {major.communications_lead} communicates"


def _review(incident: Incident) -> str:
    if incident.review.status is ReviewStatus.NONE:
        return ""
    waits = (
        f"required ({each.because.value}) by {show(each.due)}"
        + (", blocks closing" if each.blocks else "")
        for each in incident.requirements
        if each.is_raised
    )
    return "; ".join((incident.review.status.value.replace("_", " "), *waits))
