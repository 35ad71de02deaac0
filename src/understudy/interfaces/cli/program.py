"""The program `understudy`: its options, and what happens without a command."""

import shutil
import sys
from typing import NoReturn

import click

from understudy import __version__
from understudy.interfaces.cli.command import Programs
from understudy.interfaces.cli.group import Understudy
from understudy.interfaces.cli.layout import COLUMNS


@click.group(
    cls=Understudy,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Without a command, the agent is started. Ids may be shortened as long as they stay clear. Each command"
    " explains itself with --help; with --json it answers programs. --version says which Understudy this is.",
)
@click.version_option(__version__, prog_name="understudy")
@click.pass_context
def understudy(ctx: click.Context) -> None:
    """Understudy watches how you work, learns what you repeat, and does it for you once you say yes."""
    if sys.stdout.isatty():
        ctx.meta[COLUMNS] = shutil.get_terminal_size().columns
    if ctx.invoked_subcommand is None:
        run = ctx.command.get_command(ctx, "run") if isinstance(ctx.command, click.Group) else None
        if run is not None:
            ctx.invoke(run)


def main(programs: Programs) -> NoReturn:
    """Run the command line given to this process, and end it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="backslashreplace"
            )  # a terminal without Unicode gets escapes, not a crash
    understudy.main(prog_name="understudy", obj=programs)
