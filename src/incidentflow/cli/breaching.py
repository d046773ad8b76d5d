"""Listing the incidents whose clocks are breached next, the soonest first."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime

from incidentflow.cli.clocks import NOTHING, clock_data, show_left
from incidentflow.cli.data import incident_data, print_json
from incidentflow.cli.parsing import Arguments
from incidentflow.cli.session import Session
from incidentflow.cli.style import aligned, count, say, style_of
from incidentflow.cli.timeline import ROW_TITLES, row
from incidentflow.cli.values import read_ahead
from incidentflow.desk import IncidentDesk
from incidentflow.desk.inputs import Criteria, make_limit
from incidentflow.errors import InvalidInput
from incidentflow.incident import Incident
from incidentflow.incident.clocks import Clock, next_breach
from incidentflow.words import END, show

PAGE = 200


def list_breaches(arguments: Arguments, at: Session, criteria: Criteria) -> int:
    """
    List what is breached next; what is paused has no due instant, and is not there.

    Args:
        arguments: What was read from the command line.
        at: The desk.
        criteria: What else must fit.

    Raises:
        InvalidInput: The span is none, or something was given that does not go with it.

    """
    for name, given in (("after", arguments.after), ("order", arguments.order)):
        if given not in (None, "due"):
            raise InvalidInput.of(name, given, "typed.breaches")
    now = at.clock.now()
    by = read_ahead(arguments.breaches_within, "breaches_within", now)
    found = sorted(_breaching(at.desk, {**criteria, "breaches_by": by}), key=_by_due)
    shown = found[: make_limit(arguments.limit)]
    if arguments.json:
        incidents = [
            {**incident_data(each), "next_breach": clock_data(clock, now)} for each, clock in shown
        ]
        print_json({"incidents": incidents, "found": len(found)})
        return 0
    if shown:
        *first, last = ROW_TITLES
        rows = [(*first, "DUE", "CLOCK", "LEFT", last)]
        for incident, clock in shown:
            *cells, title = row(incident)
            due = NOTHING if clock.due is None else show(clock.due)
            rows.append((*cells, due, clock.name, show_left(clock, now), title))
        titles, *lines = aligned(rows)
        say([style_of(sys.stdout).dim(titles), *lines])
    say(count(len(found), "incident") + f" in {at.where} with a breach by {show(by)}.")
    if len(found) > len(shown):
        say(f"There are more: --limit {len(found)}")
    return 0


def _breaching(desk: IncidentDesk, criteria: Criteria) -> Iterator[tuple[Incident, Clock]]:
    after = None
    while True:
        page = desk.find(order="due", after=after, limit=PAGE, **criteria)
        yield from ((each, clock) for each in page if (clock := next_breach(each.clocks)))
        after = page.after
        if after is None:
            return


def _by_due(found: tuple[Incident, Clock]) -> tuple[datetime, str]:
    incident, clock = found
    return clock.due or END, incident.id
