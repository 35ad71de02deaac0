"""YAML as people mean it: only JSON's values, so that `no`, `16:30`, `2026-01-01` and `007` stay text; no aliases."""

import json
import re
from collections.abc import Hashable
from contextlib import suppress
from typing import Any

import yaml

from understudy.core.depth import check_depth
from understudy.errors import InvalidInputError

LARGEST = 1 << 20
"""Characters of a document."""
DEEPEST = 100
"""Levels of a document."""
MOST = 10_000
"""Names and values of a document."""

_ODD_BREAKS = re.compile("[\r\x85\u2028\u2029\ufeff]")
"""Ends of lines that YAML would take for another one."""


class _Reader(yaml.SafeLoader):
    """Reads what JSON can say."""

    yaml_implicit_resolvers: dict[str, Any] = {}
    depth = count = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias (*name) cannot stand here: write the text out")
        self.depth, self.count = self.depth + 1, self.count + 1
        if self.count > MOST:
            raise yaml.YAMLError(f"it has more than {MOST:,} parts")
        if self.depth > DEEPEST:
            raise yaml.YAMLError(f"it has more than {DEEPEST} levels")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  (as its parent)
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.YAMLError(f"{name} is given twice in line {node.start_mark.line + 1} and below")
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


class _Writer(yaml.SafeDumper):
    """Writes blocks: lists indented, texts of several lines as they are."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002  (as its parent)
        del indentless
        super().increase_indent(flow, False)  # noqa: FBT003

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _as_text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _ODD_BREAKS.search(text) else "|" if "\n" in text else None
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _teach() -> None:
    """Tell the reader what is no text: whole and other decimal numbers, true, false, null."""
    for tag, pattern, first in (
        ("bool", r"true|false|True|False", "tfTF"),
        ("null", r"null|~|", ["n", "~", ""]),
        ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
        ("float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)", "-0123456789"),
    ):
        for each in (_Reader, _Writer):  # what either would read as something else is quoted
            each.add_implicit_resolver(
                f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), list(first)
            )


_teach()
_Reader.yaml_constructors = {
    tag: yaml.SafeLoader.yaml_constructors[tag]
    for tag in (
        None,
        *(f"tag:yaml.org,2002:{kind}" for kind in ("bool", "null", "int", "float", "str", "seq", "map")),
    )
}
_Writer.add_representer(str, _as_text)


def read_yaml(text: str) -> Any:
    """Return the plain value that a YAML or JSON text holds. Raises InvalidInputError."""
    if len(text) > LARGEST:
        raise InvalidInputError(
            "The document is too long", f"It may have {LARGEST:,} characters", "Shorten it"
        )
    if text.lstrip()[:1] == "{":
        with suppress(
            ValueError, RecursionError, InvalidInputError
        ):  # then it is YAML, or YAML tells what is wrong
            return _read_json(text)
    try:
        return yaml.load(text, _Reader)  # noqa: S506  (the reader knows plain values only)
    except (yaml.YAMLError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
        raise InvalidInputError(
            "The document cannot be read", _why(error, text), "Write it as YAML or JSON"
        ) from error


def _read_json(text: str) -> Any:
    """Return what a JSON text holds, with every character: YAML takes some for ends of lines, others not at all.

    Raises ValueError where it is none or gives a name twice, others where it is too deep.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a name is given twice")
        return dict(pairs)

    value = json.loads(text, object_pairs_hook=once, parse_constant=int)  # (NaN is no whole number)
    check_depth(value)
    return value


_MISTAKES = {
    "expected <block end>": "its indentation does not fit the lines above it",
    "mapping values are not allowed": 'a text with ": " in it must stand in quotes',
    "unhashable key": "a text with {{ }} must stand in quotes",
    "'\\t'": "it has a tab where there must be spaces",
}
"""Part of what the library says -> what the person did."""


def _why(error: Exception, text: str) -> str:
    """Return what is wrong in words, with its line."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return " ".join(str(error).split()) or type(error).__name__
    problem = str(getattr(error, "problem", ""))
    said = next((words for part, words in _MISTAKES.items() if part in problem), problem)
    line = next(iter(text.splitlines()[mark.line : mark.line + 1]), "").strip()
    return f"Line {mark.line + 1}" + (f" ({line[:60]})" if line else "") + f": {said}"


def write_yaml(value: Any) -> str:
    """Return a plain value as YAML that `read_yaml` and every other reader take the same way."""
    return yaml.dump(value, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=100)
