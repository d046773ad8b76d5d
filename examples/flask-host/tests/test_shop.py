"""The shop's incidents follow its users, its permissions and its transactions."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from incidentflow_shop.web import create_app, refused

from incidentflow.errors import CommitConflict


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Give the file of an empty shop."""
    return str(tmp_path / "shop.db")


@pytest.fixture
def shop(file: str) -> FlaskClient:
    """Give a client of the shop."""
    return create_app(file).test_client()


def as_user(login: str, **more: str) -> dict[str, Any]:
    """Say who asks."""
    return {"headers": {"X-User": login, **more}}


def status(file: str, number: int) -> str:
    """Look into the shop's own table."""
    with closing(sqlite3.connect(file)) as connection:
        row = connection.execute("SELECT status FROM purchase WHERE number = ?", (number,))
        return str(row.fetchone()[0])


def test_an_order_and_its_incident_change_together(shop: FlaskClient, file: str) -> None:
    """With the shop's own field, under the shop's own user."""
    made = shop.post("/orders/4711/late", **as_user("ana"))
    again = shop.post("/orders/4711/late", **as_user("ana"))
    page = shop.get("/incidents/INC-0000001", **as_user("bo")).get_json()

    assert 201 == made.status_code
    assert made.get_json() == again.get_json()
    assert ("gold", "late") == (made.get_json()["tier"], status(file, 4711))
    assert ["Ana Lima reported", "Ana Lima fields_set"] == page["timeline"]


def test_neither_changes_when_one_fails(shop: FlaskClient, file: str) -> None:
    """An order that is not there leaves no incident, and no number behind."""
    assert 404 == shop.post("/orders/1/late", **as_user("ana")).status_code
    assert [] == shop.get("/incidents", **as_user("kim")).get_json()

    made = shop.post("/orders/4712/late", **as_user("ana")).get_json()
    assert "INC-0000001" == made["number"]
    assert "paid" == status(file, 4711)


def test_who_may_not_is_told_so(shop: FlaskClient) -> None:
    """A permission is not a state."""
    shop.post("/orders/4711/late", **as_user("ana"))
    denied = shop.post("/incidents/INC-0000001/cancel", json={"reason": "test"}, **as_user("bo"))
    options = shop.get("/incidents/INC-0000001/options", **as_user("bo")).get_json()
    done = shop.post("/incidents/INC-0000001/cancel", json={"reason": "test"}, **as_user("kim"))

    assert (403, "not_allowed") == (denied.status_code, denied.get_json()["code"])
    assert "cancel -> cancelled: closed, only a manager closes an incident" in options
    assert "cancelled" == done.get_json()["state"]


def test_what_is_refused_says_what_would_work(shop: FlaskClient) -> None:
    """In the reader's language, with the steps that are open."""
    shop.post("/orders/4711/late", **as_user("ana"))
    where = "/incidents/INC-0000001"
    closed = shop.post(f"{where}/close", **as_user("kim", **{"Accept-Language": "de"}))
    stale = shop.post(f"{where}/note", json={"text": "n", "version": 9}, **as_user("ana"))
    wrong = shop.post(f"{where}/note", json={"txt": "n"}, **as_user("ana"))
    blank = shop.post(f"{where}/note", json={"text": " "}, **as_user("ana"))
    listed = shop.post(f"{where}/note", json=["n"], **as_user("ana"))
    asked = (closed, stale, wrong, blank, listed)

    assert [409, 409, 422, 422, 422] == [answer.status_code for answer in asked]
    assert "acknowledge" in closed.get_json()["open_steps"]
    assert "INC-0000001: close geht nicht" in closed.get_json()["text"]
    assert "incident.stale" == stale.get_json()["code"]
    assert 404 == shop.get("/incidents/INC-0000009", **as_user("ana")).status_code
    assert 401 == shop.get("/incidents").status_code


def test_who_was_overtaken_is_told_to_ask_again(shop: FlaskClient) -> None:
    """Inside a transaction of the shop nothing is tried again."""
    with shop.application.test_request_context():
        answer, status_code = refused(CommitConflict("snapshot", "INC-0000001"))

    assert (409, "commit.conflict") == (status_code, answer["code"])


def test_time_passes_by_a_command(file: str) -> None:
    """Nothing is due in a shop that has just opened."""
    app = create_app(file)

    assert "" == app.test_cli_runner().invoke(args=["tick"]).output
