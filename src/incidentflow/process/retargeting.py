"""Retargeting: running clocks are measured by the policy as it is now, on request (rule K13)."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field

from incidentflow.incident import Case, Command, Event
from incidentflow.incident.clocks import Ended
from incidentflow.policy import OnChange
from incidentflow.policy.clocks import STARTS
from incidentflow.process.clocks import ClockStarted
from incidentflow.process.starting import counts_from
from incidentflow.process.supersession import retargeted
from incidentflow.process.targeting import start_clock, taken_up
from incidentflow.words import frozen, member, prose, strings


def _mode(value: OnChange | str | None) -> OnChange | None:
    return None if value is None else member(OnChange, value, "mode")


def _names(value: object) -> tuple[str, ...]:
    return strings(value, "clocks")


@frozen(kw_only=True)
class Retarget(Command):
    """
    Measure running clocks by the policy as it is now; without it, editing a policy changes none.

    A clock that the policy has a target for by now, and that never ran, starts too; if somebody
    has answered meanwhile, it was stopped then.

    Args:
        reason: Why.
        mode: ``"retroactive"``, ``"from_change"`` or ``"proportional"``; None: as each clock was
            agreed to follow a change of priority (rule K6).
        clocks: The names of the clocks; none: all.

    """

    reason: str = field(validator=prose)
    mode: OnChange | None = field(default=None, converter=_mode)
    clocks: tuple[str, ...] = field(default=(), converter=_names)

    def decide(self, case: Case) -> Iterable[Event]:
        """Retarget them; that nothing would change is said."""
        events = [*self._retargeted(case), *self._started(case)]
        if not events:
            case.refuse("retarget.nothing", "clocks", clocks=self.clocks)
        return events

    def _retargeted(self, case: Case) -> Iterable[Event]:
        for clock in case.incident.clocks:
            if clock.runs and self._means(clock.name):
                mode = self.mode or clock.terms.on_change
                event = retargeted(
                    case.incident,
                    clock,
                    case.policy,
                    case.at,
                    case.now,
                    mode=mode,
                    reason=self.reason,
                )
                yield from () if event is None else (event,)

    def _started(self, case: Case) -> Iterable[Event]:
        incident = case.incident
        known = {clock.name: clock for clock in incident.clocks}
        for rule in case.policy.clocks:
            former = known.get(rule.name)
            if rule.starts not in STARTS or not self._means(rule.name):
                continue
            if former is not None and former.ended is not Ended.SUPERSEDED:
                continue
            start = counts_from(incident, rule) if incident.place.is_unfinished else None
            mode = self.mode or (former.terms.on_change if former else rule.on_change)
            if former is not None and mode is OnChange.FROM_CHANGE:
                start = start and case.at
            clock = start and start_clock(incident, rule, case.policy, start, case.now)
            if clock:
                yield ClockStarted(taken_up(clock, former, mode) if former else clock)

    def _means(self, name: str) -> bool:
        return not self.clocks or name in self.clocks
