"""The command `settings`: everything that can be set, in groups, and changing it by name."""

import difflib
import shlex
from collections.abc import Iterator
from typing import Any

import click
import msgspec

from understudy.config import Settings
from understudy.core.value import Millis
from understudy.errors import InvalidInputError
from understudy.interfaces.cli import show_settings
from understudy.interfaces.cli.command import answers, client
from understudy.interfaces.cli.group import Verbs
from understudy.interfaces.cli.layout import Line

SWITCHES = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}


@click.group(cls=Verbs)
def settings() -> None:
    """Show the settings; `settings set NAME VALUE` changes one."""


@settings.command()
@answers(show_settings.settings)
def show() -> Settings:
    """Show every setting with what it is for."""
    return client().get("/api/settings", Settings)


def _changed(answer: Settings, now: Millis) -> Iterator[Line]:
    """Yield how the setting is now that the command was about."""
    del now
    yield show_settings.one(answer, click.get_current_context().params["name"])


@settings.command("set")
@click.argument("name")
@click.argument("value")
@answers(_changed)
def set_one(name: str, value: str) -> Settings:
    """Change one setting, named as `settings` lists it; lists with commas."""
    current = msgspec.to_builtins(client().get("/api/settings", Settings))
    return client().send("PATCH", "/api/settings", Settings, change(current, name, value))


def change(current: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    """Return what to send to change the setting. Raises InvalidInputError for a wrong name or value."""
    top, _, below = name.partition(".")
    if top not in current or isinstance(current[top], dict) != bool(below):
        near = difflib.get_close_matches(name, list(_names(current)), 1)
        fix = f"Did you mean {near[0]}" if near else "See: understudy settings"
        raise InvalidInputError(f"There is no setting {name}", fix=fix)
    if name.startswith("addresses."):  # any name may stand here; without a value the address is removed
        return {top: {each: kept for each, kept in {**current[top], below: value}.items() if kept}}
    if below:
        return {top: current[top] | change(current[top], below, value)}
    return {top: _read(name, value, current[top])}


def _names(current: dict[str, Any]) -> Iterator[str]:
    """Yield every setting by its whole name."""
    for name, value in current.items():
        yield from (f"{name}.{below}" for below in value) if isinstance(value, dict) else (name,)


def _read(name: str, value: str, current: object) -> object:
    if isinstance(current, bool):
        if value.casefold() not in SWITCHES:
            raise InvalidInputError(f"{name} is on or off", f"{value!r} is neither", "Write on or off")
        return SWITCHES[value.casefold()]
    if name == "assistant_command":
        return _words(value)
    if isinstance(current, list | tuple):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(current, int):
        try:
            return int(value)
        except ValueError as error:
            raise InvalidInputError(
                f"{name} is a whole number", f"{value!r} is none", "Write digits"
            ) from error
    return value


def _words(command: str) -> list[str]:
    """Return a command as a shell would take it apart. Raises InvalidInputError."""
    try:
        return shlex.split(command)
    except ValueError as error:
        raise InvalidInputError("The command is not clear", str(error), "Close its quotes") from error


COMMANDS: dict[str, click.Command] = {"settings": settings}
