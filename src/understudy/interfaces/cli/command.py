"""What every command shares: a client, --json, and errors as three short lines with a named exit code."""

import functools
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

import click

from understudy.core.value import SECOND, Millis
from understudy.errors import StoppedError, UnderstudyError
from understudy.interfaces.cli.client import Client, Page
from understudy.interfaces.cli.exit_codes import exit_code_of
from understudy.interfaces.cli.lists import is_given, nothing_fits
from understudy.interfaces.plain import clean

if TYPE_CHECKING:
    from understudy.engine.merging import LogSource
    from understudy.engine.reading import Reading
    from understudy.engine.replaying import Replayed
    from understudy.engine.sieve import Report
    from understudy.engine.views import SuggestionCard, Why

Show = Callable[[Any, Millis], Iterable[str]]
"""(answer, now) -> lines."""


class DemoResult(Protocol):
    """What the demo brings to the command line."""

    @property
    def suggestions(self) -> "Iterable[SuggestionCard]":
        """What was offered."""

    @property
    def whys(self) -> "Iterable[Why]":
        """Why, for each."""

    @property
    def watched(self) -> "Iterable[Why]":
        """What was noticed, and why it is not offered yet."""


class Foreseen(Protocol):
    """How well the next event of a log was foreseen, each before it was learned from. Shares are from 0 to 1."""

    @property
    def events(self) -> int:
        """Events that were foreseen or not."""

    @property
    def hit_1(self) -> float:
        """Share in which it was the first guess."""

    @property
    def hit_5(self) -> float:
        """Share in which it was among the first five."""

    @property
    def mrr(self) -> float:
        """Mean of 1 / rank, 0 where it was not among the guesses."""

    @property
    def precision_5(self) -> float:
        """Share of right first guesses among the surest 5 %."""

    @property
    def precision_10(self) -> float:
        """The same among the surest 10 %."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Programs:
    """What the command line starts instead of asking for, given by whoever starts it."""

    endpoint: Path
    """agent.json of this person."""
    run: Callable[[bool], int]
    """(headless) -> exit code, once the agent has ended."""
    demo: Callable[[Callable[[str], None]], DemoResult]
    """(report) -> what was found; works without an agent."""
    replay: "Callable[[LogSource, Report], Replayed]"
    """(log, report) -> what would have been suggested; works without an agent, as do the next two."""
    symbols: "Callable[[LogSource, Report], Reading]"
    """(log, report) -> how its captures are read."""
    predict: "Callable[[LogSource, Report], Foreseen]"
    """(log, report) -> how well its events are foreseen."""
    write_tables: Callable[[Path, dict[str, list[dict[str, Any]]]], None]
    """(new SQLite file, table -> rows): writes an export for other programs."""


def programs() -> Programs:
    """What the command that runs now was given."""
    given = click.get_current_context().find_object(Programs)
    if given is None:
        raise RuntimeError("the command line was started without its programs")
    return given


def now() -> Millis:
    """The time on this machine's clock."""
    return int(time.time() * SECOND)


def client() -> Client:
    """A client of this person's agent."""
    return Client(programs().endpoint)


def answers(show: Show) -> Callable[[Callable[..., Any]], Callable[..., None]]:
    """Make a function that returns a value into a command's body: shown in lines, or as JSON with --json."""

    def decorate(body: Callable[..., Any]) -> Callable[..., None]:
        @click.option("--json", "as_json", is_flag=True, help="Answer as JSON, for programs.")
        @functools.wraps(body)
        def run(*args: Any, as_json: bool, **options: Any) -> None:
            with telling_errors(as_json=as_json):
                answer = body(*args, **options)
                if as_json:
                    say(to_json(answer))
                    _tell_of_more(answer)
                else:
                    say("\n".join(_lines(show, answer)))

        return run

    return decorate


def _lines(show: Show, answer: Any) -> Iterable[str]:
    """Yield the answer in lines; after a part of a list, how to see the next part."""
    items = answer.items if isinstance(answer, Page) else answer
    nothing = nothing_fits(click.get_current_context()) if items == [] else ""
    if nothing:
        yield click.style(clean(nothing), dim=True)
        return
    yield from show(items, now())
    if more := _more(answer):
        yield click.style(more, dim=True)


def _more(answer: Any) -> str:
    """Say how the next part of a list is seen; nothing where there is none."""
    if not isinstance(answer, Page) or not answer.cursor:
        return ""
    return f"More: the same with --{answer.field.partition('_')[0]} {clean(answer.cursor)}"


def _tell_of_more(answer: Any) -> None:
    """Beside JSON, say on stderr that it is not all; not to who asked for so many."""
    if (more := _more(answer)) and not is_given(click.get_current_context(), "limit"):
        click.echo(more, err=True)


class telling_errors:  # noqa: N801 - reads as a sentence where it is used
    """Turns an UnderstudyError into three lines on stderr and the exit code of its name."""

    def __init__(self, *, as_json: bool = False) -> None:
        self._as_json = as_json

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, UnderstudyError):
            leave(error, as_json=self._as_json)


def leave(error: UnderstudyError, *, as_json: bool = False) -> NoReturn:
    """Tell the error and end."""
    if as_json:
        told = {"type": error.code, "title": error.title, "why": error.why, "fix": error.fix}
        click.echo(json.dumps(told), err=True)
    else:
        click.echo("\n".join(error_lines(error)), err=True, color=wants_colour(sys.stderr.isatty()))
    raise click.exceptions.Exit(exit_code_of(error))


def error_lines(error: UnderstudyError) -> list[str]:
    """Return what, why, what to do; a line each, those that are known."""
    return [
        click.style(clean(error.title) + ".", fg="red"),
        *(f"  {clean(part).rstrip('.')}." for part in (error.why,) if part),
        *(f"  {clean(part)}" for part in (error.fix,) if part),
    ]


def say(text: str) -> None:
    """Put it on stdout, in colour only on a terminal."""
    if text:
        click.echo(text, color=wants_colour(sys.stdout.isatty()))


def wants_colour(is_terminal: bool) -> bool:  # noqa: FBT001 - the one thing it depends on
    """Whether colour may be used: on a terminal, unless NO_COLOR is set."""
    return is_terminal and not os.environ.get("NO_COLOR")


def to_json(answer: Any) -> str:
    """Return the answer as JSON, indented; of a part of a list its items."""
    import msgspec

    shown = answer.items if isinstance(answer, Page) else answer
    return msgspec.json.format(msgspec.json.encode(shown), indent=2).decode()


def confirm(question: str) -> None:
    """Ask; anything but yes ends the command. Raises StoppedError."""
    if not click.confirm(question, err=True):
        raise StoppedError("Nothing was changed", "You did not say yes", "")
