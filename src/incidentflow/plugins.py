"""
Plugins: one manager per desk, asked once, in a typed way.

pluggy declares the hooks and finds who answers them. The calls are ours, one plugin after another,
so that the one that fails can be named.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import chain, count, filterfalse, islice
from typing import TYPE_CHECKING, Any, TypeVar

from pluggy import PluginManager, PluginValidationError

from incidentflow import hookspecs
from incidentflow.codec import by_kind
from incidentflow.errors import (
    IncidentflowError,
    InvalidInput,
    PluginFailed,
    nearest,
    shorten,
    told,
)
from incidentflow.events import EVENTS
from incidentflow.hookspecs import PROJECT, hookimpl
from incidentflow.incident import Command, Event
from incidentflow.lifecycle import Lifecycle
from incidentflow.ports import AnyNotifier, AsyncStore, Opener, Store
from incidentflow.process import COMMANDS
from incidentflow.profiles import ITIL
from incidentflow.stores import OPENERS
from incidentflow.usecases import Given, Outside, PluginInfo

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

T = TypeVar("T")
INSTALLED = "installed"
MOST = 1000
STORES = "incidentflow_stores"
LIFECYCLES = "incidentflow_lifecycles"
Wanted = Iterable[object] | str


class Shipped:
    """The parts that the library brings itself, through the same hooks as everybody's."""

    @hookimpl
    def incidentflow_stores(self) -> Mapping[str, Opener]:
        """Give the stores in memory and in an SQLite file."""
        return OPENERS

    @hookimpl
    def incidentflow_lifecycles(self) -> Iterable[Lifecycle]:
        """Give the default profile."""
        return (ITIL,)


