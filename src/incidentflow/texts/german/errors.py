"""Errors, in German."""

from __future__ import annotations

from collections.abc import Mapping

ERRORS: Mapping[str, str] = {
    "*.invalid": "{name}: {count} Problem(e)\n{problems:lines}",
    "commit.conflict": (
        "worauf sich diese Änderung an {subject} stützte, hat sich geändert: {what}"
        "[{overtaken?}; die Transaktion zurücknehmen und neu beginnen]"
    ),
    "error": "[{text}|etwas ging schief]",
    "extra.missing": "{feature} braucht einen Zusatz: pip install 'incidentflow[[{extra}]]'",
    "incident.not_found": (
        "kein Vorfall {reference:quoted} im Mandanten {tenant:quoted}; "
        "eine Kennung oder eine Nummer wie INC-0000001 angeben"
    ),
    "incident.stale": (
        "{incident} steht bei Version {found}, nicht {expected}: geändert von {changed_by}. "
        "Neu lesen und neu entscheiden."
    ),
    "input.invalid": "{field} = {value}: {problem}",
    "journal.unreadable": (
        "[Eintrag {sequence}|der Stand] von {incident} ist nicht lesbar: {problem}. "
        "Verloren ist nichts; andere Vorfälle sind nicht betroffen."
    ),
    "key.reused": (
        "der Schlüssel {key:quoted} stand schon für eine andere Anfrage, an {incident}; "
        "für eine neue Anfrage einen neuen Schlüssel nehmen"
    ),
    "listed": "  {number}. {problem}",
    "not_allowed": (
        "{actor} darf [{incident} nicht bearbeiten|das nicht] ({action}): {reason} [[{denied}]]; "
        "jemanden fragen, der es darf"
    ),
    "plugin.failed": "Plugin {plugin:quoted}, {hook}: {problem}",
    "notifier.failed": (
        "Benachrichtiger [{notifier} ]des Kanals {channel:quoted}: {problem}; "
        "[{is_known?}ein neuer Versuch folgt|ob gesendet wurde, ist unbekannt]"
    ),
    "refusal": "{why} [[{code}]]",
    "store.failed": "{action} geht nicht: {detail}[; {reason:storage}]; {outcome:outcome}",
    "store.foreign": "{action} geht nicht: {detail}[; {reason:storage}]; {outcome:outcome}",
    "store.incapable": (
        "der Speicher {store:quoted} erklärt nicht {capability:quoted}; "
        "einen nehmen, der das tut, etwa 'sqlite:///incidents.db'"
    ),
    "transition.refused": (
        "{incident}: {asked} geht nicht im Zustand {state}"
        "[{later?}, nach den Befehlen davor]: [{failures:each}|]. "
        "Jetzt möglich: [{open_steps:list}|nichts]."
    ),
    "word.outcome.not_applied": "geändert wurde nichts",
    "word.outcome.unknown": (
        "vielleicht gilt die Änderung: den Befehl mit demselben Schlüssel wiederholen"
    ),
    "word.storage.busy": "ein anderer Prozess schreibt gerade: gleich noch einmal versuchen",
    "word.storage.cannot_open": "prüfen, ob es den Ordner gibt und ob man darin schreiben darf",
    "word.storage.damaged": "eine Kopie der Datei zurückholen oder den Pfad einer anderen angeben",
    "word.storage.disk": "nach dem Datenträger sehen, dann noch einmal versuchen",
    "word.storage.full": "Platz schaffen, dann noch einmal versuchen",
    "word.storage.readonly": "dort schreiben lassen oder den Pfad einer anderen Datei angeben",
}
