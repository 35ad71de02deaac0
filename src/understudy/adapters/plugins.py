"""Finds plug-ins, ours by folder and others by entry point; builds them with the services they name."""

import importlib
import inspect
import logging
import pkgutil
from collections.abc import Callable, Iterator, Mapping

from understudy.core.ports import Capability
from understudy.errors import UnderstudyError

_log = logging.getLogger(__name__)

Report = Callable[[Capability], None]


class PluginError(UnderstudyError):
    """A plug-in cannot be used."""

    code = "plugin"


def discover(
    package: str, entry_point_group: str, services: Mapping[str, object], report: Report | None = None
) -> dict[str, object]:
    """Return every plug-in of a package folder and of an entry point group, built, by name in order.

    A plug-in's class names the services it needs as arguments of its `__init__`. Raises PluginError for one
    of ours; one of another package is told to `report` (the log, if there is none) and left out.
    """
    report = report or _log_trouble
    found: dict[str, object] = {}
    for origin, builder in _own(package):
        name, plugin = _build(origin, builder, services)
        _claim(name, origin, found)
        found[name] = plugin
    for origin, load in _foreign(entry_point_group):
        try:
            name, plugin = _build(origin, load(), services)
            _claim(name, origin, found)
            found[name] = plugin
        except PluginError as error:
            report(_trouble(origin, error))
        except Exception as error:  # noqa: BLE001 - foreign code may raise anything; it must not stop the agent
            report(_trouble(origin, _broken(origin, f"{type(error).__name__}: {error}")))
    return dict(sorted(found.items()))


def _own(package: str) -> Iterator[tuple[str, object]]:
    """Yield (module, PLUGIN) of each module that has one."""
    folder = importlib.import_module(package)
    for module in sorted(pkgutil.iter_modules(folder.__path__), key=lambda module: module.name):
        name = f"{package}.{module.name}"
        builder = getattr(importlib.import_module(name), "PLUGIN", None)
        if builder is not None:
            yield name, builder


def _foreign(group: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield (origin, what loads it) of each plug-in of other packages."""
    from importlib.metadata import entry_points

    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        yield f"{entry.name} ({entry.value})", entry.load


def _build(origin: str, builder: object, services: Mapping[str, object]) -> tuple[str, object]:
    if not callable(builder):
        raise _broken(origin, "what it offers is not a class")
    name = getattr(builder, "name", None)
    if not isinstance(name, str) or not name:
        raise _broken(origin, "it has no name")
    return name, builder(**_arguments(origin, builder, services))


def _arguments(
    origin: str, builder: Callable[..., object], services: Mapping[str, object]
) -> dict[str, object]:
    arguments = {}
    for parameter in inspect.signature(builder).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.name in services:
            arguments[parameter.name] = services[parameter.name]
        elif parameter.default is parameter.empty:
            known = ", ".join(sorted(services)) or "none"
            raise _broken(origin, f'it asks for the service "{parameter.name}"; there are: {known}')
    return arguments


def _claim(name: str, origin: str, found: Mapping[str, object]) -> None:
    if name in found:
        raise _broken(origin, f'the name "{name}" is taken')


def _broken(origin: str, why: str) -> PluginError:
    fix = "Update or remove the package it comes from"
    return PluginError(f"The plug-in {origin} cannot be used", f"Because {why}", fix)


def _trouble(origin: str, error: PluginError) -> Capability:
    name = f"plugin:{origin.partition(' ')[0]}"
    return Capability(name=name, state="missing", text=f"{error.title}. {error.why}", fix=error.fix)


def _log_trouble(trouble: Capability) -> None:
    _log.warning("%s: %s", trouble.name, trouble.text)
