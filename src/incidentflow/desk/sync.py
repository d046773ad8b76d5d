"""The desk: everything a host application calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self, Unpack

from incidentflow import usecases
from incidentflow.desk.drivers import Lifted, close_store, run, sync_store
from incidentflow.desk.erasing import Eraser
from incidentflow.desk.inputs import make_limit, make_report
from incidentflow.desk.joining import joined
from incidentflow.desk.parts import Parts, make_plugins, make_setup
from incidentflow.incident import Command, Entry, Incident
from incidentflow.ports import Store
from incidentflow.process import Report
from incidentflow.process.reporting import ReportDetails
from incidentflow.usecases import Delivered, Reference, Ticked
from incidentflow.words import Actor, evolve


class IncidentDesk(Eraser):
    """
    Incident management inside a host application.

    Args:
        store: A URL such as ``"sqlite:///incidents.db"`` or ``"memory:"``, or a store object.
        parts: What else it is made of: see `Parts`.

    Raises:
        InvalidInput: The store or an argument is of the wrong kind.
        StoreError: The store cannot be opened.

    """

    _is_view = False

    def __init__(self, store: str | Store = "memory:", **parts: Unpack[Parts]) -> None:
        plugins = make_plugins(parts)
        opened = sync_store(store, plugins.openers())
        self._store = opened
        self._setup = make_setup(Lifted(opened), parts, plugins)

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
        command = make_report(title, details, self._setup.viewer)
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

    def adopt(self, *, by: Actor | str, reason: str) -> tuple[Entry, ...]:
        """
        Adopt the lifecycle and the policy this desk works by, by name and for a reason (rule J6).

        Without it the first commit adopts them, as the system. Give a deployment that changes
        them a name: ask for this before anything is decided under them.

        Args:
            by: Who adopts them.
            reason: Why, such as the change they belong to.

        Returns:
            The entries of the desk's own journal that this added, each with what differs from the
            one before; none when both are adopted already.

        Raises:
            InvalidInput: The actor is none, the reason is blank, or this is a view for somebody.
            CommitConflict: Other desks adopt something at the same time, again and again.
            StoreError: The storage failed; says whether the change stands.

        """
        return run(usecases.adopt(self._setup, by, reason))

    def tick(self, limit: int = 1000) -> Ticked:
        """
        Make everything happen that is due now, in all tenants, then `deliver`; call it often.

        Args:
            limit: Look at no more than so many incidents, and carry out no more than so many
                things that are owed.

        Returns:
            The incidents that were due, as they stand now, those that failed, and what was
            carried out.

        Raises:
            StoreError: The storage failed; what was done before stands.

        """
        return run(usecases.tick(self._setup, make_limit(limit)))

    def deliver(self, limit: int = 1000) -> Delivered:
        """
        Carry out what is owed now, in all tenants: messages, by the notifiers this desk was given.

        A message is sent at least once. It is sent again only when a send raised, took too long,
        or asked for it, or when the process or the store failed meanwhile (rule D4). A desk that
        was given no notifiers leaves messages to one that was.

        Args:
            limit: Take no more than so many things into hand.

        Returns:
            What was sent, what waits for another attempt, what was given up.

        Raises:
            InvalidInput: This is a view, for somebody or inside a transaction of the host.
            StoreError: The storage failed; what was done before stands.

        """
        return run(usecases.deliver(self._setup, make_limit(limit)))

    def tenant(self, name: str) -> Self:
        """
        View the same store as another tenant; costs no new connection (rule T1).

        Args:
            name: The tenant.
        """
        return self._view(evolve(self._setup, tenant=usecases.named(name, "tenant")))

    def using(self, connection: object) -> Self:
        """
        View the desk inside the transaction that is open on a connection of the host (rule J9).

        What the view changes is committed or rolled back by the host, with everything else in
        that transaction; until then it is provisional, numbers included, and others do not see
        it. Each change is a savepoint: one that is refused leaves what the host did before it.
        Nothing is decided again, no observer is called, and nothing is sent. The connection is
        used on the thread that calls, by both desks. A ``batch`` of the view is one savepoint.

        Args:
            connection: An open `sqlite3.Connection` to the file of the desk's store, or the
                connection of Django or SQLAlchemy around one.

        Raises:
            MissingCapability: The store cannot join a transaction of the host.
            InvalidInput: The store cannot work on this connection; or this is a batch, whose
                transaction is its own.
            StoreError: The tables behind the connection are not those of this release.

        """
        return self._view(joined(self._setup, self._store, connection))

    def seen_by(self, actor: object) -> Self:
        """
        View the desk as somebody sees it: limited to what they may see and do (rule A3).

        What they may not see leaves no trace: forbidden and missing are one answer. Commands
        through the view are theirs; a report needs no ``by``. The host's own verbs, such as
        `tick`, are not for a view.

        Args:
            actor: An actor, text such as ``"ana"``, or the host's own user object.

        Raises:
            InvalidInput: It is no actor, or claims to be the system.

        """
        return self._view(evolve(self._setup, viewer=self._setup.actor_of(actor)))

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
        held = usecases.Held(self._setup.outside)
        setup = self._setup.over(overlay, held.instead)
        try:
            yield self._view(setup)
        finally:
            overlay.end()
        held.release(run(overlay.flush()))
        self._setup.adopted.update(setup.adopted)

    def close(self) -> None:
        """
        Close the store, if it can be closed, and let go of what notifiers ran in.

        A desk that is used again opens again what it needs. To close a view does nothing: the
        desk that it is a view of goes on, until it is closed itself.
        """
        if self._is_view:
            return
        if self._setup.outbox is not None:
            self._setup.outbox.close()
        close_store(self._store)

    def __enter__(self) -> Self:
        """Use the desk in a ``with`` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the desk at the end of the block; not where this is a view of it."""
        self.close()

    def _view(self, setup: usecases.Setup) -> Self:
        view = object.__new__(type(self))
        view._store, view._setup, view._is_view = self._store, setup, True
        return view
