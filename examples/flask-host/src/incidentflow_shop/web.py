"""The shop's pages; every answer is JSON."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

from flask import Blueprint, Flask, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from incidentflow import Acknowledge, Cancel, Close, Command, Incident, IncidentDesk, Note, Resolve
from incidentflow.errors import (
    CommitConflict,
    IncidentflowError,
    IncidentNotFound,
    InvalidInput,
    KeyReused,
    NotAllowed,
    StaleIncident,
    StoreError,
    TransitionRefused,
)
from incidentflow_shop.shop import USERS, User, open_shop

pages = Blueprint("pages", __name__, cli_group=None)
COMMANDS: dict[str, Callable[..., Command]] = {
    "acknowledge": Acknowledge,
    "cancel": Cancel,
    "close": Close,
    "note": Note,
    "resolve": Resolve,
}
ANSWERS: dict[type[IncidentflowError], int] = {
    NotAllowed: 403,
    IncidentNotFound: 404,
    TransitionRefused: 409,
    StaleIncident: 409,
    CommitConflict: 409,
    KeyReused: 409,
    InvalidInput: 422,
    StoreError: 503,
}


def user() -> User:
    """Return who asks; a real shop would look at a session."""
    return USERS.get(request.headers.get("X-User", "")) or abort(401)


def mine() -> IncidentDesk:
    """Return the desk as whoever asks may see it."""
    desk: IncidentDesk = current_app.extensions["incidentflow"]
    return desk.seen_by(user())


def shown(incident: Incident) -> dict[str, Any]:
    """Show an incident."""
    return {
        "number": incident.number,
        "title": incident.title,
        "state": incident.state,
        "tier": incident.field("tier"),
        "version": incident.version,
    }


@pages.post("/orders/<int:number>/late")
def late(number: int) -> ResponseReturnValue:
    """Mark an order as late and report it: both, or neither."""
    with closing(sqlite3.connect(current_app.config["FILE"])) as connection, connection:
        marked = connection.execute(
            "UPDATE purchase SET status = 'late' WHERE number = ? RETURNING tier", (number,)
        ).fetchone()
        incident = (
            mine()
            .using(connection)
            .report(
                f"Order {number} is late",
                service="delivery",
                fields={"tier": marked[0] if marked else "unknown"},
                key=f"late-{number}",
            )
        )
        if marked is None:
            abort(404)  # rolls back the incident as well
    return shown(incident), 201


@pages.get("/incidents")
def incidents() -> ResponseReturnValue:
    """List what the user may see."""
    return jsonify([shown(each) for each in mine().find()])


@pages.get("/incidents/<number>")
def incident(number: str) -> ResponseReturnValue:
    """Show one incident with its timeline."""
    timeline = [f"{entry.by} {entry.kind}" for entry in mine().history(number)]
    return {**shown(mine().get(number)), "timeline": timeline}


@pages.get("/incidents/<number>/options")
def options(number: str) -> ResponseReturnValue:
    """List what the user may do now."""
    return jsonify([str(option) for option in mine().options(number)])


@pages.post("/incidents/<number>/<action>")
def act(number: str, action: str) -> ResponseReturnValue:
    """Carry out a command whose inputs are the body."""
    body = request.get_json(silent=True)
    inputs = body if isinstance(body, dict) else {}
    expect = inputs.pop("version", None)
    command = COMMANDS.get(action) or abort(404)
    try:
        asked = command(**{**inputs, "by": user()})
    except TypeError as error:
        raise InvalidInput("body", action, str(error)) from None
    return shown(mine().apply(number, asked, expect=expect))


@pages.errorhandler(IncidentflowError)
def refused(error: IncidentflowError) -> ResponseReturnValue:
    """Answer with the error's code, and its text in the reader's language."""
    language = request.accept_languages.best_match(["en", "de"], "en")
    status = next((ANSWERS[kind] for kind in type(error).mro() if kind in ANSWERS), 500)
    answer: dict[str, Any] = {"code": error.code, "text": error.render(language)}
    if isinstance(error, TransitionRefused):
        answer["failures"] = [failure.code for failure in error.failures]
        answer["open_steps"] = error.open_steps
    return answer, status


@pages.cli.command("tick")
def tick() -> None:
    """Let what is due happen; for cron."""
    desk: IncidentDesk = current_app.extensions["incidentflow"]
    for ticked in desk.tick().incidents:
        print(ticked.number, ticked.state)


def create_app(file: str = "shop.db") -> Flask:
    """Build the shop over one SQLite file."""
    app = Flask("incidentflow_shop")
    app.config["FILE"] = file
    app.extensions["incidentflow"] = open_shop(file)
    app.register_blueprint(pages)
    return app
