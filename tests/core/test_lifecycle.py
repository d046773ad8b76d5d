"""A host's own lifecycle: what is refused when it is built, and how it is used (rule L7)."""

from __future__ import annotations

from functools import partial

import pytest
from attrs import evolve

from incidentflow import engine
from incidentflow.errors import Failure, InvalidInput, LifecycleError
from incidentflow.incident import Case, Category, Command, Place
from incidentflow.lifecycle import AskedFor, Given, Guard, Lifecycle, Openness, Option, State, Step
from incidentflow.policy import FieldRule, Policy
from incidentflow.process import (
    Advance,
    Correct,
    Hold,
    Note,
    RenameState,
    Resolve,
    Resume,
    SetFields,
)
from incidentflow.process.hold import CameFrom, HoldReasonKnown
from incidentflow.profiles import ITIL
from incidentflow.testing.generated import FLAGS, Flagged
from incidentflow.testing.rehearsal import Rehearsal

SMALL = (
    State("new", "triage"),
    State("doing", "open", marks={"working"}),
    State("fixed", "done", marks={"restored", "resolved"}),
    State("gone", "terminal"),
)
STEPS = (
    Step("report", None, "new"),
    Step("acknowledge", "new", "doing"),
    Step("resolve", ("new", "doing"), "fixed"),
    Step("close", "fixed", "gone"),
)
CONTAINED = (
    State("contained", "open", marks="restored"),
    Step("contain", "in_progress", "contained", needs="note"),
    Step("resolve", "contained", "resolved", needs=("code", "note")),
    Step("hold", "contained", "on_hold", guards=HoldReasonKnown("reason")),
    Step("resume", "on_hold", "contained", guards=CameFrom("contained")),
)


HOLD = Hold(by="ana", reason="awaiting_vendor", reference="V-1")


def never(case: Case) -> Failure | None:
    """Close a step for good."""
    return Failure("never", {"text": f"{case.incident.name} never"})


def make_guard() -> Guard:
    """Make a guard that is another object each time, as in another process."""
    return lambda case: never(case)  # noqa: PLW0108 - a new function is the point


def problems(*parts: State | Step, states: tuple[State, ...] = SMALL) -> tuple[str, ...]:
    """Build a small lifecycle with further parts, and return its problems."""
    with pytest.raises(LifecycleError) as caught:
        Lifecycle("ours", states, STEPS).extend(*parts)
    return caught.value.problems


def test_a_small_lifecycle_is_sound() -> None:
    """Four states and four steps are enough."""
    ours = Lifecycle("ours", SMALL, STEPS)

    assert ["new", "doing", "fixed", "gone"] == list(ours.places)
    assert ("resolve",) == ours.ways("doing", "fixed")
    assert () == ours.ways("nowhere", "fixed")


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        (State("new", "open"), "state 'new' is declared twice"),
        (State("two words", "open"), "state 'two words' needs an ASCII identifier"),
        (State("nothing", "open"), "state 'nothing' needs an ASCII identifier other than"),
        (State("odd", "unreported"), "state 'odd' needs a category"),
        (State("island", "open"), "state 'island' cannot be reached from a report"),
        (State("island", "open"), "state 'island' reaches no terminal state"),
        (State("late", "open", marks={"resolved"}), "state 'late': done states, and only they"),
        (State("over", "done"), "state 'over': done states, and only they"),
        (
            State("rest", "done", marks=["resolved", "waiting"]),
            "state 'rest' waits but is finished",
        ),
        (Step("two words", "new", "doing"), "step 'two words' needs an ASCII identifier"),
        (Step("go", "new", "doin"), "step 'go' names state 'doin'; did you mean 'doing'?"),
        (Step("go", "neu", "doing"), "step 'go' names state 'neu'; did you mean 'new'?"),
        (Step("go", None, "doing"), "step 'go': a report, and only a report, starts from nothing"),
        (Step("report", "new", "doing"), "step 'report': a report, and only a report"),
        (Step("report", None, "gone", guards=never), "step 'report' leads to 'gone', which is of"),
        (Step("go", "new", "doing", guards=["late"]), "step 'go' has 'late' as a guard; give"),
        (Step("go", "new", "doing", guards=[{}]), "step 'go' has {} as a guard; give a callable"),
        (Step("go", "new", "gone", guards=AskedFor("new")), "step 'go' leads to 'gone', but asks"),
        (Step("acknowledge", "fixed", "new"), "leads to 'new', which is not marked working"),
        (Step("hold", "new", "doing"), "step 'hold' leads to 'doing', which is not marked waiting"),
        (Step("mitigate", "new", "doing"), "leads to 'doing', which is not marked restored"),
        (Step("cancel", "new", "doing"), "leads to 'doing', which is not of category terminal"),
        (Step("merge", "new", "fixed"), "leads to 'fixed', which is not of category terminal"),
        (
            Step("close", "fixed", "gone", guards=never),
            "step 'close' from 'fixed' to 'gone' is nev",
        ),
        (Step("resolve", "new", "fixed"), "'resolve' from 'new' to 'fixed' is never chosen: the"),
    ],
)
def test_each_problem_is_named(part: State | Step, problem: str) -> None:
    """What is wrong with a lifecycle is said by name."""
    assert any(problem in each for each in problems(part))


