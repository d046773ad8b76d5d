"""What a desk shows, without changing anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from typing import Unpack

from incidentflow import usecases
from incidentflow.codec import Codec
from incidentflow.desk.description import Description, describe
from incidentflow.desk.drivers import run
from incidentflow.desk.inputs import Criteria, make_backtest, make_limit, make_page, make_search
from incidentflow.exports import ExportPage, Seal, Verification
from incidentflow.incident import Entry, Incident
from incidentflow.lifecycle import Option
from incidentflow.metrics import Exceptions, Metric, MetricsReport, Period
from incidentflow.policy import Policy
from incidentflow.usecases import Backtested, Health, Page, Reference, Setup
from incidentflow.words import Actor, utc


class Reader:
    """The verbs of a desk that read; what they answer is a value and never changes."""

    _setup: Setup

    @property
    def codec(self) -> Codec:
        """What reads this desk's kinds of event, its plugins' too; see `verify_export`."""
        return self._setup.codec

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
                ``assignee``, ``fields``; ``breaches_by``: an aware instant by which the next clock
                of theirs is breached if nobody acts; asked in the order ``"due"``, no more is read
                than has anything due by then.

        Raises:
            InvalidInput: A criterion, category, order or limit is unknown, or an instant is none.

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

    def options(self, incident: Reference, *, by: Actor | str | None = None) -> tuple[Option, ...]:
        """
        List every step from where an incident stands: open, open with inputs, or closed because.

        Args:
            incident: The incident, its id or its number.
            by: For whom; default: the one for whom this view of the desk is.

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

    def next_due(self) -> datetime | None:
        """Return when the next thing of this tenant is due, or None."""
        return run(usecases.next_due(self._setup))

    def health(self) -> Health:
        """
        Say how this tenant is doing: is there a worker, is anything late, does anything fail.

        Raises:
            InvalidInput: This is a view for somebody; health is the host's.

        """
        return run(usecases.health(self._setup))

    def verify(
        self, incident: Reference | None = None, *, seal: Seal | None = None
    ) -> Verification:
        """
        Check that journals hold and that snapshots are their folds (rules J1 and J7).

        Args:
            incident: One incident; None: all of this tenant.
            seal: What `seal` answered earlier; what was cut off, left out or written anew since
                shows against it.

        Raises:
            IncidentNotFound: There is no such incident.
            InvalidInput: The seal is another tenant's, or this is a view for somebody: a seal names
                every incident.

        """
        return run(usecases.verify(self._setup, incident, seal))

    def seal(self) -> Seal:
        """
        List where every journal of this tenant ends now, to be kept elsewhere (rule J7).

        Returns:
            The seal; its text is kept, its digest can be published.

        Raises:
            InvalidInput: This is a view for somebody.

        """
        return run(usecases.seal(self._setup))

    def export(
        self, *, after: str | None = None, limit: int = 100, personal: str = "included"
    ) -> ExportPage:
        """
        Export every journal and snapshot exactly as stored, one page; joined, pages are the file.

        `incidentflow.exports.verify_export` checks such a file without any store (rule J7).

        Args:
            after: The ``after`` of the page before.
            limit: At most so many subjects.
            personal: ``"included"``, or ``"left_out"`` for an export without personal texts and
                snapshots; its chains still hold.

        Raises:
            InvalidInput: The cursor, the limit or the choice is none.

        """
        return run(usecases.export(self._setup, after, make_limit(limit), personal))

    def metrics(
        self,
        *metrics: Metric,
        by: str | Iterable[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        zone: tzinfo = UTC,
    ) -> MetricsReport:
        """
        Measure the incidents that were reported in a period, group by group (rules M1 to M3).

        The snapshots of what touches the period are read, page by page; of journals those that a
        metric looks into. What is kept meanwhile are eight bytes for each duration.

        Args:
            metrics: What is measured, such as ``Between("reported", "resolved")``; by default
                what `incidentflow.metrics.standard` says of the desk's policy.
            by: What the incidents of a group have in common: ``service``, ``priority``, ``team``,
                ``category``, ``month`` or ``fields.NAME``; one or several.
            since: The first instant of the period, aware; None: from the beginning.
            until: The first instant after it, aware; None: to the end.
            zone: The time zone in which months begin.

        Raises:
            InvalidInput: A key is unknown or of a personal field, two metrics have one name, the
                period is none, or attainment is asked of a clock that there is not.

        """
        period = Period(since, until, zone)
        return run(usecases.measure(self._setup, metrics, by, period))

    def exceptions(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        after: tuple[int, str] | None = None,
        limit: int = 1000,
    ) -> Exceptions:
        """
        List what was not done as it usually is, by when it was recorded, one page (rule M4).

        That is: corrections, overridden priorities, waived reviews, relieved targets, late entries
        and reinstatements. They come incident by incident, the latest incident first, and those of
        one as they were recorded; sort by ``recorded_at`` what is read of all pages. The snapshots
        of what touches the period are read, and the journals of those that changed since it began.

        Args:
            since: The first instant of the period, aware; None: from the beginning.
            until: The first instant after it, aware; None: to the end.
            after: The ``after`` of the page before.
            limit: Stop when there are so many; those of one incident are never split.

        Raises:
            InvalidInput: The period, the cursor or the limit is none.

        """
        _, cursor, most = make_page("newest", after, limit)
        return run(usecases.list_exceptions(self._setup, Period(since, until), cursor, most))

    def backtest(
        self,
        policy: Policy,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Backtested:
        """
        Say what another policy would have made of the incidents of this tenant; nothing is changed.

        What happened stands, with its times; so do the priorities of then. Clocks are started,
        paused, stopped and settled anew, in memory, beside those that the journals recorded. They
        are counted under the priority that their incident has now.

        Args:
            policy: The other policy.
            since: Only incidents that were reported from then on, aware; None: all.
            until: Up to when what was due is settled, aware; None: now.
            progress: Called from time to time with the incidents so far.

        Raises:
            InvalidInput: The policy or the function is none, or an instant has no time zone.

        """
        asked = make_backtest(self._setup, policy, since, until, progress)
        return run(usecases.backtest(self._setup, *asked))

    def adoptions(self) -> tuple[Entry, ...]:
        """
        Read the desk's own journal: every lifecycle and policy it adopted, in order (rule J6).

        It tells of no incident, so that no authoriser is asked; it is for the host alone.

        Raises:
            InvalidInput: This is a view for somebody.
            UnreadableJournal: This release cannot read an entry.

        """
        return run(usecases.adoptions(self._setup))

    def describe(self) -> Description:
        """Describe the desk: versions, store, lifecycle, and incidents in unknown states."""
        return run(describe(self._setup))
