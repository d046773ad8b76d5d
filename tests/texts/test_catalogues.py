"""The catalogues and the source agree: no code without an entry, no entry without a use (C7)."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

import attrs
import pytest

import incidentflow
from incidentflow import errors, texts
from incidentflow.errors import IncidentflowError
from incidentflow.events import DESK_EVENTS, EVENTS
from incidentflow.incident import Category, Occurrence
from incidentflow.incident.clocks import Verdict
from incidentflow.incident.parts import Confidence, MajorStatus, ReviewStatus
from incidentflow.policy import Because
from incidentflow.process.escalation import Axis
from incidentflow.process.investigation import FindingKind
from incidentflow.texts import ENGLISH, GERMAN, HAPPENED, Catalogue, snake
from incidentflow.texts.catalogue import names_in
from incidentflow.texts.templates import parse, places
from incidentflow.words import Impact, Priority, Severity, Urgency

PACKAGE = Path(incidentflow.__file__).parent
RENDERING = {"instant", "join.and", "join.each", "join.lines", "join.list", "join.or"} | {
    f"span.{unit}" for unit in ("day", "hour", "minute", "second")
}
"""What rendering itself asks for, by its own names."""
CLOSED_SETS: tuple[type[enum.Enum], ...] = (
    Axis, Because, Category, Confidence, FindingKind, Impact, MajorStatus, Priority, ReviewStatus,
    Severity, Urgency, Verdict,
)  # fmt: skip
"""The sets whose members are shown."""
BUILT_IN = (ENGLISH, GERMAN)
HAPPENINGS: tuple[type[Occurrence], ...] = (*DESK_EVENTS, *EVENTS)


def sources() -> Iterator[ast.Module]:
    """Parse every module that could name a code."""
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.relative_to(PACKAGE).parts[0] not in ("texts", "testing"):
            yield ast.parse(file.read_text("utf-8"))


def named(node: ast.expr, constants: Mapping[str, str]) -> str | None:
    """Read a code: as it stands, by the name of a constant, or with its first part open."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[-1], ast.Constant):
        return f"*{node.values[-1].value}"
    return None


def given_to(call: ast.Call, function: str) -> frozenset[str] | None:
    """Return the names of the parameters at a place of use; None where they are not literal."""
    if function == "refuse":
        return frozenset(each.arg for each in call.keywords if each.arg)
    if len(call.args) == 1:
        return frozenset()
    literal = call.args[1]
    if not isinstance(literal, ast.Dict):
        return None
    return frozenset(key.value for key in literal.keys if isinstance(key, ast.Constant))


def uses() -> Iterator[tuple[str, frozenset[str] | None]]:
    """Find every code in the source, with the parameters it is given there."""
    for tree in sources():
        constants = {
            target.id: each.value.value
            for each in tree.body
            if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)
            for target in each.targets
            if isinstance(target, ast.Name)
        }
        constants["NOT_ASKED"] = "step.not_asked"
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            function = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            function = node.func.id if isinstance(node.func, ast.Name) else function
            if function == "of" and "InvalidInput" in ast.unparse(node.func):
                yield f"problem.{ast.literal_eval(node.args[2])}", given_to(node, "refuse")
            if function not in ("refuse", "Failure", "Text"):
                continue
            if code := named(node.args[0], constants):
                yield code, given_to(node, function)


def all_errors(root: type[IncidentflowError] = IncidentflowError) -> Iterator[str]:
    """Return the code of every error of the tree."""
    for each in root.__subclasses__():
        if each.__module__.startswith(errors.__name__):
            yield each.code
            yield from all_errors(each)


def entry_of(code: str, catalogue: Catalogue) -> str | None:
    """Return what words a code, exactly or by its ending."""
    ending = f"*.{code.rpartition('.')[2]}"
    return catalogue.entries.get(code) or catalogue.entries.get(ending)


USES = sorted(set(uses()), key=str)
VOCABULARIES = {snake(each.__name__): {member.name for member in each} for each in CLOSED_SETS}


@pytest.mark.parametrize("catalogue", BUILT_IN, ids=lambda each: each.locale)
@pytest.mark.parametrize(("code", "parameters"), USES)
def test_every_code_in_the_source_is_worded_with_what_it_is_given(
    code: str, parameters: frozenset[str] | None, catalogue: Catalogue
) -> None:
    """An entry shows exactly what the place of use hands over."""
    template = entry_of(code, catalogue)

    assert template is not None
    assert parameters is None or names_in(template) == parameters


