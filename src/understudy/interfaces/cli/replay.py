"""Commands that read a log of any recorder by themselves, without an agent: replay, symbols, predict."""

import functools
import os
import sys
from collections.abc import Callable
from typing import Any, Self

import click

from understudy.core.ports import ImportOptions
from understudy.core.value import Millis
from understudy.engine.merging import LogSource
from understudy.interfaces.cli import replay_report, show_replay
from understudy.interfaces.cli.command import programs, say, telling_errors, to_json
from understudy.interfaces.cli.group import verb
from understudy.interfaces.cli.keep import read_columns

_ABOUT = """Nothing is run, and nothing is kept. Several files are merged by time. In the answer as JSON, `first` and
`last` are places in the files as given, one after the other, counted from 0; records that cannot be used are counted,
too: in a table, the row under the header is 0."""
_CLEAR_LINE = "\r\x1b[K"
_USUAL_WIDTH = 80


def reads_logs(body: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the files and options of a log, as `log`."""

    @click.argument("files", metavar="FILE...", nargs=-1, required=True)
    @click.option("--format", "format_name", default="", help="Name of the format; found out when left out.")
    @click.option("--columns", default="", help="For CSV: ours=theirs, as time=start+date,app=program.")
    @click.option("--delimiter", default="", help="For CSV: the character between columns.")
    @click.option("--zone", default="", help="Time zone of records without one, and of the days; else yours.")
    @click.option("--json", "as_json", is_flag=True, help="Answer as JSON, for programs.")
    @functools.wraps(body)
    def command(
        files: tuple[str, ...],
        format_name: str,
        columns: str,
        delimiter: str,
        zone: str,
        *,
        as_json: bool,
        **others: bool,
    ) -> None:
        with telling_errors(as_json=as_json):
            options = ImportOptions(columns=read_columns(columns), delimiter=delimiter, zone=zone)
            log = LogSource(files=files, format_name=format_name, options=options)
            body(log, as_json=as_json, **others)

    return command


@verb(epilog=_ABOUT)
@reads_logs
@click.option("--all", "everything", is_flag=True, help="Also what would not have been suggested.")
def replay(log: LogSource, *, as_json: bool, everything: bool) -> None:
    """Say what would have been suggested in a log, and when."""
    with _Progress() as progress:
        found = programs().replay(log, progress)
    if as_json:
        say(to_json(replay_report.report(found, everything=everything)))
    else:
        say("\n".join(show_replay.replayed(found, log.options.zone, everything=everything)))


@verb()
@reads_logs
@click.option("--all", "everything", is_flag=True, help="Every template, not only the most frequent ones.")
def symbols(log: LogSource, *, as_json: bool, everything: bool) -> None:
    """Show how a log is read: what counts as the same."""
    with _Progress() as progress:
        found = programs().symbols(log, progress)
    if as_json:
        say(to_json(replay_report.reading(found)))
    else:
        say("\n".join(show_replay.reading(found, everything=everything)))


@verb()
@reads_logs
def predict(log: LogSource, *, as_json: bool) -> None:
    """Measure how well the next event of a log is foreseen."""
    with _Progress() as progress:
        found = programs().predict(log, progress)
    if as_json:
        say(to_json(replay_report.foreseen(found)))
    else:
        say("\n".join(show_replay.foreseen(found)))


class _Progress:
    """A line on stderr that says how far it is, on a terminal alone, as wide as that is at the time."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()

    def __enter__(self) -> Self:
        """Nothing is shown before something is read."""
        return self

    def __call__(self, count: int, at: Millis, of: int) -> None:
        """Say so; `of` = how many records there are, 0 = nobody knows."""
        if self._is_shown:
            line = show_replay.progress(count, at, of, _width())
            click.echo(f"{_CLEAR_LINE}{line}", err=True, nl=False)

    def __exit__(self, *_: object) -> None:
        """Leave a clean line."""
        if self._is_shown:
            click.echo(_CLEAR_LINE, err=True, nl=False)


def _width() -> int:
    """Return the columns of the terminal; a usual one's where it does not say."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL_WIDTH
    except OSError:
        return _USUAL_WIDTH


COMMANDS: dict[str, click.Command] = {"replay": replay, "symbols": symbols, "predict": predict}
