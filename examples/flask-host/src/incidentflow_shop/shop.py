"""The shop's own users, permissions, fields and tables, and the desk that knows them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from incidentflow import Actor, ActorKind, FieldRule, Incident, IncidentDesk, Policy
from incidentflow.ports import Allow, Deny

TABLES = """
    CREATE TABLE IF NOT EXISTS purchase (
        number INTEGER PRIMARY KEY,
        tier TEXT NOT NULL,
        status TEXT NOT NULL
    );
    INSERT OR IGNORE INTO purchase VALUES (4711, 'gold', 'paid'), (4712, 'basic', 'paid');
"""
POLICY = Policy(fields=(FieldRule("tier"),))


@dataclass(frozen=True)
class User:
    """Somebody who works for the shop."""

    login: str
    name: str
    role: str


USERS = {
    user.login: user
    for user in (
        User("ana", "Ana Lima", "support"),
        User("bo", "Bo Berg", "warehouse"),
        User("kim", "Kim Roth", "manager"),
    )
}


def as_actor(user: User) -> Actor:
    """Turn a user of the shop into an actor."""
    return Actor(ActorKind.PERSON, user.login, user.name)


def authorise(actor: Actor, action: str, incident: Incident) -> Allow | Deny:
    """Keep the salaries' incidents with the manager, and closing and cancelling too."""
    role = USERS[actor.id].role if actor.id in USERS else ""
    if role == "manager":
        return Allow()
    if incident.service == "payroll":
        return Deny("payroll", "only a manager handles the payroll")
    if action in {"close", "cancel"}:
        return Deny("role", "only a manager closes an incident")
    return Allow()


def open_shop(file: str) -> IncidentDesk:
    """Make the shop's tables, and a desk that keeps incidents beside them."""
    with sqlite3.connect(file) as connection:
        connection.executescript(TABLES)
    connection.close()
    return IncidentDesk(
        f"sqlite:///{file}?file=shared", policy=POLICY, actor=as_actor, authorise=authorise
    )
