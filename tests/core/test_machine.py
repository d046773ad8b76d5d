"""The compiled table and the `transitions` machine are one lifecycle, for every guard outcome."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from incidentflow.errors import Failure, TransitionRefused
from incidentflow.incident import Case
from incidentflow.incident.places import NOTHING, UNREPORTED
from incidentflow.lifecycle import Lifecycle, Probe
from incidentflow.policy import Policy
from incidentflow.profiles import ITIL
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.generated import FLAGS, OWN_FIELDS, lifecycles
from incidentflow.testing.lives import lives
from incidentflow.testing.rehearsal import BLANK, Rehearsal
from incidentflow.testing.strategies import commands
from incidentflow.words import OwnField


@frozen
class Scripted:
    """A guard whose outcome the case's incident says, by the guard's place in the lifecycle."""

    place: str

    def __call__(self, case: Case) -> Failure | None:
        """Pass unless the script says otherwise."""
        failed = case.incident.source.split()
        return Failure("scripted", {"text": self.place}) if self.place in failed else None


def scripted(lifecycle: Lifecycle) -> Lifecycle:
    """Replace every guard and need of a lifecycle by a scripted guard."""
    steps = (
        evolve(
            step,
            needs=(),
            guards=[Scripted(f"{n}.{m}") for m in range(len(step.guards) + len(step.needs))],
        )
        for n, step in enumerate(lifecycle.steps)
    )
    return Lifecycle(lifecycle.name, lifecycle.states, tuple(steps))


def outcomes(lifecycle: Lifecycle, state: str, trigger: str) -> Iterator[str]:
    """Enumerate every set of guards of a cell that may fail."""
    ways = lifecycle.table[state].get(trigger, ())
    guards = [each.place for way in ways for each in way.guards if isinstance(each, Scripted)]
    for failing in product((False, True), repeat=len(guards)):
        yield " ".join(guard for guard, fails in zip(guards, failing, strict=True) if fails)


def case_in(lifecycle: Lifecycle, state: str, **details: object) -> Case:
    """Build a case for an incident in a state."""
    place = lifecycle.places.get(state, UNREPORTED)
    incident = evolve(BLANK, place=place, since=MONDAY, **details)
    policy = Policy(fields=OWN_FIELDS)
    return Case(incident, Probe(by="ana"), policy, MONDAY + timedelta(hours=1))


def chosen(lifecycle: Lifecycle, case: Case, trigger: str) -> str | None:
    """Ask the table where a trigger leads; None when it refuses."""
    try:
        return lifecycle.step(case, trigger).state
    except TransitionRefused:
        return None


def test_itil_leads_where_its_machine_says_for_every_guard_outcome() -> None:
    """Exhaustively: every state, every trigger, every set of guards that fail."""
    lifecycle = scripted(ITIL)
    asked = 0
    for state in (NOTHING, *lifecycle.places):
        for trigger in lifecycle.machine.events:
            for script in outcomes(lifecycle, state, trigger):
                case = case_in(lifecycle, state, source=script)
                asked += 1

                assert lifecycle.ask_machine(case, trigger) == chosen(lifecycle, case, trigger)

    assert asked > 10_000


@given(lifecycles(), st.sampled_from((None, "new", "s0", "fixed", "gone")))
def test_generated_lifecycles_lead_where_their_machines_say(
    lifecycle: Lifecycle, to: str | None
) -> None:
    """Every state, every trigger, every combination of flags, whatever way is asked for."""
    flags = [tuple(map(OwnField, FLAGS, on)) for on in product((False, True), repeat=len(FLAGS))]
    for state, own in product((NOTHING, *lifecycle.places), flags):
        case = case_in(lifecycle, state, fields=own)
        case = evolve(case, command=Probe(by="ana", to=to))
        for trigger in lifecycle.machine.events:
            assert lifecycle.ask_machine(case, trigger) == chosen(lifecycle, case, trigger)


@given(lives(longest=8), st.data())
def test_real_commands_lead_where_the_machine_says(life: Rehearsal, data: st.DataObject) -> None:
    """The guards of ITIL themselves give both the same answer."""
    policy = life.practice.policy
    asked = data.draw(commands(ITIL, policy, now=life.now))
    case = Case(life.incident, asked, policy, life.now, life.facts((asked,)))

    for trigger in (*ITIL.machine.events, "unheard_of"):
        assert ITIL.ask_machine(case, trigger) == chosen(ITIL, case, trigger)
