"""The command `workflows`: list, show, add, remove, enable, disable."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from understudy.engine.views import WorkflowCard
from understudy.errors import InvalidInputError
from understudy.interfaces.cli import show
from understudy.interfaces.cli.command import answers, client, confirm
from understudy.interfaces.cli.ids import workflow_id


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON, for programs.")
@click.pass_context
def workflows(ctx: click.Context, *, as_json: bool) -> None:
    """List workflows; show, add, remove, enable or disable one."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(_list, as_json=as_json)


@click.command()
@answers(show.workflows)
def _list() -> list[WorkflowCard]:
    return client().get("/api/workflows", list[WorkflowCard])


@workflows.command("show")
@workflow_id
@answers(show.workflow)
def show_one(thing: str) -> WorkflowCard:
    """Show one workflow with all it would do."""
    return client().get(f"/api/workflows/{thing}", WorkflowCard)


@workflows.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@answers(show.workflow)
def add(file: Path) -> WorkflowCard:
    """Add the workflow written in a JSON file (- = standard input)."""
    return client().send("POST", "/api/workflows", WorkflowCard, read_document(file))


@workflows.command()
@workflow_id
@click.option("--yes", is_flag=True, help="Do not ask.")
@answers(lambda _, __: ["Removed, with its runs and grants."])
def remove(thing: str, *, yes: bool) -> None:
    """Remove a workflow."""
    if not yes:
        card = client().get(f"/api/workflows/{thing}", WorkflowCard)
        confirm(f"Remove {card.workflow.name!r}?")
    client().send("DELETE", f"/api/workflows/{thing}", type(None))


@workflows.command()
@workflow_id
@answers(show.workflow)
def enable(thing: str) -> WorkflowCard:
    """Take a workflow up again."""
    return client().post(f"/api/workflows/{thing}/enabled", WorkflowCard, enabled=True)


@workflows.command()
@workflow_id
@answers(show.workflow)
def disable(thing: str) -> WorkflowCard:
    """Suspend a workflow: nothing starts it until it is enabled."""
    return client().post(f"/api/workflows/{thing}/enabled", WorkflowCard, enabled=False)


def read_document(file: Path) -> dict[str, Any]:
    """Return the JSON object in a file. Raises InvalidInputError."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
        document = json.loads(text)
    except (OSError, ValueError) as error:
        raise InvalidInputError(
            f"{file} cannot be read", str(error), "Give a file with one JSON object"
        ) from error
    if not isinstance(document, dict):
        raise InvalidInputError(f"{file} is not a workflow", "It is not a JSON object", "Write {...}")
    return document


COMMANDS: dict[str, click.Command] = {"workflows": workflows}
