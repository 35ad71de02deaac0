"""Reads desktop entries (.desktop files, freedesktop.org specification 1.5). Text in, values out."""

import re

from understudy.core.value import Value

_ESCAPES = {r"\s": " ", r"\n": "\n", r"\t": "\t", r"\r": "\r", "\\\\": "\\"}
_ARGUMENT = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^\s"])+', re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_CODE = re.compile(r"%(.)", re.DOTALL)


class DesktopEntry(Value):
    """One application as its .desktop file describes it."""

    id: str
    """File name below `applications/` without `.desktop`, folders joined by `-`."""
    name: str
    """In the person's language where the file has it."""
    plain_name: str
    command: tuple[str, ...]
    """Program and arguments without field codes; empty when the entry starts nothing."""
    try_exec: str = ""
    """Program that must exist for the entry to count."""
    wm_class: str = ""
    is_visible: bool = True
    """Whether menus show it."""


def read_entry(entry_id: str, text: str, locale: str = "") -> DesktopEntry | None:
    """Return the entry, or None when the file is hidden, no application, or has no name."""
    keys = _keys(text)
    name = keys.get("Name", "")
    if keys.get("Type", "Application") != "Application" or keys.get("Hidden") == "true" or not name:
        return None
    localised = (keys.get(f"Name[{variant}]", "") for variant in _variants(locale))
    return DesktopEntry(
        id=entry_id,
        name=next(filter(None, localised), name),
        plain_name=name,
        command=read_command(keys.get("Exec", ""), name),
        try_exec=keys.get("TryExec", ""),
        wm_class=keys.get("StartupWMClass", ""),
        is_visible=keys.get("NoDisplay") != "true",
    )


def read_command(text: str, name: str = "") -> tuple[str, ...]:
    """Return the arguments of an Exec value, unquoted, without field codes; %c becomes the name."""
    arguments = []
    for match in _ARGUMENT.finditer(text):
        plain = _QUOTED.sub(lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), match[0])
        filled = _CODE.sub(lambda code: {"c": name, "%": "%"}.get(code[1], ""), plain)
        if filled or not plain or plain == "%c":
            arguments.append(filled)
    return tuple(arguments)


def _keys(text: str) -> dict[str, str]:
    """Return the keys of the group [Desktop Entry]; of a repeated key the first counts."""
    keys: dict[str, str] = {}
    inside = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            inside = line == "[Desktop Entry]"
        elif inside and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            keys.setdefault(key.rstrip(), _unescaped(value.lstrip()))
    return keys


def _unescaped(value: str) -> str:
    return re.sub(r"\\[sntr\\]", lambda match: _ESCAPES[match[0]], value)


def _variants(locale: str) -> tuple[str, ...]:
    """Return de_DE@euro, de_DE, de@euro, de for de_DE.UTF-8@euro, the closest first."""
    language = re.split(r"[_.@]", locale, maxsplit=1)[0]
    country = re.search(r"_(\w+)", locale)
    modifier = re.search(r"@(\w+)", locale)
    places = [f"{language}_{country[1]}", language] if country else [language]
    return tuple(
        variant
        for place in places
        for variant in ((f"{place}@{modifier[1]}", place) if modifier else (place,))
    )
