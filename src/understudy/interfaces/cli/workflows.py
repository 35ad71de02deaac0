"""The command `workflows`: look at them, write, change, copy and try them out."""

from pathlib import Path
from typing import Any

import click

from understudy.core.trust import Tier
from understudy.core.workflow import Lifecycle, Origin
from understudy.engine.cases.triggers import Evaluated
from understudy.engine.cases.workflows import WorkflowVersion
from understudy.engine.rehearsing import Rehearsal
from understudy.engine.views import WorkflowCard
from understudy.errors import InvalidInputError, StoppedError, UnderstudyError
from understudy.interfaces.cli import show, show_workflows
from understudy.interfaces.cli.client import LONG_TIME, Page
from understudy.interfaces.cli.command import answers, client, confirm, say, telling_errors
from understudy.interfaces.cli.documents import (
    deliver,
    file_argument,
    format_option,
    output_option,
    parse_document,
    read_document,
    written,
)
from understudy.interfaces.cli.group import Verbs
from understudy.interfaces.cli.ids import workflow_id
from understudy.interfaces.cli.lists import cursor_option, limit_option
from understudy.interfaces.cli.runs import run_now

AN_EVENT = (
    "FILE (- = standard input) is YAML or JSON: {kind: capture, data: {kind: focus, app: mail, title: Inbox}}"
)


@click.group(cls=Verbs)
def workflows() -> None:
    """List workflows; write, change, copy and try them out."""


# --- looking --------------------------------------------------------------------------------------


@workflows.command("list")
@click.argument("text", default="")
@click.option("--tier", type=click.Choice([each.value for each in Tier]), help="Only of this tier.")
@click.option("--state", type=click.Choice([each.value for each in Lifecycle]), help="Only in this state.")
@click.option(
    "--origin", type=click.Choice([each.value for each in Origin]), help="Only learned or written ones."
)
@click.option("--category", default="", help="Only of this category.")
@cursor_option("after", "workflow")
@limit_option(1000)
@answers(show.workflows)
def list_all(state: str | None, **restricting: str | int | None) -> Page:
    """List the workflows with TEXT in name, description or category."""
    return client().page("/api/workflows", list[WorkflowCard], "after", lifecycle=state, **restricting)


@workflows.command("show")
@workflow_id
@answers(show.workflow)
def show_one(thing: str) -> WorkflowCard:
    """Show one workflow with all it would do."""
    return client().get(f"/api/workflows/{thing}", WorkflowCard)


@workflows.command()
@workflow_id
@answers(show_workflows.versions)
def versions(thing: str) -> list[WorkflowVersion]:
    """Show what a workflow was like, newest first."""
    return client().get(f"/api/workflows/{thing}/versions", list[WorkflowVersion])


@workflows.command()
@output_option
def schema(output: Path | None) -> None:
    """Show the JSON schema of workflow documents, for editors."""
    with telling_errors():
        made = client().get("/api/schemas/workflow", dict[str, Any])
        say(deliver(written(made, "json"), output).rstrip("\n"))


# --- writing --------------------------------------------------------------------------------------


@workflows.command()
@file_argument
@answers(show.workflow)
def add(file: Path) -> WorkflowCard:
    """Add the workflow written in a YAML or JSON file (- = standard input)."""
    return client().send("POST", "/api/workflows", WorkflowCard, read_document(file))


@workflows.command("import")
@file_argument
@answers(show.workflow)
def import_one(file: Path) -> WorkflowCard:
    """Add a workflow that was exported; it asks before it runs."""
    return client().send("POST", "/api/workflows", WorkflowCard, read_document(file))


@workflows.command()
@workflow_id
@format_option
@output_option
def export(thing: str, form: str, output: Path | None) -> None:
    """Write a workflow as a document, to keep, share or change it."""
    with telling_errors():
        say(deliver(written(_document(thing), form), output).rstrip("\n"))


