"""Work: acknowledge, return to the queue, mitigate, relapse, and the steps a host adds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from attrs import field

from incidentflow.errors import Failure, InvalidInput
from incidentflow.incident import Case, Command, Entry, Event, Incident, Place, Steps
from incidentflow.words import evolve, frozen, line, person_id, personal, prose


def responder(case: Case) -> str | None:
    """Return who will work on it: the one named, the assignee, or the person who asks."""
    person = case.command.by.id if case.command.by.is_person else None
    return case.given("assignee") or case.incident.assignee or person


def responder_known(case: Case) -> Failure | None:
    """Require somebody to work on it, unless the policy does not (rule L2)."""
    if responder(case) is not None or not case.policy.require_assignee:
        return None
    return Failure("assignee.missing", inputs=("assignee",))


@frozen
class Acknowledged(Event):
    """Somebody takes it."""

    assignee: str | None = person_id(default=None)

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Set the assignee; the first acknowledgement of an episode is its milestone."""
        episode = incident.episode
        if episode.acknowledged_at is None:
            episode = evolve(episode, acknowledged_at=entry.at, acknowledged_by=entry.by.id)
        if entry.by.is_person:
            episode = episode.answered(entry.at)
        return evolve(
            incident,
            assignee=self.assignee or incident.assignee,
            acknowledged_by=entry.by.id,
            episodes=(*incident.episodes[:-1], episode),
        )


@frozen
class ReturnedToQueue(Event):
    """Nobody works on it any more."""

    reason: str = personal()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Take the assignee off and count it."""
        del entry
        counts = evolve(incident.counts, returns=incident.counts.returns + 1)
        return evolve(incident, assignee=None, counts=counts)


@frozen
class Mitigated(Event):
    """Users are served again; work continues."""

    note: str = personal()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Leave it to the move, whose mark sets the milestone."""
        del entry
        return incident


@frozen
class Relapsed(Event):
    """The damage is back; the episode goes on (rule L2)."""

    note: str = personal()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Count it; the move took the milestone back."""
        del entry
        counts = evolve(incident.counts, relapses=incident.counts.relapses + 1)
        return evolve(incident, counts=counts)


@frozen
class Advanced(Event):
    """A step of the host's own lifecycle was taken (rule L7)."""

    step: str
    note: str | None = personal(default=None)

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Leave it to the move."""
        del entry
        return incident


@frozen(kw_only=True)
class Acknowledge(Command):
    """
    Take the incident: from a queue it moves to work, elsewhere it is recorded (rule E7).

    Args:
        assignee: Who works on it; default the present assignee, or the person who asks.

    """

    trigger: ClassVar[str] = "acknowledge"

    assignee: str | None = field(default=None, validator=line())

    def move(self, case: Case, steps: Steps) -> Place | None:
        """Step where the lifecycle has such a step; stay in any other unfinished state."""
        incident = case.incident
        if steps.has_step(incident.state, self.trigger) or not incident.place.is_unfinished:
            return steps.step(case, self.trigger)
        first = incident.episode
        if first.acknowledged_at is not None:
            who, when = first.acknowledged_by, first.acknowledged_at
            case.refuse("acknowledge.already", by=who, at=when)
        failure = responder_known(case)
        return case.refuse_all((failure,)) if failure else None

    def decide(self, case: Case) -> Iterable[Event]:
        """Acknowledge."""
        yield Acknowledged(responder(case))


@frozen(kw_only=True)
class ReturnToQueue(Command):
    """
    Give the incident back to the queue.

    Args:
        reason: Why.

    """

    trigger: ClassVar[str] = "return_to_queue"

    reason: str | None = field(default=None, validator=prose)

    def decide(self, case: Case) -> Iterable[Event]:
        """Return it."""
        del case
        yield ReturnedToQueue(self.reason or "")


@frozen(kw_only=True)
class Mitigate(Command):
    """
    Record that users are served again while work goes on.

    Args:
        note: What was done.

    """

    trigger: ClassVar[str] = "mitigate"

    note: str | None = field(default=None, validator=prose)

    def decide(self, case: Case) -> Iterable[Event]:
        """Mitigate."""
        del case
        yield Mitigated(self.note or "")


@frozen(kw_only=True)
class Relapse(Command):
    """
    Record that the damage is back.

    Args:
        note: What happened.

    """

    trigger: ClassVar[str] = "relapse"

    note: str | None = field(default=None, validator=prose)

    def decide(self, case: Case) -> Iterable[Event]:
        """Relapse."""
        del case
        yield Relapsed(self.note or "")


@frozen(kw_only=True)
class Advance(Command):
    """
    Take a step that has no command of its own (rule L7).

    Args:
        step: Its trigger.
        note: What is to be said about it.
        to: The state to reach, where the step leads to several.

    Raises:
        InvalidInput: When it is carried out: the desk knows a command for this step.

    """

    step: str = field(validator=line())
    note: str | None = field(default=None, validator=prose)
    to: str | None = field(default=None, validator=line())

    @property
    def asked(self) -> str:
        """The trigger."""
        return self.step

    def move(self, case: Case, steps: Steps) -> Place:
        """Take the step, unless another command takes it, with the events it brings."""
        own = tuple(kind.__name__ for kind in case.commands if kind.trigger == self.step)
        if own:
            raise InvalidInput.of("step", self.step, "step.own_command", commands=own)
        return steps.step(case, self.step)

    def decide(self, case: Case) -> Iterable[Event]:
        """Advance."""
        del case
        yield Advanced(self.step, self.note)