def test_a_resume_that_goes_on_waiting_is_refused() -> None:
    """A hold with an end would never rest."""
    waiting = State("waiting", "open", marks={"waiting"})
    away = Step("leave", "waiting", "doing")
    found = problems(waiting, away, Step("resume", "new", "waiting"))

    assert ("step 'resume' leads to 'waiting', which is marked waiting",) == found


def test_missing_marks_are_named() -> None:
    """A lifecycle in which nothing is ever restored could not stop its clocks."""
    plain = tuple(evolve(state, marks=()) for state in SMALL)
    found = problems(states=plain)

    assert all(any(mark in each for each in found) for mark in ("working", "restored", "resolved"))


def test_all_problems_are_reported_at_once() -> None:
    """One error lists them, numbered, with the name of the lifecycle."""
    with pytest.raises(LifecycleError) as caught:
        Lifecycle("ours", (State("new", "open"),), (Step("go", "new", "nowhere"),), {"new": "old"})

    assert len(caught.value.problems) > 6
    assert str(caught.value).startswith("lifecycle 'ours': ")
    assert "\n  2. " in str(caught.value)


def test_words_of_a_lifecycle_are_checked_when_written() -> None:
    """A category or mark that does not exist is refused with the nearest one."""
    for build, hint in (
        (partial(State, "s", "opn"), "did you mean 'open'"),
        (partial(State, "s", "open", marks={"workin"}), "did you mean 'working'"),
    ):
        with pytest.raises(InvalidInput, match=hint):
            build()


def test_only_states_and_steps_extend_a_lifecycle() -> None:
    """Anything else is refused, not ignored."""
    with pytest.raises(LifecycleError, match="states and steps only"):
        ITIL.extend(("contain", "in_progress", "contained"))


def test_a_host_extends_itil_with_a_step_of_its_own() -> None:
    """The new state is reached by `Advance`, and every rule knows it by its marks."""
    ours = ITIL.extend(*CONTAINED, name="ours")
    life = Rehearsal(ours)
    life.report(to="in_progress")
    contain = Advance(by="ana", step="contain")

    assert ("note.missing",) == life.attempt(contain).codes

    life.do(evolve(contain, note="valve shut"))

    assert "contained" == life.incident.state
    assert ("advanced",) == life.kinds
    assert "contain: valve shut" in str(life.entries[-1])
    assert life.now == life.incident.episode.restored_at
    assert "resolved" == life.do(Resolve(by="ana", code="fixed", note="new valve")).state


def test_a_step_with_a_command_is_not_taken_by_advance() -> None:
    """`Advance` refuses it and names the command."""
    life = Rehearsal()
    life.report(to="in_progress")
    refused = life.attempt(Advance(by="ana", step="return_to_queue", note="n"))

    assert ("input.invalid",) == refused.codes
    assert "'return_to_queue': has its own command; give ReturnToQueue" in str(refused.outcome)


def test_a_step_may_need_an_own_field() -> None:
    """It is given with the command or known already; nothing else of that name counts."""
    ours = ITIL.extend(Step("park", "new", "cancelled", needs=("kind",)))
    policy = Policy(fields=(FieldRule("kind"), FieldRule("seats", "number")))
    life = Rehearsal(ours, policy)
    life.report()
    park = Advance(by="ana", step="park")
    (option,) = (one for one in life.options() if one.trigger == "park")

    assert ("kind.missing",) == life.attempt(park).codes
    assert ("fields.kind",) == option.inputs
    assert ("input.invalid",) == life.attempt(evolve(park, fields={"kind": 5})).codes

    life.do(evolve(park, fields={"kind": "spare"}))

    assert "cancelled" == life.incident.state
    assert "spare" == life.incident.field("kind")
    assert ("advanced", "fields_set") == life.kinds


