"""Lifecycles as data; the only place where states have names."""

from __future__ import annotations

from incidentflow.lifecycle import AskedFor, Lifecycle, State, Step
from incidentflow.process.closing import (
    cancel_reason_known,
    unresolved_may_close,
    within_reinstate_window,
)
from incidentflow.process.family import children_finished
from incidentflow.process.hold import CameFrom, HoldReasonKnown
from incidentflow.process.links import target_unfinished
from incidentflow.process.resolution import (
    closed_may_reopen,
    resolution_code_known,
    within_reopen_window,
)
from incidentflow.process.triage import classified
from incidentflow.process.work import responder_known

TRIAGE = ("new",)
OPEN = ("triaged", "in_progress", "on_hold", "mitigated")
UNFINISHED = (*TRIAGE, *OPEN)
RESOLUTION = ("code", "note")

REPORTS = (
    Step("report", None, "new", guards=(AskedFor("new", by_default=True),)),
    Step("report", None, "triaged", guards=(AskedFor("triaged"), classified)),
    Step("report", None, "in_progress", guards=(AskedFor("in_progress"), responder_known)),
    Step("report", None, "on_hold", guards=(AskedFor("on_hold"), HoldReasonKnown("hold_reason"))),
    Step("report", None, "mitigated", needs=("note",), guards=(AskedFor("mitigated"),)),
    Step(
        "report",
        None,
        "resolved",
        needs=RESOLUTION,
        guards=(AskedFor("resolved"), resolution_code_known),
    ),
)

RESUMES = (
    Step("resume", "on_hold", "new", guards=(CameFrom("new"),)),
    Step("resume", "on_hold", "triaged", guards=(CameFrom("triaged", otherwise=True),)),
    Step("resume", "on_hold", "in_progress", guards=(CameFrom("in_progress"),)),
    Step("resume", "on_hold", "mitigated", guards=(CameFrom("mitigated"),)),
    Step("resume", "on_hold", "triaged", guards=(AskedFor("triaged"),)),
    Step("resume", "on_hold", "in_progress", guards=(AskedFor("in_progress"), responder_known)),
)

REOPENS = tuple(
    Step("reopen", source, to, needs=("reason",), guards=(asked, *entry, *allowed))
    for source, allowed in (
        ("resolved", (within_reopen_window,)),
        ("closed", (closed_may_reopen, within_reopen_window)),
    )
    for to, asked, entry in (
        ("in_progress", AskedFor("in_progress", by_default=True), ()),
        ("triaged", AskedFor("triaged"), ()),
        ("on_hold", AskedFor("on_hold"), (HoldReasonKnown("hold_reason"),)),
    )
)

ITIL = Lifecycle(
    "ITIL",
    states=(
        State("new", "triage", "New"),
        State("triaged", "open", "Triaged"),
        State("in_progress", "open", "In progress", marks={"working"}),
        State("on_hold", "open", "On hold", marks={"waiting"}),
        State("mitigated", "open", "Mitigated", marks={"restored"}),
        State("resolved", "done", "Resolved", marks={"restored", "resolved"}),
        State("closed", "terminal", "Closed"),
        State("cancelled", "terminal", "Cancelled"),
        State("merged", "terminal", "Merged"),
    ),
    steps=(
        *REPORTS,
        Step("triage", "new", "triaged", guards=(classified,)),
        Step("acknowledge", ("new", "triaged"), "in_progress", guards=(responder_known,)),
        Step("return_to_queue", ("in_progress", "on_hold"), "triaged", needs=("reason",)),
        Step("hold", UNFINISHED, "on_hold", guards=(HoldReasonKnown("reason"),)),
        *RESUMES,
        Step(
            "mitigate", ("new", "triaged", "in_progress", "on_hold"), "mitigated", needs=("note",)
        ),
        Step("relapse", "mitigated", "in_progress", needs=("note",)),
        Step(
            "resolve",
            UNFINISHED,
            "resolved",
            needs=RESOLUTION,
            guards=(resolution_code_known, children_finished),
        ),
        *REOPENS,
        Step("close", "resolved", "closed"),
        Step("close", UNFINISHED, "closed", needs=("reason",), guards=(unresolved_may_close,)),
        Step("cancel", UNFINISHED, "cancelled", needs=("reason",), guards=(cancel_reason_known,)),
        Step("merge", UNFINISHED, "merged", guards=(target_unfinished,)),
        Step(
            "reinstate",
            ("cancelled", "merged"),
            "triaged",
            needs=("reason",),
            guards=(within_reinstate_window,),
        ),
    ),
)
"""
The default lifecycle: an incident is logged, triaged, worked on, held, mitigated, resolved and
closed (rule L2).
"""