@workflows.command()
@workflow_id
@click.argument("file", required=False, type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--allow-script", is_flag=True, help="You have seen its scripts and allow exactly these.")
@answers(show.workflow)
def edit(thing: str, file: Path | None, *, allow_script: bool) -> WorkflowCard:
    """Make a workflow what a file says; without FILE, an editor opens."""
    if file:
        return _change(thing, read_document(file), consent=allow_script)
    version = client().get(f"/api/workflows/{thing}", WorkflowCard).workflow.version
    text = _edited(_document(thing))
    try:
        document = parse_document(text, "What you wrote")
        return _change(thing, document, consent=allow_script, version=version)
    except UnderstudyError as error:
        kept = _keep(text)
        fix = f"{error.fix}. " if error.fix else ""
        again = f"It is kept in {kept}; mend it, then: understudy workflows edit {thing} {kept}"
        raise type(error)(error.title, error.why, fix + again) from error


@workflows.command()
@workflow_id
@click.argument("number", type=click.IntRange(1))
@answers(show.workflow)
def restore(thing: str, number: int) -> WorkflowCard:
    """Make a workflow what it was in version NUMBER; that becomes a new version."""
    return client().post(f"/api/workflows/{thing}/versions/{number}/restore", WorkflowCard)


@workflows.command()
@workflow_id
@click.option("--name", default="", help="What the copy is called.")
@answers(show.workflow)
def clone(thing: str, name: str) -> WorkflowCard:
    """Copy a workflow; the copy is off until you enable it."""
    return client().post(f"/api/workflows/{thing}/clone", WorkflowCard, name=name)


@workflows.command()
@workflow_id
@click.option("--yes", is_flag=True, help="Do not ask.")
@answers(lambda _, __: ["Removed. What it did stays listed under: understudy runs"])
def remove(thing: str, *, yes: bool) -> None:
    """Remove a workflow."""
    if not yes:
        card = client().get(f"/api/workflows/{thing}", WorkflowCard)
        confirm(f"Remove {card.workflow.name!r}?")
    client().send("DELETE", f"/api/workflows/{thing}", type(None))


# --- switching ------------------------------------------------------------------------------------


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


@workflows.command()
@workflow_id
@click.argument("minutes", type=click.IntRange(0, 30 * 24 * 60))
@answers(show.workflow)
def snooze(thing: str, minutes: int) -> WorkflowCard:
    """Let nothing fire a workflow for MINUTES; 0 = listen again."""
    return client().post(f"/api/workflows/{thing}/snooze", WorkflowCard, minutes=minutes)


# --- trying out -----------------------------------------------------------------------------------


@workflows.command(epilog=AN_EVENT)
@workflow_id
@file_argument
@answers(show_workflows.evaluated)
def evaluate(thing: str, file: Path) -> Evaluated:
    """Say whether the event in a file would fire a workflow; nothing is done."""
    fields = {"event": read_document(file)}
    return client().send("POST", f"/api/workflows/{thing}/evaluate", Evaluated, fields)


@workflows.command()
@workflow_id
@click.option("--days", type=click.IntRange(1, 90), default=14, show_default=True, help="So many days back.")
@answers(show_workflows.rehearsal)
def rehearse(thing: str, days: int) -> Rehearsal:
    """Say when a workflow would have run in the last days; nothing is done."""
    return client().get(f"/api/workflows/{thing}/rehearsal", Rehearsal, LONG_TIME, days=days)


workflows.add_command(run_now, "run")


def _document(thing: str) -> dict[str, Any]:
    return client().get(f"/api/workflows/{thing}/document", dict[str, Any])


def _change(
    thing: str, document: dict[str, Any], *, consent: bool, version: int | None = None
) -> WorkflowCard:
    """Send what a workflow is to be; `version` as it was read, None = whatever it is by now."""
    fields = {"document": document, "consent": consent, "version": version}
    return client().send("PUT", f"/api/workflows/{thing}", WorkflowCard, fields)


def _edited(document: dict[str, Any]) -> str:
    """Let the person change it in their editor. Raises StoppedError when it was left as it is."""
    try:
        text = click.edit(written(document, "yaml"), extension=".yaml", require_save=True)
    except click.ClickException as error:
        raise InvalidInputError(
            "The editor does not open", error.message, "Set EDITOR to one that does, or give a file"
        ) from error
    if text is None:
        raise StoppedError("Nothing was changed", "The editor was left without saving", "")
    return text


def _keep(text: str) -> str:
    """Write what was typed into a new file for its owner's eyes only; returns its path."""
    import tempfile

    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="workflow-", suffix=".yaml", delete=False
    ) as out:
        out.write(text)
    return out.name


COMMANDS: dict[str, click.Command] = {"workflows": workflows}
