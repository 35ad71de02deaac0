"""Commands about runs: what was done, doing it now, taking it back."""

import click

from understudy.core.run import Run
from understudy.engine.views import RunCard
from understudy.interfaces.cli import show_kept
from understudy.interfaces.cli.client import PATIENT
from understudy.interfaces.cli.command import answers, client
from understudy.interfaces.cli.ids import resolve, run_id, workflow_id
from understudy.interfaces.cli.outcome import follow, follow_undo


@click.group(invoke_without_command=True)
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="At most so many."
)
@click.option("--workflow", default="", help="Only of this workflow.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON, for programs.")
@click.pass_context
def runs(ctx: click.Context, *, limit: int, workflow: str, as_json: bool) -> None:
    """List what was done; `runs show ID` has the whole trace."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(_runs_list, limit=limit, workflow=workflow, as_json=as_json)


@click.command()
@answers(show_kept.runs)
def _runs_list(limit: int, workflow: str) -> list[RunCard]:
    workflow_id = resolve("workflow", workflow) if workflow else ""
    return client().get("/api/runs", list[RunCard], limit=limit, workflow_id=workflow_id)


@runs.command("show")
@run_id
@answers(show_kept.run)
def runs_show(thing: str) -> RunCard:
    """Show one run: cause, steps, outcome."""
    return client().get(f"/api/runs/{thing}", RunCard)


@click.command()
@workflow_id
@click.option("--allow-script", is_flag=True, help="You have seen its scripts and allow exactly these.")
@answers(show_kept.outcome)
def run_now(thing: str, *, allow_script: bool) -> RunCard:
    """Run a workflow now."""
    started = client().post(f"/api/workflows/{thing}/execute", Run, PATIENT, consent=allow_script)
    return follow(started.id)


@click.command()
@run_id
@answers(show_kept.undone)
def undo(thing: str) -> RunCard:
    """Take a run back."""
    client().post(f"/api/runs/{thing}/undo", RunCard, PATIENT)
    return follow_undo(thing)


COMMANDS: dict[str, click.Command] = {"runs": runs, "run-now": run_now, "undo": undo}
