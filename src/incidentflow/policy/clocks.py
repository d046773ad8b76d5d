"""Which clocks run: what starts, stops, restarts and pauses each (rules K6, K7, K11 and K12)."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Container, Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

from attrs import field

from incidentflow.errors import InvalidInput, nearest, shorten
from incidentflow.words import flag, frozen, line, member, strings

STARTS = frozenset({"reported", "detected", "triaged"})
"""Milestones at which a clock may start, however late that becomes known."""
MOMENTS = frozenset(
    {"answered", "acknowledged", "assigned", "updated", "working", "waiting", "restored"}
    | {"resolved", "released", "left:working", "left:waiting", "left:restored", "left:resolved"}
)
"""What may start, stop, restart, pause or resume a clock; ``released`` is the end of a hold."""
HOLD_ENDS = ("released", "left:waiting")
"""What the end of a hold brings about, at that end, also if nobody has looked yet (rule K19)."""
RELEASED = ("released",)
"""What comes of a hold, and so never where there is no reason for one."""
HOLDS_NEEDED = "add a reason to hold, or name another trigger"
OTHERS = re.compile(r"(held|event):[a-z][a-z0-9_]*")
PROMISED = "promised_update"
"""The clock of a promised next update (rule C2); it needs no rule and no target."""
Part = tuple[int, int]


class OnChange(enum.Enum):
    """What a change of priority or target does to a running clock (rule K6)."""

    RETROACTIVE = "retroactive"
    FROM_CHANGE = "from_change"
    PROPORTIONAL = "proportional"


class OnReopen(enum.Enum):
    """What reopening or relapsing does to a clock that had ended (rule K7)."""

    RESUME = "resume"
    CONTINUE = "continue"
    RESTART = "restart"
    NEVER = "never"


def _on_change(value: OnChange | str) -> OnChange:
    return member(OnChange, value, "on_change")


def _on_reopen(value: OnReopen | str) -> OnReopen:
    return member(OnReopen, value, "on_reopen")


def _parts(value: Iterable[object]) -> tuple[Part, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InvalidInput("warnings", shorten(value), "are no fractions; give ('1/2', '3/4')")
    return tuple(_part(each) for each in value)


def _part(value: object) -> Part:
    try:
        exact = Fraction(*value) if isinstance(value, tuple) else value
        exact = Fraction(exact) if isinstance(exact, str) else exact
    except (TypeError, ValueError, ZeroDivisionError):
        exact = None
    if not (isinstance(exact, Fraction) and 0 < exact < 1):
        problem = "is no part of a target; give an exact fraction such as '3/4', no float"
        raise InvalidInput("warnings", shorten(value), problem)
    return exact.numerator, exact.denominator


@frozen
class ClockRule:
    """
    One kind of clock; a target says how long it may run, and without one it does not start.

    Triggers are ``"answered"`` (the first acknowledgement by a person, assignment to a person by
    one, or any act of the assignee), ``"acknowledged"``, ``"assigned"`` (to a person),
    ``"updated"`` (stakeholders), a mark gained (``"working"``, ``"waiting"``, ``"restored"``,
    ``"resolved"``) or lost (``"left:MARK"``), ``"released"`` (a hold ended), ``"held:REASON"`` or
    ``"event:KIND"``.

    Attributes:
        name: What to call it, such as ``"resolution"``.
        starts: ``"reported"``, ``"detected"``, ``"triaged"``, or a trigger.
        stops: The triggers that stop it.
        restarts: The triggers that stop it and start it anew.
        pauses: The triggers that hold it back, beside any hold that does.
        resumes: The triggers at which it goes on after one of these.
        pausable: Whether a hold may pause it; which holds do, they say (rule K16).
        warnings: The parts of the target at which it warns: ``"3/4"``, exact (rule K11).
        on_change: What a change of priority or target does to it (rule K6).
        on_reopen: What reopening, and for a mark relapsing, does to it (rule K7).

    """

    name: str = field(validator=line(60))
    starts: str = field(default="reported", validator=line(60))
    stops: tuple[str, ...] = field(default=(), converter=strings)
    restarts: tuple[str, ...] = field(default=(), converter=strings)
    pauses: tuple[str, ...] = field(default=(), converter=strings)
    resumes: tuple[str, ...] = field(default=(), converter=strings)
    pausable: bool = field(default=True, validator=flag)
    warnings: tuple[Part, ...] = field(default=("1/2", "3/4", "9/10"), converter=_parts)
    on_change: OnChange = field(default=OnChange.RETROACTIVE, converter=_on_change)
    on_reopen: OnReopen = field(default=OnReopen.RESUME, converter=_on_reopen)

    def problems(self, reasons: Collection[str]) -> Iterator[str]:
        """
        Say what cannot work about it, one sentence each.

        Args:
            reasons: The names of the hold reasons of the policy.

        """
        if not self.name.isidentifier() or self.name == PROMISED:
            yield f"clock {self.name!r} needs a name of its own, an identifier"
        if not self.stops:
            yield f"clock {self.name!r} never stops; name at least one trigger"
        if bool(self.pauses) is not bool(self.resumes):
            never = "resumes" if self.pauses else "pauses"
            yield f"clock {self.name!r} never {never}; name at least one trigger, or neither"
        for first, second, trigger in self._contradictions():
            yield f"clock {self.name!r} {first} and {second} at {trigger!r}; give one of them"
        yield from self.idle(() if reasons else RELEASED)
        for what, trigger, known in self._triggers():
            held = trigger.removeprefix("held:")
            if trigger not in known and not OTHERS.fullmatch(trigger):
                yield f"clock {self.name!r} {what} at {trigger!r}; {nearest(trigger, known)}"
            elif held != trigger and held not in reasons:
                yield f"clock {self.name!r} {what} at {trigger!r}, which is no hold reason"
        for one, other in pairwise(Fraction(*part) for part in self.warnings):
            if one >= other:
                yield f"clock {self.name!r} warns at {one} before {other}; give them in order"

    def idle(self, never: Container[str]) -> Iterator[str]:
        """
        Say what it would do only at triggers that can never come.

        Args:
            never: Those triggers.

        """
        for what in ("starts", "stops", "pauses"):
            triggers = strings(getattr(self, what))
            if triggers and all(each in never for each in triggers):
                told = " and ".join(map(repr, triggers))
                yield f"clock {self.name!r} {what} at {told}, which can never be; {HOLDS_NEEDED}"

    def _triggers(self) -> Iterator[tuple[str, str, frozenset[str]]]:
        yield "starts", self.starts, STARTS | MOMENTS
        for what in ("stops", "restarts", "pauses", "resumes"):
            yield from ((what, each, MOMENTS) for each in getattr(self, what))

    def _contradictions(self) -> Iterator[tuple[str, str, str]]:
        """Name each trigger that would do two things that cannot both be meant."""
        starts = (("starts", (self.starts,)), ("restarts", self.restarts))
        resumes = ("resumes", self.resumes)
        for what, mine, others in (
            ("stops", self.stops, (*starts, ("pauses", self.pauses), resumes)),
            ("pauses", self.pauses, (*starts, resumes)),
        ):
            for trigger in dict.fromkeys(mine):
                yield from ((other, what, trigger) for other, its in others if trigger in its)

    @property
    def moments(self) -> frozenset[str]:
        """All that it starts, stops, pauses or goes on at."""
        return frozenset(trigger for _, trigger, _ in self._triggers())


CLOCKS = (
    ClockRule(
        "response",
        stops=("answered", "resolved"),
        pausable=False,
        on_reopen=OnReopen.NEVER,
    ),
    ClockRule("restoration", stops=("restored",)),
    ClockRule("resolution", stops=("resolved",)),
    ClockRule("update", stops=("resolved",), restarts=("updated",), pausable=False),
)
