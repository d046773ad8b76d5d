"""Invariant: whatever a verb is given, it does what is right, or is one clear error and no more."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from inspect import signature
from typing import Any

import attrs
import pytest

from incidentflow import (
    ITIL,
    Advance,
    Correct,
    FieldRule,
    Hold,
    Incident,
    IncidentDesk,
    Note,
    Policy,
    Report,
    Resolve,
    State,
    Step,
)
from incidentflow.errors import (
    IncidentflowError,
    IncidentNotFound,
    InvalidInput,
    LifecycleError,
    StaleIncident,
    TransitionRefused,
)
from incidentflow.exports import Seal
from incidentflow.incident import Case, Command
from incidentflow.notifiers import callback
from incidentflow.ports import Store
from incidentflow.process import COMMANDS, ReportAgain
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import MONDAY

Build = Callable[..., Any]
POLICY = Policy(
    fields=(FieldRule("tier"), FieldRule("seats", "number"), FieldRule("vip", "flag")),
)
LONGEST_VALUE, LONGEST_TEXT = 60, 700
EAST, WEST = timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))
NOTE = Note(by="ana", text="hello")


class Sour:
    """A value that refuses to be shown."""

    def __repr__(self) -> str:
        """Refuse."""
        raise RuntimeError


class Loud:
    """A value that is shown in several lines, with half a character."""

    def __repr__(self) -> str:
        """Shout."""
        return "\a\n\ud800" * 99


class Service(enum.StrEnum):
    """Text that is more than text."""

    MAIL = "mail"


def nested(depth: int = 100_000) -> list[Any]:
    """Put lists into lists, deeper than anything can follow."""
    inner: list[Any] = []
    for _ in range(depth):
        inner = [inner]
    return inner


DEEP = nested()
VALUES: tuple[object, ...] = (
    *(None, 5, -1, 0, True, 1.5, float("nan"), float("inf"), 10**5000, 1 << 70),
    *("", " ", "\x00", "a\x00b", "\ud800", "x" * 100_000, "a\nb", "bell\x07", "\u200b", "9999"),
    *("system:cron", "person:", "monitor: ", ":", "system:\u200b", "2026-03-02", b"bytes"),
    *([], {}, (), [None], {"a": 1}, DEEP, object(), Sour(), Loud(), object, len, iter("ab")),
    *(Service.MAIL, timedelta(1), timedelta.max, NOTE),
    *(MONDAY.replace(tzinfo=None), datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=EAST)),
    *(datetime(9999, 12, 31, 23, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=WEST)),
    *(datetime(9000, 1, 1, tzinfo=UTC), datetime(8999, 12, 31, tzinfo=UTC)),
)
OWN: tuple[object, ...] = (
    *({"tier": value} for value in VALUES),
    *({"seats": value} for value in VALUES),
    *({"vip": 1}, {"vip": "yes"}, {5: 5}, {Sour(): 1}, {"\ud800": 1}, {"x" * 999: 1}, {"": 1}),
)
GIVEN: Mapping[str, object] = {
    "by": "ana",
    "title": "Mail",
    "note": "n",
    "reason": "r",
    "text": "t",
    "code": "fixed",
    "assignee": "bo",
    "state": "resolved",
    "priority": 1,
    "category": "mail",
    "into": "INC-2",
    "fields": {"tier": "gold"},
}


def needed(kind: type[Command]) -> dict[str, object]:
    """Return what a command cannot be built without."""
    fields = attrs.fields(kind)
    usual = {
        each.name: GIVEN.get(each.name, "x") for each in fields if each.default is attrs.NOTHING
    }
    least = {"assignee", "state", "priority", "category", "fields", "title"}
    return {**usual, **{name: GIVEN[name] for name in least & attrs.fields_dict(kind).keys()}}


def cases(kind: type[Command]) -> Iterator[tuple[str, object]]:
    """Give each input of a command each value; those that all have, once."""
    for each in attrs.fields(kind):
        if kind is Note or not each.inherited:
            for value in (*VALUES, *(OWN if each.name == "fields" else ())):
                yield each.name, value


def check(error: IncidentflowError, *names: str) -> None:
    """Check that an error is clear: of the tree, with a code, short, printable, and with advice."""
    text = str(error)

    assert "." in error.code
    assert text.encode()
    assert len(text) <= LONGEST_TEXT
    assert all(line.replace("\u200b", "").isprintable() for line in text.splitlines())
    if isinstance(error, InvalidInput):
        assert error.field.partition(".")[0] in {*names, "by"}
        assert len(error.value) <= LONGEST_VALUE
        assert error.value.isprintable()
        assert len(str(error.problem)) > len("is wrong")
    else:
        assert isinstance(error, (TransitionRefused, IncidentNotFound))


OUTSIDE = [kind for kind in COMMANDS if kind is not ReportAgain and not kind.instead]


@pytest.fixture
def store() -> Store:
    """Give a store in memory: what is wrong is refused before any store is asked."""
    return MemoryStore()


@pytest.mark.parametrize("kind", OUTSIDE, ids=lambda kind: kind.__name__)
def test_no_value_of_any_input_is_more_than_refused(build: Build, kind: type[Command]) -> None:
    """Every input of every command, with every value: done and readable, or a clear error."""
    desk = build(policy=POLICY)
    before = desk.report("Mail is down", by="ana")
    tried = 0
    for name, value in cases(kind):
        tried += 1
        try:
            command = kind(**{**needed(kind), name: value})
            if isinstance(command, Report):
                after = desk.report(command)
            else:
                after = desk.apply(before, command)
        except IncidentflowError as error:
            check(error, name)
            assert before == desk.get(before)
        else:
            assert after == desk.get(after)
            assert desk.verify(after).holds
            before = desk.report("Mail is down", by="ana")

    assert tried >= len(VALUES) * len([each for each in attrs.fields(kind) if not each.inherited])
    assert desk.verify().holds


Ask = Callable[[Any, Incident], object]
FAR = datetime(9999, 12, 31, 23, tzinfo=WEST)
NAIVE, LATE = MONDAY.replace(tzinfo=None), timedelta(days=1)
ERASURE: Mapping[str, str] = {"by": "boss", "reason": "asked"}
WRONG: tuple[tuple[str, Ask, type[IncidentflowError], str, str], ...] = (
    # what is wrong; the call; the error; its field or asked thing; what it says would do
    ("report a huge title", lambda d, _: d.report("x" * 501, by="ana"),
     InvalidInput, "title", "500"),
    ("report deep fields", lambda d, _: d.report("x", by="ana", fields={"tier": DEEP}),
     InvalidInput, "fields.tier", "type text"),
    ("report an endless number", lambda d, _: d.report("x", by="ana", fields={"seats": 10**5000}),
     InvalidInput, "fields.seats", "64 bits"),
    ("report no number", lambda d, _: d.report("x", by="ana", fields={"seats": float("nan")}),
     InvalidInput, "fields.seats", "type number"),
    ("report an unknown field", lambda d, _: d.report("x", by="ana", fields={"teir": "gold"}),
     InvalidInput, "fields.teir", "did you mean 'tier'"),
    ("report as the system", lambda d, _: d.report("x", by="system:cron"),
     InvalidInput, "by", "give a service or a person"),
    ("report as nobody", lambda d, _: d.report("x", by="monitor:"), InvalidInput, "by", "probe-3"),
    ("follow up as the system",
     lambda d, _: d.report("x", Note(by="system:x", text="x"), by="ana"),
     InvalidInput, "by", "give a service or a person"),
    ("report what is to come", lambda d, _: d.report("x", by="ana", at=MONDAY + timedelta(1)),
     TransitionRefused, "report", "ahead"),
    ("report beyond time", lambda d, _: d.report("x", by="ana", at=FAR),
     InvalidInput, "at", "years"),
    ("bring a number of no text", lambda d, _: d.report("x", by="ana", number=7),
     InvalidInput, "number", "give a str"),
    ("bring a taken number", lambda d, i: d.report("x", by="ana", number=i.number),
     InvalidInput, "number", "taken"),
    ("say an unknown thing", lambda d, _: d.report("x", by="ana", servce="mail"),
     InvalidInput, "servce", "did you mean 'service'"),
    ("apply nothing", lambda d, i: d.apply(i), InvalidInput, "commands", "at least one"),
    ("apply a class", lambda d, i: d.apply(i, Resolve), InvalidInput, "commands", "Acknowledge("),
    ("apply an incident", lambda d, i: d.apply(i, i), InvalidInput, "commands", "Acknowledge("),
    ("apply to nothing", lambda d, _: d.apply(None, NOTE), InvalidInput, "incident", "its id"),
    ("apply to a number", lambda d, _: d.apply(1, NOTE), InvalidInput, "incident", "its id"),
    ("apply to a stranger", lambda d, _: d.apply("INC-9", NOTE),
     IncidentNotFound, "INC-9", "INC-0"),
    ("apply to half a character", lambda d, _: d.apply("\ud800", NOTE),
     InvalidInput, "incident", "remove it"),
    ("expect what never was", lambda d, i: d.apply(i, NOTE, expect=99),
     StaleIncident, "99", "decide anew"),
    ("expect less than nothing", lambda d, i: d.apply(i, NOTE, expect=-1),
     StaleIncident, "-1", "decide anew"),
    ("expect text", lambda d, i: d.apply(i, NOTE, expect="1"), InvalidInput, "expect", "whole"),
    ("expect yes", lambda d, i: d.apply(i, NOTE, expect=True), InvalidInput, "expect", "whole"),
    ("expect no number", lambda d, i: d.apply(i, NOTE, expect=float("nan")),
     InvalidInput, "expect", "whole"),
    ("give a blank key", lambda d, i: d.apply(i, NOTE, key=" "), InvalidInput, "key", "visible"),
    ("give a huge key", lambda d, i: d.apply(i, NOTE, key="k" * 201), InvalidInput, "key", "200"),
    ("give a broken key", lambda d, i: d.apply(i, NOTE, key="\x00"), InvalidInput, "key", "remove"),
    ("give a key of no text", lambda d, i: d.apply(i, NOTE, key=7), InvalidInput, "key", "a str"),
    ("go where nothing leads", lambda d, i: d.apply(i, Correct(by="ana", state="?", reason="r")),
     TransitionRefused, "correct", "known"),
    ("hold for no reason of ours", lambda d, i: d.apply(i, Hold(by="ana", reason="lunch")),
     TransitionRefused, "hold", "awaiting_"),
    ("get nothing", lambda d, _: d.get(""), IncidentNotFound, "", "INC-0"),
    ("get a list", lambda d, _: d.get(DEEP), InvalidInput, "incident", "its id"),
    ("read the history of bytes", lambda d, _: d.history(b"x"), InvalidInput, "incident", "its id"),
    ("ask options for nobody", lambda d, i: d.options(i, by=5),
     InvalidInput, "by", "give an Actor"),
    ("ask options for the system", lambda d, i: d.options(i, by="system:x"),
     InvalidInput, "by", "give a service or a person"),
    ("look ahead to a date", lambda d, i: d.forecast(i, MONDAY.date()),
     InvalidInput, "until", "aware datetime"),
    ("look ahead on the wall", lambda d, i: d.forecast(i, MONDAY.replace(tzinfo=None)),
     InvalidInput, "until", "aware datetime"),
    ("look ahead beyond time", lambda d, i: d.forecast(i, FAR), InvalidInput, "until", "years"),
    ("tick at no limit", lambda d, _: d.tick(0), InvalidInput, "limit", "at least 1"),
    ("tick half", lambda d, _: d.tick(0.5), InvalidInput, "limit", "at least 1"),
    ("tick too much", lambda d, _: d.tick(10**5000), InvalidInput, "limit", "page by page"),
    ("find too much", lambda d, _: d.find(limit=10**9), InvalidInput, "limit", "page by page"),
    ("find in no order", lambda d, _: d.find(order=[]), InvalidInput, "order", "newest"),
    ("find in an unknown order", lambda d, _: d.find(order="newst"),
     InvalidInput, "order", "did you mean 'newest'"),
    ("find after nothing", lambda d, _: d.find(after=(1,)), InvalidInput, "after", "of a page"),
    ("find after all", lambda d, _: d.find(after=(1 << 70, "x")),
     InvalidInput, "after", "of a page"),
    ("find after half", lambda d, _: d.find(after=(1, "\ud800")),
     InvalidInput, "after", "of a page"),
    ("find by no text", lambda d, _: d.find(service=0), InvalidInput, "service", "give a str"),
    ("find by a list", lambda d, _: d.find(assignee=[]), InvalidInput, "assignee", "give a str"),
    ("find by no fields", lambda d, _: d.find(fields=0), InvalidInput, "fields", "by name"),
    ("find by a wrong field", lambda d, _: d.find(fields={"seats": "5"}),
     InvalidInput, "fields.seats", "type number"),
    ("find by an unknown thing", lambda d, _: d.find(xyz=1), InvalidInput, "xyz", "known"),
    ("find by a wrong state", lambda d, _: d.find(state=5), InvalidInput, "state", "give a str"),
    ("find by no priority", lambda d, _: d.find(priority=6), InvalidInput, "priority", "1 to 5"),
    ("verify a stranger", lambda d, _: d.verify("INC-9"), IncidentNotFound, "INC-9", "INC-0"),
    ("verify with no seal", lambda d, _: d.verify(seal="seal.json"),
     InvalidInput, "seal", "Seal.from_text"),
    ("deliver nothing", lambda d, _: d.deliver(0), InvalidInput, "limit", "at least 1"),
    ("erase one name", lambda d, _: d.erase("tom", **ERASURE, names="Tom"),
     InvalidInput, "names", "give [one]"),
    ("erase no names", lambda d, _: d.erase("tom", **ERASURE, names=None),
     InvalidInput, "names", "give [one]"),
    ("erase one incident", lambda d, i: d.erase("tom", **ERASURE, incidents=i),
     InvalidInput, "incidents", "give [one]"),
    ("erase of a stranger", lambda d, _: d.erase("tom", **ERASURE, incidents=["INC-9"]),
     IncidentNotFound, "INC-9", "INC-0"),
    ("erase nobody", lambda d, _: d.erase(" ", **ERASURE), InvalidInput, "person", "such as 'ana'"),
    ("erase the system", lambda d, _: d.erase("system:x", **ERASURE),
     InvalidInput, "person", "give a service or a person"),
    ("erase as the system", lambda d, _: d.erase("tom", by="system:x", reason="r"),
     InvalidInput, "by", "give a service or a person"),
    ("erase oneself", lambda d, _: d.erase("tom", by="tom", reason="r"),
     InvalidInput, "by", "somebody else"),
    ("erase without a reason", lambda d, _: d.erase("tom", by="ana", reason="\u200b"),
     InvalidInput, "reason", "visible"),
    ("erase and tell", lambda d, _: d.erase("tom", by="ana", reason="Tom asked"),
     InvalidInput, "reason", "without naming them"),
    ("export half", lambda d, _: d.export(personal="some"), InvalidInput, "personal", "left_out"),
    ("export a list", lambda d, _: d.export(personal=DEEP), InvalidInput, "personal", "left_out"),
    ("export on from anywhere", lambda d, _: d.export(after="INC-1"),
     InvalidInput, "after", "`after` of a page"),
    ("measure nothing", lambda d, _: d.metrics("mttr"), InvalidInput, "metrics", "Between("),
    ("measure on the wall", lambda d, _: d.metrics(since=NAIVE),
     InvalidInput, "since", "aware datetime"),
    ("measure backwards", lambda d, _: d.metrics(since=MONDAY, until=MONDAY - LATE),
     InvalidInput, "until", "later instant"),
    ("measure by anything", lambda d, _: d.metrics(by="servce"),
     InvalidInput, "by", "did you mean 'service'"),
    ("measure nowhere", lambda d, _: d.metrics(zone="Europe/Berlin"),
     InvalidInput, "zone", "zoneinfo.ZoneInfo"),
    ("list exceptions backwards", lambda d, _: d.exceptions(since=MONDAY, until=MONDAY),
     InvalidInput, "until", "later instant"),
    ("list exceptions after half", lambda d, _: d.exceptions(after=(1, "\ud800")),
     InvalidInput, "after", "of a page"),
    ("adopt as the system", lambda d, _: d.adopt(by="system:x", reason="r"),
     InvalidInput, "by", "give a service or a person"),
    ("adopt without a reason", lambda d, _: d.adopt(by="ana", reason=" "),
     InvalidInput, "reason", "visible"),
    ("be a tenant of no name", lambda d, _: d.tenant(" "), InvalidInput, "tenant", "visible"),
    ("be a tenant of no text", lambda d, _: d.tenant(5), InvalidInput, "tenant", "give a str"),
    ("see as the system", lambda d, _: d.seen_by("system:x"), InvalidInput, "by", "a person"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "error", "about", "advice"),
    [pytest.param(*case, id=what) for what, *case in WRONG],
)
def test_what_is_wrong_is_named_with_what_would_do(
    build: Build, ask: Ask, error: type[IncidentflowError], about: str, advice: str
) -> None:
    """One error of the tree, with a code and the field; version and journal are as before."""
    desk = build(policy=POLICY)
    incident = desk.report("Mail is down", by="ana")
    journal = desk.history(incident)
    with pytest.raises(error) as caught:
        ask(desk, incident)
    facts = {
        getattr(caught.value, name, None) for name in ("field", "asked", "reference", "expected")
    }

    assert error is type(caught.value)
    assert about in {str(fact) for fact in facts}
    assert advice in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [incident] == list(desk.find())
    assert journal == desk.history(incident)


Give = Callable[[Any, Incident, Any], object]
ARGUMENTS: Mapping[str, Give] = {
    "report then": lambda d, _, v: d.report("x", v, by="ana"),
    "report key": lambda d, _, v: d.report("x", by="ana", key=v),
    "report number": lambda d, _, v: d.report("x", by="ana", number=v),
    "apply incident": lambda d, _, v: d.apply(v, NOTE),
    "apply commands": lambda d, i, v: d.apply(i, NOTE, v),
    "apply key": lambda d, i, v: d.apply(i, NOTE, key=v),
    "apply expect": lambda d, i, v: d.apply(i, NOTE, expect=v),
    "get incident": lambda d, _, v: d.get(v),
    "history incident": lambda d, _, v: d.history(v),
    "options incident": lambda d, _, v: d.options(v, by="ana"),
    "options by": lambda d, i, v: d.options(i, by=v),
    "forecast incident": lambda d, _, v: d.forecast(v, MONDAY + timedelta(1)),
    "forecast until": lambda d, i, v: d.forecast(i, v),
    "find order": lambda d, _, v: d.find(order=v),
    "find after": lambda d, _, v: d.find(after=v),
    "find limit": lambda d, _, v: d.find(limit=v),
    "find state": lambda d, _, v: d.find(state=v),
    "find category": lambda d, _, v: d.find(category=v),
    "find priority": lambda d, _, v: d.find(priority=v),
    "find service": lambda d, _, v: d.find(service=v),
    "find fields": lambda d, _, v: d.find(fields=v),
    "tick limit": lambda d, _, v: d.tick(v),
    "deliver limit": lambda d, _, v: d.deliver(v),
    "adopt by": lambda d, _, v: d.adopt(by=v, reason="asked"),
    "adopt reason": lambda d, _, v: d.adopt(by="ana", reason=v),
    "erase_expired by": lambda d, _, v: d.erase_expired(by=v, reason="asked"),
    "erase_expired reason": lambda d, _, v: d.erase_expired(by="boss", reason=v),
    "erase person": lambda d, _, v: d.erase(v, **ERASURE),
    "erase by": lambda d, _, v: d.erase("tom", by=v, reason="asked"),
    "erase reason": lambda d, _, v: d.erase("tom", by="boss", reason=v),
    "erase names": lambda d, _, v: d.erase("tom", **ERASURE, names=v),
    "erase names one": lambda d, _, v: d.erase("tom", **ERASURE, names=[v]),
    "erase incidents": lambda d, _, v: d.erase("tom", **ERASURE, incidents=v),
    "erase incident": lambda d, _, v: d.erase("tom", **ERASURE, incidents=[v]),
    "traces person": lambda d, _, v: d.traces(v),
    "traces names": lambda d, _, v: d.traces("tom", names=v),
    "traces incidents": lambda d, _, v: d.traces("tom", incidents=v),
    "export after": lambda d, _, v: d.export(after=v),
    "export limit": lambda d, _, v: d.export(limit=v),
    "export personal": lambda d, _, v: d.export(personal=v),
    "verify incident": lambda d, _, v: d.verify(v),
    "verify seal": lambda d, _, v: d.verify(seal=v),
    "metrics metrics": lambda d, _, v: d.metrics(v),
    "metrics by": lambda d, _, v: d.metrics(by=v),
    "metrics since": lambda d, _, v: d.metrics(since=v),
    "metrics until": lambda d, _, v: d.metrics(until=v),
    "metrics zone": lambda d, _, v: d.metrics(zone=v),
    "exceptions since": lambda d, _, v: d.exceptions(since=v),
    "exceptions until": lambda d, _, v: d.exceptions(until=v),
    "exceptions after": lambda d, _, v: d.exceptions(after=v),
    "exceptions limit": lambda d, _, v: d.exceptions(limit=v),
    "backtest policy": lambda d, _, v: d.backtest(v),
    "backtest since": lambda d, _, v: d.backtest(POLICY, since=v),
    "backtest until": lambda d, _, v: d.backtest(POLICY, until=v),
    "backtest progress": lambda d, _, v: d.backtest(POLICY, progress=v if v is not len else 5),
    "tenant tenant": lambda d, _, v: d.tenant(v),
    "seen_by by": lambda d, _, v: d.seen_by(v),
}
"""Each argument of each verb that is not an input of a command: its verb, and its field."""
INSIDE = {
    "report then": ("commands",),
    "erase incidents": ("incident",),
    "traces incidents": ("incident",),
}
"""What an error may name as well: one of those that were given."""


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_no_value_of_any_argument_is_more_than_refused(build: Build, argument: str) -> None:
    """Every argument of every verb, with every value: answered, or a clear error and no more."""
    desk = build(policy=POLICY, notifiers=[callback("default", lambda _: None)])
    before = desk.report("Mail is down", by="ana", requester="tom", team="net")
    journal, refused = desk.history(before), 0
    for value in VALUES:
        try:
            answer = ARGUMENTS[argument](desk, before, value)
        except IncidentflowError as error:
            if not isinstance(error, StaleIncident):
                check(error, argument.split()[1], *INSIDE.get(argument, ()))
            refused += 1
            assert journal == desk.history(before)
            assert [before] == list(desk.find())
        else:
            assert repr(answer)
            if before != desk.get(before) or 1 < len(desk.find()):
                desk = desk.tenant(f"another {refused} {len(journal)} {id(value)}")
                before = desk.report("Mail is down", by="ana", requester="tom", team="net")
                journal = desk.history(before)

    assert refused > len(VALUES) // 2
    assert desk.verify().holds


def test_every_argument_of_every_verb_is_tried() -> None:
    """A verb, or an argument, that comes later cannot be forgotten."""
    views = {"using", "batch", "close", "tenant", "seen_by"}
    several = {"then": "report", "commands": "apply", "metrics": "metrics"}
    tried = {tuple(each.split()[:2]) for each in ARGUMENTS} | {("erase", "incidents")}
    verbs = {name: getattr(IncidentDesk, name) for name in dir(IncidentDesk) if name[0] != "_"}
    verbs = {name: verb for name, verb in verbs.items() if callable(verb)}
    there = {
        (verb, parameter)
        for verb, function in verbs.items()
        if verb not in views
        for parameter in signature(function).parameters
        if parameter not in {"self", "details", "criteria", "title"}
    }

    assert set(several.items()) <= {(parameter, verb) for verb, parameter in tried}
    assert there <= tried


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "nan", '"x"', "[" * 100_000, '{"heads": [5]}', "\ud800"]
)
def test_no_text_of_a_seal_is_more_than_refused(text: str) -> None:
    """However broken, or deep, the file is."""
    with pytest.raises(InvalidInput, match="is no seal, or was damaged") as caught:
        Seal.from_text(text)

    check(caught.value, "seal")


VERBS: tuple[Callable[[Any], object], ...] = (
    lambda d: d.apply("INC-1", NOTE, kee="k"),
    lambda d: d.tick(limt=5),
    lambda d: d.deliver(limt=5),
    lambda d: d.erase("tom", **ERASURE, nams=[]),
    lambda d: d.export(befor="x"),
    lambda d: d.verify(seel=None),
    lambda d: d.metrics(sinc=None),
    lambda d: d.exceptions(sinc=None),
    lambda d: d.forecast("INC-1", MONDAY, untl=5),
    lambda d: d.backtest(POLICY, untl=5),
    lambda d: d.adopt(by="ana", reason="x", who="bo"),
)


@pytest.mark.parametrize("ask", VERBS)
def test_an_argument_that_no_verb_has_is_what_python_says(
    build: Build, ask: Callable[[Any], object]
) -> None:
    """Verbs take what they take; nothing is swallowed."""
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        ask(build())


def fails(case: Case) -> None:
    """Raise, as a guard should not; what it says may be secret."""
    raise ZeroDivisionError(case.incident.title)


def answers(case: Case) -> str:
    """Answer nonsense, as a guard should not."""
    return case.incident.title


@pytest.mark.parametrize(
    ("guard", "problem"),
    [
        (fails, "guard 'fails' on the way to 'contained' raised ZeroDivisionError"),
        (answers, "guard 'answers' on the way to 'contained' answered 'Mail is down'"),
        (Sour, "guard 'Sour' on the way to 'contained' "),
    ],
)
def test_a_guard_that_breaks_is_named(build: Build, guard: Any, problem: str) -> None:  # noqa: ANN401
    """When a step is taken and when options are asked for; nothing is changed."""
    lifecycle = ITIL.extend(
        State("contained", category="open"),
        Step("contain", "new", "contained", guards=(guard,)),
        Step("resolve", "contained", "resolved"),
    )
    desk = build(lifecycle=lifecycle)
    incident = desk.report("Mail is down", by="ana")
    for ask in (
        lambda: desk.apply(incident, Advance(by="ana", step="contain", note="n")),
        lambda: desk.options(incident, by="ana"),
    ):
        with pytest.raises(LifecycleError, match="None to pass") as caught:
            ask()

        assert problem in str(caught.value)
        assert caught.value.name == lifecycle.reference
    assert [incident] == list(desk.find())
    assert 1 == len(desk.history(incident))
