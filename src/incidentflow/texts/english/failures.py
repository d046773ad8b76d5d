"""Why something is refused, in English."""

from __future__ import annotations

from collections.abc import Mapping

FAILURES: Mapping[str, str] = {
    "*.missing": "{input:input} must be given",
    "*.unused": "{input:input} says nothing where it begins; give to= with it",
    "acknowledge.already": "already acknowledged by [{by}|somebody] at {at}",
    "assignee.missing": "somebody must be assigned",
    "assignee.unused": "nobody works on it where it resumes; assign it instead",
    "at.before_last_change": "the state last changed {since}, after {given}; use Correct",
    "at.future": "{given} is still ahead of {now}",
    "category.wrong": "{command} is not possible in a state of category {category}",
    "classification.missing": "{missing:input} must be known",
    "close.unresolved": "it is not resolved; resolve or cancel it first",
    "code.unknown": "{given:quoted} is no configured resolution code; known: {known:list}",
    "dedup_key.held": (
        "[{holder}|another incident] holds its dedup key {key:quoted} now; give the key up to go on"
    ),
    "event.missing": "the command moves it without saying what happened",
    "fields.missing": "own field {missing} must be given",
    "hint.close": "did you mean {word:quoted}?",
    "hint.known": "known: {known:list}",
    "hint.none": "none is configured",
    "hold.elsewhere": "it was not put on hold from {state}",
    "hold_reason.incomplete": "hold reason {reason} needs {missing:input}",
    "hold_reason.missing": "a hold reason must be given: [{known:list}|none is configured]",
    "hold_reason.unknown": (
        "{given:quoted} is no configured hold reason; [known: {known:list}|none is configured]"
    ),
    "children.open": (
        "{children:and} [{one?}is|are] open; resolve [{one?}it|them] with this one, or first"
    ),
    "into.finished": "{into} is {state:state}; give one in triage or open",
    "into.itself": "an incident cannot be merged into itself",
    "into.missing": "the incident to merge into must be given",
    "into.not_found": "there is no incident {into}",
    "major.status": "its major status is {status}, not {wanted:or}",
    "milestone.not_reached": "{milestone} was not reached yet; there is nothing to correct",
    "confidence.unused": "there is no estimate to be sure of; give eta, too",
    "eta.past": "it cannot be expected for {given}: that does not lie ahead",
    "next_update_at.past": "the next update is promised for {given}, not ahead",
    "next_update_at.over": "it is over, and nobody is left to keep a promise; leave it out",
    "reason.unknown": (
        "[{given:quoted} is no configured cancel reason|a cancel reason must be given]; {hint}"
    ),
    "reinstate.too_late": "the reinstate window of {window} ended {ended}",
    "rename.undeclared": "no new name is declared for state {state:quoted}",
    "parent.another": "it is a child of [{parent}|another incident] already; detach it first",
    "parent.deep": (
        "parents and children go one level deep: [{parent} is a child|this one has children]"
    ),
    "parent.finished": "{parent} is {state:state}; give one in triage or open",
    "parent.itself": "an incident cannot be its own parent",
    "parent.missing": "it has no parent",
    "parent.not_found": "there is no incident {parent}",
    "reopen.closed": "a closed incident stays closed here; report a new one that refers to it",
    "reopen.too_late": "the reopen window of {window} ended {ended}",
    "legal_hold.already": "it is kept for {matter} already",
    "legal_hold.unknown": "it is not kept for {matter}[, but for {known:and}]",
    "retarget.nothing": "no running clock[ of {clocks:and}] would be measured otherwise",
    "requirement.blocks": (
        "a required review is neither reviewed nor waived; complete or waive it first"
    ),
    "review.no_approver": "only a person can agree",
    "review.not_required": "no review is required",
    "review.own_waiver": "whoever asks cannot agree as well; somebody else must approve",
    "review.status": "its review is {status}; draft the review first",
    "state.foreign": "{state:quoted} is no state of {lifecycle}",
    "state.unknown": "{lifecycle} has no state {state:quoted}; {hint}",
    "step.not_asked": "{state} was not asked for",
    "step.outranked": "another way comes before the one to {to}",
    "step.unknown": "there is no step {step:quoted} from {state:quoted} in {lifecycle}",
    "until.past": "the hold cannot end {given}: that does not lie ahead",
    "was_at.future": "{milestone} cannot be {given}: that is still ahead",
}
