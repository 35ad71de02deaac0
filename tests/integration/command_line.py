"""The command line in this process or in one of its own, against a real API over the fake service."""

import contextlib
import io
import os
import pty
import shlex
import subprocess
import sys
import termios
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec
from click.core import ParameterSource

from understudy import app
from understudy.interfaces.cli.command import Programs
from understudy.interfaces.cli.group import Verbs
from understudy.interfaces.cli.program import understudy
from understudy.store.tables import write_tables

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """The answer of a command with --json."""
        return msgspec.json.decode(self.out)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a demo brings."""

    suggestions: tuple = ()
    whys: tuple = ()
    watched: tuple = ()


class CommandLine:
    """Somebody who types commands."""

    def __init__(self, endpoint, run=lambda _: 0, demo=lambda _: Found()):
        self.programs = Programs(
            endpoint=endpoint,
            run=run,
            demo=demo,
            replay=app.replay,
            symbols=app.symbols,
            predict=app.predict,
            write_tables=write_tables,
        )

    def __call__(self, *words, typed=""):
        """Type a command; `typed` answers its questions."""
        out, err, before = io.StringIO(), io.StringIO(), sys.stdin
        sys.stdin = io.StringIO(typed)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = self._run(words)
        finally:
            sys.stdin = before
        return Result(code=code, out=out.getvalue(), err=err.getvalue())

    def _run(self, words):
        try:
            return understudy.main(words, prog_name="understudy", obj=self.programs) or 0
        except SystemExit as end:
            return end.code


def take_apart(line):
    """Return the command that a line names, once its options and values are checked; nobody is asked for ids.

    Raises click.UsageError where the program would.
    """
    command, context = (
        understudy,
        click.Context(understudy, info_name="understudy", **understudy.context_settings),
    )
    rest = shlex.split(line, comments=True)[1:]
    while isinstance(command, click.Group):
        if isinstance(command, Verbs) and (not rest or rest[0].startswith("-")):
            rest = [next(iter(command.commands)), *rest]
        name, command, rest = command.resolve_command(context, rest)
        context = click.Context(command, parent=context, info_name=name)
    given, left, _ = command.make_parser(context).parse_args(rest)
    if left:
        raise click.UsageError(f"too much: {left}", context)
    for parameter in command.params:
        value, source = parameter.consume_value(context, given)
        if source is ParameterSource.COMMANDLINE:
            parameter.type_cast_value(context, value)
        elif parameter.required:
            raise click.MissingParameter(ctx=context, param=parameter)
    return context.command_path.partition(" ")[2]


def in_a_process(home, *words, **environment):
    """Type a command into a process of its own, as a person does."""
    variables = {**os.environ, "UNDERSTUDY_HOME": str(home), "PYTHONPATH": str(ROOT / "src"), **environment}
    run = subprocess.run(
        [sys.executable, "-m", "understudy", *words],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Result(code=run.returncode, out=run.stdout, err=run.stderr)


def on_a_terminal(home, *words, width=80, **environment):
    """Type a command at a terminal so wide and return what the terminal got."""
    variables = {
        **os.environ,
        "UNDERSTUDY_HOME": str(home),
        "PYTHONPATH": str(ROOT / "src"),
        "TERM": "xterm",
        **environment,
    }
    main, end = pty.openpty()
    termios.tcsetwinsize(end, (24, width))
    process = subprocess.Popen(
        [sys.executable, "-m", "understudy", *words], env=variables, stdin=end, stdout=end, stderr=end
    )
    os.close(end)
    parts = []
    try:
        while part := os.read(main, 65536):
            parts.append(part)
    except OSError:  # how a pseudo-terminal says that the other side is gone
        pass
    os.close(main)
    process.wait(10)
    return b"".join(parts).decode()
