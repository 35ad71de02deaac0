"""Hotkeys: whose each is, that no two are the same, and what a press does."""

from collections.abc import Iterable, Iterator

import msgspec

from understudy.config import Settings
from understudy.core.hotkey import hotkey_in_words, is_often_taken, read_hotkey
from understudy.core.ports import Notice
from understudy.core.run import Cause
from understudy.core.workflow import Workflow
from understudy.engine.context import Context, show
from understudy.engine.identity import new_id
from understudy.engine.messages import RunWanted
from understudy.errors import ConflictError

BY = "hotkey"
"""Who asked, in the record."""


def own(workflows: Iterable[Workflow], context: Context) -> None:
    """Give these workflows their hotkeys, the first one each, and listen to no other ones."""
    owners: dict[str, str] = {}
    for workflow in workflows:
        for hotkey in workflow.hotkeys:
            owners.setdefault(hotkey, workflow.id)
    context.hotkey_owners = owners
    listen(context)


def listen(context: Context) -> None:
    """Hear every hotkey that has an owner, and the one that stops everything."""
    stop = context.settings.stop_hotkey
    context.hotkeys.listen_to(frozenset(context.hotkey_owners) | ({stop} if stop else set()))


def check_free(workflow: Workflow, context: Context) -> None:
    """Raise ConflictError where a hotkey of a workflow about to be listened to is somebody else's."""
    for hotkey in workflow.hotkeys:
        if hotkey == context.settings.stop_hotkey:
            fix = "Choose another one, or change that: understudy settings set stop_hotkey"
            raise ConflictError(f"{hotkey_in_words(hotkey)} is taken", "It stops everything", fix)
        owner = context.hotkey_owners.get(hotkey, workflow.id)
        if owner != workflow.id:
            raise _taken(hotkey, owner, context)


def with_stop_hotkey(settings: Settings, context: Context) -> Settings:
    """Return the settings with the stop hotkey as it is kept. Raises InvalidInputError or ConflictError."""
    if not settings.stop_hotkey.strip():
        return msgspec.structs.replace(settings, stop_hotkey="")
    hotkey = read_hotkey(settings.stop_hotkey)
    if hotkey in context.hotkey_owners:
        raise _taken(hotkey, context.hotkey_owners[hotkey], context)
    return msgspec.structs.replace(settings, stop_hotkey=hotkey)


def _taken(hotkey: str, owner: str, context: Context) -> ConflictError:
    why = f'It starts "{_name_of(owner, context)}"'
    return ConflictError(f"{hotkey_in_words(hotkey)} is taken", why, "Choose another one")


def _name_of(workflow_id: str, context: Context) -> str:
    workflow = context.store.workflows.get(workflow_id)
    return workflow.name if workflow else workflow_id


def warnings(workflow: Workflow, context: Context) -> Iterator[str]:
    """Yield what the person should know of its hotkeys."""
    for hotkey in workflow.hotkeys:
        words, owner = hotkey_in_words(hotkey), context.hotkey_owners.get(hotkey, workflow.id)
        refused = context.hotkeys.refused().get(hotkey)
        if owner != workflow.id:
            yield f'{words} starts "{_name_of(owner, context)}", not this one'
        elif refused:
            yield f"{words} is not heard: {refused[0].lower()}{refused[1:]}"
        elif is_often_taken(hotkey):
            yield f"No other program gets {words} while this workflow is on"


def pressed(hotkey: str, context: Context) -> None:
    """Start the workflow that a hotkey belongs to, as if the person had said so elsewhere.

    Nobody waits for an answer: what speaks against it comes as a notification.
    """
    workflow = context.store.workflows.get(context.hotkey_owners.get(hotkey, ""))
    if workflow is not None:
        cause = Cause(kind="manual", ref=BY, text=f"You pressed {hotkey_in_words(hotkey)}")
        context.post(RunWanted(run_id=new_id("r"), workflow=workflow, cause=cause, event={"kind": "manual"}))


def tell_stopped(context: Context) -> None:
    """Say that everything was stopped, to somebody who may have pressed the keys by mistake."""
    body = "Nothing is watched or done until you resume: understudy resume, or Resume in the tray."
    show(context, Notice(key="stopped", title="Everything is stopped", body=body))
