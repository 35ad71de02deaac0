"""Window titles made comparable: counts, marks and the program's name go, numbers and files become blanks."""

import re

from understudy.core.blanks import Parameters

LONGEST = 4_096
"""Characters of any captured text that are looked at."""

_INVISIBLE = dict.fromkeys(
    [*range(0x20), 0x7F, 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
_LEADING = re.compile(r"(?:[\s*●•]|[(\[]\d{1,4}\+?[)\]])+")
_COUNT = re.compile(r" ?[(\[]\d{1,4}\+?[)\]]")
_SUFFIX = re.compile(r" [-\u2013\u2014|·] ")
_FILE = re.compile(r"(?<!\S)[^\s/\\]{1,120}\.([A-Za-z][A-Za-z0-9]{0,4})(?!\S)")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\s.\-_]{3,}")


def clean_title(title: str, app: str) -> str:
    """Return the title without marks, unread counts and the name of the program at its end."""
    text = title[:LONGEST].translate(_INVISIBLE)
    leading = _LEADING.match(text)
    text = _COUNT.sub("", text[leading.end() :] if leading else text).strip()
    breaks = list(_SUFFIX.finditer(text))
    if breaks and _names(text[breaks[-1].end() :], app):
        text = text[: breaks[-1].start()].rstrip()
    return text


def title_template(title: str) -> tuple[str, Parameters]:
    """Return a clean title with files as `{file}.ext` and numbers as `#`, and the literals left out."""
    parameters: list[tuple[str, str]] = []

    def _file(match: re.Match[str]) -> str:
        parameters.append(("file", match[0]))
        return f"{{file}}.{match[1].lower()}"

    def _number(match: re.Match[str]) -> str:
        parameters.append(("n", match[0]))
        return "#"

    return _NUMBER.sub(_number, _FILE.sub(_file, title)), tuple(parameters)


def _names(part: str, app: str) -> bool:
    """Whether the last part of a title is the program's name: "LibreOffice Calc" for org.libreoffice.calc."""
    return bool(set(_WORD.findall(part.casefold())) & set(_WORD.findall(app.casefold())))
