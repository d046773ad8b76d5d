"""Search for a way to something that must never be: exhaustively, the shortest first."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

from attrs import frozen

from incidentflow.errors import InvalidInput, shorten
from incidentflow.incident import Command, Incident
from incidentflow.lifecycle import Lifecycle
from incidentflow.policy import Policy
from incidentflow.testing.exploration import Exploration, Move, Node, Stage, practice_of
from incidentflow.testing.scripts import Line, numbered

DEPTH = 4


@frozen(repr=False)
class Search:
    """
    What a search came to; true when nothing was found, so that ``assert never(...)`` reads well.

    Attributes:
        depth: How many commands the longest way had that was looked at.
        explored: How many kinds of incident were looked at.
        script: The shortest way to what must never be; empty when there is none.
        incident: The incident it led to, or None.

    """

    depth: int
    explored: int
    script: tuple[Line, ...] = ()
    incident: Incident | None = None

    @property
    def found(self) -> bool:
        """Whether there is a way."""
        return self.incident is not None

    def __bool__(self) -> bool:
        """Whether there is none."""
        return not self.found

    def __str__(self) -> str:
        """Show the way, or how far was looked."""
        looked = f"{self.explored} kinds of incident"
        if not self.found:
            return f"none up to {self.depth} commands, among {looked}"
        return f"found after {self.depth} commands, among {looked}:\n{numbered(self.script)}"

    __repr__ = __str__


def never(
    lifecycle: Lifecycle,
    policy: Policy | None,
    predicate: Callable[[Incident], bool],
    *,
    depth: int = DEPTH,
    commands: Iterable[type[Command]] = (),
    inputs: Mapping[str, object] | None = None,
    also: Callable[[Incident], Iterable[Command]] = lambda _: (),
    tells_apart: Callable[[Incident], Hashable] = lambda _: None,
) -> Search:
    """
    Look for the shortest way to an incident that must never be, among all ways up to a depth.

    A way is made of reports, every open step with representative inputs, corrections into every
    state, priorities, the major overlay, reviews and waivers, and the passing of time: to what is
    due next, and beyond every window. Commands that only add words, such as notes and findings,
    are left out; name them in *also*. Of incidents that every rule answers alike one is followed.

    Args:
        lifecycle: The states and steps.
        policy: How the desk works; None: the default.
        predicate: What must never be true of an incident.
        depth: How many commands a way has at most, the report included.
        commands: The host's own kinds of command.
        inputs: Values for inputs and own fields, by name, where representative ones do not do.
        also: Further commands to try on an incident.
        tells_apart: What else the predicate looks at, such as ``lambda one: one.counts.notes``;
            without it an incident that differs in nothing but that is not followed further.

    Returns:
        The way, or that there is none: ``assert never(OURS, POLICY, forbidden)``.

    Raises:
        InvalidInput: An argument is of the wrong kind, or *inputs* names what is no input.

    """
    if type(depth) is not int or depth < 1:
        raise InvalidInput("depth", shorten(depth), "is no whole number of at least 1")
    stage = Stage(practice_of(lifecycle, policy, commands), inputs or {})

    def moves(node: Node) -> Iterator[Move]:
        yield from stage.steps(node)
        asked = (
            stage.supplies.beside(node.now) if node.incident.version else (stage.supplies.urgent(),)
        )
        yield from ((node.now, command) for command in (*asked, *also(node.incident)))
        yield from stage.waits(node)

    def kind_of(node: Node) -> Hashable:
        return stage.kind_of(node), tells_apart(node.incident)

    exploration = Exploration(stage, moves, kind_of, depth)
    for node in exploration:
        if predicate(node.incident):
            return Search(node.depth, len(exploration.kinds), node.script, node.incident)
    return Search(depth, len(exploration.kinds))
