"""The command `dead-letters`: what came to nothing after all tries, done once more or set aside."""

import click

from understudy.core.dead_letter import DeadLetter
from understudy.engine.views import RunCard
from understudy.interfaces.cli import show_letters, show_runs
from understudy.interfaces.cli.client import Page
from understudy.interfaces.cli.command import answers, client
from understudy.interfaces.cli.group import Verbs
from understudy.interfaces.cli.ids import dead_letter_id
from understudy.interfaces.cli.lists import cursor_option, limit_option
from understudy.interfaces.cli.outcome import execute
from understudy.interfaces.cli.runs import allow_script, no_wait

PATH = "/api/dead-letters"


@click.group(cls=Verbs)
def dead_letters() -> None:
    """List what came to nothing; do the rest once more, or set it aside."""


@dead_letters.command("list")
@click.option("--all", "every", is_flag=True, help="Those you have seen to, too.")
@cursor_option("before", "dead letter")
@limit_option(30)
@answers(show_letters.letters)
def list_letters(*, every: bool, before: str, limit: int) -> Page:
    """List what came to nothing, newest last."""
    return client().page(PATH, list[DeadLetter], "before", every=every, before=before, limit=limit)


@dead_letters.command()
@dead_letter_id
@answers(show_letters.letter)
def show(thing: str) -> DeadLetter:
    """Show what failed, why, and what can be done about it."""
    return client().get(f"{PATH}/{thing}", DeadLetter)


@dead_letters.command()
@dead_letter_id
@allow_script
@no_wait
@answers(show_runs.outcome)
def retry(thing: str, *, allow_script: bool, no_wait: bool) -> RunCard:
    """Do the rest once more; what was done is not done again."""
    return execute(f"{PATH}/{thing}/retry", consent=allow_script, wait=not no_wait)


@dead_letters.command()
@dead_letter_id
@answers(lambda letter, _: [f"Set aside: {show_letters.title(letter)}"])
def dismiss(thing: str) -> DeadLetter:
    """Set one aside for good."""
    return client().post(f"{PATH}/{thing}/dismiss", DeadLetter)


COMMANDS: dict[str, click.Command] = {"dead-letters": dead_letters}
