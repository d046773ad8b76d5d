"""A desk for application tests: in memory, with a clock to wind, and everything it sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from incidentflow.desk import IncidentDesk
from incidentflow.desk.policies import load_policy
from incidentflow.errors import InvalidInput
from incidentflow.policy import Policy
from incidentflow.ports import Notification, Order, Query, Sending, Write
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import MONDAY, ManualClock, SeededEntropy
from incidentflow.testing.notifiers import RecordingNotifier
from incidentflow.usecases import Setup
from incidentflow.words import from_micros, micros, utc

ONE_BY_ONE = Sending(at_once=1)
YEAR = timedelta(days=366)
LAST = "~"
"""Sorts behind every id: past it begins what is due later."""


class WatchedStore(MemoryStore):
    """
    A store in memory that remembers who used it.

    Attributes:
        tenants: Every tenant that committed something, in order.

    """

    def __init__(self) -> None:
        super().__init__()
        self.tenants: dict[str, None] = {}

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Store writes, and remember whose they are."""
        numbers = super().commit(writes)
        for write in writes:
            self.tenants[write.subject.tenant] = None
        return numbers


class WindableDesk(IncidentDesk):
    """
    A desk in memory whose time you wind, for tests of an application.

    It is an `IncidentDesk` with every verb that has; what falls due on the way happens at its due
    instant, as with a worker that never sleeps. The pytest fixture ``incidents`` is one of these.

    Args:
        start: The instant at which it begins; default a Monday morning.
        seed: What its ids and salts are drawn from; the same seed gives the same journal.
        options: ``policy``, ``lifecycle`` and whatever else `IncidentDesk` takes; without
            ``notifiers`` every channel that the policy names is recorded.

    Attributes:
        clock: Its clock; to be wound by `advance` and `tick_until` only.

    """

    clock: ManualClock
    _recorded: list[Notification]

    def __init__(self, *, start: datetime = MONDAY, seed: int = 0, **options: Any) -> None:  # noqa: ANN401 - as the desk takes them
        self.clock, self._recorded = ManualClock(start), []
        if "notifiers" not in options:
            policy = options.get("policy")
            policy = options["policy"] = load_policy(policy) if isinstance(policy, Path) else policy
            told = getattr(policy or Policy(), "subscriptions", ())
            channels = dict.fromkeys(each.channel for each in told)
            options["notifiers"] = [RecordingNotifier(channel) for channel in channels]
            for notifier in options["notifiers"]:
                notifier.sent = self._recorded
            options.setdefault("sending", ONE_BY_ONE)
        super().__init__(WatchedStore(), clock=self.clock, entropy=SeededEntropy(seed), **options)

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.clock.now()

    @property
    def sent(self) -> tuple[Notification, ...]:
        """
        Every message of this tenant that went out so far, in order.

        A message goes out by `advance`, `tick_until`, `tick` or `deliver`, as with a worker. Empty
        when the desk was given notifiers of its own: then ask them.
        """
        tenant = self._setup.tenant
        return tuple(each for each in self._recorded if each.tenant == tenant)

    def advance(self, **span: float) -> datetime:
        """
        Wind the clock, and let everything happen that falls due on the way, each at its instant.

        Args:
            span: How far, as `timedelta` takes it: ``advance(hours=1, minutes=5)``.

        Returns:
            The instant it is then.

        Raises:
            InvalidInput: It is no way forward.
            Exception: What kept an incident from being ticked, such as an error of a guard.

        """
        return self.tick_until(self.now + timedelta(**span))

    def tick_until(
        self, until: datetime | Callable[[], bool], *, within: timedelta = YEAR
    ) -> datetime:
        """
        Wind the clock to an instant, or to the first due instant after which something is true.

        Args:
            until: The instant, aware; or what is to become true, without arguments.
            within: How long to wait for it to become true.

        Returns:
            The instant it is then.

        Raises:
            AssertionError: It did not become true.
            InvalidInput: The instant is past, or has no time zone.
            Exception: What kept an incident from being ticked, such as an error of a guard.

        """
        true = until if callable(until) else None
        end = self.now + within if callable(until) else utc(until, "until")
        if end < self.now:
            raise InvalidInput("until", str(end), f"is past; the clock stands at {self.now}")
        self._settle()
        while not (true and true()):
            due = self._next_after_now()
            if due is None or due > end:
                if true:
                    raise AssertionError(f"not true by {end:%Y-%m-%d %H:%M} UTC, nor due to be")
                due = end
            self.clock.set(max(due, self.now))
            self._settle()
            if due == end:
                break
        return self.now

    @property
    def _watched(self) -> WatchedStore:
        assert isinstance(self._store, WatchedStore)
        return self._store

    def _settle(self) -> None:
        while (ticked := self.tick()).incidents or ticked.failed:
            for name, error in ticked.failed:
                error.add_note(f"while ticking incident {name} at {self.now}")
                raise error

    def _next_after_now(self) -> datetime | None:
        past = (micros(self.now), LAST)
        found = (
            self._watched.find(Query(tenant=tenant, order=Order.DUE, after=past, limit=1))
            for tenant in self._watched.tenants
        )
        dues = [each.due_at for page in found for each in page if each.due_at is not None]
        return from_micros(min(dues)) if dues else None

    def _view(self, setup: Setup) -> Self:
        view = super()._view(setup)
        view.clock, view._recorded = self.clock, self._recorded  # noqa: SLF001 - of our own kind
        return view