def test_own_fields_are_required_before_the_triggers_the_policy_names() -> None:
    """A declared field that is required at a step closes it until it is known (rule T3)."""
    life = Rehearsal(policy=Policy(fields=(FieldRule("tier", required_at="resolve"),)))
    life.report()
    resolve = Resolve(by="ana", code="fixed", note="restarted")

    assert ("fields.missing",) == life.attempt(resolve).codes
    assert () == life.attempt(evolve(resolve, fields={"tier": "gold"})).codes

    again = Rehearsal(policy=life.practice.policy)
    again.report()
    again.do(SetFields(by="ana", fields={"tier": "gold"}), resolve)

    assert "resolved" == again.incident.state


def turns(life: Rehearsal) -> dict[str, Option]:
    """Return the options of the step *turn*, by where they lead."""
    return {option.to: option for option in life.options() if option.trigger == "turn"}


def test_the_first_way_whose_guards_pass_is_taken() -> None:
    """`options` says which way that is, and which others can be asked for."""
    ours = ITIL.extend(
        Step("turn", "new", "triaged", guards=AskedFor("triaged", by_default=True)),
        Step("turn", "new", "in_progress", needs="note"),
        Step("turn", "new", "mitigated", guards=AskedFor("mitigated")),
    )
    life = Rehearsal(ours)
    life.report()
    found = turns(life)

    assert Openness.OPEN is found["triaged"].openness
    assert ("note", "to") == found["in_progress"].inputs
    assert ("to",) == found["mitigated"].inputs
    assert "turn -> mitigated: open with to" == str(found["mitigated"])
    assert (
        "in_progress" == life.do(Advance(by="ana", step="turn", to="in_progress", note="n")).state
    )


def test_a_way_that_is_always_outranked_is_closed() -> None:
    """What an earlier way takes, whatever is asked for, is not called open."""
    policy = Policy(fields=(FieldRule("tier"),))
    ours = ITIL.extend(
        Step("turn", "new", "triaged", needs="tier"),
        Step("turn", "new", "in_progress", guards=AskedFor("in_progress")),
        Step("turn", "new", "mitigated"),
    )
    life = Rehearsal(ours, policy)
    life.report(fields={"tier": "gold"})
    found = turns(life)

    assert Openness.OPEN is found["triaged"].openness
    assert Openness.CLOSED is found["in_progress"].openness
    assert Openness.CLOSED is found["mitigated"].openness
    assert "turn -> mitigated: closed, another way comes before the one to mitigated" == str(
        found["mitigated"]
    )


def test_inputs_that_open_an_earlier_way_lead_there() -> None:
    """So the later one is closed, unless it can be asked for by name."""
    usual = AskedFor("triaged", by_default=True)
    both = Policy(fields=tuple(FieldRule(flag, "flag") for flag in FLAGS))
    for first, later in (
        (Step("turn", "new", "triaged", needs="note", guards=Flagged("red")), ()),
        (Step("turn", "new", "triaged", needs="note", guards=usual), ("note", "to")),
    ):
        ours = ITIL.extend(
            first, Step("turn", "new", "mitigated", needs="note", guards=Flagged("green"))
        )
        life = Rehearsal(ours, both)
        life.report(fields=dict.fromkeys(FLAGS, True))
        found = turns(life)

        assert ("note",) == found["triaged"].inputs[:1]
        assert later == found["mitigated"].inputs


def test_the_digest_is_the_same_in_every_process() -> None:
    """No address in memory enters it, whatever the guards are."""
    first = ITIL.extend(Step("stop", "new", "cancelled", guards=partial(make_guard())))
    again = ITIL.extend(Step("stop", "new", "cancelled", guards=partial(make_guard())))
    other = ITIL.extend(Step("stop", "new", "cancelled", guards=Given("note")))

    assert first.digest == again.digest
    assert first.digest != other.digest
    assert f"ITIL+@{first.digest}" == first.reference


def test_every_failed_guard_of_a_way_is_named_and_the_open_steps_too() -> None:
    """A refusal is complete: incident, state, what was asked, why not, what would work."""
    ours = ITIL.extend(Step("stop", "new", "cancelled", needs="note", guards=(never,)))
    life = Rehearsal(ours)
    life.report()
    refusal = str(life.attempt(Advance(by="ana", step="stop")).outcome)

    assert life.incident.id in refusal
    assert "cannot stop while new" in refusal
    assert "[never]; note must be given [note.missing]" in refusal
    assert "Open now: triage, acknowledge, hold, mitigate, resolve, cancel, merge." in refusal


def before_the_rename(**old: object) -> Rehearsal:
    """Rehearse an incident in a state that a later lifecycle calls by another name."""
    state = {"name": "parked", "category": "open", "marks": {"waiting"}} | old
    ours = ITIL.extend(
        State(**state),
        Step("park", "new", "parked"),
        Step("resolve", "parked", "resolved"),
        Step("park", "resolved", "parked"),
    )
    life = Rehearsal(ours)
    life.report()
    life.wait(hours=1)
    life.do(Advance(by="ana", step="park"))
    life.wait(hours=1)
    return life


