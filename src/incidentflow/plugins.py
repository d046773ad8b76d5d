"""
Plugins: one manager per desk, asked once, in a typed way.

pluggy declares the hooks and finds who answers them. The calls are ours, one plugin after another,
so that the one that fails can be named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from pluggy import PluginManager, PluginValidationError

from incidentflow import hookspecs
from incidentflow.errors import IncidentflowError, InvalidInput, PluginFailed, nearest, shorten
from incidentflow.hookspecs import PROJECT, hookimpl
from incidentflow.incident import Command, Event
from incidentflow.lifecycle import Lifecycle
from incidentflow.ports import AnyNotifier, Opener
from incidentflow.profiles import ITIL
from incidentflow.stores import OPENERS
from incidentflow.usecases import Given, Outside, PluginInfo

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

T = TypeVar("T")
INSTALLED = "installed"
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
                yield PluginInfo(name, _version(name, plugin), hooks)

    def openers(self) -> dict[str, Opener]:
        """Return how to open a store, by the scheme of its URL."""
        found: dict[str, Opener] = {}
        for plugin, answer in self._ask("incidentflow_stores"):
            if not isinstance(answer, Mapping):
                raise _useless(plugin, "incidentflow_stores", answer, "a mapping of openers")
            for scheme, opener in answer.items():
                if scheme in found:
                    problem = f"the scheme {shorten(scheme)} is taken; call it something else"
                    raise PluginFailed(plugin, "incidentflow_stores", problem)
                if not callable(opener):
                    raise _useless(plugin, "incidentflow_stores", opener, "an opener of a URL")
                found[scheme] = opener
        return found

    def lifecycles(self) -> dict[str, Lifecycle]:
        """Return the lifecycles by name."""
        found: dict[str, Lifecycle] = {}
        for plugin, one in self._each("incidentflow_lifecycles"):
            if not isinstance(one, Lifecycle):
                raise _useless(plugin, "incidentflow_lifecycles", one, "a Lifecycle")
            if one.name in found:
                problem = f"the name {shorten(one.name)} is taken; call it something else"
                raise PluginFailed(plugin, "incidentflow_lifecycles", problem)
            found[one.name] = one
        return found

    def commands(self) -> tuple[type[Command], ...]:
        """Return the kinds of command."""
        return tuple(self._kinds("incidentflow_commands", Command))  # type: ignore[type-abstract]  # only compared

    def events(self) -> tuple[type[Event], ...]:
        """Return the kinds of event."""
        return tuple(self._kinds("incidentflow_events", Event))  # type: ignore[type-abstract]  # only compared

    def notifiers(self) -> tuple[Given[AnyNotifier], ...]:
        """Return the notifiers, each for a channel."""
        return tuple(self._objects("incidentflow_notifiers", "send"))

    def outside(self) -> Outside:
        """Return those whom a desk asks while it works."""
        return Outside(
            authorisers=tuple(self._objects("incidentflow_authorisers", "authorise")),
            routing=tuple(self._objects("incidentflow_routing_rules", "route")),
            backends=tuple(self._objects("incidentflow_escalation_backends", "reach")),
            observers=tuple(self._objects("incidentflow_observers", "observe")),
            plugins=tuple(self),
        )

    def _register(self, name: str | None, plugin: object) -> None:
        if isinstance(plugin, type):
            problem = "is a class; give an object of it: have you forgotten the ()?"
            raise InvalidInput("plugins", shorten(plugin), problem)
        try:
            self._manager.register(plugin, name or _name(plugin))
            self._manager.check_pending()
        except ValueError as error:
            raise InvalidInput("plugins", shorten(plugin), f"cannot be used: {error}") from None
        except PluginValidationError as error:
            raise PluginFailed(name or _name(plugin), "hooks", str(error)) from None
        if not self._manager.get_hookcallers(plugin):
            problem = "answers no hook; mark its functions with @hookimpl"
            raise InvalidInput("plugins", shorten(plugin), problem)

    def _ask(self, hook: str) -> Iterator[tuple[str, Any]]:
        for implementation in reversed(getattr(self._manager.hook, hook).get_hookimpls()):
            plugin = implementation.plugin_name
            yield plugin, _call(plugin, hook, implementation.function)

    def _each(self, hook: str) -> Iterator[tuple[str, Any]]:
        for plugin, answer in self._ask(hook):
            if isinstance(answer, (str, Mapping)) or not isinstance(answer, Iterable):
                raise _useless(plugin, hook, answer, "several objects, as a list")
            objects: list[Any] = _call(plugin, hook, partial(list, answer))
            yield from ((plugin, one) for one in objects)

    def _objects(self, hook: str, method: str) -> Iterator[Given[Any]]:
        for plugin, one in self._each(hook):
            if isinstance(one, type):
                raise _useless(plugin, hook, one, "an object of it: have you forgotten the ()?")
            if not callable(getattr(one, method, None)):
                raise _useless(plugin, hook, one, f"objects that have {method}()")
            yield Given(plugin, one)

    def _kinds(self, hook: str, base: type[T]) -> Iterator[type[T]]:
        for plugin, one in self._each(hook):
            if not (isinstance(one, type) and issubclass(one, base)):
                raise _useless(plugin, hook, one, f"classes that extend {base.__name__}")
            yield one


def entry_points(*, group: str, name: str = "") -> EntryPoints:
    """Return the entry points that are installed; who knows them is slow to import."""
    from importlib import metadata  # noqa: PLC0415 - as it says

    installed = metadata.entry_points(group=group)
    return installed.select(name=name) if name else installed


def _load(wanted: Wanted) -> Iterator[tuple[str | None, object]]:
    installed = {each.name: each for each in entry_points(group=PROJECT)} if wanted else {}
    if isinstance(wanted, str):
        wanted = tuple(installed) if wanted == INSTALLED else (wanted,)
    for one in wanted:
        if not isinstance(one, str):
            yield None, one
        elif one in installed:
            yield one, _call(one, "its entry point", installed[one].load)
        else:
            problem = f"is not installed; {nearest(one, installed)}"
            raise InvalidInput("plugins", shorten(one), problem)


def _call(plugin: str, hook: str, call: Callable[[], T]) -> T:
    try:
        return call()
    except IncidentflowError as error:
        raise PluginFailed(plugin, hook, str(error)) from None
    except Exception as error:
        problem = f"raised {type(error).__name__}: {shorten(str(error))}"
        raise PluginFailed(plugin, hook, problem) from error


def _useless(plugin: str, hook: str, answer: object, wanted: str) -> PluginFailed:
    return PluginFailed(plugin, hook, f"returned {shorten(answer)}; return {wanted}")


def _name(plugin: object) -> str:
    return getattr(plugin, "__name__", None) or type(plugin).__qualname__


def _version(name: str, plugin: object) -> str:
    found = (each.dist for each in entry_points(group=PROJECT, name=name))
    dist = next(found, None)
    return dist.version if dist is not None else str(getattr(plugin, "__version__", ""))
