"""Ids on the command line: shortened ones are found, and the shell can complete them."""

from collections.abc import Callable
from typing import Any

import click
from click.shell_completion import CompletionItem

from understudy.core.pattern import PatternState
from understudy.engine.views import RunCard, SuggestionCard, WorkflowCard
from understudy.errors import UnderstudyError
from understudy.interfaces.cli.client import Client, matching, segment
from understudy.interfaces.cli.command import client, leave
from understudy.interfaces.plain import clean

LOOKED_AT = 1000
"""Latest runs among which a shortened id is looked for."""


def _suggestions(agent: Client) -> dict[str, str]:
    cards = agent.get("/api/suggestions", list[SuggestionCard], every=True)
    return {card.suggestion.id: card.suggestion.title for card in cards}


def _workflows(agent: Client) -> dict[str, str]:
    return {card.workflow.id: card.workflow.name for card in agent.get("/api/workflows", list[WorkflowCard])}


def _runs(agent: Client) -> dict[str, str]:
    cards = agent.get("/api/runs", list[RunCard], limit=LOOKED_AT)
    return {card.run.id: card.run.workflow.name for card in cards}


def _patterns(agent: Client) -> dict[str, str]:
    states = agent.get("/api/patterns", list[PatternState])
    return {state.pattern.id: state.pattern.summary for state in states}


def _things(agent: Client) -> dict[str, str]:
    return {**_patterns(agent), **_workflows(agent), **_suggestions(agent), **_runs(agent)}


LISTS: dict[str, Callable[[Client], dict[str, str]]] = {
    "suggestion": _suggestions,
    "workflow": _workflows,
    "run": _runs,
    "thing": _things,
}
"""What an id may be of -> every known id with its words."""


def resolve(kind: str, given: str) -> str:
    """Return the whole id, fit for a path. Raises UnderstudyErrors."""
    return segment(matching(given, list(LISTS[kind](client()))))


def _argument(kind: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def find(ctx: click.Context, parameter: click.Parameter, given: str) -> str:
        del parameter
        try:
            return resolve(kind, given)
        except UnderstudyError as error:
            leave(error, as_json=bool(ctx.params.get("as_json")))

    def complete(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        del parameter
        with ctx:
            try:
                known = LISTS[kind](client())
            except UnderstudyError:  # a shell that completes has no place for a message
                return []
        return [CompletionItem(one, help=clean(said)) for one, said in known.items() if one.startswith(begun)]

    return click.argument("thing", metavar="ID", callback=find, shell_complete=complete)


suggestion_id = _argument("suggestion")
workflow_id = _argument("workflow")
run_id = _argument("run")
any_id = _argument("thing")
