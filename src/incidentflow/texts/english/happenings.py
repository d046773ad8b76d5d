"""What happened, one line for each kind of event, in English."""

from __future__ import annotations

from collections.abc import Mapping

HAPPENINGS: Mapping[str, str] = {
    "happened.absorbed": "absorbed [{number}|{source}]",
    "happened.acknowledged": "acknowledged; [{assignee} works on it|nobody yet works on it]",
    "happened.act_postponed": "{code} postponed until {until}: {why}",
    "happened.adopters_erased": "{texts} personal texts erased: {reason}",
    "happened.advanced": "{step}[: {note}]",
    "happened.assigned": "assigned to [{team}][{team?}{assignee?} / ][{assignee}][: {reason}]",
    "happened.attached": "child of [{number}|{parent}]",
    "happened.auto_close_scheduled": "will close {closes_at} unless reopened",
    "happened.cancelled": "cancelled ({reason})[: {note}]",
    "happened.child_added": "parent of [{number}|{child}]",
    "happened.child_dropped": "no longer parent of {child}",
    "happened.clock_breached": "{clock:clock} target breached[{retroactive?}, looking back]",
    "happened.clock_cancelled": (
        "{clock:clock} target dropped[{superseded?}: there is none now][{relieved?}, relieved]"
    ),
    "happened.clock_claimed": "{clock:clock} target: claimed {claimed}",
    "happened.clock_paused": "{clock:clock} clock paused, {reason}[ until {until}]",
    "happened.clock_reopened": (
        "{clock:clock} clock goes on after all[{counts?}, with the time between][, due {due}]"
    ),
    "happened.clock_resumed": "{clock:clock} clock goes on[, due {due}]",
    "happened.clock_retargeted": (
        "{clock:clock} target {target} instead of {former}[, due {due}]"
        "[{relieved?}, relieved][: {reason}]"
    ),
    "happened.clock_started": "{clock:clock}[ target {target}][, due {due}]",
    "happened.clock_stopped": (
        "{clock:clock} target {verdict}[, {left} left][, {over} over][; claimed: {claimed}]"
    ),
    "happened.clock_warned": "{clock:clock} target: {part} used up",
    "happened.closed": "closed[: {reason}]",
    "happened.corrected": "corrected: [{milestone} = {was_at}, ]{reason}[ [[{raw}]]]",
    "happened.dedup_key_given_up": "gave up dedup key {key}[ to {holder}]",
    "happened.delivery_failed": ("{recipient} was not told of {told_of} on {channel}: {reason}"),
    "happened.delivery_suppressed": (
        "{recipient} was not told of {told_of} on {channel}: {reason:suppression}"
    ),
    "happened.erased": "{texts} personal texts erased: {reason}",
    "happened.described": (
        "described: [{changes:list}][{changes?}{more?}, ][{more?}another description]"
    ),
    "happened.detached": "no longer child of {parent}",
    "happened.escalated": "escalated to {target} ({axis}): {reason}",
    "happened.fields_set": "set {fields:list}",
    "happened.finding_recorded": "{finding}: {text}",
    "happened.held": "on hold, {reason}[ ({reference})][ until {until}][: {comment}]",
    "happened.identified": "cause identified: {cause}",
    "happened.legal_hold_placed": "kept for {matter}: {reason}",
    "happened.legal_hold_released": "no longer kept for {matter}: {reason}",
    "happened.lifecycle_adopted": "{reference} adopted[: {reason}]",
    "happened.major_accepted": (
        "major incident: {business_impact}; {incident_manager} manages, "
        "{communications_lead} communicates"
    ),
    "happened.major_demoted": "demoted from major incident: {reason}",
    "happened.major_proposed": "proposed as a major incident: {reason}",
    "happened.major_rejected": "rejected as a major incident: {reason}",
    "happened.merged": "merged into [{number}|{into}]",
    "happened.mitigated": "mitigated: {note}",
    "happened.noted": "note: {text}",
    "happened.policy_adopted": "{reference} adopted[: {reason}]",
    "happened.owed_refused": "{asked} was refused by [{number}|{to}]: {reasons:list}",
    "happened.prioritised": "priority {priority} ({matrix})",
    "happened.priority_overridden": "priority overridden to {priority}: {reason}",
    "happened.reclassified": "reclassified[: {changes:list}]",
    "happened.reinstated": "reinstated: {reason}",
    "happened.relapsed": "relapsed: {note}",
    "happened.reopened": "reopened: {reason}",
    "happened.reported": "reported: {title}",
    "happened.reported_again": "reported again: {title}",
    "happened.requirement_raised": (
        "review required ({because}) by {due}[{blocks?}, before it may close]"
    ),
    "happened.resolved": "resolved ({code})[: {note}]",
    "happened.resumed": "resumed",
    "happened.returned_to_queue": "returned to the queue: {reason}",
    "happened.review_completed": "reviewed; root cause: [{root_cause}|none named]",
    "happened.review_drafted": "review drafted: {summary}",
    "happened.review_overdue": "review overdue ({because})",
    "happened.review_submitted": "review submitted",
    "happened.review_waived": "review waived, approved by {approved_by}: {reason}",
    "happened.routed": "routed by {rule}[: {changes:list}]",
    "happened.stakeholders_updated": (
        "told stakeholders: {text}[ Next update {next_update_at}.][ Expected resolution {eta}.]"
        "[ Confidence: {confidence}.]"
    ),
    "happened.state_renamed": "state renamed from {old}",
    "happened.substatus_set": "status: {label}",
    "happened.triaged": "triaged[: {changes:list}]",
    "happened.thread_opened": "told {recipient} on {channel}, as {reference}",
    "own_field": "{name} = {value}",
}
