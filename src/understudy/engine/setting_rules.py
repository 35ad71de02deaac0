"""Which settings make sense, and the words for those that do not."""

import re
from pathlib import PurePath
from urllib.parse import urlsplit

from understudy.config import LONGEST_INTERVAL, SHORTEST_INTERVAL, Settings
from understudy.core.privacy import check_rules
from understudy.core.task import TaskKind
from understudy.errors import InvalidInputError

EXECUTABLE = (TaskKind.WORKFLOW.value, TaskKind.PROMPT.value)
"""Kinds of tasks that something else than the person can do."""
LOWEST_PORT, HIGHEST_PORT = 1024, 65_535
LONGEST_ESCALATION = 24 * 60
"""Minutes; after a day a question has expired."""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*-extension://[A-Za-z0-9._-]+")
_SECRET = re.compile(r"\{\{\s*secret\.[A-Za-z0-9_.-]+\s*\}\}")


def check_settings(settings: Settings) -> None:
    """Raise InvalidInputError for the first setting that cannot be used."""
    check_rules(settings.privacy)
    for value in (settings.quiet_from, settings.quiet_until):
        if not _TIME.fullmatch(value):
            raise InvalidInputError(f"{value!r} is not a time of day", fix="Write it as 21:00")
    if min(settings.retention_days, settings.history_days, settings.suggestions_per_day) < 0:
        raise InvalidInputError("A number below zero makes no sense here", fix="Use 0 or more")
    _check_executor(settings)
    _check_addresses(settings)
    _check_activitywatch(settings)


def _check_executor(settings: Settings) -> None:
    _within("executor_interval", settings.executor_interval, SHORTEST_INTERVAL, LONGEST_INTERVAL)
    for kind in settings.executor_kinds:
        if kind not in EXECUTABLE:
            raise InvalidInputError(
                f"Tasks of the kind {kind!r} cannot run by themselves", fix="Use workflow, prompt, or both"
            )
    if settings.assistant_command and not settings.assistant_command[0].strip():
        raise InvalidInputError("The assistant command has no program", fix="Put the program first")
    if any("\0" in part for part in settings.assistant_command):
        raise InvalidInputError("The assistant command holds a NUL", fix="Leave it out")
    folder = settings.task_folder
    if folder and ("\0" in folder or not PurePath(folder).is_absolute()):
        raise InvalidInputError(
            f"{folder!r} is not the full path of a folder", fix="Write it from the root on"
        )


def _check_addresses(settings: Settings) -> None:
    for name, address in settings.addresses.items():
        _check_address(name, address)
    channel = settings.failure_channel
    if channel and channel not in settings.addresses:
        known = ", ".join(sorted(settings.addresses)) or "none yet"
        raise InvalidInputError(
            f"There is no address called {channel}", f"Addresses are: {known}", "Set it first"
        )
    _within("escalate_after_minutes", settings.escalate_after_minutes, 0, LONGEST_ESCALATION)


def _check_address(name: str, address: str) -> None:
    """Refuse what is no address, and passwords written out; the address itself is not repeated."""
    if not _NAME.fullmatch(name):
        why = "A name has 1 to 40 letters, digits, dashes or underscores"
        raise InvalidInputError(f"{name!r} is no name for an address", why, "As in phone")
    marked = _SECRET.sub("SECRET", address)
    try:
        parts = urlsplit(marked)
        is_address, password = bool(parts.scheme and parts.netloc), parts.password
    except ValueError:
        is_address, password = False, None
    if not is_address:
        raise InvalidInputError(
            f"The address {name} is not one", fix="Write it as mailto://host, ntfy://topic"
        )
    if password and password != "SECRET":  # noqa: S105 - it is the mark put in above
        fix = f"Keep it with: understudy secrets set {name}_password; then write {{{{ secret.{name}_password }}}}"
        raise InvalidInputError(f"The address {name} has its password written out", fix=fix)


def _check_activitywatch(settings: Settings) -> None:
    if settings.activitywatch_port:
        _within("activitywatch_port", settings.activitywatch_port, LOWEST_PORT, HIGHEST_PORT)
    for origin in settings.extension_origins:
        if not _ORIGIN.fullmatch(origin):
            raise InvalidInputError(
                f"{origin!r} is not the origin of an extension", fix="Write it as chrome-extension://ID"
            )


def _within(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidInputError(f"{name} cannot be {value}", fix=f"Use {least} to {most}")
