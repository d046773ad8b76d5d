"""The subcommand policy: check a policy file, show all it says, say what differs."""

from __future__ import annotations

from attrs import evolve

from incidentflow.cli.importing import host_desk
from incidentflow.cli.parsing import Arguments, Misused, Parser, Subcommand
from incidentflow.cli.style import count, say
from incidentflow.desk import IncidentDesk, load_policy
from incidentflow.desk.fitting import require_fit
from incidentflow.errors import PolicyError, nearest
from incidentflow.policy import Policy
from incidentflow.policy.file import write_policy
from incidentflow.words import difference

ACTIONS = ("check", "show", "diff")
EXAMPLE = """\
an example of a file; what it leaves out is as usual:
  matrix = "servicenow"
  auto_close = "7d"
  hold_reasons = [
      { name = "awaiting_requester", needs = ["comment"] },
      { name = "awaiting_vendor", needs = ["reference"], cascades = true },
  ]
  [[fields]]
  name = "tier"
  required_at = ["resolve"]"""


def _configure(parser: Parser) -> None:
    parser.add_argument("action", metavar="check|show|diff", help="what to do with it")
    parser.add_argument("file", metavar="FILE", help="a policy file")
    parser.add_argument(
        "other", metavar="FILE", nargs="?", help="for diff: what it is compared with"
    )
    parser.add_argument(
        "--desk",
        metavar="MODULE:NAME",
        help="for check: your own desk, with the lifecycle and events that it is to fit",
    )


def _run(arguments: Arguments) -> int:
    action, other = arguments.action, arguments.other
    if action not in ACTIONS:
        raise Misused(
            f"unknown action {action!r}; {nearest(action, ACTIONS)}", "incidentflow policy"
        )
    if other is not None and action != "diff":
        raise Misused(f"{action} takes one file; diff takes two", "incidentflow policy")
    policy = load_policy(arguments.file)
    if action == "check":
        _check_fit(policy, arguments.desk, arguments.file)
        say(f"{arguments.file} holds: {policy.reference}.")
    elif action == "show":
        say(write_policy(policy))
    elif other is None:
        say(_differences(Policy(), policy, "the usual policy"))
    else:
        say(_differences(policy, load_policy(other), arguments.file))
    return 0


def _check_fit(policy: Policy, desk: str | None, file: str) -> None:
    """Refuse a policy that does not fit a desk, by the name of its file."""
    setup = (host_desk(desk) if desk else IncidentDesk())._setup  # noqa: SLF001 - as in session
    try:
        require_fit(evolve(setup.practice, policy=policy), setup.codec.events)
    except PolicyError as error:
        raise PolicyError(f"policy {file!r}", error.problems) from None


def _differences(before: Policy, after: Policy, than: str) -> list[str]:
    lines = difference(before.definition, after.definition).lines
    return [*lines, f"{count(len(lines), 'difference')} from {than}."]


POLICY = Subcommand(
    name="policy",
    summary="Check a policy file, show all it says, or say what differs from the usual or another.",
    configure=_configure,
    run=_run,
    examples=(
        "incidentflow policy check ours.toml",
        "incidentflow policy show ours.toml > whole.toml",
        "incidentflow policy diff ours.toml",
        "incidentflow policy diff before.toml after.toml",
        'incidentflow adopt --policy after.toml --by ana --reason "change 4711"',
    ),
    details=EXAMPLE,
)
