"""Invariant: a plugin that fails is named with its hook, and can neither lose nor undo a commit."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import attrs
import pytest

from incidentflow import ITIL, AsyncIncidentDesk, Escalate, Incident, IncidentDesk, State
from incidentflow.errors import InvalidInput, PluginFailed, StoreError
from incidentflow.hookspecs import hookimpl
from incidentflow.notifiers import LoggingNotifier
from incidentflow.process.escalation import Escalated

GOOD = """
from incidentflow.hookspecs import hookimpl

@hookimpl
def incidentflow_observers():
    return []
"""
HOOKS = [
    "incidentflow_authorisers",
    "incidentflow_commands",
    "incidentflow_escalation_backends",
    "incidentflow_events",
    "incidentflow_lifecycles",
    "incidentflow_notifiers",
    "incidentflow_observers",
    "incidentflow_routing_rules",
    "incidentflow_stores",
]


def plugin(**hooks: Callable[[], object]) -> Any:  # noqa: ANN401 - any object is a plugin
    """Make a plugin of a few functions."""
    made = {name: hookimpl(lambda f=f: f()) for name, f in hooks.items()}
    return SimpleNamespace(__name__="probe", **made)


def fail() -> NoReturn:
    """Raise what a plugin might."""
    raise KeyError("PAGER_TOKEN")


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("desk", [IncidentDesk, AsyncIncidentDesk])
def test_a_hook_that_raises_is_named(desk: type, hook: str) -> None:
    """When the desk is built, before the first incident."""
    with pytest.raises(PluginFailed) as raised:
        desk(plugins=[plugin(**{hook: fail})])

    assert ("probe", hook) == (raised.value.plugin, raised.value.hook)
    assert "raised KeyError: \"'PAGER_TOKEN'\"" == raised.value.problem


class Outcast(BaseException):
    """An error outside the tree that everybody expects, as some test and task libraries have."""


class Mute(Exception):
    """An error whose text cannot be had."""

    def __str__(self) -> str:
        """Raise."""
        raise ValueError("no text")


class Thorny:
    """An object that raises wherever it is touched."""

    __slots__ = ()

    def __getattr__(self, name: str) -> NoReturn:
        """Raise."""
        raise RuntimeError(name)

    @property
    def __class__(self) -> Any:  # noqa: ANN401 - never answers
        """Raise."""
        raise RuntimeError("class")

    def __repr__(self) -> str:
        """Raise."""
        raise RuntimeError("repr")


async def later(*_: object) -> None:
    """Answer nothing, and not at once."""


def endless() -> Iterator[object]:
    """Answer more than anybody can keep."""
    return repeat(object())


def raising(error: BaseException) -> Callable[..., NoReturn]:
    """Make a function that raises."""

    def call(*_: object) -> NoReturn:
        raise error

    return call


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize(
    "answer",
    [
        raising(Outcast()),
        raising(SystemExit(3)),
        raising(Mute()),
        later,
        endless,
        Thorny,
        lambda: [Thorny()],
        lambda: {"x": Thorny(), 5: print},
    ],
)
def test_whatever_a_hook_does_it_is_named(hook: str, answer: Callable[[], object]) -> None:
    """Errors of any kind, an answer that is awaited, an endless one, one that cannot be touched."""
    with pytest.raises(PluginFailed) as raised:
        IncidentDesk(plugins=[plugin(**{hook: answer})])

    assert ("probe", hook) == (raised.value.plugin, raised.value.hook)
    assert raised.value.problem


def test_whoever_ends_the_process_may() -> None:
    """An interrupt from the keyboard is no fault of a plugin."""
    with pytest.raises(KeyboardInterrupt):
        IncidentDesk(plugins=[plugin(incidentflow_observers=raising(KeyboardInterrupt()))])
    with pytest.raises(KeyboardInterrupt):
        IncidentDesk(
            "x:", plugins=[plugin(incidentflow_stores=lambda: {"x": raising(KeyboardInterrupt())})]
        )


@pytest.mark.parametrize(
    ("hook", "method"),
    [
        ("incidentflow_authorisers", "authorise"),
        ("incidentflow_escalation_backends", "reach"),
        ("incidentflow_observers", "observe"),
        ("incidentflow_routing_rules", "route"),
    ],
)
def test_whom_nobody_awaits_is_refused(hook: str, method: str) -> None:
    """An observer that is never awaited would never look, in silence."""
    part = SimpleNamespace(**{method: later})
    with pytest.raises(PluginFailed, match=rf"{method}\(\) answers at once") as raised:
        IncidentDesk(plugins=[plugin(**{hook: lambda: [part]})])

    assert hook == raised.value.hook


def test_a_wrapper_is_refused() -> None:
    """Hooks are asked one by one; there is nothing to wrap."""

    class Wraps:
        @hookimpl(wrapper=True)
        def incidentflow_observers(self) -> Iterator[None]:
            yield

    with pytest.raises(PluginFailed, match="Wraps', incidentflow_observers: is a wrapper"):
        IncidentDesk(plugins=[Wraps()])


@pytest.mark.parametrize(
    ("opener", "problem"),
    [
        (raising(ConnectionError("db://ana:secret@host")), "raised ConnectionError"),
        (raising(SystemExit()), "raised SystemExit"),
        (lambda _: 5, "returned 5; return openers that return a store"),
        (lambda _: IncidentDesk, "return openers that return a store"),
    ],
)
@pytest.mark.parametrize("desk", [IncidentDesk, AsyncIncidentDesk])
def test_an_opener_that_fails_is_named(desk: type, opener: object, problem: str) -> None:
    """Without the URL, which may hold a password; our own errors pass as they are."""
    ours = plugin(incidentflow_stores=lambda: {"db": opener})
    with pytest.raises(PluginFailed, match=problem) as raised:
        desk("db://ana:secret@host", plugins=[ours])

    assert ("probe", "incidentflow_stores") == (raised.value.plugin, raised.value.hook)
    assert "secret" not in str(raised.value)
    refuses = plugin(incidentflow_stores=lambda: {"db": raising(StoreError("db", "not_applied"))})
    with pytest.raises(StoreError):
        desk("db://", plugins=[refuses])


@pytest.mark.parametrize("hook", ["incidentflow_commands", "incidentflow_events"])
def test_a_kind_that_cannot_be_used_is_named(hook: str) -> None:
    """One that the library has, and one that is no attrs class."""
    base = {"incidentflow_commands": Escalate, "incidentflow_events": Escalated}[hook]
    taken = attrs.frozen(type("Note" if base is Escalate else "Resolved", (base,), {}))
    with pytest.raises(PluginFailed, match="of another class; call it something else") as raised:
        IncidentDesk(plugins=[plugin(**{hook: lambda: [taken]})])

    assert ("probe", hook) == (raised.value.plugin, raised.value.hook)
    with pytest.raises(PluginFailed, match="is no attrs class of"):
        IncidentDesk(plugins=[plugin(**{hook: lambda: [type("Odd", (base,), {})]})])


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("answer", [5, None, "text", [5], [object], {"memory": 5}, {"x": 5}])
def test_a_hook_that_answers_nonsense_is_named(hook: str, answer: object) -> None:
    """With what it should have returned."""
    with pytest.raises(PluginFailed, match=r"returned|is taken") as raised:
        IncidentDesk(plugins=[plugin(**{hook: lambda: answer})])

    assert ("probe", hook) == (raised.value.plugin, raised.value.hook)


def test_a_notifier_that_cannot_be_used_is_named() -> None:
    """One without a channel, and one whose channel is taken."""
    log = LoggingNotifier("default")
    taken = plugin(incidentflow_notifiers=lambda: [log])
    with pytest.raises(PluginFailed, match="carries channel 'default', which another one carries"):
        IncidentDesk(notifiers=[LoggingNotifier("default")], plugins=[taken])
    with pytest.raises(PluginFailed, match="is no notifier; give an object with a channel"):
        IncidentDesk(
            plugins=[plugin(incidentflow_notifiers=lambda: [SimpleNamespace(send=log.send)])]
        )


def test_a_list_that_breaks_off_is_named() -> None:
    """What a hook yields may fail later than the hook."""

    def breaks() -> Any:  # noqa: ANN401 - a generator
        yield object()
        fail()

    with pytest.raises(PluginFailed, match="incidentflow_observers: raised KeyError"):
        IncidentDesk(plugins=[plugin(incidentflow_observers=breaks)])


def test_a_name_that_is_taken_is_refused() -> None:
    """Nothing of the library's own is replaced by accident."""
    for hook, answer in (
        ("incidentflow_lifecycles", [ITIL]),
        ("incidentflow_stores", {"sqlite": print}),
    ):
        with pytest.raises(PluginFailed, match="is taken; call it something else"):
            IncidentDesk(plugins=[plugin(**{hook: lambda answer=answer: answer})])


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ([SimpleNamespace], "have you forgotten the"),
        ([SimpleNamespace()], "answers no hook; mark its functions with @hookimpl"),
        (
            [plugin(incidentflow_stores=dict)] * 2,
            "is given twice; drop one",
        ),
        (
            [plugin(incidentflow_stores=dict), plugin(incidentflow_stores=dict)],
            "is called 'probe' like another; give each its own name",
        ),
        (None, "are no plugins; give a list of them"),
        (["nowhere"], "'nowhere': is not installed"),
        ("nowhere", "'nowhere': is not installed"),
    ],
)
def test_what_is_no_plugin_is_refused(wanted: Any, problem: str) -> None:  # noqa: ANN401
    """With what would do."""
    with pytest.raises(InvalidInput, match=problem) as raised:
        IncidentDesk(plugins=wanted)

    assert "plugins" == raised.value.field


