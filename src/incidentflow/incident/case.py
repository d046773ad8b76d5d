"""A case: what one command has before it when it decides."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, NoReturn, Protocol

from attrs import Factory, field, fields_dict

from incidentflow.errors import Failure, TransitionRefused
from incidentflow.incident.aggregate import Event, Incident
from incidentflow.incident.places import LIVING, Category, Place
from incidentflow.policy import Policy
from incidentflow.texts.values import snake
from incidentflow.words import (
    Actor,
    FieldValue,
    as_actor,
    as_fields,
    aware,
    flag,
    frozen,
    to_utc,
    whole,
)


@frozen
class Ask:
    """
    A fact that a command needs from outside its incident.

    Attributes:
        incident: An id or number of another incident to read, or None.
        dedup_key: A dedup key whose present holder is asked for, or None.
        reach: A team or a role whose people are asked for, or None (rule E3).

    """

    incident: str | None = None
    dedup_key: str | None = None
    reach: str | None = None


@frozen
class Facts:
    """
    The answers; every incident in them is checked again by the commit (rule J3).

    Attributes:
        incidents: The incidents that were asked for, by the id or number asked with.
        holders: The incidents in triage or open that hold a dedup key, by that key.
        reached: The people who answer for a team or a role, by its name.

    """

    incidents: Mapping[str, Incident] = Factory(dict)
    holders: Mapping[str, Incident] = Factory(dict)
    reached: Mapping[str, tuple[str, ...]] = Factory(dict)


class Steps(Protocol):
    """What a command may ask of a lifecycle."""

    def step(self, case: Case, trigger: str) -> Place:
        """Choose where *trigger* leads, or refuse."""

    def has_step(self, state: str, trigger: str) -> bool:
        """Whether *trigger* leads anywhere from *state*."""

    def correct(self, case: Case, state: str) -> Place:
        """Return the place of *state* for a correction, or refuse."""

    def rename(self, case: Case) -> Place:
        """Return the declared new place of a state that the lifecycle no longer has."""


@frozen(kw_only=True)
class Command(ABC):
    """
    Something an actor asks for; a value with one pure method.

    Attributes:
        by: Who asks: an actor, ``"ana"`` for a person, or ``"monitor:probe-3"``.
        at: The world-time of what is reported; None means now (rule L8).
        fields: Own fields to set with it (rule T3).
        give_up_key: Let go of a dedup key that another incident holds by now (rule I7).
        source_sequence: The place of what is reported in its source's own count (rule J4).

    A command that only the library itself gives says ``instead`` what callers ask for.

    """

    trigger: ClassVar[str] = ""
    kind: ClassVar[str] = ""
    instead: ClassVar[tuple[str, ...]] = ()
    legal_in: ClassVar[frozenset[Category]] = LIVING
    may_look_back: ClassVar[bool] = False

    by: Actor = field(converter=as_actor)
    at: datetime | None = field(default=None, converter=to_utc, validator=aware)
    fields: Mapping[str, FieldValue] = field(factory=dict, converter=as_fields, hash=False)
    give_up_key: bool = field(default=False, validator=flag)
    source_sequence: int | None = field(default=None, validator=whole)

    def __init_subclass__(cls) -> None:
        """Name the kind after the class."""
        cls.kind = snake(cls.__name__)

    @property
    def asked(self) -> str:
        """What this command is called in a refusal: its trigger, or its kind."""
        return self.trigger or self.kind

    def asks(self, incident: Incident) -> tuple[Ask, ...]:
        """Name the facts this command needs about other incidents."""
        del incident
        return ()

    def move(self, case: Case, steps: Steps) -> Place | None:
        """Choose the place it leads to, None to stay, or refuse (rule L1)."""
        if self.trigger:
            return steps.step(case, self.trigger)
        if case.incident.place.category not in self.legal_in:
            category = case.incident.place.category
            case.refuse("category.wrong", command=self.kind, category=category)
        return None

    @abstractmethod
    def decide(self, case: Case) -> Iterable[Event]:
        """Yield what happens, or refuse; the first event carries the move."""


@frozen(slots=False)
class Case:
    """
    Everything a guard or a decision may look at.

    Attributes:
        incident: The incident as it stands.
        command: What is asked.
        policy: How this desk works.
        now: The record-time.
        facts: What the command asked to know.
        to: Where the command leads, once the lifecycle has said so; None: it stays.
        commands: Every kind of command that the desk knows.
        imported: Whether it is retold from another system.

    """

    incident: Incident
    command: Command
    policy: Policy
    now: datetime
    facts: Facts = Facts()
    to: Place | None = None
    commands: tuple[type[Command], ...] = ()
    imported: bool = False

    @property
    def at(self) -> datetime:
        """The world-time of the command."""
        return self.command.at or self.now

    def given(self, name: str) -> Any:  # noqa: ANN401 - inputs have any type
        """Return one input of the command, None when it has none of that name."""
        return getattr(self.command, name) if name in _inputs(type(self.command)) else None

    def refuse(self, code: str, /, *inputs: str, **parameters: object) -> NoReturn:
        """
        Refuse the command for one reason.

        Args:
            code: Stable and dotted; its text is an entry of a catalogue (rule C7).
            inputs: Names of the command's inputs that would cure it.
            parameters: What the text is made of.

        """
        self.refuse_all((Failure(code, parameters, inputs),))

    def refuse_all(self, failures: tuple[Failure, ...]) -> NoReturn:
        """Refuse the command, for every reason that holds."""
        raise TransitionRefused(
            self.incident.name, self.incident.state, self.command.asked, failures
        )


@cache
def _inputs(command: type[Command]) -> frozenset[str]:
    return frozenset(fields_dict(command))