def test_the_places_of_use_are_found() -> None:
    """The look-up above sees the engine's rules, with open codes and without."""
    assert {"at.future", "requirement.blocks", "*.missing", "*.unused"} <= {
        each for each, _ in USES
    }
    assert ("reopen.too_late", frozenset({"window", "ended"})) in USES


@pytest.mark.parametrize("catalogue", BUILT_IN, ids=lambda each: each.locale)
@pytest.mark.parametrize("code", sorted({IncidentflowError.code, *all_errors()}))
def test_every_error_is_worded(code: str, catalogue: Catalogue) -> None:
    """In each language, at least by its ending."""
    assert entry_of(code, catalogue) is not None


@pytest.mark.parametrize("catalogue", BUILT_IN, ids=lambda each: each.locale)
@pytest.mark.parametrize("event", HAPPENINGS, ids=lambda each: each.kind)
def test_every_kind_of_event_is_worded_by_its_own_attributes(
    event: type[Occurrence], catalogue: Catalogue
) -> None:
    """None says itself in a language of its own; what it shows is there."""
    template = catalogue.entries[HAPPENED + event.kind]

    assert event.describe is Occurrence.describe
    if event.wording is Occurrence.wording:
        assert names_in(template) <= {each.name for each in attrs.fields(event)}


def test_no_entry_is_unused() -> None:
    """Whatever nobody says any more goes from the catalogue."""
    styles = {
        place.style
        for catalogue in BUILT_IN
        for template in catalogue.entries.values()
        for place in places(parse(template))
    }
    said = {
        *(code for code, _ in USES),
        *(entry for code in all_errors() for entry in (code, f"*.{code.rpartition('.')[2]}")),
        *(HAPPENED + event.kind for event in HAPPENINGS),
        *RENDERING,
        IncidentflowError.code,
    }
    unused = set(ENGLISH.entries) - said
    words = {code.split(".")[1] for code in unused if code.startswith("word.")}

    assert {code for code in unused if not code.startswith("word.")} == set()
    assert words <= {*styles, *VOCABULARIES, "truth", "input"}


@pytest.mark.parametrize("catalogue", BUILT_IN, ids=lambda each: each.locale)
def test_every_member_of_a_closed_set_has_a_word(catalogue: Catalogue) -> None:
    """No more and no fewer."""
    known = {code.split(".", 1)[1] for code in catalogue.entries if code.startswith("word.")}
    sets = {known_word.split(".")[0] for known_word in known} & set(VOCABULARIES)
    wanted = {f"{name}.{each.lower()}" for name in VOCABULARIES for each in VOCABULARIES[name]}

    assert wanted == {each for each in known if each.split(".")[0] in sets}


def test_the_languages_say_the_same() -> None:
    """The same codes, and the same parameters in each."""
    assert set(ENGLISH.entries) == set(GERMAN.entries)
    for code, template in ENGLISH.entries.items():
        assert (code, names_in(template)) == (code, names_in(GERMAN.entries[code]))
    assert [] == list(chain(ENGLISH.problems(GERMAN), GERMAN.problems(ENGLISH)))


MET_BY_USERS = ("words", "incident", "process", "metrics", "exports", "usecases")


def test_what_a_user_can_do_wrong_is_worded_in_every_language() -> None:
    """No sentence in a module that reads what users give; authors of policies read English."""
    files = [file for folder in MET_BY_USERS for file in (PACKAGE / folder).rglob("*.py")]
    sentences = [
        f"{file.name}: {ast.unparse(node)}"
        for file in (*files, PACKAGE / "desk" / "inputs.py", PACKAGE / "cli" / "values.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "InvalidInput"
        if not ast.unparse(node.args[2]).startswith(("Text(", "error.problem"))
    ]

    assert [] == sentences


def test_the_catalogues_are_the_only_place_with_sentences_for_refusals() -> None:
    """No rule composes a text: what a refusal is given are values, never an f-string."""
    composed = [
        ast.unparse(node)
        for tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, (ast.Attribute, ast.Name))
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("refuse", "Failure")
        for value in (*node.args[1:], *(each.value for each in node.keywords))
        for part in ast.walk(value)
        if isinstance(part, ast.JoinedStr)
    ]

    assert [] == composed
    assert "render" in texts.__all__
