"""Finds secrets by what stands before them: names with values, options, headers. Pure."""

import re
from collections.abc import Callable

from understudy.core.secret_names import Weight, is_reference, looks_secret, weight_of
from understudy.core.secret_shapes import SECRET

_QUOTED = r"\\?\"[^\"\n]*\"|\\?'[^'\n]*'"
_WORD = r"(?:\\[^\n]|[^\s\"';|&<>\\])+"
_NAMED = re.compile(
    r"(?<![\w.$@-])-{0,2}(?P<name>[^\W\d][\w.-]{0,63})"
    r"(?P<between>\\?[\"']?[ \t]{0,2}(?:=>|:=|==?|:|\uff1a|(?<=\w)[ ](?:ist|is|est|es|\u00e8)[ :])[ \t]{0,2})"
)
_OPTION = re.compile(r"(?<!\S)(?P<name>--?[A-Za-z][\w.-]{1,63})(?P<between>[ \t]+)(?!-)")
_SPACED = re.compile(r"(?<![\w$-])(?P<name>[A-Za-z_]\w*(?:[_.:-]\w+)+)(?P<between>[ \t]+)(?![-=])")
_VALUE = re.compile(rf"{_QUOTED}|{_WORD}")
_VALUE_AFTER_COLON = re.compile(rf"{_QUOTED}|[^\s\"'&,;]\S*|[&,;]\S{{3,}}")
_PROSE = re.compile(r"[ \t]+[^\W\d_]{2,}")
_HEADER = re.compile(
    r"(?P<name>\b(?:proxy-)?authorization\b)(?P<between>\\?[\"']?\s{0,2}[:=]\s{0,2}\\?[\"']?)"
    r"(?P<value>(?:[A-Za-z][\w-]{2,20} +)?[^\s\"'\\]+)",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(?P<name>\bbearer)(?P<between>[ :]+)(?P<value>[\w.~+/=-]{8,})", re.IGNORECASE)
_COOKIE = re.compile(
    r"(?P<name>\b(?:set-)?cookie)(?P<between>: *)(?P<value>[^\s\"']+=[^\"'\n]+)", re.IGNORECASE
)
_SQL = re.compile(
    r"(?P<name>\b(?:identified (?:with \S+ )?by|(?:with |set )?(?:encrypted )?password(?: for "
    r"\S+)?))(?P<between>[ =(]{1,4})"
    r"(?P<value>'[^'\n]+'|\"[^\"\n]+\")",
    re.IGNORECASE,
)
_NETRC = re.compile(r"(?P<name>\blogin\s+\S+\s+password)(?P<between>\s+)(?P<value>\S+)")

_KEYWORDS_LISTED = (
    "pass pw pwd secret token key auth bearer cred cookie session sid sig jwt kennwort contrase senha "
    "clave has\u0142o haslo \u043f\u0430\u0440\u043e\u043b\u044c wachtwoord senord adgangskode "
    "salasana heslo jelsz parol ifre lozinka geslo slapta \u03ba\u03c9\u03b4\u03b9\u03ba "
    "\u05e1\u05d9\u05e1\u05de\u05d4 \u0627\u0644\u0645\u0631\u0648\u0631 kh\u1ea9u sandi \u5bc6\u7801 "
    "\u5bc6\u78bc \u53e3\u4ee4 \u30d1\u30b9\u30ef\u30fc\u30c9 \ube44\ubc00\ubc88\ud638 \uc554\ud638 "
    "psk pin tan otp mdp cvv cvc csrf identified hmac license licence webhook seed salt nonce ticket "
    "mnemonic mfa xsrf"
)
KEYWORDS = tuple(_KEYWORDS_LISTED.split())
"""One of these stands in every text (in lower case) that this module changes."""
_SIGNS = re.compile(r"[=:\uff1a'\"]|\s-{1,2}\w|\w_\w| (?:is|ist|est|es|\u00e8) |[Bb]earer|BEARER|login")
"""Without one of these nothing can be said about a value; most titles have none."""


def redact_contexts(text: str) -> str:
    """Return the text with named secrets replaced by `{secret}`; `text` may be of any kind."""
    if not _SIGNS.search(text):
        return text
    low = text.lower()
    if not any(keyword in low for keyword in KEYWORDS):
        return text
    for word, pattern in _FIXED:
        if word in low:
            text = pattern.sub(_replaced, text)
    text = _walk(text, _NAMED, _is_named_secret)
    if _OPTION_SIGNS.search(text):
        text = _walk(_walk(text, _OPTION, _is_option_secret), _SPACED, _is_spaced_secret)
    return text


_FIXED = (
    ("authorization", _HEADER),
    ("bearer", _BEARER),
    ("cookie", _COOKIE),
    ("identified", _SQL),
    ("password", _SQL),
    ("login", _NETRC),
)
_OPTION_SIGNS = re.compile(r"\s--?[A-Za-z]|\w[_.:-]\w+\s")


_Judge = Callable[[re.Match[str], re.Match[str]], bool]
"""Told the name and the value beside it: whether that is a secret."""


def _walk(text: str, heads: re.Pattern[str], is_secret: _Judge) -> str:
    """Replace the values of all names that are judged secret; a value may itself hold names with values."""
    kept, position, after = [], 0, 0
    while head := heads.search(text, after):
        after = head.end()
        values = _VALUE_AFTER_COLON if head["between"].rstrip()[-1:] in (":", "\uff1a") else _VALUE
        value = values.match(text, after) if weight_of(head["name"]) is not Weight.NOTHING else None
        if value and not is_reference(value[0]) and is_secret(head, value):
            kept += [text[position:after], _hidden(value[0])]
            position = after = value.end()
    return "".join((*kept, text[position:]))


def _is_named_secret(head: re.Match[str], value: re.Match[str]) -> bool:
    """Judge `name = value`, `name: value`; after a colon a plain word before other words is prose."""
    if weight_of(head["name"]) is Weight.HINT and not looks_secret(value[0]):
        return False
    is_prose = head["between"].endswith(" ") and not _has_sign(value[0])
    return not (is_prose and _PROSE.match(value.string, value.end()))


def _is_option_secret(head: re.Match[str], value: re.Match[str]) -> bool:
    """Judge `--name value`."""
    return weight_of(head["name"]) is Weight.SURE or looks_secret(value[0])


def _is_spaced_secret(head: re.Match[str], value: re.Match[str]) -> bool:
    """Judge `SOME_TOKEN value`: the value has to look the part."""
    return weight_of(head["name"]) is Weight.SURE and looks_secret(value[0])


def _replaced(match: re.Match[str]) -> str:
    """Put `{secret}` in place of the value of a match."""
    value = match["value"]
    if is_reference(value) and not value.startswith(("{", "(", "[")):
        return match[0]
    return match[0][: match.start("value") - match.start()] + _hidden(value)


def _hidden(value: str) -> str:
    """Return `{secret}` in the quotes of the value."""
    quote = value[:2] if value[:1] == "\\" and len(value) > 1 else value[:1]
    if quote[-1:] in ("'", '"') and value.endswith(quote[-1]) and len(value) > len(quote):
        return f"{quote}{SECRET}{quote}"
    return SECRET


def _has_sign(value: str) -> bool:
    """Whether the value is more than a plain word."""
    return not value.rstrip(".,;:!?").isalpha()