def test_a_hook_that_does_not_exist_is_refused() -> None:
    """A typing error must not switch a plugin off in silence."""
    with pytest.raises(PluginFailed, match="incidentflow_observer"):
        IncidentDesk(plugins=[plugin(incidentflow_observer=list)])


class Broken:
    """Raises whenever it is asked."""

    def route(self, incident: Incident) -> str:
        """Raise."""
        raise ConnectionError(incident.id)

    def reach(self, *asked: object) -> list[str]:
        """Raise."""
        raise ConnectionError(asked)

    def observe(self, *seen: object) -> None:
        """Raise."""
        raise SystemError(seen)


@pytest.mark.parametrize("verb", ["route", "reach", "observe"])
@pytest.mark.parametrize(
    "act",
    [
        raising(Outcast()),
        raising(Mute()),
        lambda *_: later(),
        lambda *_: repeat("ana"),
        lambda *_: ["\u200b"],
        lambda *_: "\u200b",
    ],
)
@pytest.mark.filterwarnings("error")
def test_whatever_a_part_does_the_command_is_committed(
    verb: str, act: Callable[..., object]
) -> None:
    """Errors outside the usual tree, what is awaited, what never ends, names nobody can see."""
    part = SimpleNamespace(route=lambda _: None, reach=lambda *_: (), observe=lambda *_: None)
    setattr(part, verb, act)
    desk = IncidentDesk(
        plugins=[
            plugin(
                incidentflow_routing_rules=lambda: [part],
                incidentflow_escalation_backends=lambda: [part],
                incidentflow_observers=lambda: [part],
            )
        ]
    )
    incident = desk.report("Mail is down", by="ana")
    incident = desk.apply(incident, Escalate(by="ana", target="dba", reason="locks"))
    last = desk.history(incident)[-1].event

    assert (2, None) == (incident.version, incident.team)
    assert isinstance(last, Escalated)
    assert () == last.reached
    assert {("probe", verb)} >= {(each.plugin, each.hook) for each in desk.describe().faults}
    assert desk.describe().faults or verb == "observe"