class Plugins:
    """
    The plugins of one desk.

    Args:
        wanted: Plugin objects, names of installed entry points, or ``"installed"`` for all of
            them; nothing is loaded that was not asked for.

    Raises:
        InvalidInput: No plugin of such a name is installed, or one is given twice.
        PluginFailed: A plugin cannot be loaded, or answers a hook that does not exist.

    """

    def __init__(self, wanted: Wanted = ()) -> None:
        self._manager = PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._manager.register(Shipped(), PROJECT)
        for name, plugin in _load(wanted):
            self._register(name, plugin)

    def __iter__(self) -> Iterator[PluginInfo]:
        """Iterate over the plugins, without what the library brings itself."""
        for name, plugin in self._manager.list_name_plugin():
            if not isinstance(plugin, Shipped):
                callers = self._manager.get_hookcallers(plugin) or ()
                hooks = tuple(sorted(caller.name for caller in callers))
                with blamed(name, "its version"):
                    version = _version(name, plugin)
                yield PluginInfo(name, version, hooks)

    def openers(self) -> dict[str, Opener]:
        """Return how to open a store, by the scheme of its URL."""
        found: dict[str, Opener] = {}
        for plugin, answer in self._ask(STORES):
            with blamed(plugin, STORES):
                if not isinstance(answer, Mapping):
                    raise _useless(plugin, STORES, answer, "a mapping of openers")
                for scheme, opener in islice(answer.items(), MOST):
                    if not isinstance(scheme, str):
                        raise _useless(plugin, STORES, scheme, "the scheme of a URL")
                    if not callable(opener):
                        raise _useless(plugin, STORES, opener, "an opener of a URL")
                    if scheme in found:
                        problem = f"the scheme {shorten(scheme)} is taken; call it something else"
                        raise PluginFailed(plugin, STORES, problem)
                    found[scheme] = partial(_opened, plugin, opener)
        return found

    def lifecycles(self) -> dict[str, Lifecycle]:
        """Return the lifecycles by name."""
        found: dict[str, Lifecycle] = {}
        for plugin, one in self._each(LIFECYCLES):
            with blamed(plugin, LIFECYCLES):
                if not isinstance(one, Lifecycle):
                    raise _useless(plugin, LIFECYCLES, one, "a Lifecycle")
                if one.name in found:
                    problem = f"the name {shorten(one.name)} is taken; call it something else"
                    raise PluginFailed(plugin, LIFECYCLES, problem)
                found[one.name] = one
        return found

    def commands(self) -> tuple[type[Command], ...]:
        """Return the kinds of command."""
        return self._kinds("incidentflow_commands", Command, COMMANDS)  # type: ignore[type-abstract]  # only compared

    def events(self) -> tuple[type[Event], ...]:
        """Return the kinds of event."""
        return self._kinds("incidentflow_events", Event, EVENTS)  # type: ignore[type-abstract]  # only compared

    def notifiers(self) -> tuple[Given[AnyNotifier], ...]:
        """Return the notifiers, each for a channel."""
        return tuple(self._objects("incidentflow_notifiers", "send"))

    def outside(self) -> Outside:
        """Return those whom a desk asks while it works."""
        return Outside(
            authorisers=tuple(self._asked("incidentflow_authorisers", "authorise")),
            routing=tuple(self._asked("incidentflow_routing_rules", "route")),
            backends=tuple(self._asked("incidentflow_escalation_backends", "reach")),
            observers=tuple(self._asked("incidentflow_observers", "observe")),
            plugins=tuple(self),
        )

    def _register(self, name: str | None, plugin: object) -> None:
        if isinstance(plugin, type):
            problem = "is a class; give an object of it: have you forgotten the ()?"
            raise InvalidInput("plugins", shorten(plugin), problem)
        kind = type(plugin).__qualname__
        kinds = chain((kind,), (f"{kind}-{number}" for number in count(2)))
        name = name or _name(plugin) or next(filterfalse(self._manager.has_plugin, kinds))
        with blamed(name, "hooks"):
            is_repeated = self._manager.is_registered(plugin)  # or an equal one: pluggy compares
        if is_repeated:
            raise InvalidInput("plugins", shorten(plugin), "is given twice; drop one")
        if self._manager.has_plugin(name):
            problem = f"is called {name!r} like another; give each its own name"
            raise InvalidInput("plugins", shorten(plugin), problem)
        try:
            self._manager.register(plugin, name)
            self._manager.check_pending()
        except PluginValidationError as error:
            raise PluginFailed(name, "hooks", str(error)) from None
        except Exception as error:
            problem = f"raised {type(error).__name__} when its attributes were looked at"
            raise PluginFailed(name, "hooks", problem) from error
        callers = self._manager.get_hookcallers(plugin)
        if not callers:
            problem = "answers no hook; mark its functions with @hookimpl"
            raise InvalidInput("plugins", shorten(plugin), problem)
        for caller in callers:
            for each in caller.get_hookimpls():
                if each.plugin is plugin and (each.wrapper or each.hookwrapper):
                    problem = "is a wrapper; hooks are asked one by one: return parts of its own"
                    raise PluginFailed(name, caller.name, problem)

    def _ask(self, hook: str) -> Iterator[tuple[str, Any]]:
        for implementation in reversed(getattr(self._manager.hook, hook).get_hookimpls()):
            plugin = implementation.plugin_name
            with blamed(plugin, hook):
                answer = implementation.function()
            yield plugin, answer

    def _each(self, hook: str) -> Iterator[tuple[str, Any]]:
        for plugin, answer in self._ask(hook):
            with blamed(plugin, hook):
                if isinstance(answer, (str, Mapping)) or not isinstance(answer, Iterable):
                    raise _useless(plugin, hook, answer, "several objects, as a list")
                objects = list(islice(answer, MOST + 1))
                if len(objects) > MOST:
                    raise _useless(plugin, hook, answer, f"at most {MOST} objects")
            yield from ((plugin, one) for one in objects)

    def _objects(self, hook: str, method: str) -> Iterator[Given[Any]]:
        for plugin, one in self._each(hook):
            with blamed(plugin, hook):
                if isinstance(one, type):
                    raise _useless(plugin, hook, one, "an object of it: have you forgotten the ()?")
                if not callable(getattr(one, method, None)):
                    raise _useless(plugin, hook, one, f"objects that have {method}()")
            yield Given(plugin, one)

    def _asked(self, hook: str, method: str) -> Iterator[Given[Any]]:
        for given in self._objects(hook, method):
            with blamed(given.plugin, hook):
                if inspect.iscoroutinefunction(getattr(given.part, method)):
                    wanted = f"objects whose {method}() answers at once, with no await"
                    raise _useless(given.plugin, hook, given.part, wanted)
            yield given

    def _kinds(self, hook: str, base: type[T], ours: Iterable[type[T]]) -> tuple[type[T], ...]:
        found: list[type[T]] = []
        for plugin, one in self._each(hook):
            with blamed(plugin, hook):
                if not (isinstance(one, type) and issubclass(one, base)):
                    raise _useless(plugin, hook, one, f"classes that extend {base.__name__}")
                found.append(one)
                by_kind("kinds", (*ours, *found), base)  # type: ignore[type-var]  # two unions of kinds
        return tuple(found)


