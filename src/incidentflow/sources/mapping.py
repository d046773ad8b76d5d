"""A mapping: how to read another system's event log, written by a user as TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from attrs import field, frozen

from incidentflow.errors import MappingError, PolicyError, nearest
from incidentflow.policy import MATRICES, FieldRule, HoldReason, Matrix, Policy
from incidentflow.profiles import ITIL
from incidentflow.words import Impact, Priority, Rank, Severity, Urgency, strings

SHIPPED = ("servicenow",)
SCALES: Mapping[str, type[Rank]] = {
    "impact": Impact,
    "urgency": Urgency,
    "severity": Severity,
    "priority": Priority,
}
INCIDENT_COLUMNS = frozenset(
    {
        "assignee",
        "category",
        "code",
        "customer",
        "description",
        "impact",
        "location",
        "note",
        "priority",
        "reported_at",
        "requester",
        "service",
        "severity",
        "source",
        "team",
        "title",
        "urgency",
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
SECTIONS = frozenset({"name", "log", "columns", "fields", "states", "levels", "defaults", "policy"})
SWITCHES = frozenset({"reopen_closed", "close_unresolved", "require_assignee"})
POLICY_KEYS = SWITCHES | {"matrix"}
ORDERS = frozenset({"arrival", "time"})


@frozen(kw_only=True)
class Layout:
    """
    Where in the file things stand.

    Attributes:
        number: The column that tells which incident a row belongs to.
        at: The column with the time of the row.
        state: The column with the state, or two for a vocabulary of two levels.
        by: The column that tells who changed it; empty: there is none.
        time: A format for ``strptime``, or ``"iso"``.
        zone: The zone of times that carry none.
        order: ``"arrival"`` applies rows as they stand, ``"time"`` sorts them first (rule J4).
        unknown: What stands for an unknown value.
        delimiter: What stands between two cells.
        encoding: The file's encoding.

    """

    number: str
    at: str
    state: tuple[str, ...] = field(converter=strings)
    by: str = ""
    time: str = "iso"
    zone: str = "UTC"
    order: str = "arrival"
    unknown: tuple[str, ...] = field(default=("?",), converter=strings)
    delimiter: str = ","
    encoding: str = "utf-8-sig"


@frozen(kw_only=True)
class Target:
    """
    What one word of the source's vocabulary means.

    Attributes:
        state: The state of the lifecycle.
        hold_reason: Why it waits there, or None.

    """

    state: str
    hold_reason: str | None = None


@frozen(kw_only=True)
class LogMapping:
    """
    How to read another system's event log.

    Attributes:
        name: What it is called.
        layout: Where in the file things stand.
        columns: For inputs of the incident: the columns they come from, joined by a slash.
        fields: For own fields: the columns they come from.
        states: What the words of the source's vocabulary mean.
        levels: For each scale: the source's words, from the most severe.
        defaults: What to say where the source says nothing.
        policy: How the source's desk works; nothing is owed to anybody and nothing ticks.

    """

    name: str
    layout: Layout
    columns: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, tuple[str, ...]]
    states: Mapping[str, Target]
    levels: Mapping[str, tuple[str, ...]]
    defaults: Mapping[str, str]
    policy: Policy

    def wanted(self) -> Iterator[str]:
        """Name every column that the log must have."""
        yield from (self.layout.number, self.layout.at, *self.layout.state)
        yield from filter(None, (self.layout.by,))
        for columns in (*self.columns.values(), *self.fields.values()):
            yield from columns

    def target(self, labels: tuple[str, ...]) -> Target | None:
        """Look up what the words of a row mean: all levels together, else the first alone."""
        return self.states.get(" / ".join(labels)) or self.states.get(labels[0])


def load_mapping(name: str | Path) -> LogMapping:
    """
    Load a mapping that is shipped, by its name, or one of the user's, by its file.

    Raises:
        MappingError: There is none, it is no TOML, or it cannot be used; lists every problem.

    """
    if str(name) in SHIPPED:
        text = resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8")
    else:
        try:
            text = Path(name).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            what = getattr(error, "strerror", None) or "is no UTF-8 text"
            shipped = ", ".join(SHIPPED)
            problem = f"{what}; give a TOML file, or a shipped mapping: {shipped}"
            raise MappingError(f"mapping {str(name)!r}", (problem,)) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"mapping {str(name)!r}", (f"is no TOML: {error}",)) from None
    return read_mapping(data, Path(name).stem)


def read_mapping(data: Mapping[str, Any], name: str) -> LogMapping:
    """
    Build a mapping from the data of a TOML file.

    Raises:
        MappingError: It cannot be used; lists every problem.

    """
    found = tuple(_problems(data))
    if found:
        raise MappingError(f"mapping {name!r}", found)
    states = {label: _target(text) for label, text in data["states"].items()}
    own = {key: strings(value) for key, value in data.get("fields", {}).items()}
    return LogMapping(
        name=data.get("name", name),
        layout=Layout(**data["log"]),
        columns={key: strings(value) for key, value in data.get("columns", {}).items()},
        fields=own,
        states=states,
        levels={key: strings(value) for key, value in data.get("levels", {}).items()},
        defaults={**DEFAULTS, **data.get("defaults", {})},
        policy=_policy(data.get("policy", {}), states, tuple(own)),
    )


def _problems(data: Mapping[str, Any]) -> Iterator[str]:
    yield from _unknown("section", data, SECTIONS)
    tables = {key: value for key, value in data.items() if key != "name"}
    for key, value in tables.items():
        if not isinstance(value, Mapping):
            yield f"[{key}] is no table"
    if not all(isinstance(value, Mapping) for value in tables.values()):
        return
    layout = {each.name: each for each in attrs.fields(Layout)}
    yield from _unknown("key of [log]", data.get("log", {}), layout)
    for name in ("number", "at", "state"):
        if name not in data.get("log", {}):
            yield f"[log] needs {name!r}: the name of a column"
    yield from _layout_problems(data.get("log", {}))
    yield from _unknown("input in [columns]", data.get("columns", {}), INCIDENT_COLUMNS)
    yield from _unknown("scale in [levels]", data.get("levels", {}), SCALES)
    yield from _word_problems(data)
    yield from _policy_problems(data.get("policy", {}))


def _word_problems(data: Mapping[str, Any]) -> Iterator[str]:
    yield from _unknown("key of [defaults]", data.get("defaults", {}), {*DEFAULTS, *SCALES})
    if not data.get("states"):
        yield "[states] is empty: say what each word of the source's vocabulary means"
    for label, text in data.get("states", {}).items():
        state = _target(text).state if isinstance(text, str) else repr(text)
        if state not in ITIL.places:
            yield f"[states] {label!r} means {state!r}; {nearest(state, ITIL.places)}"
    for scale, words in data.get("levels", {}).items():
        if scale in SCALES and not 0 < len(words) <= len(SCALES[scale]):
            yield f"[levels] {scale} lists {len(words)} words; 1 to {len(SCALES[scale])} are known"


def _layout_problems(log: Mapping[str, Any]) -> Iterator[str]:
    order = log.get("order", "arrival")
    if order not in ORDERS:
        yield f"[log] order is {order!r}; {nearest(str(order), ORDERS)}"
    if len(str(log.get("delimiter", ","))) != 1:
        yield "[log] delimiter is not one character"
    try:
        ZoneInfo(str(log.get("zone", "UTC")))
    except (KeyError, ValueError, OSError):
        yield f"[log] zone {log['zone']!r} is unknown; give a name such as 'Europe/Berlin'"


def _policy_problems(policy: Mapping[str, Any]) -> Iterator[str]:
    yield from _unknown("key of [policy]", policy, POLICY_KEYS)
    for name in SWITCHES & set(policy):
        if not isinstance(policy[name], bool):
            yield f"[policy] {name} is {policy[name]!r}; give true or false"
    matrix = policy.get("matrix", "itil")
    if isinstance(matrix, str) and matrix not in MATRICES:
        yield f"[policy] matrix {matrix!r} is unknown; {nearest(matrix, MATRICES)}"
    if isinstance(matrix, Mapping):
        try:
            _matrix(matrix)
        except PolicyError as error:
            yield from error.problems
        except (TypeError, ValueError) as error:
            yield f"[policy] matrix: {error}"


def _unknown(what: str, given: Mapping[str, Any], known: Any) -> Iterator[str]:  # noqa: ANN401
    for name in given:
        if name not in known:
            yield f"unknown {what}: {name!r}; {nearest(name, known)}"


def _target(text: str) -> Target:
    state, _, reason = (part.strip() for part in text.partition(":"))
    return Target(state=state, hold_reason=reason or None)


def _matrix(matrix: str | Mapping[str, Any]) -> Matrix:
    if isinstance(matrix, str):
        return MATRICES[matrix]
    return Matrix(
        "the source's", matrix.get("rows", "impact"), matrix.get("columns", ""), matrix["cells"]
    )


def _policy(given: Mapping[str, Any], states: Mapping[str, Target], own: tuple[str, ...]) -> Policy:
    reasons = dict.fromkeys(
        target.hold_reason for target in states.values() if target.hold_reason is not None
    )
    return Policy(
        matrix=_matrix(given.get("matrix", "itil")),
        hold_reasons=tuple(HoldReason(reason) for reason in reasons),
        fields=tuple(FieldRule(name) for name in own),
        reopen_window=None,
        reinstate_window=None,
        auto_close=timedelta(0),
        requirements=(),
        subscriptions=(),
        require_assignee=given.get("require_assignee", False),
        reopen_closed=given.get("reopen_closed", False),
        close_unresolved=given.get("close_unresolved", False),
    )