def test_a_part_that_is_gone_later_is_a_fault() -> None:
    """A method that was there when the desk was built, and raises when it is fetched."""

    class Fades:
        is_there = True

        @property
        def observe(self) -> Callable[..., None]:
            if not self.is_there:
                raise Outcast
            return lambda *_: None

    part = Fades()
    desk = IncidentDesk(plugins=[plugin(incidentflow_observers=lambda: [part])])
    part.is_there = False
    incident = desk.report("Mail is down", by="ana")
    (fault,) = desk.describe().faults

    assert incident == desk.get(incident)
    assert ("probe", "observe") == (fault.plugin, fault.hook)


def test_what_ends_the_process_is_noted_and_passed_on() -> None:
    """The commit stands, and the fault says through whom it came."""
    part = SimpleNamespace(observe=raising(KeyboardInterrupt()))
    desk = IncidentDesk(plugins=[plugin(incidentflow_observers=lambda: [part])])
    with pytest.raises(KeyboardInterrupt):
        desk.report("Mail is down", by="ana")

    assert 1 == len(desk.find())
    assert ["observe"] == [fault.hook for fault in desk.describe().faults]


class Nonsense:
    """Answers what cannot be used."""

    def route(self, incident: Incident) -> object:
        """Answer no text."""
        return incident

    def reach(self, *asked: object) -> object:
        """Answer one name, which is several letters."""
        return asked[0]

    def observe(self, *seen: object) -> object:
        """Answer something, which nobody wants to know."""
        return seen


