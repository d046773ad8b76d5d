"""A mapping: how to read another system's event log, written by a user as TOML."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from attrs import asdict, field

from incidentflow.errors import InvalidInput, MappingError, PolicyError
from incidentflow.policy import FieldRule, HoldReason, Policy
from incidentflow.policy.file import read_part, read_toml
from incidentflow.sources.checks import DEFAULTS, SourcePolicy, problems, target_of
from incidentflow.system import read_small
from incidentflow.words import frozen, strings

SHIPPED = ("servicenow",)


@frozen(kw_only=True)
class Layout:
    """
    Where in the file things stand.

    Attributes:
        number: The column that tells which incident a row belongs to.
        at: The column with the time of the row.
        state: The column with the state, or two for a vocabulary of two levels.
        by: The column that tells who changed it; empty: there is none.
        sequence: The column with the source's own count of an incident's rows; empty: none.
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
    sequence: str = ""
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
        digest: A fingerprint of what the user wrote.

    """

    name: str
    layout: Layout
    columns: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, tuple[str, ...]]
    states: Mapping[str, Target]
    levels: Mapping[str, tuple[str, ...]]
    defaults: Mapping[str, Any]
    policy: Policy
    digest: str = field(default="", eq=False, repr=False)

    def wanted(self) -> Iterator[str]:
        """Name every column that the log must have."""
        yield from (self.layout.number, self.layout.at, *self.layout.state)
        yield from filter(None, (self.layout.by, self.layout.sequence))
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
    what = f"mapping {str(name)!r}"
    if str(name) in SHIPPED:
        text = resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8")
    else:
        try:
            text = read_small(name)
        except OSError as error:
            shipped = ", ".join(SHIPPED)
            problem = f"{error.strerror}; give a TOML file, or a shipped mapping: {shipped}"
            raise MappingError(what, (problem,)) from None
    try:
        data = read_toml(text, what)
    except PolicyError as error:
        raise MappingError(what, error.problems) from None
    return read_mapping(data, Path(name).stem)


def read_mapping(data: Mapping[str, Any], name: str) -> LogMapping:
    """
    Build a mapping from the data of a TOML file.

    Raises:
        MappingError: It cannot be used; lists every problem.

    """
    found = tuple(problems(data))
    if found:
        raise MappingError(f"mapping {name!r}", found)
    try:
        return _build(data, name)
    except InvalidInput as error:
        raise MappingError(f"mapping {name!r}", (str(error),)) from None


def _build(data: Mapping[str, Any], name: str) -> LogMapping:
    states = {label.strip(): _target(text) for label, text in data["states"].items()}
    own = _names(data.get("fields", {}))
    written = json.dumps(data, sort_keys=True)
    return LogMapping(
        name=data.get("name", name),
        layout=Layout(**data["log"]),
        columns=_names(data.get("columns", {})),
        fields=own,
        states=states,
        levels=_names(data.get("levels", {})),
        defaults={**DEFAULTS, **data.get("defaults", {})},
        policy=_policy(data.get("policy", {}), states.values(), own),
        digest=hashlib.sha256(written.encode()).hexdigest(),
    )


def _names(table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {key: strings(value) for key, value in table.items()}


def _target(text: str) -> Target:
    state, hold_reason = target_of(text)
    return Target(state=state, hold_reason=hold_reason)


def _policy(given: Mapping[str, Any], targets: Iterable[Target], own: Iterable[str]) -> Policy:
    source, _ = read_part(SourcePolicy, given, "policy")
    reasons = dict.fromkeys(target.hold_reason for target in targets if target.hold_reason)
    return Policy(
        hold_reasons=tuple(HoldReason(reason) for reason in reasons),
        fields=tuple(FieldRule(name) for name in own),
        reopen_window=None,
        reinstate_window=None,
        auto_close=timedelta(0),
        requirements=(),
        targets=(),
        subscriptions=(),
        **asdict(source or SourcePolicy(), recurse=False),
    )
