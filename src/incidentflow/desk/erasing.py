"""The verbs of a desk that erase, and those that count what they would."""

from __future__ import annotations

from collections.abc import Iterable

from incidentflow import usecases
from incidentflow.desk.drivers import run
from incidentflow.desk.reading import Reader
from incidentflow.usecases import Erasure, Reference
from incidentflow.words import Actor


class Eraser(Reader):
    """What takes personal texts out of journals that still hold (rule J8)."""

    def traces(
        self,
        person: Actor | str,
        *,
        names: Iterable[str] = (),
        incidents: Iterable[Reference] = (),
    ) -> Erasure:
        """
        Count what `erase` would take out, with the same arguments; nothing is changed (rule J8).

        Args:
            person: The person, by the host's id.
            names: Other words for them.
            incidents: Incidents all of whose personal texts are theirs.

        Raises:
            InvalidInput: The person is no actor, or a name is blank.
            IncidentNotFound: One of the incidents is not there.

        """
        return run(usecases.traces(self._setup, person, names, incidents))

    def expired(self) -> Erasure:
        """
        Count what `erase_expired` would take out; nothing is changed (rule J8).

        Raises:
            InvalidInput: This is a view for somebody.

        """
        return run(usecases.expired(self._setup))

    def erase(
        self,
        person: Actor | str,
        *,
        by: Actor | str,
        reason: str,
        names: Iterable[str] = (),
        incidents: Iterable[Reference] = (),
    ) -> Erasure:
        """
        Take everything that is a person's out of all journals of this tenant (rule J8).

        That is: their id, wherever it stands; what they wrote; the texts of incidents that they
        requested; and every personal value in which one of *names* stands; in the desk's own
        journal too. Each one that is touched says so, and still holds. An erasure that
        was interrupted is repeated, and finds what is left.

        Args:
            person: The person, by the host's id.
            by: Who erases; somebody else.
            reason: Why; it stays in the journal and may not name the person.
            names: Other words for them: a name, an e-mail address, a telephone number.
            incidents: Incidents all of whose personal texts are theirs.

        Returns:
            What was taken out; and which incidents were left, for a legal matter or a fault.

        Raises:
            MissingCapability: The store cannot erase, as in a batch or a host's transaction.
            InvalidInput: A value can never be right.
            IncidentNotFound: One of the incidents is not there.
            StoreError: The storage failed; what was erased before is, and a repeat does the rest.

        """
        return run(
            usecases.erase(
                self._setup, person, by=by, reason=reason, names=names, incidents=incidents
            )
        )

    def erase_expired(self, *, by: Actor | str, reason: str) -> Erasure:
        """
        Take out everything personal that is kept longer than the policy says (rule J8).

        That is of incidents in a terminal state, by the rule of `Policy.retention` for the
        nearest category, as the policy stands now. What stays is who erased, when and why. One
        that is kept for a legal matter is left whole. Each incident that is touched says so in
        its journal, which still holds. An erasure that was interrupted is repeated.

        Args:
            by: Who erases, such as ``"service:retention"``.
            reason: Why; it stays in the journal.

        Returns:
            What was taken out; and which incidents were left, for a legal matter or a fault.

        Raises:
            MissingCapability: The store cannot erase, as in a batch or a host's transaction.
            InvalidInput: A value can never be right.
            StoreError: The storage failed; what was erased before is, and a repeat does the rest.

        """
        return run(usecases.erase_expired(self._setup, by, reason))