@pytest.mark.parametrize(
    ("part", "hooks"),
    [(Broken(), ["route", "observe", "reach", "observe"]), (Nonsense(), ["route", "reach"])],
)
def test_a_part_that_fails_stops_nothing(
    part: object, hooks: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Each command is committed; each fault is kept and logged under the plugin's name."""
    desk = IncidentDesk(
        plugins=[
            plugin(
                incidentflow_routing_rules=lambda: [part],
                incidentflow_escalation_backends=lambda: [part],
                incidentflow_observers=lambda: [part],
            )
        ]
    )
    with caplog.at_level(logging.WARNING, "incidentflow"):
        incident = desk.report("Mail is down", by="ana")
        desk.apply(incident, Escalate(by="ana", target="dba", reason="locks"))
    last = desk.history(incident)[-1].event
    faults = desk.describe().faults

    assert hooks == [fault.hook for fault in faults]
    assert {"probe"} == {fault.plugin for fault in faults}
    assert [str(fault) for fault in faults] == caplog.messages
    assert isinstance(last, Escalated)
    assert () == last.reached
    assert desk.verify().holds


def test_faults_do_not_pile_up() -> None:
    """Only the latest are kept."""
    desk = IncidentDesk(plugins=[plugin(incidentflow_observers=lambda: [Broken()])])
    for _ in range(150):
        desk.report("Mail is down", by="ana")

    assert 100 == len(desk.describe().faults)


def install(folder: Path, name: str, source: str) -> None:
    """Install a distribution of one module and one entry point, as pip does."""
    info = folder / f"incidentflow_{name}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Name: incidentflow-{name}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[incidentflow]\n{name} = installed_{name}\n")
    (folder / f"installed_{name}.py").write_text(source)


