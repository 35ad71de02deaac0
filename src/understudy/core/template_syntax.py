"""The syntax of templates: Jinja's parser, and of what it knows only the few forms that can do no harm.

Jinja reads the text and nothing more. Its tree is evaluated here, over plain values, by look-ups in dictionaries
and lists: no Python object is ever reached, no code is made, nothing can loop or grow without bounds. Line ends
in a templated text become line feeds.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from understudy.core.nearest import nearest
from understudy.core.template_filters import FILTERS, LONGEST, filtered
from understudy.errors import InvalidInputError

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

DEEPEST = 50
MOST_PIECES = 10_000
"""Names, signs and texts that the templates of one text may be made of."""
LITERALLY = "To write two braces as they are: {{ '{{' }}"

Path = tuple[str | int, ...]
"""A name with all that follows it: ("steps", "fetch", "output")."""


class Missing(NamedTuple):
    """What stands for a name that is not known."""

    path: str


def parsed(text: str) -> "tuple[nodes.Expr, ...]":
    """Return the text as parts, plain ones and expressions. Raises InvalidInputError for all but allowed forms."""
    try:
        return _parsed(text)
    except (ValueError, OverflowError, RecursionError) as error:  # endless digits, endless brackets
        raise InvalidInputError(
            "This is no template", f"It cannot be read: {_head(text)}", LITERALLY
        ) from error


@lru_cache(maxsize=128)
def _parsed(text: str) -> "tuple[nodes.Expr, ...]":
    from jinja2 import TemplateSyntaxError, nodes

    try:
        _check_size(text)
        body = _environment().parse(text).body
    except TemplateSyntaxError as error:
        raise InvalidInputError(
            "This is no template", f"{(error.message or '').rstrip('.')}, in: {_head(text)}", LITERALLY
        ) from error
    parts: list[nodes.Expr] = []
    for statement in body:
        if not isinstance(statement, nodes.Output):
            raise _not_allowed(statement, text)
        for part in statement.nodes:
            _check_form(part, text, DEEPEST)
        parts += statement.nodes
    return tuple(parts)


def _check_size(text: str) -> None:
    """Refuse what would take long to read, before it is read."""
    if sum(1 for _ in islice(_environment().lex(text), MOST_PIECES + 1)) > MOST_PIECES:
        raise InvalidInputError(
            "The template is too long",
            f"It has more than {MOST_PIECES:,} pieces: {_head(text)}",
            "Shorten it",
        )


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    """Return a parser for which only double braces mean something: %, # and braces are common in scripts."""
    from jinja2 import Environment

    return Environment(  # noqa: S701  (nothing is ever rendered by it)
        block_start_string="\0{%",
        block_end_string="%}\0",
        comment_start_string="\0{#",
        comment_end_string="#}\0",
        keep_trailing_newline=True,
        cache_size=0,
    )


