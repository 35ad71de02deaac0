"""The settings in groups, each with a few words. Pure."""

import shlex
from collections.abc import Iterator
from typing import Any

import msgspec

from understudy.config import Settings
from understudy.core.value import Millis
from understudy.interfaces.cli.layout import Line, good, hanging, plain, quiet, strong, warning

GROUPS: dict[str, dict[str, str]] = {
    "Privacy": {
        "privacy.apps": "applications left out",
        "privacy.titles": "windows left out, by a word of theirs",
        "privacy.urls": "addresses left out",
        "privacy.record_titles": "keep titles of windows",
        "privacy.record_phrases": "keep typed phrases that repeat",
        "watchers_off": "watchers that do not run",
        "retention_days": "captures go after days; 0 = never",
        "history_days": "runs go after days; 0 = never",
    },
    "Keyboard": {
        "stop_hotkey": "stops everything; empty = none",
    },
    "Asking": {
        "suggestions_per_day": "new questions a day on screen",
        "quiet_from": "no new questions from then on",
        "quiet_until": "and until then",
        "respect_full_screen": "wait while a window fills the screen",
    },
    "Tasks": {
        "executor_autorun": "begin planned tasks by themselves",
        "executor_interval": "seconds between two looks",
        "executor_kinds": "what may begin: workflow, prompt",
        "assistant_command": "your assistant, for prompts",
        "task_folder": "files put there become tasks",
        "task_folder_prompts": "prompts from there need no plan",
    },
    "Being told": {
        "addresses": "where messages can go, by name",
        "failure_channel": "address that hears of failures",
        "escalate_after_minutes": "and of unanswered questions; 0 = no",
    },
    "ActivityWatch": {
        "activitywatch": "let its watchers report here",
        "activitywatch_port": "0 = 5600 when free",
        "extension_origins": "browser extensions that may report",
        "activitywatch_watchers": "buckets filled without the token",
    },
}
"""Heading -> name of a setting -> what it is for, in at most 38 characters."""

NOT_SET = ("overridden",)
"""Fields that are told, not set."""


def settings(answer: Settings, now: Millis) -> Iterator[Line]:
    """Every setting by the name under which it is set, with what it is for."""
    del now
    values = _values(answer)
    names = max(len(name) for group in GROUPS.values() for name in group)
    words = max(len(text) for group in GROUPS.values() for text in group.values())
    for heading, group in GROUPS.items():
        yield strong(heading)
        for name, text in group.items():
            head = f"  {name.ljust(names)}  {quiet(text)}{' ' * (words - len(text))}  "
            mark = f"  {warning('(set by the environment)')}" if name in answer.overridden else ""
            *lines, last = hanging(head, plain(values[name]), names + words + 6)
            yield from (*lines, last + mark)


def one(answer: Settings, name: str) -> Line:
    """How one setting is now."""
    value = _values(answer).get(name) or said(answer.addresses.get(name.partition(".")[2], ""))
    return f"{good('✓')} {plain(name)}  {plain(value)}"


def _values(answer: Settings) -> dict[str, str]:
    """Every setting by its whole name, as people say it."""
    fields = msgspec.to_builtins(answer)
    rules = {f"privacy.{name}": said(value) for name, value in fields.pop("privacy").items()}
    command = {"assistant_command": shlex.join(answer.assistant_command) or said(())}
    return {name: said(value) for name, value in fields.items()} | rules | command


def said(value: Any) -> str:
    """Return a value as people say it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items()) or "(none)"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "(none)"
    return str(value) if value != "" else "(none)"