@contextmanager
def blamed(plugin: str, hook: str) -> Iterator[None]:
    """
    Name a plugin and a hook in whatever is raised in a ``with`` block.

    Raises:
        PluginFailed: Something was raised.

    """
    try:
        yield
    except (PluginFailed, KeyboardInterrupt):
        raise
    except IncidentflowError as error:
        raise PluginFailed(plugin, hook, str(error)) from None
    except BaseException as error:
        raise PluginFailed(plugin, hook, f"raised {told(error)}") from error


def entry_points(*, group: str, name: str = "") -> EntryPoints:
    """Return the entry points that are installed; who knows them is slow to import."""
    from importlib import metadata  # noqa: PLC0415 - as it says

    installed = metadata.entry_points(group=group)
    return installed.select(name=name) if name else installed


def _load(wanted: Wanted) -> Iterator[tuple[str | None, object]]:
    installed = {each.name: each for each in entry_points(group=PROJECT)} if wanted else {}
    if not isinstance(wanted, Iterable):
        raise InvalidInput("plugins", shorten(wanted), "are no plugins; give a list of them")
    if isinstance(wanted, str):
        wanted = tuple(installed) if wanted == INSTALLED else (wanted,)
    for one in wanted:
        if not isinstance(one, str):
            yield None, one
        elif one in installed:
            with blamed(one, "its entry point"):
                plugin = installed[one].load()
            yield one, plugin
        else:
            problem = f"is not installed; {nearest(one, installed)}"
            raise InvalidInput("plugins", shorten(one), problem)


def _opened(plugin: str, opener: Opener, url: str) -> Store | AsyncStore:
    try:
        store = opener(url)
        is_store = not isinstance(store, type) and callable(getattr(store, "load", None))
    except (IncidentflowError, KeyboardInterrupt):
        raise
    except BaseException as error:  # its text may repeat the URL, and a password in it
        raise PluginFailed(plugin, STORES, f"raised {type(error).__name__}") from error
    if not is_store:
        raise _useless(plugin, STORES, store, "openers that return a store")
    return store


def _useless(plugin: str, hook: str, answer: object, wanted: str) -> PluginFailed:
    if inspect.iscoroutine(answer):
        answer.close()
    return PluginFailed(plugin, hook, f"returned {shorten(answer)}; return {wanted}")


def _name(plugin: object) -> str:
    try:
        name = getattr(plugin, "__name__", None)
    except Exception:  # noqa: BLE001 - whatever a plugin's own raises
        name = None
    return name if isinstance(name, str) else ""


def _version(name: str, plugin: object) -> str:
    dist = next((each.dist for each in entry_points(group=PROJECT, name=name)), None)
    version = dist.version if dist is not None else getattr(plugin, "__version__", "")
    return version if isinstance(version, str) else shorten(version)
