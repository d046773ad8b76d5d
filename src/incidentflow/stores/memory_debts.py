"""What is owed in the memory store, and the queue of it; the store holds the lock."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from itertools import chain, count, islice

from incidentflow.ports import Owed, OwedKind, Settlement, Subject
from incidentflow.stores.ordered import Key, Ordered
from incidentflow.words import evolve, frozen


@frozen(slots=False)
class Debt:
    """
    An owed thing as it stands.

    Attributes:
        subject: Who owes it.
        owed: What is owed, and from when on it may be claimed.
        place: Its place among all that was ever owed, so that the oldest goes first.
        state: ``"waiting"``, or how it ended.
        attempts: How often it was claimed.
        token: The token of the claim that runs, or None.

    """

    subject: Subject
    owed: Owed
    place: int
    state: str = "waiting"
    attempts: int = 0
    token: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Its tenant and key."""
        return self.subject.tenant, self.owed.key

    @property
    def turn(self) -> Key:
        """Where it stands in the queue."""
        return self.owed.available_at, self.place

    def settled(self, settlement: Settlement) -> Debt:
        """Return it as its claim leaves it."""
        again = settlement.state == "waiting"
        owed = evolve(self.owed, available_at=settlement.available_at) if again else self.owed
        return evolve(self, owed=owed, state=settlement.state, token=None)

    def erased(self, body: str) -> Debt:
        """Return it with what stays of it; with nothing, there is nothing to be done either."""
        rest = evolve(self, owed=evolve(self.owed, body=body))
        if body or self.state != "waiting":
            return rest
        return evolve(rest, state="erased", token=None)


class Debts:
    """All that was ever owed, and the queue of what still is."""

    def __init__(self) -> None:
        """Start empty."""
        self._debts: dict[tuple[str, str], Debt] = {}
        self._queues = {kind: Ordered[tuple[str, str]]() for kind in OwedKind}
        self._owing: dict[Subject, list[tuple[str, str]]] = {}
        self._places = count()

    def known(self, tenant: str, key: str) -> bool:
        """Whether something was owed under this key, ever."""
        return (tenant, key) in self._debts

    def of(self, subject: Subject) -> tuple[Owed, ...]:
        """Return all that a subject ever owed, in the order it came."""
        debts = (self._debts[key] for key in self._owing.get(subject, ()))
        return tuple(evolve(debt.owed, state=debt.state) for debt in debts)

    def owing(self) -> list[Subject]:
        """Return who still owes something, whoever has owed longest first."""
        waiting = chain.from_iterable(queue.upwards() for queue in self._queues.values())
        oldest = sorted((self._debts[key] for _, key in waiting), key=lambda debt: debt.place)
        return [*dict.fromkeys(debt.subject for debt in oldest)]

    def among(self, subject: Subject, bodies: Mapping[str, str]) -> list[tuple[Debt, str]]:
        """Return what a subject owes under these keys, each with the text that goes with it."""
        keys = ((subject.tenant, key) for key in bodies)
        owing = self._owing.get(subject, ())
        return [(self._debts[key], bodies[key[1]]) for key in keys if key in owing]

    def held(self, tenant: str, settlement: Settlement) -> Debt | None:
        """Return what a settlement ends, or None when its token is not the latest."""
        debt = self._debts.get((tenant, settlement.key))
        return debt if debt and debt.token == settlement.token else None

    def new(self, subject: Subject, owed: Owed) -> Debt:
        """Return a new debt at the end of the queue; it is not put there yet."""
        return Debt(subject, owed, next(self._places))

    def replace(self, old: Debt | None, new: Debt | None) -> None:
        """Put a debt in the place of another, in the queue too."""
        if old:
            del self._debts[old.key]
            if not new:
                self._owing[old.subject].remove(old.key)
            if old.state == "waiting":
                self._queues[old.owed.kind].remove(old.turn)
        if new:
            self._debts[new.key] = new
            if not old:
                self._owing.setdefault(new.subject, []).append(new.key)
            if new.state == "waiting":
                self._queues[new.owed.kind].add(new.turn, new.key)

    def claim(
        self, now: int, limit: int, lease: int, token: str, kind: OwedKind | None
    ) -> tuple[Debt, ...]:
        """Claim what is available, oldest first; return it as it was."""
        queues = [self._queues[kind]] if kind else self._queues.values()
        ready = heapq.merge(*(queue.first(limit, below=(now + 1,)) for queue in queues))
        claimed = tuple(self._debts[key] for _, key in islice(ready, max(limit, 0)))
        for debt in claimed:
            owed = evolve(debt.owed, available_at=now + lease)
            held = evolve(debt, owed=owed, attempts=debt.attempts + 1, token=token)
            self.replace(debt, held)
        return claimed
