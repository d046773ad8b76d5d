"""What a mapping may say, and what is wrong with one; all of it is found at once."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from incidentflow.errors import InvalidInput, nearest, shorten
from incidentflow.incident import Mark
from incidentflow.policy import MATRICES, Matrix
from incidentflow.policy.calendars.zones import zone_problems
from incidentflow.policy.file import read_part
from incidentflow.policy.matrix import AXES
from incidentflow.profiles import ITIL
from incidentflow.words import Actor, ActorKind, Priority, Rank, frozen

SCALES: Mapping[str, type[Rank]] = {**AXES, "priority": Priority}
INCIDENT_COLUMNS = frozenset(
    {
        *SCALES,
        "assignee",
        "category",
        "code",
        "customer",
        "description",
        "location",
        "note",
        "reported_at",
        "requester",
        "service",
        "source",
        "team",
        "title",
    }
)
DEFAULTS = {
    "title": "Incident {number}",
    "by": "service:import",
    "reason": "as in the source log",
    "note": "as in the source log",
    "code": "unknown",
    "cancel_reason": "withdrawn",
}
TABLES = frozenset({"log", "columns", "fields", "states", "levels", "defaults", "policy"})
NEEDED = ("number", "at", "state")
TEXTS = frozenset(
    {"number", "at", "by", "sequence", "time", "zone", "order", "delimiter", "encoding"}
)
NAMES = frozenset({"state", "unknown"})
ORDERS = frozenset({"arrival", "time"})
SOME_DAY = datetime(2001, 2, 3, 4, 5, 6)  # noqa: DTZ001 - only to try a format with

Table = Mapping[str, Any]


@frozen(kw_only=True)
class SourcePolicy:
    """
    How the source's desk worked, as far as a mapping says.

    Attributes:
        matrix: From the axes to the priority.
        require_assignee: Whether acknowledging needs an assignee.
        reopen_closed: Whether a closed incident may be reopened.
        close_unresolved: Whether an unresolved one may be closed.

    """

    matrix: Matrix = MATRICES["itil"]
    require_assignee: bool = False
    reopen_closed: bool = False
    close_unresolved: bool = False


def problems(data: Table) -> Iterator[str]:
    """Yield every problem of a mapping, as one sentence each."""
    yield from _unknown("section", data, {"name", *TABLES})
    tables = {name: data.get(name, {}) for name in TABLES}
    for name in sorted(name for name, table in tables.items() if not isinstance(table, Mapping)):
        yield f"[{name}] is no table"
        tables[name] = {}
    if not isinstance(data.get("name", ""), str):
        yield f"name is {data['name']!r}; give text"
    yield from _log(tables["log"])
    yield from _unknown("input in [columns]", tables["columns"], INCIDENT_COLUMNS)
    for name in ("columns", "fields", "levels"):
        yield from _lists(name, tables[name])
    for name in tables["fields"]:
        if not name.isidentifier():
            yield f"[fields] {name!r} is no identifier"
    yield from _states(tables["states"])
    yield from _levels(tables["levels"])
    yield from _defaults(tables["defaults"])
    yield from _policy(tables["policy"], tables["levels"], tables["defaults"])


def target_of(text: str) -> tuple[str, str | None]:
    """Split what a word means into a state and, after a colon, a hold reason."""
    state, _, reason = (part.strip() for part in text.partition(":"))
    return state, reason or None


def _log(log: Table) -> Iterator[str]:
    yield from _unknown("key of [log]", log, TEXTS | NAMES)
    for name in NEEDED:
        if name not in log:
            yield f"[log] needs {name!r}: the name of a column"
    yield from _lists("log", {name: value for name, value in log.items() if name in NAMES})
    for name in sorted(TEXTS & set(log)):
        if not isinstance(log[name], str):
            yield f"[log] {name} is {log[name]!r}; give text"
    texts = {name: text for name, text in log.items() if isinstance(text, str)}
    if texts.get("order", "time") not in ORDERS:
        yield f"[log] order is {texts['order']!r}; {nearest(texts['order'], ORDERS)}"
    if len(texts.get("delimiter", ",")) != 1:
        yield "[log] delimiter is not one character"
    yield from (f"[log] zone {each}" for each in zone_problems(texts.get("zone", "UTC")))
    try:
        "".encode(codecs.lookup(texts.get("encoding", "utf-8")).name)
    except (LookupError, ValueError):
        yield f"[log] encoding {texts['encoding']!r} is unknown; give a name such as 'latin-1'"
    yield from _time(texts.get("time", "iso"))


def _time(form: str) -> Iterator[str]:
    if form == "iso":
        return
    try:
        datetime.strptime(SOME_DAY.strftime(form), form)  # noqa: DTZ007 - nobody keeps it
    except ValueError as error:
        yield f"[log] time {form!r} is no format for strptime: {error}"


def _states(states: Table) -> Iterator[str]:
    if not states:
        yield "[states] is empty: say what each word of the source's vocabulary means"
    for label, text in states.items():
        state, reason = target_of(text) if isinstance(text, str) else (repr(text), None)
        place = ITIL.places.get(state)
        if place is None:
            yield f"[states] {label!r} means {state!r}; {nearest(state, ITIL.places)}"
        elif place.has(Mark.WAITING) and reason is None:
            yield f"[states] {label!r} waits for what? write '{state}: awaiting_vendor'"
        elif reason is not None and not place.has(Mark.WAITING):
            yield f"[states] {label!r} gives a reason to hold, but {state!r} does not wait"


def _levels(levels: Table) -> Iterator[str]:
    yield from _unknown("scale in [levels]", levels, SCALES)
    for scale, words in levels.items():
        if scale in SCALES and isinstance(words, list) and len(words) > len(SCALES[scale]):
            most = len(SCALES[scale])
            yield f"[levels] {scale} lists {len(words)} words; the scale has {most} levels"


def _defaults(defaults: Table) -> Iterator[str]:
    yield from _unknown("key of [defaults]", defaults, {*DEFAULTS, *AXES})
    for name in sorted(set(DEFAULTS) & set(defaults)):
        if not (isinstance(defaults[name], str) and defaults[name].strip()):
            yield f"[defaults] {name} is {defaults[name]!r}; give visible text"
    for name in sorted(set(AXES) & set(defaults)):
        try:
            AXES[name].parse(defaults[name])
        except InvalidInput as error:
            yield f"[defaults] {error}"
    try:
        str(defaults.get("title", "")).format(number="1")
    except (LookupError, ValueError, AttributeError):
        yield f"[defaults] title {defaults['title']!r} knows no other brace than {{number}}"
    by = defaults.get("by")
    if isinstance(by, str) and by.strip() and _is_system(by):
        yield f"[defaults] by is {by!r}; give a person or a service"


def _is_system(by: str) -> bool:
    try:
        return Actor.parse(by).kind is ActorKind.SYSTEM
    except InvalidInput:
        return True


def _policy(policy: Table, levels: Table, defaults: Table) -> Iterator[str]:
    _, problems = read_part(SourcePolicy, policy, "policy")
    yield from problems
    matrix, _ = read_part(Matrix, policy.get("matrix", "itil"), "policy.matrix")
    if matrix is not None:
        yield from _beyond(matrix, levels, defaults)


def _beyond(matrix: Matrix, levels: Table, defaults: Table) -> Iterator[str]:
    sizes = dict(zip(matrix.axes, (len(matrix.cells), len(matrix.cells[0])), strict=False))
    for axis, size in sizes.items():
        words = levels.get(axis, [])
        if isinstance(words, list) and len(words) > size:
            yield f"[levels] {axis} lists {len(words)} words; matrix {matrix.name!r} has {size}"
        try:
            beyond = AXES[axis].parse(defaults.get(axis, 1)) > size
        except InvalidInput:
            continue
        if beyond:
            yield f"[defaults] {axis} lies beyond matrix {matrix.name!r}, which has {size} levels"


def _lists(where: str, table: Table) -> Iterator[str]:
    for name, value in table.items():
        names = [value] if isinstance(value, str) else value
        if not (isinstance(names, list) and names and all(isinstance(one, str) for one in names)):
            yield f"[{where}] {name} is {shorten(value)}; give text, or several in brackets"
        elif len(set(names)) < len(names):
            yield f"[{where}] {name} names something twice"


def _unknown(what: str, given: Table, known: Iterable[str]) -> Iterator[str]:
    known = frozenset(known)
    for name in given:
        if name not in known:
            yield f"unknown {what}: {name!r}; {nearest(name, known)}"
