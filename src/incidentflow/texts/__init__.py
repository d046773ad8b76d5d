"""
Every text for people: a code with parameters, worded by a catalogue when it is read (rule C7).

What happens and what is refused carries values, never sentences. A sentence is made for one
reader, in their language and zone, and kept nowhere. Nothing here ever raises: what a catalogue
cannot word, the next one does, and at last the code and its parameters themselves.
"""

from incidentflow.texts.catalogue import Catalogue
from incidentflow.texts.english import ENGLISH
from incidentflow.texts.german import GERMAN
from incidentflow.texts.rendering import HAPPENED, BrokenEntry, Text, render
from incidentflow.texts.values import shorten, snake, told

__all__ = [
    "ENGLISH",
    "GERMAN",
    "HAPPENED",
    "BrokenEntry",
    "Catalogue",
    "Text",
    "render",
    "shorten",
    "snake",
    "told",
]
