"""What can never be right about an input, in English."""

from __future__ import annotations

from collections.abc import Mapping

PROBLEMS: Mapping[str, str] = {
    "problem": "{text}",
    "problem.actor.nobody": "names nobody; give an id such as 'ana' or 'monitor:probe-3'",
    "problem.actor.none": "is no actor; give an Actor, a str, or build the desk with actor=",
    "problem.actor.other": "is not {viewer}, for whom this view of the desk acts",
    "problem.actor.system": (
        "only the library itself acts as the system; give a service or a person"
    ),
    "problem.assignment.nobody": "give a team, an assignee, or both",
    "problem.batch.erases": "cannot erase; erase with the desk itself",
    "problem.batch.over": "is over; use the desk itself, or open another batch",
    "problem.by.missing": "say who reports: by='ana' or by='monitor:probe-3'",
    "problem.category.unknown": "is no category; {hint}",
    "problem.choice.unknown": "is not in the set; {hint}",
    "problem.clock.nowhere": (
        "is no clock of the policy, and no incident in the period has one; {hint}"
    ),
    "problem.clock.unknown": "was never started; started were: [{known:list}|none]",
    "problem.command.internal": "is the library's own; ask for {instead:or}",
    "problem.command.none": "is no command; give a value such as Acknowledge(by='ana')",
    "problem.commands.none": "give at least one command",
    "problem.correction.half": "give milestone and was_at together",
    "problem.correction.nothing": "give a state, a milestone, or the raw source",
    "problem.criterion.unknown": "is no criterion; {hint}",
    "problem.cursor.none": "is no cursor; give the `after` of a page",
    "problem.erasure.named": (
        "names the person, and stays in the journal; say why without naming them"
    ),
    "problem.erasure.self": "would be named by the erasure itself; let somebody else ask for it",
    "problem.escalation.transfer": (
        "a hierarchical escalation informs; assign the incident in its own right"
    ),
    "problem.field.large": "is larger than 64 bits hold",
    "problem.field.type": "is not of the declared type {type}",
    "problem.field.unknown": "is no declared field; {hint}",
    "problem.fields.empty": "give at least one declared field",
    "problem.fields.none": "is no mapping; give values by name",
    "problem.flag.none": "is neither True nor False",
    "problem.group.months": (
        "is when an incident was reported, not how long it lasted; ask for each month by "
        "itself: since= and until="
    ),
    "problem.group.personal": (
        "holds a person's data, which no report shows; group by another field"
    ),
    "problem.group.twice": "is given twice; drop one",
    "problem.group.unknown": "is no key; {hint}",
    "problem.incident.none": "is no incident; give an Incident, its id or its number",
    "problem.input.unknown": "is no input; {hint}",
    "problem.inputs.none": "give at least one of {names:list}",
    "problem.instant.far": "lies too far ahead to count on",
    "problem.instant.naive": "has no time zone; give an aware datetime, such as datetime.now(UTC)",
    "problem.instant.none": "is no instant; give an aware datetime",
    "problem.instant.outside": "lies outside all years",
    "problem.limit.large": "is more than {most}; ask page by page",
    "problem.limit.small": "is no whole number of at least 1",
    "problem.list.none": "is no list of them; give [[one]] or several",
    "problem.mapping.hidden": (
        "would be read as a personal value that was hidden; give a mapping that holds more than "
        "a hash under '#', or another name"
    ),
    "problem.metric.none": "is no metric; give one such as Between('reported', 'resolved')",
    "problem.metric.twice": "names two metrics; give one a name",
    "problem.milestone.same": "is where it starts; give another",
    "problem.milestone.unknown": "is no milestone; {hint}",
    "problem.names.none": "are no names; give a str or several",
    "problem.number.joins": "the report joins {incident}, which has its own",
    "problem.number.none": "is no whole number of 64 bits",
    "problem.number.taken": "is taken by another incident",
    "problem.output.there": (
        "is there already, and nothing was written over; give another name, or --force"
    ),
    "problem.path.none": "is no path; give the name of a file, a str or a Path",
    "problem.period.backwards": "is not after since, {since}; give a later instant",
    "problem.period.missing": "a share of time is of a period; say from when on",
    "problem.policy.none": "is no Policy; read one from a file with incidentflow.load_policy",
    "problem.progress.none": ("cannot be called; give a function that takes how many there were"),
    "problem.rank.unknown": "is not on the scale {names:list} (1 to {most})[; {hint}]",
    "problem.rank.unmapped": "matrix {matrix:quoted} knows {axis} 1 (most severe) to {most}",
    "problem.report.twice": "give either a Report or a title with details",
    "problem.seal.damaged": "is no seal, or was damaged",
    "problem.seal.none": "is no Seal; give Seal.from_text(...) of a file",
    "problem.seal.tenant": "is not of the tenant {tenant:quoted}",
    "problem.step.own_command": "has its own command; give {commands:or}",
    "problem.text.blank": "is blank; give some visible text",
    "problem.text.long": "has {length} characters; at most {most} are kept",
    "problem.text.none": "is not text; give a str",
    "problem.text.padded": "has white space around it; give {trimmed:quoted}",
    "problem.text.type": "is of the type {type}; give plain text, a str",
    "problem.text.unprintable": "holds the unprintable character {char} at {place}; remove it",
    "problem.typed.behind": "lies behind, as it is {now}; give an instant ahead, or 30m, 1h, 2d 4h",
    "problem.typed.between": "is not of the form START:STOP, such as reported:acknowledged",
    "problem.typed.breaches": (
        "does not go with --breaches-within, which lists the soonest first, in one go"
    ),
    "problem.typed.flag": "is not true or false",
    "problem.typed.instant": "is no instant; give {example}",
    "problem.typed.naive": "has no time zone; give {example}",
    "problem.typed.no_fields": (
        "is no declared field; name the policy that declares it with --policy, or a desk of your "
        "own with --desk"
    ),
    "problem.typed.nobody": "the environment names no user; say who acts: --by ana",
    "problem.typed.number": "is not a whole number",
    "problem.typed.pair": "is no pair; give --field name=value",
    "problem.typed.policy": (
        "name the file of {reference}, which {by} adopted[ ({reason})], with --policy or "
        "INCIDENTFLOW_POLICY, or your own desk with --desk; or adopt the usual policy: "
        "incidentflow adopt --reason ..."
    ),
    "problem.typed.since": (
        "is no instant, such as 2026-03-02T08:30Z, nor how long ago one was, such as 12h or 30d"
    ),
    "problem.typed.until": (
        "is no instant, such as 2026-03-02T08:30Z, nor how far ahead one lies: 30m, 1h, 2d 4h"
    ),
    "problem.typed.zone": "is no time zone; give a name such as Europe/Berlin",
    "problem.version.none": "is no version; give a whole number",
    "problem.view.host_only": "{verb} serves everybody; call it on the desk itself",
    "problem.zone.none": "is no time zone; give one such as zoneinfo.ZoneInfo('Europe/Berlin')",
}
