"""Why something is refused, in German."""

from __future__ import annotations

from collections.abc import Mapping

FAILURES: Mapping[str, str] = {
    "*.missing": "Angabe fehlt: {input:input}",
    "*.unused": "{input:input} sagt dort nichts, wo er beginnt; dazu to= angeben",
    "acknowledge.already": "schon angenommen von [{by}|jemandem], {at}",
    "assignee.missing": "jemand muss zugewiesen sein",
    "assignee.unused": "wo er weitergeht, arbeitet niemand daran; stattdessen zuweisen",
    "at.before_last_change": (
        "der Zustand wechselte zuletzt {since}, nach {given}; stattdessen berichtigen (Correct)"
    ),
    "at.future": "{given} liegt noch vor uns, jetzt ist {now}",
    "category.wrong": "{command} ist in einem Zustand der Kategorie {category} nicht möglich",
    "classification.missing": "noch nicht bekannt: {missing:input}",
    "close.unresolved": "er ist nicht gelöst; erst lösen oder stornieren",
    "code.unknown": "{given:quoted} ist kein vereinbarter Lösungscode; bekannt: {known:list}",
    "dedup_key.held": (
        "[{holder}|ein anderer Vorfall] hält jetzt seinen Schlüssel {key:quoted}; "
        "den Schlüssel aufgeben, um fortzufahren"
    ),
    "event.missing": "der Befehl bewegt ihn, ohne zu sagen, was geschah",
    "fields.missing": "eigenes Feld fehlt: {missing}",
    "hint.close": "gemeint ist vielleicht {word:quoted}",
    "hint.known": "bekannt: {known:list}",
    "hint.none": "vereinbart ist nichts",
    "hold.elsewhere": "er wurde nicht von {state} aus angehalten",
    "hold_reason.incomplete": "der Wartegrund {reason} braucht: {missing:input}",
    "hold_reason.missing": "Wartegrund fehlt; [bekannt: {known:hold_reason}|vereinbart ist keiner]",
    "hold_reason.unknown": (
        "{given:quoted} ist kein vereinbarter Wartegrund; "
        "[bekannt: {known:hold_reason}|vereinbart ist keiner]"
    ),
    "children.open": "{children:and} [{one?}ist|sind] offen; mit lösen oder vorher",
    "into.finished": "{into} ist {state:state}; einen angeben, der noch offen ist",
    "into.itself": "ein Vorfall kann nicht in sich selbst aufgehen",
    "into.missing": "der Vorfall, in dem er aufgehen soll, fehlt",
    "into.not_found": "es gibt keinen Vorfall {into}",
    "major.status": "als Großstörung ist er {status}, nicht {wanted:or}",
    "milestone.not_reached": "{milestone} ist noch nicht erreicht; zu berichtigen gibt es nichts",
    "confidence.unused": "ohne Schätzung gibt es keine Gewissheit; dazu gehört eta",
    "eta.past": "für {given} lässt sich nichts erwarten: das liegt nicht vor uns",
    "next_update_at.past": "die nächste Nachricht ist für {given} versprochen, das ist vorbei",
    "next_update_at.over": "es ist beendet, niemand hält das Versprechen mehr; ohne geht es",
    "reason.unknown": (
        "[{given:quoted} ist kein vereinbarter Stornogrund|ein Stornogrund fehlt]; {hint}"
    ),
    "reinstate.too_late": "die Frist zum Wiederaufnehmen ({window}) endete {ended}",
    "rename.undeclared": "für den Zustand {state:quoted} ist kein neuer Name erklärt",
    "parent.another": "er ist schon [{parent}|einem anderen Vorfall] untergeordnet; erst lösen",
    "parent.deep": (
        "Über- und Unterordnung reichen eine Ebene tief: "
        "[{parent} ist untergeordnet|dieser hat untergeordnete]"
    ),
    "parent.finished": "{parent} ist {state:state}; einen angeben, der noch offen ist",
    "parent.itself": "ein Vorfall kann nicht sein eigener übergeordneter sein",
    "parent.missing": "er hat keinen übergeordneten Vorfall",
    "parent.not_found": "es gibt keinen Vorfall {parent}",
    "reopen.closed": (
        "ein geschlossener Vorfall bleibt hier geschlossen; einen neuen melden, "
        "der auf ihn verweist"
    ),
    "reopen.too_late": "die Frist zum Wiedereröffnen ({window}) endete {ended}",
    "legal_hold.already": "er wird für {matter} schon aufbewahrt",
    "legal_hold.unknown": "er wird nicht für {matter} aufbewahrt[, sondern für {known:and}]",
    "retarget.nothing": "keine laufende Uhr[ von {clocks:and}] würde anders gemessen",
    "requirement.blocks": (
        "eine verlangte Nachbetrachtung ist weder abgeschlossen noch erlassen; das geht vor"
    ),
    "review.no_approver": "nur ein Mensch kann zustimmen",
    "review.not_required": "keine Nachbetrachtung ist verlangt",
    "review.own_waiver": "wer fragt, kann nicht auch zustimmen; jemand anderes muss es tun",
    "review.status": "seine Nachbetrachtung ist {status}; sie erst entwerfen",
    "state.foreign": "{state:quoted} ist kein Zustand von {lifecycle}",
    "state.unknown": "{lifecycle} hat keinen Zustand {state:quoted}; {hint}",
    "step.not_asked": "nach {state} war nicht gefragt",
    "step.outranked": "ein anderer Weg kommt vor dem nach {to}",
    "step.unknown": "von {state:quoted} aus gibt es in {lifecycle} keinen Schritt {step:quoted}",
    "until.past": "das Warten kann nicht {given} enden: das liegt nicht voraus",
    "was_at.future": "{milestone} kann nicht {given} sein: das liegt noch vor uns",
}
