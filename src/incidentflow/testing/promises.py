"""Whether options keep what they promise: what is open can be done, what is closed cannot (L5)."""

from __future__ import annotations

from collections.abc import Iterator

from incidentflow.errors import IncidentflowError
from incidentflow.lifecycle import Openness, Option
from incidentflow.testing.exploration import Node, Stage
from incidentflow.testing.scripts import worded

FAULT = "a guard returns a Failure to refuse, None to let pass"


def broken_promises(stage: Stage, node: Node) -> Iterator[str]:
    """
    Take every option of an incident, and try to take every closed one.

    Args:
        stage: Where they are played.
        node: The incident, and the instant.

    Yields:
        One sentence for each option that does not keep its word, with what would do.

    """
    options = [
        option
        for option in stage.options(node)
        if option.trigger != "report" or not node.incident.version
    ]
    ways = {(one.trigger, one.to) for one in options if one.openness is not Openness.CLOSED}
    for option in options:
        closed = option.openness is Openness.CLOSED
        if not (closed and (option.trigger, option.to) in ways):
            yield from _broken(stage, node, option, closed=closed)


def _broken(stage: Stage, node: Node, option: Option, *, closed: bool) -> Iterator[str]:
    state, more = node.incident.state, stage.supplies.names if closed else ()
    step = f"step {option.trigger!r} from {state!r} to {option.to!r}"
    command = stage.supplies.take(option, node.now, *more)
    try:
        came = stage.play(node, command, node.now).incident.state
    except IncidentflowError as refused:
        came = f"a refusal: {refused}"
    except Exception as error:  # noqa: BLE001 - whatever a host's guard or command raises
        yield f"{step} raised {error!r}; {FAULT}"
        return
    wants = f"open with {', '.join(option.inputs)}" if option.inputs else "open"
    if closed is (came == option.to) and not (closed and came == state):
        yield (
            f"{step} is {'closed' if closed else wants}, but {worded(command)} came to {came}; "
            "let its guards name the inputs that cure them, or give inputs= that they accept"
        )
