"""Which settings make sense, and the words for those that do not."""

import re
from collections.abc import Collection, Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

import msgspec

from understudy.config import LONGEST_INTERVAL, SHORTEST_INTERVAL, Settings
from understudy.core.nearest import nearest
from understudy.core.ports import Capability
from understudy.core.privacy import check_rules
from understudy.core.privacy_rules import PrivacyRules
from understudy.core.secret import check_no_plain_secret
from understudy.core.secret_addresses import by_name, secret_part
from understudy.core.secret_shapes import holds_known
from understudy.core.task import TaskKind
from understudy.core.value import Value
from understudy.errors import InvalidInputError

EXECUTABLE = (TaskKind.WORKFLOW.value, TaskKind.PROMPT.value)
"""Kinds of tasks that something else than the person can do."""
LOWEST_PORT, HIGHEST_PORT = 1024, 65_535
LONGEST_ESCALATION = 24 * 60
"""Minutes; after a day a question has expired."""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*-extension://[A-Za-z0-9._-]+")
_NO_NAME = "failure_channel must be the name of an address"
"""Said in place of what was given: it may be an address with its key."""

USUAL = Settings()
"""What is set at first; all of it can be used."""


def check_settings(settings: Settings, before: Settings = USUAL, watchers: Collection[str] = ()) -> None:
    """Raise InvalidInputError for the first setting that differs from `before` and cannot be used.

    What was stored under older rules does not stand in the way of other changes. `watchers`: the names there are.
    """
    changed = _changed(settings, before)
    check_no_plain_secret(msgspec.to_builtins(msgspec.structs.replace(changed, addresses={})))
    check_rules(changed.privacy)
    for value in (changed.quiet_from, changed.quiet_until):
        if not _TIME.fullmatch(value):
            raise InvalidInputError(f"{value!r} is not a time of day", fix="Write it as 21:00")
    if min(changed.retention_days, changed.history_days, changed.suggestions_per_day) < 0:
        raise InvalidInputError("A number below zero makes no sense here", fix="Use 0 or more")
    _check_watchers(changed, watchers)
    _check_executor(changed)
    for name, address in changed.addresses.items():
        _check_address(name, address)
    _check_channel(settings, before)
    _check_activitywatch(changed)


def _changed(settings: Settings, before: Settings) -> Settings:
    """Return the settings at first, with what differs from before; of addresses and watchers those that are new."""
    fields = _differing(settings, before)
    known = before.addresses.items()
    addresses = {
        name: address for name, address in settings.addresses.items() if (name, address) not in known
    }
    watchers = tuple(name for name in settings.watchers_off if name not in before.watchers_off)
    privacy = PrivacyRules(**_differing(settings.privacy, before.privacy))
    fields |= {"addresses": addresses, "watchers_off": watchers, "privacy": privacy}
    return msgspec.structs.replace(USUAL, **fields)


def _differing(now: Value, before: Value) -> dict[str, Any]:
    pairs = ((name, getattr(now, name)) for name in now.__struct_fields__)
    return {name: value for name, value in pairs if value != getattr(before, name)}


def unusable(settings: Settings, watchers: Collection[str]) -> Iterator[Capability]:
    """Yield what is stored and could not be set any more, with what to do about it."""
    for name in Settings.__struct_fields__:
        try:
            check_settings(
                settings, msgspec.structs.replace(settings, **{name: getattr(USUAL, name)}), watchers
            )
        except InvalidInputError as error:
            text = ". ".join(part for part in (error.title, error.why) if part)
            yield Capability(name="settings", state="degraded", text=text, fix=error.fix)


def _check_watchers(changed: Settings, watchers: Collection[str]) -> None:
    for name in changed.watchers_off:
        if name not in watchers:
            raise InvalidInputError(f"There is no watcher called {name}", fix=nearest(name, watchers))


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


def _check_channel(settings: Settings, before: Settings) -> None:
    channel = settings.failure_channel
    was_so = channel == before.failure_channel and channel not in before.addresses
    if channel and channel not in settings.addresses and not was_so:
        known = ", ".join(sorted(settings.addresses)) or "none yet"
        title = f"There is no address called {channel}" if _NAME.fullmatch(channel) else _NO_NAME
        raise InvalidInputError(
            title, f"Addresses are: {known}", "Set it first: understudy settings set addresses.NAME URL"
        )


def _check_address(name: str, address: str) -> None:
    """Refuse what is no address, and keys written out; the address itself is not repeated."""
    if not _NAME.fullmatch(name):
        why = "A name has 1 to 40 letters, digits, dashes or underscores"
        raise InvalidInputError(f"{name!r} is no name for an address", why, "As in phone")
    if not _is_address(by_name(address)):
        raise InvalidInputError(
            f"The address {name} is not one", fix="Write it as mailto://host, ntfy://topic"
        )
    found = secret_part(address) or ("password" if holds_known(by_name(address)) else "")
    if found:
        secret = f"{name}_{'password' if found == 'password' else 'key'}"
        fix = f"Keep it with: understudy secrets set {secret}; then write {{{{ secret.{secret} }}}} in its place"
        raise InvalidInputError(f"The address {name} has its {found} written out", fix=fix)


def _is_address(marked: str) -> bool:
    try:
        parts = urlsplit(marked)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc)


def _check_activitywatch(settings: Settings) -> None:
    _within("escalate_after_minutes", settings.escalate_after_minutes, 0, LONGEST_ESCALATION)
    if settings.activitywatch_port:
        _within("activitywatch_port", settings.activitywatch_port, LOWEST_PORT, HIGHEST_PORT)
    if not all(each.strip() for each in settings.activitywatch_watchers):
        why = "An empty beginning would let anything on this machine fill any bucket"
        raise InvalidInputError("The name of a watcher is empty", why, "Write it as aw-watcher-")
    for origin in settings.extension_origins:
        if not _ORIGIN.fullmatch(origin):
            raise InvalidInputError(
                f"{origin!r} is not the origin of an extension", fix="Write it as chrome-extension://ID"
            )


def _within(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidInputError(f"{name} cannot be {value}", fix=f"Use {least} to {most}")
