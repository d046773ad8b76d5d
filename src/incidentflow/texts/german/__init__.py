"""German, complete."""

from incidentflow.texts.catalogue import Catalogue
from incidentflow.texts.german.errors import ERRORS
from incidentflow.texts.german.failures import FAILURES
from incidentflow.texts.german.happenings import HAPPENINGS
from incidentflow.texts.german.messages import MESSAGES
from incidentflow.texts.german.problems import PROBLEMS
from incidentflow.texts.german.words import WORDS

GERMAN = Catalogue("de", {**ERRORS, **FAILURES, **HAPPENINGS, **MESSAGES, **PROBLEMS, **WORDS})

__all__ = ["GERMAN"]