def case_of(life: Rehearsal, command: Command) -> Case:
    """Put a command before an incident as it stands."""
    return Case(life.incident, command, life.practice.policy, life.now)


def under(life: Rehearsal, lifecycle: Lifecycle) -> Rehearsal:
    """Go on with an incident under another lifecycle."""
    life.practice = engine.Practice(lifecycle, life.practice.policy)
    return life


def test_a_state_that_is_gone_takes_no_step() -> None:
    """An incident in it is refused every step, and told so (rule L12)."""
    life = under(before_the_rename(), ITIL)
    resolve = Resolve(by="ana", code="c", note="n")

    assert () == life.options()
    assert ("state.unknown",) == life.attempt(resolve).codes
    assert ("rename.undeclared",) == life.attempt(RenameState(by="ana")).codes
    assert () == life.attempt(Note(by="ana", text="still here")).codes


def test_a_declared_renaming_changes_the_name_alone() -> None:
    """It is an event of its own kind, and nothing that was reached is touched (rule L12)."""
    life = before_the_rename()
    before = life.incident
    after = under(life, ITIL.extend(parked="on_hold")).do(RenameState(by="ana"))

    assert ("state_renamed",) == life.kinds
    assert "state renamed from parked" in str(life.entries[-1])
    assert (
        evolve(before, place=after.place, version=after.version, updated_at=after.updated_at)
        == after
    )
    assert ("rename.undeclared",) == life.attempt(RenameState(by="ana")).codes


def test_a_renaming_that_means_something_else_is_a_move() -> None:
    """Where category or marks differ, milestones follow the new state."""
    life = under(before_the_rename(), ITIL.extend(parked="mitigated"))
    after = life.do(RenameState(by="ana"))

    assert life.now == after.since
    assert life.now == after.episode.restored_at


def test_a_hold_remembers_a_state_by_its_present_name() -> None:
    """Whoever was held from a state that is called otherwise now resumes in it (rule L12)."""
    life = Rehearsal(ITIL.extend(*CONTAINED))
    life.report(to="in_progress")
    life.do(Advance(by="ana", step="contain", note="n"), HOLD)
    renamed = tuple(
        evolve(part, name="isolated") if isinstance(part, State) else part for part in CONTAINED[:1]
    )
    ours = ITIL.extend(
        *renamed,
        Step("contain", "in_progress", "isolated", needs="note"),
        Step("resolve", "isolated", "resolved"),
        Step("resume", "on_hold", "isolated", guards=CameFrom("isolated")),
        contained="isolated",
    )
    options = {(each.to, each.openness) for each in under(life, ours).options()}
    machine = ours.ask_machine(case_of(life, Resume(by="ana")), "resume")

    assert ("isolated", Openness.OPEN) in options
    assert "isolated" == machine
    assert "isolated" == life.do(Resume(by="ana")).state


def test_a_hold_from_a_state_that_is_gone_says_where_to() -> None:
    """Without a new name for it nothing is guessed; another state can be asked for."""
    life = Rehearsal(ITIL.extend(*CONTAINED))
    life.report(to="in_progress")
    life.do(Advance(by="ana", step="contain", note="n"), HOLD)
    under(life, ITIL)

    assert "hold.elsewhere" in life.attempt(Resume(by="ana")).codes
    assert "triaged" == life.do(Resume(by="ana", to="triaged")).state


@pytest.mark.parametrize("renames", [{"new": "triaged"}, {"old": "nowhere"}, {"nothing": "new"}])
def test_impossible_renamings_are_refused(renames: dict[str, str]) -> None:
    """A present state is not renamed, and a new name must exist."""
    with pytest.raises(LifecycleError, match="cannot be renamed"):
        ITIL.extend(**renames)


def test_places_speak_for_themselves() -> None:
    """A place carries what rules need, without its lifecycle."""
    place = ITIL.places["mitigated"]

    assert place.is_unfinished
    assert Category.OPEN is place.category
    assert Place("mitigated", Category.OPEN, place.marks, ITIL.reference) == place


def test_a_correction_names_a_state_that_exists() -> None:
    """An unknown state is refused with the nearest name."""
    life = Rehearsal()
    life.report()
    attempt = life.attempt(Correct(by="ana", reason="typo", state="resolvd"))

    assert ("state.unknown",) == attempt.codes
    assert "did you mean 'resolved'?" in str(attempt.outcome)
