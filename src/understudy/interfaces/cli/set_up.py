"""Commands that set Understudy up, start it and end it."""

import sys

import click

from understudy.core.value import Millis
from understudy.engine.views import AutostartState
from understudy.errors import UnderstudyError
from understudy.interfaces.cli import show
from understudy.interfaces.cli.command import (
    DemoResult,
    answers,
    client,
    leave,
    now,
    programs,
    say,
    telling_errors,
    to_json,
)
from understudy.interfaces.cli.group import verb

SHELLS = ("bash", "zsh", "fish")

PLACES = {
    "bash": 'eval "$(understudy completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(understudy completion zsh)" in ~/.zshrc, after compinit',
    "fish": "understudy completion fish > ~/.config/fish/completions/understudy.fish",
}
"""Shell -> where its script belongs."""


@verb()
@click.option("--headless", is_flag=True, help="Without a tray icon.")
def run(*, headless: bool = False) -> None:
    """Start the agent with its tray icon, and stay until it is quit."""
    try:
        code = programs().run(headless)
    except UnderstudyError as error:
        leave(error)
    raise click.exceptions.Exit(code)


@verb()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON, for programs.")
def demo(*, as_json: bool) -> None:
    """Show what would be found in made-up work; keeps nothing."""
    with telling_errors(as_json=as_json):
        found = programs().demo(_report)
        if as_json:
            say(to_json({name: list(getattr(found, name)) for name in ("suggestions", "whys", "watched")}))
        else:
            _report("")
            say("\n".join(_demo_lines(found, now())))


def _report(progress: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{progress}   ", err=True, nl=False)


def _demo_lines(found: DemoResult, at: Millis) -> list[str]:
    return list(show.demo(found.suggestions, found.whys, found.watched, at))


@verb()
@click.argument("switch", type=click.Choice(["on", "off", "status"]), default="status")
@answers(lambda answer, _: [f"Understudy {'starts' if answer.enabled else 'does not start'} at login."])
def autostart(switch: str) -> AutostartState:
    """Start at login, or not."""
    if switch == "status":
        return client().get("/api/autostart", AutostartState)
    return client().post("/api/autostart", AutostartState, enabled=switch == "on")


@verb()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion script of a shell."""
    from click.shell_completion import get_completion_class

    from understudy.interfaces.cli.program import understudy

    script = get_completion_class(shell)
    if script is None:
        raise click.UsageError(f"{shell} cannot be completed")
    click.echo(f"# {PLACES[shell]}")
    click.echo(script(understudy, {}, "understudy", "_UNDERSTUDY_COMPLETE").source())


@verb("quit")
@answers(lambda _, __: ["Understudy ends."])
def quit_agent() -> None:
    """End the agent."""
    client().send("POST", "/api/quit", type(None))


COMMANDS: dict[str, click.Command] = {
    "run": run,
    "demo": demo,
    "autostart": autostart,
    "completion": completion,
    "quit": quit_agent,
}
