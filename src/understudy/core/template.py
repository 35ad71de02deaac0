"""Templates: texts with names to fill in, `{{ trigger.title }}`, checked when saved and filled in when run.

Names: trigger.X, steps.ID.output, steps.ID.status, latest_output, state.NAME, now.date, now.time, now.weekday,
workflow.name, secret.NAME. Filling in always gives text; whoever takes it as a number converts it (msgspec with
strict=False). What was filled in is never read as a template again. Secrets stand alone, so that they can be found
again and hidden.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote as percent_encoded

from understudy.core.nearest import nearest
from understudy.core.template_filters import LONGEST, as_text
from understudy.core.template_syntax import Path, parsed, path_of, paths, value_of, written
from understudy.errors import InvalidInputError

NOW = ("now.date", "now.time", "now.weekday")
STEP_FIELDS = ("output", "status")
OPEN = "{{"


class Known(NamedTuple):
    """Which names may stand in the parameters of one step."""

    trigger: frozenset[str] = frozenset()
    """Fields of the events that can start the workflow."""
    steps: tuple[str, ...] = ()
    """Ids of the steps that certainly come before this one."""
    secret_in: frozenset[str] = frozenset()
    """Parameters in which a secret may stand."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that may stand here, whole; states may have any name."""
        outputs = (f"steps.{step}.{field}" for step in self.steps for field in STEP_FIELDS)
        latest = ("latest_output",) if self.steps else ()
        return (
            *(f"trigger.{name}" for name in sorted(self.trigger)),
            *outputs,
            *latest,
            *NOW,
            "workflow.name",
        )


def is_templated(value: Any) -> bool:
    """Whether something is filled in anywhere in the value."""
    return any(OPEN in text for _, text in _texts(value))


def escaped(value: Any) -> Any:
    """Return the value so written that filling it in gives the same value again."""
    return _mapped(value, lambda text: text.replace(OPEN, "{{ '{{' }}"))


def check(parameters: Mapping[str, Any], known: Known) -> None:
    """Raise InvalidInputError, with the nearest valid name, unless every template in it can be filled in."""
    for place, text in _texts(parameters):
        parameter = place.partition(".")[0].partition("[")[0]
        for part in _parts(text):
            secret = _secret_of(part)
            if secret:
                _check_secret(secret, parameter, place, known)
            else:
                for path in paths(part):
                    _check_path(path, place, known)


def names_in(value: Any) -> frozenset[str]:
    """Return every name that is read in the value, as it is written."""
    return frozenset(written(path) for path in _paths(value))


def secrets_in(value: Any) -> frozenset[str]:
    """Return the names of the secrets that are read in the value."""
    return frozenset(written(path[1:]) for path in _paths(value) if path[0] == "secret" and len(path) > 1)


def reads_captured(value: Any) -> bool:
    """Whether it reads what somebody else wrote: the trigger, a state, or the output of a step."""
    return any(
        path[0] in ("trigger", "state", "latest_output") or path[-1] == "output" for path in _paths(value)
    )


def render(value: Any, data: Mapping[str, Any]) -> Any:
    """Return the value with everything filled in but secrets, which stay as the text `{{ secret.NAME }}`.

    Raises InvalidInputError when a name is not known this time.
    """
    return _mapped(value, lambda text: _filled(text, _value_in(data), _reference))


def foreseen(value: Any, data: Mapping[str, Any]) -> Any:
    """Return the value filled in as far as the data goes: `data` lacks what only comes later.

    What is not known yet stands in it in words, in brackets: "[what fetch answers]". Secrets stay as `render` says.
    """

    def told(text: str) -> str:
        try:
            return _filled(text, lambda part: _foretold(part, data), _reference)
        except InvalidInputError as error:
            return _in_brackets(error)

    return _mapped(value, told)


def reveal(
    value: Any, data: Mapping[str, Any], secret_of: Callable[[str], str]
) -> tuple[Any, dict[str, str]]:
    """Return the value with secrets filled in too, and the secrets used by name. Only for right before acting."""
    used: dict[str, str] = {}

    def fetch(name: str) -> str:
        if name not in used:
            used[name] = secret_of(name)
        return used[name]

    return _mapped(value, lambda text: _filled(text, _value_in(data), fetch)), used


def conceal(value: Any, secrets: Mapping[str, str]) -> Any:
    """Return the value with every occurrence of a secret, also as part of a URL or of JSON, replaced by its name."""
    names = {form: name for name, secret in secrets.items() for form in _forms(secret)}
    if not names:
        return value
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)))

    def hide(text: str) -> str:
        return pattern.sub(lambda found: _reference(names[found[0]]), text)

    return _mapped(value, hide, with_keys=True)


