"""The desk: everything a host application calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Self, Unpack

from attrs import evolve

from incidentflow import usecases
from incidentflow.desk.description import Description, describe
from incidentflow.desk.drivers import Lifted, close_store, run, sync_store
from incidentflow.desk.inputs import (
    Criteria,
    make_limit,
    make_page,
    make_report,
    make_search,
    make_setup,
)
from incidentflow.incident import Command, Entry, Event, Incident
from incidentflow.lifecycle import Lifecycle, Option
from incidentflow.policy import Policy
from incidentflow.ports import Clock, Entropy, Store
from incidentflow.process import Report
from incidentflow.process.reporting import ReportDetails
from incidentflow.profiles import ITIL
from incidentflow.usecases import Page, Reference, Ticked, Verification
from incidentflow.words import Actor, utc


class IncidentDesk:
    """
    Incident management inside a host application.

    Args:
        store: A URL such as ``"sqlite:///incidents.db"`` or ``"memory:"``, or a store object.
        policy: How the desk works.
        lifecycle: The states and steps of its incidents.
        tenant: The world it works in (rule T1).
        actor: Turns the host's own user objects into actors (rule A1).
        clock: Where the present instant comes from; default the machine's clock.
        entropy: Where ids and salts come from; default the operating system.
        events: The host's own kinds of event.
        commands: The host's own kinds of command.

    Raises:
        InvalidInput: The store or an argument is of the wrong kind.
        StoreError: The store cannot be opened.

    """

    def __init__(
        self,
        store: str | Store = "memory:",
        *,
        policy: Policy | None = None,
        lifecycle: Lifecycle = ITIL,
        tenant: str = "default",
        actor: Callable[[object], Actor] | None = None,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        events: Iterable[type[Event]] = (),
        commands: Iterable[type[Command]] = (),
    ) -> None:
        opened = sync_store(store)
        self._store = opened
        self._setup = make_setup(
            Lifted(opened),
            policy=policy,
            lifecycle=lifecycle,
            tenant=tenant,
            actor=actor,
            clock=clock,
            entropy=entropy,
            events=events,
            commands=commands,
        )

    def report(
        self,
        title: str | Report,
        *then: Command,
        key: str | None = None,
        number: str | None = None,
        **details: Unpack[ReportDetails],
    ) -> Incident:
        """
        Log an incident, or join the unfinished one that holds its dedup key.

        Args:
            title: What is wrong, in one line; or a whole `Report`.
            then: Commands to carry out on it in the same commit.
            key: An idempotency key: repeating the call with it has no further effect.
            number: A number it brings along, as an import does; default the next of the series.
            details: The inputs of `Report`, of which ``by`` is needed.

        Returns:
            The incident as it stands after the commit.

        Raises:
            InvalidInput: A value can never be right.
            TransitionRefused: It cannot begin in that state, or a following command is refused.
            KeyReused: The key stands for another request.
            StaleIncident, CommitConflict: What it depends on was changed by somebody else.
            StoreError: The storage failed; says whether the change stands.

        """
        command = make_report(title, details)
        return run(usecases.report(self._setup, command, then, key=key, number=number))

    def apply(
        self,
        incident: Reference,
        *commands: Command,
        key: str | None = None,
        expect: int | None = None,
    ) -> Incident:
        """
        Carry out commands on one incident, as one commit: all of them or none.

        Args:
            incident: The incident, its id or its number.
            commands: What is asked, at least one.
            key: An idempotency key: repeating the call with it has no further effect.
            expect: The version the caller saw; refuse when another stands.

        Returns:
            The incident as it stands after the commit.

        Raises:
            TransitionRefused: A command is not possible; nothing was changed.
            InvalidInput: A value can never be right.
            IncidentNotFound: There is no such incident.
            StaleIncident, CommitConflict: It, or what it depends on, was changed by somebody else.
            KeyReused: The key stands for another request.
            StoreError: The storage failed; says whether the change stands.

        """
        return run(usecases.apply(self._setup, incident, commands, key=key, expect=expect))

    def get(self, incident: Reference) -> Incident:
        """
        Read one incident.

        Args:
            incident: The incident, its id or its number.

        Raises:
            IncidentNotFound: There is no such incident.

        """
        return run(usecases.get(self._setup, incident))

    def find(
        self,
        *,
        order: str = "newest",
        after: tuple[int, str] | None = None,
        limit: int = 100,
        **criteria: Unpack[Criteria],
    ) -> Page:
        """
        Find incidents, one page.

        Args:
            order: ``"newest"``; or ``"due"`` for what has something due, soonest first.
            after: The ``after`` of the page before.
            limit: At most so many.
            criteria: ``state`` and ``category`` (one or several; a category is triage, open, done
                or terminal), ``priority`` (this or a more urgent one), ``service``, ``team``,
                ``assignee``, ``fields``.

        Raises:
            InvalidInput: A criterion, category, order or limit is unknown.

        """
        search = make_search(criteria, self._setup.practice.policy)
        return run(usecases.find(self._setup, search, *make_page(order, after, limit)))

    def history(self, incident: Reference) -> tuple[Entry, ...]:
        """
        Read the timeline of an incident, in the order things happened (rule J4).

        Args:
            incident: The incident, its id or its number.

        Raises:
            IncidentNotFound: There is no such incident.
            UnreadableJournal: This release cannot read an entry.

        """
        return run(usecases.history(self._setup, incident))

    def options(self, incident: Reference, *, by: Actor | str) -> tuple[Option, ...]:
        """
        List every step from where an incident stands: open, open with inputs, or closed because.

        Args:
            incident: The incident, its id or its number.
            by: For whom.

        """
        return run(usecases.options(self._setup, incident, by))

    def forecast(self, incident: Reference, until: datetime) -> tuple[Entry, ...]:
        """
        List what will happen until an instant if nobody acts; nothing is changed.

        Args:
            incident: The incident, its id or its number.
            until: The instant, aware.

        Raises:
            IncidentNotFound: There is no such incident.

        """
        return run(usecases.forecast(self._setup, incident, utc(until, "until")))

    def tick(self, limit: int = 1000) -> Ticked:
        """
        Make everything happen that is due now, in all tenants; call it often.

        Args:
            limit: Look at no more than so many incidents.

        Returns:
            The incidents that were due, as they stand now, and those that failed.

        Raises:
            StoreError: The storage failed; what was done before stands.

        """
        return run(usecases.tick(self._setup, make_limit(limit)))

    def next_due(self) -> datetime | None:
        """Return when the next thing of this tenant is due, or None."""
        return run(usecases.next_due(self._setup))

    def verify(self, incident: Reference | None = None) -> Verification:
        """
        Check that journals hold and that snapshots are their folds (rules J1 and J7).

        Args:
            incident: One incident; None: all of this tenant.

        """
        return run(usecases.verify(self._setup, incident))

    def describe(self) -> Description:
        """Describe the desk: versions, store, lifecycle, and incidents in unknown states."""
        return run(describe(self._setup))

    def tenant(self, name: str) -> Self:
        """
        View the same store as another tenant; costs no new connection (rule T1).

        Args:
            name: The tenant.
        """
        return self._view(evolve(self._setup, tenant=usecases.named(name, "tenant")))

    @contextmanager
    def batch(self) -> Iterator[Self]:
        """
        View the desk so that all commits of a ``with`` block are one transaction.

        What the block returns is provisional until it ends; numbers that the store draws are not
        known before; ``find`` does not see what is new. An error inside, or a conflict at the
        end, leaves nothing.

        Raises:
            CommitConflict: Something the batch relied on has changed meanwhile.

        """
        overlay = usecases.Overlay(self._setup.store)
        try:
            yield self._view(evolve(self._setup, store=overlay))
        finally:
            overlay.end()
        run(overlay.flush())

    def close(self) -> None:
        """Close the store, if it can be closed."""
        close_store(self._store)

    def __enter__(self) -> Self:
        """Use the desk in a ``with`` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store at the end of the block."""
        self.close()

    def _view(self, setup: usecases.Setup) -> Self:
        view = object.__new__(type(self))
        view._store, view._setup = self._store, setup
        return view
