"""Ids on the command line: shortened ones are found, and the shell can complete them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import click
from click.shell_completion import CompletionItem

from understudy.core.dead_letter import DeadLetter
from understudy.core.grant import Grant
from understudy.engine.views import RunCard, SuggestionCard, WorkflowCard
from understudy.errors import InvalidInputError, NotFoundError, UnderstudyError
from understudy.interfaces.cli.client import Client, matching, segment
from understudy.interfaces.cli.command import client, leave
from understudy.interfaces.cli.lists import LARGEST
from understudy.interfaces.plain import clean

Card = dict[str, Any]
"""A card whose type would load half the engine."""

LOOKED_AT = 1000
"""Latest runs, tasks or dead letters among which a shortened id is looked for."""

ID = re.compile(r"[\w.-]+")


def _suggestions(agent: Client) -> dict[str, str]:
    cards = agent.get("/api/suggestions", list[SuggestionCard], every=True)
    return {card.suggestion.id: card.suggestion.title for card in cards}


def _workflows(agent: Client) -> dict[str, str]:
    cards = agent.get("/api/workflows", list[WorkflowCard], limit=LARGEST)
    return {card.workflow.id: card.workflow.name for card in cards}


def _runs(agent: Client) -> dict[str, str]:
    cards = agent.get("/api/runs", list[RunCard], limit=LOOKED_AT)
    return {card.run.id: card.run.workflow.name for card in cards}


def _patterns(agent: Client) -> dict[str, str]:
    cards = agent.get("/api/patterns", list[Card])
    return {card["state"]["pattern"]["id"]: card["state"]["pattern"]["summary"] for card in cards}


def _tasks(agent: Client) -> dict[str, str]:
    cards = agent.get("/api/tasks", list[Card], limit=LOOKED_AT)
    return {card["task"]["id"]: card["task"]["title"] for card in cards}


def _dead_letters(agent: Client) -> dict[str, str]:
    letters = agent.get("/api/dead-letters", list[DeadLetter], every=True, limit=LOOKED_AT)
    return {letter.id: letter.title for letter in letters}


def _grants(agent: Client) -> dict[str, str]:
    return {grant.id: grant.workflow_id for grant in agent.get("/api/grants", list[Grant])}


def _things(agent: Client) -> dict[str, str]:
    return {**_patterns(agent), **_workflows(agent), **_suggestions(agent), **_runs(agent)}


LISTS: dict[str, Callable[[Client], dict[str, str]]] = {
    "suggestion": _suggestions,
    "workflow": _workflows,
    "run": _runs,
    "task": _tasks,
    "pattern": _patterns,
    "dead_letter": _dead_letters,
    "grant": _grants,
    "thing": _things,
}
"""What an id may be of -> every known id with its words."""


def resolve(kind: str, given: str) -> str:
    """Return the id, fit for a path, of what an id, its beginning or a name means. Raises UnderstudyErrors."""
    known = LISTS[kind](client())
    found = matching(given, list(known))
    return segment(found if found in known else matching_name(given, known, kind))


def matching_name(given: str, known: Mapping[str, str], kind: str) -> str:
    """Return the one id of that name, or `given` when it may be an id not listed. Raises UnderstudyErrors."""
    found = [one for one, said in known.items() if said.casefold() == given.casefold()]
    if len(found) > 1:
        why = f"{len(found)} are called so: {', '.join(found[:5])}"
        raise InvalidInputError(f"{given!r} is not clear", why, "Give the id")
    if not found and not ID.fullmatch(given):
        from understudy.core.nearest import meant  # for mistakes alone

        fix = meant(given, known.values()) or "Give its id, or its whole name"
        raise NotFoundError(f"There is no {kind.replace('_', ' ')} called {given!r}", fix=fix)
    return found[0] if found else given


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
task_id = _argument("task")
pattern_id = _argument("pattern")
dead_letter_id = _argument("dead_letter")
grant_id = _argument("grant")
any_id = _argument("thing")
