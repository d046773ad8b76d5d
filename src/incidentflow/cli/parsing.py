"""The command line's grammar: argparse, with suggestions, and errors that are values."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import NoReturn

from incidentflow.errors import nearest
from incidentflow.words import frozen

Arguments = argparse.Namespace


class Misused(Exception):
    """
    The command line itself is wrong.

    Attributes:
        command: The words that were understood; its help says more.

    """

    def __init__(self, problem: str, command: str = "incidentflow") -> None:
        super().__init__(problem)
        self.command = command


class Parser(argparse.ArgumentParser):
    """
    A parser that raises `Misused`, and suggests what a misspelt option was meant to be.

    Args:
        prog: The words that call it.
        description: What it does.
        examples: Command lines to learn from.
        merging: Whether it adds to what another parser has read: then it sets no defaults.
        has_help: Whether it knows ``--help``.

    """

    def __init__(
        self,
        prog: str,
        description: str,
        examples: Sequence[str] = (),
        *,
        merging: bool = False,
        has_help: bool = True,
    ) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=listed("examples", examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            argument_default=argparse.SUPPRESS if merging else None,
            allow_abbrev=False,
            add_help=has_help,
        )

    def read(self, words: Sequence[str], into: Arguments | None = None) -> Arguments:
        """
        Read all words.

        Raises:
            Misused: A word is not understood, or one is missing.

        """
        arguments, strange = self.parse_known_args(words, into)
        for word in strange:
            if word.startswith("-"):
                name = word.partition("=")[0]
                known = [each for each in self._option_string_actions if each.startswith("--")]
                self.error(f"unknown option {name}; {nearest(name, known)}")
        if strange:
            self.error(f"unexpected {strange[0]!r}; quote a text of several words")
        return arguments

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print and exit with."""
        raise Misused(message, self.prog)


@frozen(kw_only=True)
class Subcommand:
    """
    One word after ``incidentflow``, and what it does.

    Attributes:
        name: The word.
        summary: What it does, in one line.
        configure: Declares its arguments.
        run: Does it, and returns the exit code.
        examples: Command lines to learn from.
        details: What else its help says.

    """

    name: str
    summary: str
    configure: Callable[[Parser], None]
    run: Callable[[Arguments], int]
    examples: tuple[str, ...] = ()
    details: str = ""

    def __call__(self, words: Sequence[str]) -> int:
        """Read its arguments and run it."""
        description = f"{self.summary}\n\n{self.details}".strip()
        parser = Parser(f"incidentflow {self.name}", description, self.examples)
        self.configure(parser)
        return self.run(parser.read(words))


def listed(title: str, lines: Sequence[str]) -> str:
    """Show lines below a title, as help does."""
    return "\n".join((f"{title}:", *(f"  {line}" for line in lines))) if lines else ""
