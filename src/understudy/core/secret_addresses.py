"""Finds a key that is written out in the address of a service, a webhook or a request. Pure; repeats none of it.

Most services for messages are reached by a key in their address. Those that are not are listed here; an address of
any other has to take something by name, `discord://{{ secret.discord }}`, and what stands beside that must be plain.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import unquote

from understudy.core.randomness import SHORTEST, is_drawn_by_lot
from understudy.core.secret_names import Weight, is_reference, weight_of
from understudy.core.secret_shapes import FILLED_IN, holds_known

_TEMPLATE = re.compile(r"\{\{(?:[^{}]|\{(?!\{)|\}(?!\})){0,400}\}\}")
_OPEN_LISTED = (
    "http https mailto mailtos irc ircs json jsons xml xmls form forms ntfy ntfys signal signals amqp amqps mqtt mqtts "
    "ncloud nclouds nctalk nctalks gorush gorushs onebot onebots deltachat deltachats growl vapid "
    "kodi kodis xbmc xbmcs emby embys jellyfin jellyfins enigma2 enigma2s syslog rsyslog "
    "dbus glib gnome kde qt macosx windows"
)
_OPEN = frozenset(_OPEN_LISTED.split())
"""Schemes that need no key, or only the password of a person."""
_HOOK_WORDS = frozenset(
    {"hook", "hooks", "webhook", "webhooks", "webhookb2", "key", "token", "integration", "push"}
)
"""After one of these a part of a path that looks at all like a key is one."""
_SHELVES_LISTED = (
    "d document documents spreadsheets presentation file files folders pages databases blocks blob tree"
)
_SHELVES = frozenset(_SHELVES_LISTED.split())
"""What comes after one of these is the name of a thing, however it was drawn."""
_SHORTEST_VALUE = 4
_SHORT = 8
_CHANGES = 2


def by_name(text: str) -> str:
    """Return the text with a mark for everything that a template fills in."""
    return _TEMPLATE.sub(FILLED_IN, text) if "{{" in text else text


def secret_part(address: str) -> str:
    """Return what is written out in an address, password or key; empty = neither, as far as can be told."""
    scheme, _, rest = by_name(address.strip()).partition("://")
    return next(_found(scheme.lower(), rest), "") if rest else ""


def has_named_key(address: str) -> bool:
    """Whether the query of an address has a field that is called like a key and looks like one."""
    scheme, _, rest = by_name(address).partition("://")
    fields = re.split("[&;#]", rest.partition("?")[2])
    return scheme.isalnum() and any("=" in field and _is_secret_field(field) for field in fields)


def _found(scheme: str, rest: str) -> Iterator[str]:
    before, _, query = rest.partition("?")
    authority, _, path = before.partition("/")
    login, _, host = authority.rpartition("@")
    name, _, password = login.partition(":")
    port = (
        "" if host.startswith("[") else host.partition(":")[2]
    )  # where a password holds a slash, its beginning
    is_open = scheme in _OPEN
    is_behind_a_key = not is_open and FILLED_IN in name  # as in resend://{{ secret.key }}:kim@mail.example
    if _is_written_out(password) and not is_behind_a_key:
        yield "password"
    if is_open and _is_written_out(port) and not port.isdigit():
        yield "password"
    if any(_is_secret_field(each) for each in re.split("[&;#]", query)):
        yield "key"
    parts = [unquote(each) for each in re.split("[/#]", path)]
    if not is_open:
        words = (name, password, host, *parts)
        if FILLED_IN not in rest or any(_is_like_a_key(word) for word in words):
            yield "key"
    elif any(_is_key(word) for word in (login, *host.split("."))) or _has_key(host, parts):
        yield "key"


def _is_written_out(part: str) -> bool:
    """Whether something stands there that is neither filled in nor a variable."""
    return bool(part) and FILLED_IN not in part and not is_reference(part)


def _is_secret_field(field: str) -> bool:
    """Judge `name=value`; a value alone may be a key as well."""
    name, _, value = field.partition("=")
    if not _is_written_out(value):
        return _is_key(name)
    is_secret = {Weight.SURE: len(value) >= _SHORTEST_VALUE, Weight.HINT: _is_like_a_key(unquote(value))}
    return is_secret.get(weight_of(unquote(name)), False) or _is_key(unquote(value))


def _has_key(host: str, parts: list[str]) -> bool:
    """Whether a part of the path is a key: by itself, or because of what stands before it."""
    is_hook = not _HOOK_WORDS.isdisjoint(host.lower().split("."))
    for before, part in pairwise(("", *parts)):
        is_hook = is_hook or before.lower() in _HOOK_WORDS
        if (is_hook and _is_like_a_key(part)) or (before.lower() not in _SHELVES and _is_key(part)):
            return True
    return False


def _is_key(word: str) -> bool:
    """Whether a part looks drawn by lot, or has the shape of a known maker's key."""
    return FILLED_IN not in word and (is_drawn_by_lot(word) or holds_known(word))


def _is_like_a_key(word: str) -> bool:
    """Whether a part is no plain name or number: letters and digits change more than once in it."""
    if FILLED_IN in word or len(word) < _SHORT or "@" in word:
        return False
    changes = sum(
        left.isdigit() != right.isdigit() for left, right in pairwise(word) if f"{left}{right}".isalnum()
    )
    return changes >= _CHANGES or (len(word) >= SHORTEST and is_drawn_by_lot(word))
