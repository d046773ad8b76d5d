"""How the documentation is built: MyST pages, an API reference from docstrings, Furo."""

from __future__ import annotations

from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "incidentflow"
author = "The incidentflow authors"
project_copyright = author
release = version = version_of("incidentflow")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinxcontrib.mermaid",
]
root_doc = "index"
exclude_patterns = ["_build"]

myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
add_module_names = False
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"incidentflow {version}"
html_show_sourcelink = False

SAID_ONCE = {"apply", "arrive", "asks", "decide", "describe", "move"}
SAID_BY = ("Adoption.", "Command.", "Event.", "IncidentDesk.", "Occurrence.")


def said_once(*asked: Any) -> bool:  # noqa: ANN401 - as Sphinx calls it
    """Leave out what every command and event has, wherever it is not said first."""
    _, _, name, member, skip, _ = asked
    said_by = getattr(member, "__qualname__", "")
    return skip or (name in SAID_ONCE and "." in said_by and not said_by.startswith(SAID_BY))


def setup(app: Sphinx) -> None:
    """Connect what is left out."""
    app.connect("autodoc-skip-member", said_once)
