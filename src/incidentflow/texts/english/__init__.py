"""English, the language that is always there."""

from incidentflow.texts.catalogue import Catalogue
from incidentflow.texts.english.errors import ERRORS
from incidentflow.texts.english.failures import FAILURES
from incidentflow.texts.english.happenings import HAPPENINGS
from incidentflow.texts.english.messages import MESSAGES
from incidentflow.texts.english.problems import PROBLEMS
from incidentflow.texts.english.words import WORDS

ENGLISH = Catalogue("en", {**ERRORS, **FAILURES, **HAPPENINGS, **MESSAGES, **PROBLEMS, **WORDS})

__all__ = ["ENGLISH"]
