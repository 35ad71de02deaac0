"""Applies what the person has excluded: programs, titles, addresses; refuses rules that cannot work. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache

from understudy.core.sanitise import clean
from understudy.core.stored_url import host_of, path_of
from understudy.errors import InvalidInputError

LONGEST_RULE = 200
"""Characters of one rule."""
MOST_RULES = 1000
"""Rules of one sort."""
_WINDOW = 256
"""Characters a regular expression is given at a time: the start of a text, then its end."""
_MOST_REPEATS = 2
_MOST_OPTIONS = 8
_MANY = 16
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?::|<?[=!]|i\)|P<\w+>))?|[*+?]|\{\d*,?\d*\}|.", re.DOTALL
)
"""An escape, a class, the start of a group, a repeat, or any other character."""
_FORBIDDEN = re.compile(r"(?<!\\)\(\?(?!:|<?[=!]|i\)|P<\w+>)|\\[1-9]")
_REPEAT = re.compile(r"[*+?]|\{(\d*)(,?)(\d*)\}")
_ADDRESS_IN_TEXT = re.compile(r"(?<![a-z0-9])[a-z][a-z0-9+.-]{0,30}://[^\s\"'<>|]+", re.IGNORECASE)


def is_app_excluded(app: str, entries: Sequence[str]) -> bool:
    """Whether one of the entries is part of the program's identity, without case."""
    name = app.casefold()
    return any(entry.strip().casefold() in name for entry in entries)


def is_text_excluded(text: str, entries: tuple[str, ...]) -> bool:
    """Whether one of the entries is part of the text, or its regular expression is found there.

    Raises InvalidInputError when an entry cannot be used.
    """
    words, patterns = _title_rules(entries)
    folded = text.casefold()
    if any(word in folded for word in words):
        return True
    parts = (text,) if len(text) <= _WINDOW else (text[:_WINDOW], text[-_WINDOW:])
    return any(pattern.search(part) for pattern in patterns for part in parts)


def is_url_excluded(url: str, entries: tuple[str, ...]) -> bool:
    """Whether the address is on an excluded host, a subdomain of it, or below an excluded path."""
    host, path = _plain_host(host_of(url)), path_of(url) or "/"
    bare = host.rpartition(":")[0] if _PORT.search(host) else host
    return any(
        (
            rule_host in (host, bare)
            or f".{bare}".endswith(f".{rule_host}")
            or f".{host}".endswith(f".{rule_host}")
        )
        and _is_below(path, rule_path)
        for rule_host, rule_path in _url_rules(entries)
    )


def is_mentioned(text: str, entries: tuple[str, ...]) -> bool:
    """Whether an excluded address stands in the text."""
    return "://" in text and any(is_url_excluded(found, entries) for found in _ADDRESS_IN_TEXT.findall(text))


def check_app(entry: str) -> None:
    """Raise InvalidInputError when the entry would exclude everything or nothing."""
    _check_plain(entry, "program")


def check_title(entry: str) -> None:
    """Raise InvalidInputError when the entry is empty, too long, no regular expression, or a slow one."""
    _check_plain(entry, "title")
    _title_rules((entry,))


def check_url(entry: str) -> None:
    """Raise InvalidInputError when the entry names no host."""
    _check_plain(entry, "address")
    host, _ = _url_rule(entry)
    if not host or re.search(r"[\s*?#]", host):
        raise InvalidInputError(
            f"“{entry}” is no address that can be excluded",
            "A host is expected, perhaps with a path",
            "Write it like bank.example or bank.example/account",
        )


def _check_plain(entry: str, what: str) -> None:
    if not clean(entry).strip():
        raise InvalidInputError(
            f"An excluded {what} is empty", "It would exclude everything", "Write a word, or remove it"
        )
    if len(entry) > LONGEST_RULE:
        raise InvalidInputError(
            f"An excluded {what} is {len(entry)} characters long",
            f"At most {LONGEST_RULE} are allowed",
            "Use a shorter part of it",
        )


@lru_cache(maxsize=64)
def _title_rules(entries: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[re.Pattern[str], ...]]:
    """Split the entries into plain words and regular expressions (`/.../`)."""
    words, patterns = [], []
    for entry in entries:
        text = entry.strip()
        if len(text) > len("//") and text.startswith("/") and text.endswith("/"):
            patterns.append(_compiled(text[1:-1]))
        elif text:
            words.append(clean(text).casefold())
    return tuple(words), tuple(patterns)


def _compiled(pattern: str) -> re.Pattern[str]:
    why = _stall(pattern)
    if not why:
        try:
            return re.compile(pattern, re.IGNORECASE)
        except (re.error, OverflowError, RecursionError) as error:
            why = f"It is not a regular expression: {error}"
    raise InvalidInputError(
        f"The title rule /{pattern}/ cannot be used",
        why,
        "Write plain words, or a simpler expression such as /invoice \\d+/",
    )


def _stall(pattern: str) -> str:
    """Return why the pattern could take very long on some title; empty = it cannot."""
    if _FORBIDDEN.search(pattern.replace(r"\\", "")):
        return "Only plain groups are allowed, and no references to them"
    repeats = options = 0
    groups, closed = [False], False
    for sign in _TOKEN.findall(pattern):
        repeat = _REPEAT.fullmatch(sign)
        if repeat and closed and sign != "?":
            return "A repeated group must not hold repeats or alternatives"
        repeats += repeat is not None and _is_open(repeat)
        options += repeat is not None and not _is_open(repeat)
        groups[-1] = groups[-1] or repeat is not None or sign == "|"
        closed = _follow(sign, groups)
    if repeats > _MOST_REPEATS or options > _MOST_OPTIONS:
        return f"It repeats too often: at most {_MOST_REPEATS} of * and +, and {_MOST_OPTIONS} of ? and {{n}}"
    return ""


def _follow(sign: str, groups: list[bool]) -> bool:
    """Keep count of the open groups; tell whether one that holds repeats or alternatives was just closed."""
    if sign == ")" and len(groups) > 1:
        closed = groups.pop()
        groups[-1] = groups[-1] or closed
        return closed
    if sign[0] == "(" and sign != "(?i)":
        groups.append(False)
    return False


def _is_open(repeat: re.Match[str]) -> bool:
    """Whether it may go on long."""
    if repeat[0] in "*+":
        return True
    return (repeat[2] == "," and not repeat[3]) or int((repeat[3] or repeat[1] or "0")[:6]) > _MANY


_PORT = re.compile(r":\d+$")


@lru_cache(maxsize=64)
def _url_rules(entries: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(rule for rule in map(_url_rule, entries) if rule[0])


def _url_rule(entry: str) -> tuple[str, str]:
    """Return (host, path) of an entry such as `https://*.bank.example/account`."""
    text = clean(entry).strip()
    host = host_of(text if "://" in text or text.startswith("//") else f"//{text}")
    return _plain_host(host).removeprefix("*.").removeprefix("www."), path_of(text).rstrip("/")


@lru_cache(maxsize=1024)
def _plain_host(host: str) -> str:
    """Return the host without a closing dot, in its ASCII form."""
    name = host.rstrip(".")
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def _is_below(path: str, rule: str) -> bool:
    return not rule or path == rule or path.startswith(f"{rule}/")
