"""Routing: what the policy's rules make of a new incident (rule Q4)."""

from __future__ import annotations

from collections.abc import Iterator

from incidentflow.incident import Command, Incident
from incidentflow.policy import Policy
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
    facts = {own.name: own.value for own in incident.fields}
    facts |= {name: getattr(incident, name) for name in (*STANDARD, *PEOPLE)}
    for rule, gives in fired(policy.routing, facts):
        category, service = gives.get("category"), gives.get("service")
        yield Record(by=SYSTEM, happened=Routed(category, service, rule=rule))
        team, assignee = gives.get("team"), gives.get("assignee")
        if team or assignee:
            yield Assign(by=SYSTEM, team=team, assignee=assignee, reason=f"routed by {rule}")
