"""Finding plug-ins: every file is found, gets what it asks for, and a foreign one can break nothing."""

import importlib
import pkgutil
from importlib import metadata

import pytest

import understudy.adapters.watchers as watchers_folder
from understudy.adapters.plugins import PluginError, discover
from understudy.core.ports import Capability

PACKAGE = "tests.fakes.plugins"
GROUP = "understudy.tests"


class Foreign:
    """A plug-in of another package."""

    name = "foreign"

    def __init__(self, clock, missing=None):
        self.clock = clock
        self.missing = missing


class Greedy:
    """A plug-in that asks for what nobody has."""

    name = "greedy"

    def __init__(self, quantum_computer):
        self.quantum_computer = quantum_computer


class Exploding:
    """A plug-in that cannot be built."""

    name = "exploding"

    def __init__(self):
        raise RuntimeError("out of order")


class Same:
    """A plug-in with a name of ours."""

    name = "first"


class Nameless:
    """A plug-in without a name."""


@pytest.fixture
def entry_points(monkeypatch):
    """Let another package offer these values of this module."""

    def offer(**values):
        found = [metadata.EntryPoint(name, f"{__name__}:{value}", GROUP) for name, value in values.items()]
        monkeypatch.setattr(metadata, "entry_points", lambda group: found if group == GROUP else [])

    return offer


def test_every_file_with_a_plugin_is_found_by_name():
    """A file without PLUGIN is no plug-in; the order is that of the names."""
    found = discover(PACKAGE, GROUP, {"clock": "the clock", "unused": 1})
    assert [(name, type(plugin).__name__) for name, plugin in found.items()] == [
        ("first", "First"),
        ("second", "Second"),
    ]


def test_a_plugin_gets_the_services_it_names():
    """By keyword, and only those; what has a default may be missing."""
    found = discover(PACKAGE, GROUP, {"clock": "the clock", "unused": 1})
    assert (found["second"].clock, found["second"].spare) == ("the clock", "a default")


def test_a_missing_service_is_an_error_that_names_the_plugin():
    """Whoever wrote the plug-in reads what there is."""
    with pytest.raises(PluginError) as caught:
        discover(PACKAGE, GROUP, {"watch": 1})
    assert (caught.value.title, caught.value.why) == (
        "The plug-in tests.fakes.plugins.two cannot be used",
        'Because it asks for the service "clock"; there are: watch',
    )


def test_a_plugin_of_another_package_is_built_in_the_same_way(entry_points):
    """The same contract, by entry point."""
    entry_points(foreign="Foreign")
    found = discover(PACKAGE, GROUP, {"clock": "the clock"})
    assert found["foreign"].clock == "the clock"


BROKEN = [
    ("Greedy", 'it asks for the service "quantum_computer"; there are: clock'),
    ("Exploding", "RuntimeError: out of order"),
    ("Same", 'the name "first" is taken'),
    ("Nameless", "it has no name"),
    ("PACKAGE", "what it offers is not a class"),
    ("Absent", f"AttributeError: module '{__name__}' has no attribute 'Absent'"),
]


@pytest.mark.parametrize("value,why", BROKEN)
def test_a_broken_plugin_of_another_package_is_reported_and_left_out(entry_points, value, why):
    """The rest works on, and the person reads what is wrong."""
    entry_points(theirs=value)
    troubles = []
    found = discover(PACKAGE, GROUP, {"clock": "the clock"}, troubles.append)
    assert sorted(found) == ["first", "second"]
    assert troubles == [
        Capability(
            name="plugin:theirs",
            state="missing",
            text=f"The plug-in theirs ({__name__}:{value}) cannot be used. Because {why}",
            fix="Update or remove the package it comes from",
        )
    ]


def test_without_a_place_to_report_to_the_log_tells(entry_points, caplog):
    """A trouble is never swallowed."""
    entry_points(theirs="Nameless")
    discover(PACKAGE, GROUP, {"clock": "the clock"})
    assert "it has no name" in caplog.text


def test_every_watcher_file_is_a_plugin():
    """A file in the folder that forgets PLUGIN would silently never run."""
    names = [module.name for module in pkgutil.iter_modules(watchers_folder.__path__)]
    modules = [importlib.import_module(f"{watchers_folder.__name__}.{name}") for name in names]
    assert [module.__name__ for module in modules if not hasattr(module, "PLUGIN")] == []
