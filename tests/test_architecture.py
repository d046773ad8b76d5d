"""The shape of the package: what is public, how long files are, where states have names."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import incidentflow
from incidentflow import ITIL

PACKAGE = Path(incidentflow.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = [file for file in FILES if file.name == "__init__.py"]
MEANINGS = {"new", "triaged", "resolved", "closed", "merged", "cancelled"}
NAMED_IN = {"profiles.py", "sources", "cli", "texts"}
PUBLIC = """
    AcceptMajor Acknowledge Actor ActorKind Advance Assign AsyncIncidentDesk Attach BusinessDays
    Calendar Cancel ClockRule Close Command CompleteReview Correct DemoteMajor Describe Detach
    DraftReview Escalate Event FieldRule Finding Hold HoldReason Hours ITIL Identify Impact
    Incident IncidentDesk IncidentflowError LegalHold Lifecycle Matrix Merge Mitigate Note
    OverridePriority Policy Priority ProposeMajor Reclassify Reinstate RejectMajor Relapse
    ReleaseLegalHold RenameState Reopen Report Resolve Resume Retarget ReturnToQueue SetFields
    SetSubstatus Severity StakeholderUpdate State Step SubmitReview TargetRow Triage Urgency
    WaiveReview load_policy
"""


def test_the_public_names_are_these() -> None:
    """A name becomes public on purpose, and stays so."""
    assert sorted(PUBLIC.split()) == sorted(incidentflow.__all__)
    assert all(hasattr(incidentflow, name) for name in incidentflow.__all__)


@pytest.mark.parametrize("file", FOLDERS, ids=lambda file: str(file.parent.relative_to(PACKAGE)))
def test_every_name_that_a_folder_gives_is_there(file: Path) -> None:
    """Each of them can be imported."""
    module = import_module(".".join(("incidentflow", *file.parent.relative_to(PACKAGE).parts)))

    assert [] == [name for name in getattr(module, "__all__", ()) if not hasattr(module, name)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_file_grows_beyond_three_hundred_lines(file: Path) -> None:
    """A file that grows longer holds two concepts."""
    assert len(file.read_text("utf-8").splitlines()) <= 300


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_states_have_names_in_profiles_only(file: Path) -> None:
    """No rule looks at a state's name (rule L1); what also means something else is let pass."""
    if file.relative_to(PACKAGE).parts[0] in NAMED_IN:
        return
    names = set(ITIL.places) - MEANINGS
    tree = ast.parse(file.read_text("utf-8"))
    found = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in names
    ]

    assert [] == found


def test_every_module_says_what_it_is() -> None:
    """Every module opens with a sentence."""
    silent = [file for file in FILES if not ast.get_docstring(ast.parse(file.read_text("utf-8")))]

    assert [] == silent


def test_importing_the_package_imports_nothing_slow() -> None:
    """What takes long to import waits until it is used; the async desk is there all the same."""
    slow = ["asyncio", "cattrs", "importlib.metadata", "msgspec"]
    code = (
        "import sys, incidentflow; "
        f"print([name for name in {slow} if name in sys.modules]); "
        "print(incidentflow.AsyncIncidentDesk.__name__)"
    )
    ran = subprocess.run(  # noqa: S603 - the words are ours
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )

    assert ["[]", "AsyncIncidentDesk"] == ran.stdout.splitlines()


def test_what_is_not_public_is_not_there() -> None:
    """The one name that is imported late takes no other with it."""
    with pytest.raises(AttributeError, match=r"^module 'incidentflow' has no attribute 'Desk'$"):
        _ = incidentflow.Desk  # type: ignore[attr-defined] # that is the point
