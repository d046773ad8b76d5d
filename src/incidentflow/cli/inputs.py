"""Options generated from the commands themselves: one for each input, with its help."""

from __future__ import annotations

import argparse
import enum
import inspect
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs

from incidentflow.cli.parsing import Arguments, Parser
from incidentflow.cli.values import read_fields, read_instant, read_number, read_rank
from incidentflow.engine import Practice
from incidentflow.errors import InvalidInput, shorten
from incidentflow.incident import Command
from incidentflow.policy import FieldRule
from incidentflow.words import Rank, frozen
from incidentflow.words.text import member

GIVEN_ELSEWHERE = frozenset({"by", "at", "source_sequence"})
RULES = re.compile(r"\s*\(rules? [^)]*\)")
ARGUMENT = re.compile(r"^    (\w+): (.*(?:\n {8,}.*)*)", re.MULTILINE)


@frozen
class Input:
    """
    One input of a command, as an option.

    Attributes:
        name: The attribute of the command.
        type: What it holds: a class, ``tuple`` for several texts, ``Mapping`` for pairs.
        default: What it is when not given; `attrs.NOTHING` when it must be.
        help: What it means.

    """

    name: str
    type: type
    default: object
    help: str

    @property
    def option(self) -> str:
        """How it is spelt: ``--next-update-at``; what is given one by one in the singular."""
        name = self.name.removesuffix("s") if self.is_several else self.name
        return "--" + name.replace("_", "-")

    @property
    def key(self) -> str:
        """Where argparse keeps it."""
        return f"input_{self.name}"

    @property
    def is_several(self) -> bool:
        """Whether it is given once for each of several things."""
        return self.type in (tuple, Mapping)

    def declare(self, parser: Any) -> None:  # noqa: ANN401 - a parser or one of its groups
        """Declare the option."""
        details: dict[str, Any] = {"dest": self.key, "help": self.help.replace("%", "%%")}
        if self.type is bool:
            details["action"] = argparse.BooleanOptionalAction if self.default else "store_true"
            details["default"] = None
        else:
            details["required"] = self.default is attrs.NOTHING
            details["metavar"] = self._metavar()
        if self.is_several:
            details["action"] = "append"
        parser.add_argument(self.option, **details)

    def read(self, given: Any, rules: Iterable[FieldRule]) -> Any:  # noqa: ANN401 - any input
        """
        Turn what was typed into what the command takes.

        Raises:
            InvalidInput: It is not of the right kind.

        """
        if self.type is Mapping:
            return read_fields(given, rules)
        if self.type is datetime:
            return read_instant(given, self.name)
        if self.type is int:
            return read_number(given, self.name)
        if issubclass(self.type, Rank):
            return read_rank(given, self.type)
        if issubclass(self.type, enum.Enum):
            return member(self.type, given, self.name)
        if self.type in (str, bool, tuple):
            return given
        problem = f"holds a {self.type.__name__}, which cannot be typed; give it in Python"
        raise InvalidInput(self.name, shorten(given), problem)

    def _metavar(self) -> str:
        if self.type is datetime:
            return "INSTANT"
        if issubclass(self.type, enum.Enum):
            words = (each.name if issubclass(self.type, Rank) else each.value for each in self.type)
            return "|".join(word.lower() for word in words)
        return {Mapping: "NAME=VALUE", int: "NUMBER"}.get(self.type, "TEXT")


def command_named(name: str, practice: Practice) -> type[Command] | None:
    """Return the command of this kind, else one that takes the step of this name, or None."""
    kinds = {command.trigger: command for command in practice.commands if command.trigger}
    return {**kinds, **{command.kind: command for command in practice.commands}}.get(name)


def inputs_of(command: type[Command], *without: str) -> tuple[Input, ...]:
    """List the inputs of a command, without who asks and when."""
    hints, helps = get_type_hints(command), _helps(command)
    return tuple(
        Input(field.name, _plain(hints[field.name]), field.default, helps.get(field.name, ""))
        for field in attrs.fields(command)
        if field.name not in GIVEN_ELSEWHERE.union(without)
    )


def add_inputs(parser: Parser, command: type[Command], *without: str) -> None:
    """Declare an option for each input of a command."""
    group = parser.add_argument_group("inputs")
    for each in inputs_of(command, *without):
        each.declare(group)


def read_inputs(
    command: type[Command], arguments: Arguments, rules: Iterable[FieldRule], *without: str
) -> dict[str, Any]:
    """
    Read what was given for a command, and when it happened.

    Args:
        command: Its class.
        arguments: What was read from the command line.
        rules: The own fields that the policy declares.
        without: Inputs that do not come from options.

    Raises:
        InvalidInput: A value can never be right.

    """
    inputs = {} if arguments.at is None else {"at": read_instant(arguments.at, "at")}
    for each in inputs_of(command, *without):
        given = getattr(arguments, each.key, None)
        if given is not None:
            inputs[each.name] = each.read(given, rules)
    return inputs


def summary_of(command: type[Command]) -> str:
    """Say in one line what a command does."""
    text = inspect.getdoc(command) or ""
    return plain_text(text.partition("\n\n")[0])


def plain_text(text: str) -> str:
    """Take a docstring's markup and references to rules away."""
    return RULES.sub("", " ".join(text.split())).replace("``", "").replace("`", "")


def option_name(command: type[Command], name: str) -> str:
    """Say how one input of a command is spelt as an option."""
    if name.startswith("fields."):
        return f"--field {name.removeprefix('fields.')}=..."
    return next((each.option for each in inputs_of(command) if each.name == name), f"--{name}")


def _helps(command: type[Command]) -> dict[str, str]:
    helps: dict[str, str] = {}
    for cls in reversed(command.__mro__):
        text = inspect.cleandoc(cls.__doc__ or "")
        helps |= {name: plain_text(words) for name, words in ARGUMENT.findall(text)}
    return helps


def _plain(hint: Any) -> type:  # noqa: ANN401 - a type hint has no type
    if get_origin(hint) in (UnionType, Union):
        hints = [each for each in get_args(hint) if each is not NoneType]
        hint = hints[0] if len(hints) == 1 else str
    plain = get_origin(hint) or hint
    return plain if isinstance(plain, type) and plain is not Any else str
