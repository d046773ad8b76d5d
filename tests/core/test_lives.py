"""Whatever is asked of an incident, in any order: it is the fold of what happened to it."""

from __future__ import annotations

from copy import copy
from datetime import datetime, timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from incidentflow.errors import InvalidInput, TransitionRefused
from incidentflow.incident import Category, Command, Event, Incident, apply
from incidentflow.lifecycle import Lifecycle
from incidentflow.policy import Because, Policy
from incidentflow.process import AcceptMajor, Note
from incidentflow.process.agenda import agenda
from incidentflow.process.announcement import GROUPS
from incidentflow.profiles import ITIL
from incidentflow.testing.generated import lifecycles, policies
from incidentflow.testing.lives import lives
from incidentflow.testing.rehearsal import BLANK, Rehearsal
from incidentflow.testing.strategies import spans


def another(number: int, **details: str) -> Incident:
    """Report one more incident, to merge into."""
    other = Rehearsal()
    other.incident = Incident(
        tenant="default", id=f"00000000-0000-7000-8000-00000000010{number}", number=f"INC-{number}"
    )
    other.report(by="cy", **details)
    return other.incident


OTHERS = (another(1), another(2, dedup_key="mail-queue"))
MAJOR = AcceptMajor(by="bo", business_impact="b", incident_manager="m", communications_lead="c")
OVER = (Category.DONE, Category.TERMINAL)
LENIENT = Policy(close_unresolved=True, reopen_closed=True)


@st.composite
def any_life(draw: st.DrawFn, *begin: Command) -> Rehearsal:
    """Draw a life under ITIL or a lifecycle nobody wrote, under any policy."""
    lifecycle: Lifecycle = draw(st.one_of(st.just(ITIL), lifecycles()))
    policy: Policy = draw(policies())
    return draw(lives(lifecycle, policy, others=OTHERS, begin=begin, longest=12))


@given(any_life())
def test_the_incident_is_the_fold_of_a_gapless_timeline(life: Rehearsal) -> None:
    """Folding the entries gives the incident at every commit; they are numbered and in order."""
    sequences = [entry.sequence for entry in life.entries]
    recorded = [entry.recorded_at for entry in life.entries]

    for commit in life.commits:
        assert commit.incident == reduce(apply, commit.entries, commit.before)
    assert life.incident == reduce(apply, life.entries, BLANK)
    assert list(range(1, life.incident.version + 1)) == sequences
    assert sorted(recorded) == recorded
    assert [life.incident.updated_at][: len(recorded)] == recorded[-1:]


@given(any_life())
def test_a_refusal_changes_nothing_and_is_one_of_two_errors(life: Rehearsal) -> None:
    """Whatever is refused leaves the incident identical, and says why in one of two ways."""
    standing = BLANK
    for attempt in life.attempts:
        assert standing == attempt.before

        if attempt.commit is None:
            assert isinstance(attempt.outcome, (InvalidInput, TransitionRefused))
            assert str(attempt.outcome)
        else:
            standing = attempt.commit.incident

    assert standing == life.incident


@given(any_life(MAJOR))
def test_requirements_stand_until_they_are_met_and_nothing_ends_before(life: Rehearsal) -> None:
    """No way at all leads past a blocking one, and only a review or a waiver lowers it (R1)."""
    incident = BLANK
    for entry in life.entries:
        ends = entry.to is not None and entry.to.category is Category.TERMINAL

        assert not (ends and incident.is_blocked)

        before, incident = incident.requirements, apply(incident, entry)
        after = incident.requirements[: len(before)]

        assert [each.because for each in before] == [each.because for each in after]
        assert [each.blocks for each in before] == [each.blocks for each in after]
        if entry.kind not in ("review_completed", "review_waived"):
            assert [each.status for each in before] == [each.status for each in after]


@given(lives(policy=LENIENT, others=OTHERS, begin=[MAJOR], longest=20))
def test_a_major_incident_never_ends_unreviewed(life: Rehearsal) -> None:
    """What was ever accepted as major needs a review, and never ends without (rule R1)."""
    for commit in life.commits:
        incident = commit.incident
        if incident.place.category is Category.TERMINAL:
            assert not incident.is_blocked
        if any(entry.kind == "major_accepted" for entry in commit.entries):
            assert Because.MAJOR in {each.because for each in incident.requirements}


@given(any_life())
def test_what_is_over_stays_and_what_is_said_is_fit_to_be_read(life: Rehearsal) -> None:
    """Finished episodes stay (L9), corrections aside; nobody hears twice, or of their own act."""
    after = BLANK
    for entry in life.entries:
        before, after = after, apply(after, entry)
        again = entry.to is not None and entry.to.is_unfinished and before.place.category in OVER
        kept = before.episodes if again else before.episodes[:-1]

        assert len(after.episodes) == max(1, len(before.episodes) + again)
        assert entry.kind == "corrected" or kept == after.episodes[: len(kept)]
    for commit in life.commits:
        doers = {entry.sequence: entry.by.id for entry in commit.entries}
        told = [
            (each.sequence, each.channel, each.audience in GROUPS, each.recipient)
            for each in commit.messages
        ]

        assert len(set(told)) == len(told)
        assert all(
            each.audience in GROUPS or doers[each.sequence] != each.recipient
            for each in commit.messages
        )
    for text in (*map(str, life.entries), str(life.incident), *repr(life).splitlines()):
        assert text.strip()


@given(any_life(), st.integers(0, 20))
def test_after_a_tick_everything_due_lies_ahead(life: Rehearsal, days: int) -> None:
    """No entry of the agenda is due at or before a tick, whatever was refused (rule K18)."""
    for commit in life.commits:
        ahead = [due.at for due in agenda(commit.incident)]

        assert commit.due_at == min(ahead, default=None)

    after = life.tick(days=days)

    assert all(due.at > max(life.now, after.updated_at) for due in agenda(after))


@given(any_life(), st.lists(spans(), max_size=8))
def test_facts_do_not_depend_on_who_looks_or_how_often(
    life: Rehearsal, looks: list[timedelta]
) -> None:
    """Many ticks, one tick or one late command settle the same facts at the same instants (K19)."""
    often, once, never = (copy(life) for _ in range(3))
    for look in looks:
        often.now += look
        often.tick()
    often.tick(days=21)
    once.now = never.now = often.now
    once.tick()
    never.attempt(Note(by="ana", text="anybody there?"))

    assert _facts(once) == _facts(often)
    assert _facts(once) == _facts(never)


@given(any_life(), st.integers(0, 40))
def test_a_forecast_is_what_ticking_does(life: Rehearsal, days: int) -> None:
    """Ticking whenever something is due records exactly what was foreseen."""
    until = life.now + timedelta(days=days)
    foreseen, before = life.forecast(until), len(life.entries)
    while (ahead := agenda(life.incident)) and ahead[0].at <= until:
        life.now = max(life.now, ahead[0].at)
        life.tick()

    assert foreseen == life.entries[before:]


FACTS = ("review_overdue", "clock_warned", "clock_breached", "clock_resumed")


def _facts(life: Rehearsal) -> list[tuple[datetime, Event]]:
    return [(entry.at, entry.event) for entry in life.entries if entry.kind in FACTS]
