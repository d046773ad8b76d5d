"""Routing: what the policy's rules make of a new incident (rule Q4)."""

from __future__ import annotations

from collections.abc import Iterator

from incidentflow.incident import Command, Incident
from incidentflow.policy import Policy
from incidentflow.policy.numbering import series_for
from incidentflow.policy.routing import PEOPLE, STANDARD, fired
from incidentflow.process.assignment import Assign
from incidentflow.process.delivery import Record
from incidentflow.process.triage import Reclassified
from incidentflow.texts import Text
from incidentflow.words import SYSTEM, frozen, personal


@frozen
class Routed(Reclassified):
    """A rule of the policy fired for the new incident; who is assigned by it, stands beside it."""

    rule: str = personal(default="")

    def wording(self) -> Text:
        """Say which rule, and what is known now."""
        return Text(super().wording().code, {"rule": self.rule, "changes": self.changes})


def route(incident: Incident, policy: Policy) -> Iterator[Command]:
    """
    Say what the policy's rules give a new incident, as the system's commands.

    Args:
        incident: The incident as it was reported.
        policy: How the desk works.

    """
    for rule, gives in fired(policy.routing, _facts(incident)):
        category, service = gives.get("category"), gives.get("service")
        yield Record(by=SYSTEM, happened=Routed(category, service, rule=rule))
        team, assignee = gives.get("team"), gives.get("assignee")
        if team or assignee:
            yield Assign(by=SYSTEM, team=team, assignee=assignee, reason=f"routed by {rule}")


def series_of(incident: Incident, policy: Policy) -> str:
    """
    Say from which series a new incident draws its number, once it is routed (rules T2 and X2).

    Args:
        incident: The incident.
        policy: How the desk works.

    """
    if not policy.numbering:
        return policy.series
    return series_for(policy.numbering, policy.series, _facts(incident))


def _facts(incident: Incident) -> dict[str, object]:
    facts: dict[str, object] = {own.name: own.value for own in incident.fields}
    return facts | {name: getattr(incident, name) for name in (*STANDARD, *PEOPLE)}
