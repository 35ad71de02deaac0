"""The gallery: pre-built workflows from package data, and what they become with the person's own answers."""

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

import msgspec

from understudy.core.nearest import nearest
from understudy.core.value import Value
from understudy.errors import InvalidInputError, NotFoundError

_PLACE = re.compile(r"<<(?:(hour|minute) of )?(\w+)>>")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


class Question(Value):
    """One thing that a template lets the person choose."""

    name: str
    question: str
    default: int | float | str


class Template(Value):
    """A pre-built workflow."""

    name: str
    """As in `understudy templates use NAME`."""
    title: str
    description: str
    category: str
    icon: str
    questions: tuple[Question, ...]
    workflow: dict[str, Any]
    """A document; `<<name>>` stands where an answer goes. A step with `only_with: name` goes without that answer."""


@lru_cache(maxsize=1)
def gallery() -> dict[str, Template]:
    """Return every template by name, in order of their names."""
    from understudy.engine.yaml_text import read_yaml

    folder = resources.files("understudy") / "gallery"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name
    )
    return {
        name: msgspec.convert({**read_yaml(file.read_text("utf-8")), "name": name}, Template)
        for file in files
        for name in (file.name.removesuffix(".yaml"),)
    }


def find(name: str) -> Template:
    """Return one template. Raises NotFoundError with the nearest name."""
    found = gallery().get(name)
    if found is None:
        raise NotFoundError(f"There is no template called {name}", fix=nearest(name, gallery()))
    return found


def filled(template: Template, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document that a template becomes: changed answers, and the defaults for the rest.

    Raises InvalidInputError for an answer that nobody asked for, or that is not of the kind of the default.
    """
    answers = {each.name: each.default for each in template.questions}
    for name, value in changes.items():
        if name not in answers and name != "name":
            raise InvalidInputError(
                f"{template.title} does not ask for {name}", fix=nearest(name, (*answers, "name"))
            )
        answers[name] = _answer(name, value, answers.get(name, ""))
    title = answers.pop("name", template.title)
    looks = {"description": template.description, "category": template.category, "icon": template.icon}
    steps = [_filled(step, answers) for step in template.workflow["steps"] if _is_wanted(step, answers)]
    return {"name": title, **_filled(template.workflow, answers), "steps": steps, "metadata": looks}


def _is_wanted(step: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    return "only_with" not in step or answers[step["only_with"]] != ""


def _answer(name: str, value: Any, default: Any) -> Any:
    try:
        answer = msgspec.convert(value, type(default), strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"{name} cannot be {value!r}", fix=f"Write it as {default}") from error
    if isinstance(default, str) and _CLOCK.fullmatch(default) and not _CLOCK.fullmatch(str(answer)):
        raise InvalidInputError(
            f"{name} cannot be {value!r}", "It is a time of day", f"Write it as {default}"
        )
    return answer


def _filled(value: Any, answers: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        # Variables of a script are texts, whatever was asked for.
        return {
            name: {key: str(_filled(each, answers)) for key, each in inner.items()}
            if name == "environment"
            else _filled(inner, answers)
            for name, inner in value.items()
            if name != "only_with"
        }
    if isinstance(value, list):
        return [_filled(each, answers) for each in value]
    return _text(value, answers) if isinstance(value, str) else value


def _text(text: str, answers: Mapping[str, Any]) -> Any:
    """Fill in the answers; a text that is nothing but one answer keeps its kind."""
    whole = _PLACE.fullmatch(text)
    if whole and not whole[1]:
        return answers[whole[2]]
    return _PLACE.sub(lambda place: _part(place, answers), text)


def _part(place: re.Match[str], answers: Mapping[str, Any]) -> str:
    answer = str(answers[place[2]])
    if not place[1]:
        return answer
    hour, _, minute = answer.partition(":")
    return str(int(hour if place[1] == "hour" else minute))
