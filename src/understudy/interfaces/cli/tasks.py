"""The command `task`: the inbox, and the executor that works on it."""

import sys

import click

from understudy.core.task import TaskStatus
from understudy.core.task_document import read_due
from understudy.core.value import Millis
from understudy.engine.cases.tasks import ExecutorCard, TaskCard
from understudy.errors import InvalidInputError
from understudy.interfaces.cli import show_tasks
from understudy.interfaces.cli.client import Page
from understudy.interfaces.cli.command import answers, client, now
from understudy.interfaces.cli.group import Verbs
from understudy.interfaces.cli.ids import task_id
from understudy.interfaces.cli.lists import cursor_option, limit_option

OPEN = ("new", "planned", "executing", "failed")

workflow_option = click.option("--workflow", default="", help="The workflow that does it: id or name.")
prompt_option = click.option(
    "--prompt", default="", help="The text for your assistant command (- = standard input)."
)


@click.group(cls=Verbs)
def task() -> None:
    """Things to be done once, by you, a workflow or your assistant."""


@task.command("list")
@click.option("--all", "every", is_flag=True, help="Done and cancelled ones too.")
@click.option(
    "--status",
    type=click.Choice([status.value for status in TaskStatus]),
    multiple=True,
    help="Only in this state; as often as needed.",
)
@cursor_option("after", "task")
@limit_option(1000)
@answers(show_tasks.tasks)
def list_tasks(status: tuple[str, ...], after: str, limit: int, *, every: bool) -> Page:
    """List what is to be done, the most urgent first."""
    wanted = status or (() if every else OPEN)
    return client().page("/api/tasks", list[TaskCard], "after", status=wanted, after=after, limit=limit)


@task.command()
@click.argument("title")
@workflow_option
@prompt_option
@click.option("--priority", type=click.IntRange(-10, 10), default=0, help="-10 to 10; higher ones go first.")
@click.option("--at", default="", help="Not before: 18:30, 2h, or 2026-12-01 09:00.")
@answers(show_tasks.task)
def add(title: str, workflow: str, prompt: str, priority: int, at: str) -> TaskCard:
    """Note a task; with --workflow or --prompt it is planned at once."""
    fields = {
        "workflow": workflow,
        "prompt": read_prompt(prompt),
        "priority": priority,
        "not_before": read_at(at),
    }
    return client().send("POST", "/api/tasks", TaskCard, {"title": title, **fields})


@task.command()
@task_id
@answers(show_tasks.task)
def show(thing: str) -> TaskCard:
    """Show one task with what has become of it."""
    return client().get(f"/api/tasks/{thing}", TaskCard)


@task.command()
@task_id
@click.option("--title", default="", help="What it is called.")
@click.option("--priority", type=click.IntRange(-10, 10), help="-10 to 10; higher ones go first.")
@click.option("--at", default="", help="Not before: 18:30, 2h, or 2026-12-01 09:00; 0 = at once.")
@answers(show_tasks.task)
def change(thing: str, title: str, priority: int | None, at: str) -> TaskCard:
    """Change a task that has not begun."""
    changes: dict[str, object] = {"title": title} if title else {}
    changes |= {"priority": priority} if priority is not None else {}
    changes |= {"not_before": read_at(at)} if at else {}
    if not changes:
        raise InvalidInputError("Nothing was said of what to change", fix="Give --title, --priority or --at")
    return client().send("PATCH", f"/api/tasks/{thing}", TaskCard, changes)


@task.command()
@task_id
@workflow_option
@prompt_option
@answers(show_tasks.task)
def plan(thing: str, workflow: str, prompt: str) -> TaskCard:
    """Say what does a task; without an option, the prompt it came with."""
    fields = {"workflow": workflow, "prompt": read_prompt(prompt)}
    return client().send("POST", f"/api/tasks/{thing}/plan", TaskCard, fields)


@task.command()
@task_id
@answers(show_tasks.task)
def start(thing: str) -> TaskCard:
    """Begin a task now."""
    return client().post(f"/api/tasks/{thing}/start", TaskCard)


@task.command()
@task_id
@answers(show_tasks.task)
def cancel(thing: str) -> TaskCard:
    """Call a task off; what is going on is stopped."""
    return client().post(f"/api/tasks/{thing}/cancel", TaskCard)


@task.command()
@task_id
@answers(show_tasks.task)
def retry(thing: str) -> TaskCard:
    """Plan a failed or cancelled task once more."""
    return client().post(f"/api/tasks/{thing}/retry", TaskCard)


@task.command()
@task_id
@answers(lambda _, __: ["Removed."])
def remove(thing: str) -> None:
    """Remove a task for good: done, or no longer wanted."""
    client().send("DELETE", f"/api/tasks/{thing}", type(None))


@task.command()
@click.argument("switch", required=False, type=click.Choice(["on", "off"]))
@click.option("--interval", type=click.IntRange(5, 86_400), help="Seconds between two looks.")
@click.option("--kinds", default="", help="What it may begin: workflow, prompt, or both with a comma.")
@answers(show_tasks.executor)
def executor(switch: str | None, interval: int | None, kinds: str) -> ExecutorCard:
    """Show or set whether planned tasks are begun by themselves."""
    changes: dict[str, object] = {} if switch is None else {"autorun": switch == "on"}
    changes |= {} if interval is None else {"interval": interval}
    changes |= {"kinds": [kind.strip() for kind in kinds.split(",")]} if kinds else {}
    if not changes:
        return client().get("/api/executor", ExecutorCard)
    return client().send("PUT", "/api/executor", ExecutorCard, changes)


def read_prompt(given: str) -> str:
    """Return the prompt, from standard input for `-`."""
    return sys.stdin.read() if given == "-" else given


def read_at(given: str) -> Millis:
    """Return the time meant; 0 = at once. Raises InvalidInputError."""
    return read_due(given, now()) if given else 0


COMMANDS: dict[str, click.Command] = {"task": task}