def forms(secrets: Mapping[str, str]) -> tuple[str, ...]:
    """Return all that `conceal` looks for: each secret in every way it may be written."""
    return tuple(dict.fromkeys(form for secret in secrets.values() for form in _forms(secret)))


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as it may be written; an empty one is nowhere."""
    if secret:
        yield secret
        yield percent_encoded(secret, safe="", errors="replace")
        yield percent_encoded(secret, errors="replace")
        yield json.dumps(secret)[1:-1]
        yield json.dumps(secret, ensure_ascii=False)[1:-1]


def _reference(name: str) -> str:
    return f"{{{{ secret.{name} }}}}"


def _value_in(data: Mapping[str, Any]) -> Callable[[Any], str]:
    return lambda part: as_text(value_of(part, data))


def _foretold(part: Any, data: Mapping[str, Any]) -> str:
    """Return the value of a part, or in words what it will be."""
    later = next((path for path in paths(part) if not _is_there(path, data)), None)
    if later is not None:
        return f"[{_in_words(later)}]"
    try:
        return as_text(value_of(part, data))
    except InvalidInputError as error:
        return _in_brackets(error)


def _is_there(path: Path, data: Mapping[str, Any]) -> bool:
    """Whether by now it can be said what this name stands for, be it nothing."""
    return path[0] in data and (path[0] != "steps" or written(path[1:2]) in data["steps"])


def _in_words(path: Path) -> str:
    """Return what a name will stand for: "what fetch answers", "the time then"."""
    if path[0] == "steps":
        name = written(path[1:2])
        return f"how {name} ends" if path[-1] == "status" else f"what {name} answers"
    if path[0] == "latest_output":
        return "what the step before answers"
    return f"the {path[-1]} then" if path[0] == "now" else f"what {written(path[1:])} is then"


def _in_brackets(error: InvalidInputError) -> str:
    return f"[{error.title[:1].lower()}{error.title[1:]}]"


def _filled(text: str, value_in: Callable[[Any], str], secret_of: Callable[[str], str]) -> str:
    if OPEN not in text:
        return text
    parts, room = [], LONGEST + len(text)
    for part in _parts(text):
        secret = _secret_of(part)
        filled = secret_of(secret) if secret else value_in(part)
        parts.append(filled)
        room -= len(filled)
        if room < 0:
            raise InvalidInputError(
                "The text becomes too long",
                f"Filling in may add at most {LONGEST:,} characters to a text",
                "Shorten a part of it, as in {{ latest_output | truncate(1000) }}",
            )
    return "".join(parts)


def _secret_of(part: Any) -> str:
    """Return the name when a part is a secret and nothing else."""
    path = path_of(part)
    return written(path[1:]) if path[:1] == ("secret",) else ""


def _check_secret(name: str, parameter: str, place: str, known: Known) -> None:
    if parameter not in known.secret_in:
        may = (
            f"It may stand in: {', '.join(sorted(known.secret_in))}"
            if known.secret_in
            else "No parameter here may"
        )
        raise InvalidInputError(f"The secret {name} cannot stand in {place}", "It could be seen there", may)


def _check_path(path: Path, place: str, known: Known) -> None:
    name = written(path)
    if path[0] == "secret":
        raise InvalidInputError(
            "A secret has to stand alone", f"{place} does more with {name}", "As in: Bearer {{ secret.NAME }}"
        )
    if _is_known(path, known):
        return
    if path[0] == "steps" and len(path) == 3 and path[2] in STEP_FIELDS:  # noqa: PLR2004  (steps.ID.output)
        why = f"{place} can only read steps that certainly come before it"
    else:
        why = f"It stands in {place}"
    raise InvalidInputError(
        f"There is no {name} to fill in", why, nearest(name, (*known.names, "state.NAME"))
    )


def _is_known(path: Path, known: Known) -> bool:
    if path[0] == "trigger":
        return len(path) > 1 and path[1] in known.trigger
    if path[0] == "state":
        return len(path) == 2  # noqa: PLR2004  (state.NAME)
    return written(path) in known.names


def _paths(value: Any) -> Iterator[Path]:
    for _, text in _texts(value):
        for part in _parts(text):
            yield from paths(part)


def _parts(text: str) -> Iterable[Any]:
    return parsed(text) if OPEN in text else ()


def _texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield (where, text) for every text in a plain value."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list | tuple):
        for at, inner in enumerate(value):
            yield from _texts(inner, f"{place}[{at}]")


def _mapped(value: Any, change: Callable[[str], str], *, with_keys: bool = False) -> Any:
    """Return a plain value with every text changed; the names in dictionaries too, where asked for."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {
            change(name) if with_keys and isinstance(name, str) else name: _mapped(
                inner, change, with_keys=with_keys
            )
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_mapped(inner, change, with_keys=with_keys) for inner in value]
    return value
