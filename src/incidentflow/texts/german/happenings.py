"""What happened, one line for each kind of event, in German."""

from __future__ import annotations

from collections.abc import Mapping

HAPPENINGS: Mapping[str, str] = {
    "happened.absorbed": "[{number}|{source}] ging in ihm auf",
    "happened.acknowledged": "angenommen; [{assignee} arbeitet daran|noch arbeitet niemand daran]",
    "happened.act_postponed": "{code} verschoben bis {until}: {why}",
    "happened.adopters_erased": "{texts} personenbezogene Texte gelöscht: {reason}",
    "happened.advanced": "{step}[: {note}]",
    "happened.assigned": "zugewiesen an [{team}][{team?}{assignee?} / ][{assignee}][: {reason}]",
    "happened.attached": "untergeordnet unter [{number}|{parent}]",
    "happened.auto_close_scheduled": "schließt {closes_at}, wenn ihn niemand wiedereröffnet",
    "happened.cancelled": "storniert ({reason})[: {note}]",
    "happened.child_added": "übergeordnet über [{number}|{child}]",
    "happened.child_dropped": "nicht mehr übergeordnet über {child}",
    "happened.clock_breached": "Ziel {clock:clock} verfehlt[{retroactive?}, rückblickend]",
    "happened.clock_cancelled": (
        "Ziel {clock:clock} entfällt[{superseded?}: es gibt keines mehr][{relieved?}, gelockert]"
    ),
    "happened.clock_claimed": "Ziel {clock:clock}: geltend gemacht {claimed}",
    "happened.clock_paused": "Uhr {clock:clock} angehalten, {reason}[ bis {until}]",
    "happened.clock_reopened": (
        "Uhr {clock:clock} läuft doch weiter[{counts?}, mit der Zwischenzeit][, fällig {due}]"
    ),
    "happened.clock_resumed": "Uhr {clock:clock} läuft weiter[, fällig {due}]",
    "happened.clock_retargeted": (
        "Ziel {clock:clock} {target} statt {former}[, fällig {due}]"
        "[{relieved?}, gelockert][: {reason}]"
    ),
    "happened.clock_started": "[Ziel {clock:clock} {target}|{clock:clock}][, fällig {due}]",
    "happened.clock_stopped": (
        "Ziel {clock:clock} {verdict}[, {left} übrig][, {over} darüber]"
        "[; geltend gemacht: {claimed}]"
    ),
    "happened.clock_warned": "Ziel {clock:clock}: {part} verbraucht",
    "happened.closed": "geschlossen[: {reason}]",
    "happened.corrected": "berichtigt: [{milestone} = {was_at}, ]{reason}[ [[{raw}]]]",
    "happened.dedup_key_given_up": "Schlüssel {key} aufgegeben[ zugunsten von {holder}]",
    "happened.delivery_failed": (
        "{recipient} wurde auf {channel} nicht über {told_of} unterrichtet: {reason}"
    ),
    "happened.delivery_suppressed": (
        "{recipient} wurde auf {channel} nicht über {told_of} unterrichtet: {reason:suppression}"
    ),
    "happened.erased": "{texts} personenbezogene Texte gelöscht: {reason}",
    "happened.described": (
        "neu beschrieben: [{changes:list}][{changes?}{more?}, ][{more?}andere Beschreibung]"
    ),
    "happened.detached": "nicht mehr untergeordnet unter {parent}",
    "happened.escalated": "eskaliert an {target} ({axis}): {reason}",
    "happened.fields_set": "gesetzt: {fields:list}",
    "happened.finding_recorded": "{finding}: {text}",
    "happened.held": "wartet, {reason}[ ({reference})][ bis {until}][: {comment}]",
    "happened.identified": "Ursache gefunden: {cause}",
    "happened.legal_hold_placed": "aufbewahrt für {matter}: {reason}",
    "happened.legal_hold_released": "nicht mehr aufbewahrt für {matter}: {reason}",
    "happened.lifecycle_adopted": "{reference} übernommen[: {reason}]",
    "happened.major_accepted": (
        "Großstörung: {business_impact}; {incident_manager} leitet, "
        "{communications_lead} informiert"
    ),
    "happened.major_demoted": "keine Großstörung mehr: {reason}",
    "happened.major_proposed": "als Großstörung vorgeschlagen: {reason}",
    "happened.major_rejected": "als Großstörung abgelehnt: {reason}",
    "happened.merged": "aufgegangen in [{number}|{into}]",
    "happened.mitigated": "gelindert: {note}",
    "happened.noted": "Notiz: {text}",
    "happened.policy_adopted": "{reference} übernommen[: {reason}]",
    "happened.owed_refused": "{asked} wurde von [{number}|{to}] abgelehnt: {reasons:list}",
    "happened.prioritised": "Priorität {priority} ({matrix})",
    "happened.priority_overridden": "Priorität von Hand auf {priority} gesetzt: {reason}",
    "happened.reclassified": "neu eingeordnet[: {changes:list}]",
    "happened.reinstated": "wiederaufgenommen: {reason}",
    "happened.relapsed": "Rückfall: {note}",
    "happened.reopened": "wiedereröffnet: {reason}",
    "happened.reported": "gemeldet: {title}",
    "happened.reported_again": "nochmals gemeldet: {title}",
    "happened.requirement_raised": (
        "Nachbetrachtung verlangt ({because}) bis {due}[{blocks?}, bevor er schließen darf]"
    ),
    "happened.resolved": "gelöst ({code})[: {note}]",
    "happened.resumed": "fortgesetzt",
    "happened.returned_to_queue": "zurückgegeben: {reason}",
    "happened.review_completed": "nachbetrachtet; Grundursache: [{root_cause}|keine genannt]",
    "happened.review_drafted": "Nachbetrachtung entworfen: {summary}",
    "happened.review_overdue": "Nachbetrachtung überfällig ({because})",
    "happened.review_submitted": "Nachbetrachtung vorgelegt",
    "happened.review_waived": "Nachbetrachtung erlassen, Zustimmung {approved_by}: {reason}",
    "happened.routed": "nach der Regel {rule} geleitet[: {changes:list}]",
    "happened.stakeholders_updated": (
        "Betroffenen gesagt: {text}[ Nächste Nachricht {next_update_at}.][ Lösung erwartet {eta}.]"
        "[ Gewissheit: {confidence}.]"
    ),
    "happened.state_renamed": "Zustand umbenannt, früher {old}",
    "happened.substatus_set": "Stand: {label}",
    "happened.thread_opened": "{recipient} auf {channel} unterrichtet, als {reference}",
    "happened.triaged": "eingeordnet[: {changes:list}]",
    "own_field": "{name} = {value}",
}
