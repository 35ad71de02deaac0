"""Commands about runs: what was done, following it, ending it, judging it, taking it back."""

from typing import TYPE_CHECKING, Any

import click

from understudy.core.run import RunStatus
from understudy.engine.views import RunCard
from understudy.interfaces.cli import show_runs
from understudy.interfaces.cli.client import PATIENT, Page
from understudy.interfaces.cli.command import answers, client, now, say, telling_errors, to_json
from understudy.interfaces.cli.group import Verbs, verb
from understudy.interfaces.cli.ids import resolve, run_id, workflow_id
from understudy.interfaces.cli.lists import cursor_option, limit_option, since_option
from understudy.interfaces.cli.outcome import execute, follow_undo
from understudy.interfaces.words import read_moment

if TYPE_CHECKING:
    from understudy.engine.cases.runs import Trace  # (it loads the engine: only where it is needed)

allow_script = click.option(
    "--allow-script", is_flag=True, help="You have seen its scripts and allow exactly these."
)
no_wait = click.option(
    "--no-wait", is_flag=True, help="Return as soon as it has begun; it goes on by itself."
)


@click.group(cls=Verbs)
def runs() -> None:
    """List what was done; show, follow, cancel or judge a run. Taking one back is `understudy undo`."""


@runs.command("list")
@click.option("--workflow", default="", help="Only of this workflow.")
@click.option(
    "--status",
    type=click.Choice([status.value for status in RunStatus]),
    multiple=True,
    help="Only with this outcome; as often as needed.",
)
@since_option
@cursor_option("before", "run")
@limit_option(20)
@answers(show_runs.runs)
def list_runs(workflow: str, status: tuple[str, ...], since: str, before: str, limit: int) -> Page:
    """List what was done, newest last."""
    return client().page(
        "/api/runs",
        list[RunCard],
        "before",
        workflow_id=resolve("workflow", workflow) if workflow else "",
        status=status,
        since=read_moment(since, now()) if since else 0,
        before=before,
        limit=limit,
    )


@runs.command()
@run_id
@answers(show_runs.run)
def show(thing: str) -> RunCard:
    """Show one run: cause, steps, outcome."""
    return client().get(f"/api/runs/{thing}", RunCard)


@runs.command()
@run_id
@answers(show_runs.trace)
def trace(thing: str) -> "Trace":
    """Show what happened in a run, in order, with the times."""
    from understudy.engine.cases.runs import Trace

    return client().get(f"/api/runs/{thing}/trace", Trace)


@runs.command()
@run_id
@click.option("--follow", "is_followed", is_flag=True, help="Go on until it has ended, or Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON, for programs.")
def output(thing: str, *, is_followed: bool, as_json: bool) -> None:
    """Show what the steps of a run have written."""
    with telling_errors(as_json=as_json):
        if is_followed:
            _follow_output(thing, as_json=as_json)
            return
        from understudy.engine.cases.runs import StepOutput

        said = client().get(f"/api/runs/{thing}/output", list[StepOutput])
        say(to_json(said) if as_json else "\n".join(show_runs.output(said, now())))


def _follow_output(thing: str, *, as_json: bool) -> None:
    """Show what is written as it is written; as JSON one object a line."""
    import msgspec

    shown = show_runs.LiveOutput()
    for kind, told in client().events(f"/api/runs/{thing}/output/stream"):
        if as_json:
            say(msgspec.json.encode({"event": kind, **told}).decode())
        else:
            say("\n".join(shown.lines(kind, told)))


@runs.command()
@run_id
@answers(show_runs.outcome)
def cancel(thing: str) -> RunCard:
    """End a run that is going on, or waits."""
    return client().post(f"/api/runs/{thing}/cancel", RunCard, PATIENT)


@runs.command()
@run_id
@click.argument("verdict", type=click.Choice(["good", "bad"]))
@click.argument("text", default="")
@answers(show_runs.judged)
def feedback(thing: str, verdict: str, text: str) -> RunCard:
    """Say whether a run was good; for what was learned it counts as evidence."""
    fields: dict[str, Any] = {"good": verdict == "good", "text": text}
    return client().post(f"/api/runs/{thing}/feedback", RunCard, **fields)


@verb()
@workflow_id
@allow_script
@no_wait
@answers(show_runs.outcome)
def run_now(thing: str, *, allow_script: bool, no_wait: bool) -> RunCard:
    """Run a workflow now, and wait for its end; Ctrl-C ends the waiting, not the run."""
    return execute(f"/api/workflows/{thing}/execute", consent=allow_script, wait=not no_wait)


@verb()
@run_id
@answers(show_runs.undone)
def undo(thing: str) -> RunCard:
    """Take a run back."""
    client().post(f"/api/runs/{thing}/undo", RunCard, PATIENT)
    return follow_undo(thing)


COMMANDS: dict[str, click.Command] = {"runs": runs, "undo": undo}