def test_installed_plugins_are_loaded_on_request_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name, or all; each with the version of its distribution, and the hooks it answers."""
    install(tmp_path, "probe", GOOD)
    install(tmp_path, "other", "raise KeyError('PAGER_TOKEN')")
    monkeypatch.syspath_prepend(tmp_path)
    plain, asked = IncidentDesk(), IncidentDesk(plugins=["probe"])

    assert () == plain.describe().plugins
    assert [("probe", "1.2", ("incidentflow_observers",))] == [
        (each.name, each.version, each.hooks) for each in asked.describe().plugins
    ]
    assert "installed_other" not in sys.modules
    with pytest.raises(PluginFailed, match="plugin 'other', its entry point: raised KeyError"):
        IncidentDesk(plugins="installed")
    with pytest.raises(InvalidInput, match="did you mean 'probe'"):
        IncidentDesk(plugins=["prob"])


def test_a_plugin_tells_its_own_version() -> None:
    """One that is given as an object has no distribution to ask."""
    ours = plugin(incidentflow_observers=list)
    ours.__version__ = "0.7"
    unversioned = Unnamed()
    unversioned.__name__ = ""

    found = IncidentDesk(plugins=[ours, unversioned]).describe().plugins
    assert [("probe", "0.7"), ("Unnamed", "")] == [(each.name, each.version) for each in found]


def test_several_plugins_of_one_class_are_numbered() -> None:
    """Each with its own objects, and none needs a name; what fails is named by its number."""
    kinds = [Unnamed(), Unnamed(), plugin(incidentflow_observers=list), Unnamed()]
    desk = IncidentDesk(plugins=kinds)
    kinds[1].given = [Broken()]
    failing = IncidentDesk(plugins=kinds)
    failing.report("Mail is down", by="ana")

    assert ["Unnamed", "Unnamed-2", "probe", "Unnamed-3"] == [
        each.name for each in desk.describe().plugins
    ]
    assert [("Unnamed-2", "observe")] == [
        (fault.plugin, fault.hook) for fault in failing.describe().faults
    ]


def test_equal_plugins_are_one_that_is_given_twice() -> None:
    """As pluggy has it, which compares them; one that cannot be compared is named."""

    class Equal(Unnamed):
        def __eq__(self, other: object) -> bool:
            return isinstance(other, Equal)

        __hash__ = None  # type: ignore[assignment]  # as of any such class

    class Incomparable(Unnamed):
        def __eq__(self, other: object) -> bool:
            raise ArithmeticError

        __hash__ = None  # type: ignore[assignment]  # as of any such class

    with pytest.raises(InvalidInput, match="is given twice; drop one"):
        IncidentDesk(plugins=[Equal(), Equal()])
    with pytest.raises(PluginFailed, match="hooks: raised ArithmeticError"):
        IncidentDesk(plugins=[Incomparable()])


class Unnamed:
    """A plugin that is an object of a class."""

    given: Sequence[object] = ()

    @hookimpl
    def incidentflow_observers(self) -> list[object]:
        """Give what it has."""
        return [*self.given]


def test_an_error_of_ours_in_a_hook_is_told_as_such() -> None:
    """What is wrong with a lifecycle that a plugin builds is said in its own words."""

    def ours() -> Any:  # noqa: ANN401 - a list of lifecycles
        return [ITIL.extend(State("limbo", category="open"))]

    with pytest.raises(PluginFailed, match="plugin 'probe', incidentflow_lifecycles: ") as raised:
        IncidentDesk(plugins=[plugin(incidentflow_lifecycles=ours)])

    assert "raised" not in raised.value.problem


def test_a_scheme_that_is_no_text_is_refused() -> None:
    """An opener is found by text alone."""
    with pytest.raises(PluginFailed, match=r"returned 5; return the scheme of a URL"):
        IncidentDesk(plugins=[plugin(incidentflow_stores=lambda: {5: print})])


class Nameless:
    """A plugin that cannot even say its name."""

    @property
    def __name__(self) -> str:
        """Raise."""
        raise LookupError("no name")

    @hookimpl
    def incidentflow_observers(self) -> list[object]:
        """Give nobody."""
        return []


def test_a_plugin_that_cannot_say_its_name_is_called_after_its_class() -> None:
    """Nothing else of it is at fault; older releases of pluggy look at every attribute."""
    try:
        names = [each.name for each in IncidentDesk(plugins=[Nameless()]).describe().plugins]
    except PluginFailed as failed:
        names = [failed.plugin]

    assert ["Nameless"] == names


class Opaque:
    """A plugin that does not let itself be looked at."""

    def __dir__(self) -> list[str]:
        """Raise."""
        raise LookupError("nothing to see")


def test_a_plugin_that_cannot_be_looked_at_is_named() -> None:
    """Whatever it raises."""
    with pytest.raises(PluginFailed, match="raised LookupError when its attributes") as raised:
        IncidentDesk(plugins=[Opaque()])

    assert "Opaque" == raised.value.plugin
