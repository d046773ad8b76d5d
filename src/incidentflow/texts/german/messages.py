"""Messages to people, in German."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "message.colleagues": (
        "{what}\n\n{incident}: {title}\nZustand: {state:state}[\nPriorität: {priority}]"
        "[\nDienst: {service}][\nNächste Nachricht: {next_update_at}]\n\nVon {by}, {at}"
    ),
    "message.public": (
        "{what}\n\nVorfall: {incident}[\nDienst: {service}][\nNächste Nachricht: {next_update_at}]"
        "[\nLösung erwartet: {eta}]\n\n{at}"
    ),
    "message.subject": "[[{incident}]] {what:line}",
    "public.acknowledged": "jemand arbeitet daran",
    "public.cancelled": "er wurde storniert",
    "public.changed": "es gibt Neues",
    "public.closed": "er ist geschlossen",
    "public.identified": "die Ursache ist gefunden",
    "public.major_accepted": "er wird als Großstörung behandelt",
    "public.mitigated": "der Dienst läuft wieder; die Arbeit daran geht weiter",
    "public.news": "{text}",
    "public.relapsed": "der Schaden ist zurück",
    "public.reopened": "er ist wieder offen",
    "public.reported": "er wurde gemeldet",
    "public.resolved": "er ist gelöst",
}