def _head(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"  # noqa: PLR2004  (a line)


def _not_allowed(node: "nodes.Node", text: str) -> InvalidInputError:
    return InvalidInputError(
        f"A template cannot use {type(node).__name__.lower()} here",
        f"In: {_head(text)}",
        "It fills in names, with filters, comparisons and `a if b else c`: {{ trigger.title | upper }}",
    )


def _check_form(node: "nodes.Node", text: str, depth: int) -> None:
    """Raise InvalidInputError unless the node and all below it are of the allowed forms."""
    kind = type(node).__name__
    if kind not in _EVALUATE and kind != "Operand":
        raise _not_allowed(node, text)
    if depth == 0:
        raise InvalidInputError(
            "The template is too deep", f"It has more than {DEEPEST} levels: {_head(text)}", "Nest it less"
        )
    if kind in _CHECKS:
        _CHECKS[kind](node, text)
    for child in node.iter_child_nodes():
        _check_form(child, text, depth - 1)


def _check_name(node: Any, text: str) -> None:
    name = node.name if hasattr(node, "name") else node.attr
    _refuse_hidden(name, text)


def _check_item(node: Any, text: str) -> None:
    if type(node.arg).__name__ != "Const" or not isinstance(node.arg.value, str | int):
        raise InvalidInputError(
            "A template cannot choose a name by itself", f"In: {_head(text)}", "Write the name out"
        )
    _refuse_hidden(str(node.arg.value), text)


def _refuse_hidden(name: str, text: str) -> None:
    if name.startswith("_"):
        raise InvalidInputError(f"There is no {name} to fill in", f"In: {_head(text)}", "Leave it out")


def _check_filter(node: Any, text: str) -> None:
    if node.name not in FILTERS:
        raise InvalidInputError(
            f"There is no filter called {node.name}", f"In: {_head(text)}", nearest(node.name, FILTERS)
        )
    if node.kwargs or node.dyn_args or node.dyn_kwargs:
        raise InvalidInputError(
            f"The filter {node.name} takes values without names", f"In: {_head(text)}", "As in: truncate(40)"
        )


def _check_minus(node: Any, text: str) -> None:
    if type(node.node).__name__ != "Const" or not isinstance(node.node.value, int | float):
        raise _not_allowed(node, text)


_CHECKS: dict[str, Callable[[Any, str], None]] = {
    "Name": _check_name,
    "Getattr": _check_name,
    "Getitem": _check_item,
    "Filter": _check_filter,
    "Neg": _check_minus,
}


# --- names ----------------------------------------------------------------------------------------


def paths(node: "nodes.Node") -> Iterator[Path]:
    """Yield every name that an expression reads, with all that follows it."""
    path = path_of(node)
    if path:
        yield path
        return
    for child in node.iter_child_nodes():
        yield from paths(child)


def path_of(node: Any) -> Path:
    """Return the name that this node is, with all that follows it; nothing when it is another form."""
    kind = type(node).__name__
    if kind == "Name":
        return (node.name,)
    if kind in ("Getattr", "Getitem"):
        start = path_of(node.node)
        return (*start, node.attr if kind == "Getattr" else node.arg.value) if start else ()
    return ()


def written(path: Path) -> str:
    """Return a path as it is written: steps.fetch.output."""
    return ".".join(map(str, path))


# --- values ---------------------------------------------------------------------------------------


def value_of(node: Any, data: Mapping[str, Any]) -> Any:
    """Return the value of an expression. Raises InvalidInputError where a name is not known or types do not fit."""
    value = _EVALUATE[type(node).__name__](node, data)
    if isinstance(value, Missing):
        raise InvalidInputError(
            f"There is no {value.path} to fill in",
            "It is not known this time",
            "Say what to use instead: {{ " + value.path + " | default('...') }}",
        )
    return value


def _name(node: Any, data: Mapping[str, Any]) -> Any:
    return _looked_up(data, node.name, (node.name,))


def _member(node: Any, data: Mapping[str, Any]) -> Any:
    holder = _EVALUATE[type(node.node).__name__](node.node, data)
    key = node.attr if hasattr(node, "attr") else node.arg.value
    return holder if isinstance(holder, Missing) else _looked_up(holder, key, path_of(node) or (key,))


def _looked_up(holder: Any, key: str | int, path: Path) -> Any:
    """Return what a dictionary or list holds there; texts are cut to what may be filled in."""
    found: Any = Missing(written(path))
    if isinstance(holder, Mapping):
        found = holder.get(key, found)
    elif isinstance(holder, list | tuple) and isinstance(key, int) and key < len(holder):
        found = holder[key]
    return found[:LONGEST] if isinstance(found, str) else found


def _filter(node: Any, data: Mapping[str, Any]) -> Any:
    arguments = [value_of(each, data) for each in node.args]
    if node.name == "default":
        value = _EVALUATE[type(node.node).__name__](node.node, data)
        if isinstance(value, Missing):
            return arguments[0] if arguments else ""
    return filtered(node.name, value_of(node.node, data), arguments)


def _choice(node: Any, data: Mapping[str, Any]) -> Any:
    if value_of(node.test, data):
        return value_of(node.expr1, data)
    return value_of(node.expr2, data) if node.expr2 is not None else ""


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gteq": operator.ge,
    "lt": operator.lt,
    "lteq": operator.le,
    "in": lambda part, whole: part in whole,
    "notin": lambda part, whole: part not in whole,
}


def _compare(node: Any, data: Mapping[str, Any]) -> bool:
    left = value_of(node.expr, data)
    for operand in node.ops:
        right = value_of(operand.expr, data)
        try:
            holds = _COMPARE[operand.op](left, right)
        except TypeError as error:
            raise InvalidInputError(
                "Two values of different kinds cannot be compared",
                str(error),
                "Make a number of a text first: {{ latest_output | int > 3 }}",
            ) from error
        if not holds:
            return False
        left = right
    return True


_EVALUATE: dict[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "TemplateData": lambda node, _: node.data,
    "Const": lambda node, _: node.value,
    "Name": _name,
    "Getattr": _member,
    "Getitem": _member,
    "Filter": _filter,
    "CondExpr": _choice,
    "Compare": _compare,
    "And": lambda node, data: value_of(node.left, data) and value_of(node.right, data),
    "Or": lambda node, data: value_of(node.left, data) or value_of(node.right, data),
    "Not": lambda node, data: not value_of(node.node, data),
    "Neg": lambda node, _: -node.node.value,
    "List": lambda node, data: [value_of(each, data) for each in node.items],
    "Tuple": lambda node, data: [value_of(each, data) for each in node.items],
}
"""The allowed forms, and what each comes to: no calls, no loops, no arithmetic, no statements."""
