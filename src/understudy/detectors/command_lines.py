"""Command lines made comparable: program, subcommand and flag names stay, all else becomes a typed blank."""

import re

from understudy.core.blanks import Blanks, Parameters

_TOKEN = re.compile(
    r"""(?P<quoted>"(?:[^"\\]|\\.)*"|'[^']*')|(?P<joint>&&|\|\||[|;&])|(?P<word>(?:[^\s"'|;&\\]|\\.)+)|\S""",
    re.DOTALL,
)
_SUBCOMMAND = re.compile(r"[a-z][a-z_-]*(?::[a-z_-]+)*")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_TYPES = (
    ("n", re.compile(r"[-+]?\d+(?:[.,]\d+)*")),
    ("hash", re.compile(r"(?=.*\d)[0-9a-f]{7,64}", re.IGNORECASE)),
    ("url", re.compile(r"[a-z][a-z0-9+.-]*://.*|[\w.-]+@[\w.-]+:.*", re.IGNORECASE)),
    ("path", re.compile(r".*[/\\*?].*|~.*|\.{1,2}|.*\.[A-Za-z0-9]{1,5}")),
)
_PREFIXES = frozenset({"sudo", "doas", "env", "time", "nice", "nohup", "exec", "command"})

_PROGRAM, _FIRST, _REST = range(3)
"""What may come next: a program, its subcommand, its arguments."""


def command_template(line: str) -> tuple[str, Parameters]:
    """Return `git commit -m {text}` for `git commit -m "Fix the date"`, with what was left out, in order."""
    reader = _Reader()
    for match in _TOKEN.finditer(line):
        reader.take(match)
    return " ".join(reader.words), tuple(reader.parameters)


def command_blanks(line: str) -> Blanks:
    """Take a line apart at its blanks: the words that `command_template` leaves out."""
    reader = _Reader()
    text, end = [], 0
    for match in _TOKEN.finditer(line):
        known = len(reader.parameters)
        reader.take(match)
        for _, literal in reader.parameters[known:]:  # a blank is the end of its word
            text.append(line[end : match.end() - len(literal)])
            end = match.end()
    return Blanks((*text, line[end:]), tuple(reader.parameters))


class _Reader:
    """Goes through the words of a line and knows what may come next."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.parameters: list[tuple[str, str]] = []
        self._place = _PROGRAM

    def take(self, match: re.Match[str]) -> None:
        """Take the next word."""
        word = match[0]
        if match["joint"]:
            self.words.append(word)
            self._place = _PROGRAM
        elif match["quoted"]:
            self._blank("text", word)
        elif self._place == _PROGRAM:
            self._program(word)
        elif word.startswith("-") and not word[1:2].isdigit():
            self._flag(word)
        elif self._place == _FIRST and _SUBCOMMAND.fullmatch(word):
            self.words.append(word)
            self._place = _REST
        else:
            self._blank(_type(word), word)

    def _program(self, word: str) -> None:
        if _ASSIGNMENT.match(word):
            name, _, value = word.partition("=")
            self._blank(_type(value), value, before=f"{name}=")
            self._place = _PROGRAM
        else:
            self.words.append(word)
            self._place = _PROGRAM if word in _PREFIXES else _FIRST

    def _flag(self, word: str) -> None:
        name, equals, value = word.partition("=")
        if equals:
            self._blank(_type(value), value, before=f"{name}=")
        else:
            self.words.append(word)

    def _blank(self, kind: str, literal: str, before: str = "") -> None:
        self.words.append(f"{before}{{{kind}}}")
        self.parameters.append((kind, literal))
        self._place = _REST


def _type(word: str) -> str:
    return next((kind for kind, pattern in _TYPES if pattern.fullmatch(word)), "word")
