"""Secrets around one step: revealed on its worker, hidden from all that comes back, kept out of undo by name."""

import re
import secrets as dice
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from understudy.core.action import Partly, Performed
from understudy.core.template import conceal, reveal
from understudy.engine.active import Work
from understudy.errors import ActionFailedError, UnderstudyError

SEALED = "understudy:secrets"
"""Key in an undo state that holds secrets: name -> the mark that stands for it there."""


def uncover(work: Work, secret_of: Callable[[str], str]) -> None:
    """Give a step, on its worker, its parameters as they are to be used. Raises NotFoundError and the like."""
    if work.data is None:
        work.revealed = work.parameters
        return
    filled, used = reveal(work.template, work.data, secret_of)
    work.secrets = used
    work.output.hide(used)
    revealed = msgspec.convert(filled, work.action.parameters, strict=False) if used else work.parameters
    # A script's bytes are those that were allowed; all else is looked at again now that it is known.
    work.revealed = revealed if work.action.needs_consent else work.action.check(revealed)


def covered(work: Work, performed: Performed) -> Performed:
    """Return an outcome as it may be stored."""
    if not work.secrets:
        return performed
    output = str(conceal(performed.output, work.secrets))
    undo = None if performed.undo is None else _sealed(performed.undo, work.secrets)
    return msgspec.structs.replace(performed, output=output, undo=undo)


def covered_error(work: Work, error: UnderstudyError) -> UnderstudyError:
    """Return an error as it may be stored and told."""
    if work.secrets:
        error.title, error.why, error.fix = (
            str(conceal(text, work.secrets)) for text in (error.title, error.why, error.fix)
        )
        error.args = (error.title,)
        partly = error.partly
        if isinstance(partly, Partly) and partly.undo is not None:
            error.partly = msgspec.structs.replace(partly, undo=_sealed(partly.undo, work.secrets))
    return error


def broken(work: Work, error: Exception) -> tuple[UnderstudyError, str]:
    """Return what a person hears of an unforeseen error, and what the log may hold of it."""
    told = ActionFailedError("It broke in a way that was not foreseen", type(error).__name__, "See the log")
    trace = "".join(traceback.format_exception(error))
    return told, str(conceal(trace, work.secrets))


def _sealed(state: dict[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    """Return an undo state with marks for secrets; a mark holds dice, so that captured text is never taken for one."""
    marks = {name: f"{{{{ secret.{name} {dice.token_hex(8)} }}}}" for name in secrets}
    by_value = {secret: marks[name] for name, secret in secrets.items() if secret}
    longest_first = sorted(by_value, key=len, reverse=True)
    pattern = re.compile(f"({'|'.join(map(re.escape, longest_first))})") if by_value else None

    def mark(text: str) -> str:
        parts = pattern.split(text) if pattern else [text]
        return "".join(by_value[part] if part in by_value else conceal(part, secrets) for part in parts)

    return {**_mapped(state, mark), SEALED: marks}


def opened(state: dict[str, Any], secret_of: Callable[[str], str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return, on a worker, an undo state with its secrets in place, and these by name."""
    if SEALED not in state:
        return state, {}
    marks = state[SEALED]
    secrets = {name: secret_of(name) for name in marks}

    def fill(text: str) -> str:
        for name, mark in marks.items():
            text = text.replace(mark, secrets[name])
        return text

    plain = {name: value for name, value in state.items() if name != SEALED}
    return _mapped(plain, fill), secrets


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(key): _mapped(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(item, change) for item in value]
    return value
