"""A long answer part by part: valid JSON at the end, and one question to the agent for each part."""

import asyncio
import json

import pytest

from tests.fakes.agent import FakeAgent
from understudy.errors import ConflictError
from understudy.interfaces.api.in_parts import in_json, sent_in_parts


@pytest.mark.parametrize(
    "parts, expected",
    [
        ([("a", [])], {"a": []}),
        ([("a", [1, 2]), ("a", [3])], {"a": [1, 2, 3]}),
        ([("a", []), ("a", [1]), ("a", []), ("a", [2])], {"a": [1, 2]}),
        ([("a", [1]), ("b", []), ("c", {"x": [1]})], {"a": [1], "b": [], "c": {"x": [1]}}),
        ([("ü", ["]", '"']), ("b", None)], {"ü": ["]", '"'], "b": None}),
    ],
)
def test_the_parts_make_one_object(parts, expected):
    """Lists in several parts are one list; empty ones are there too."""
    assert json.loads(b"".join(in_json(parts))) == expected


def test_each_part_is_asked_for_when_the_one_before_has_gone():
    """The engine is never asked for two, and is free in between."""
    asked = []

    def parts():
        for number in range(3):
            asked.append(number)
            yield "a", [number]

    pieces = in_json(parts())
    sizes = [len(asked) for _ in pieces]
    assert sizes == sorted(sizes)
    assert sizes[0] == 1


def test_what_fails_at_once_is_told_as_an_error():
    """Before the first byte there is still a way to say what is wrong."""

    def parts():
        raise ConflictError("The export is not whole")
        yield "a", []

    with pytest.raises(ConflictError):
        asyncio.run(sent_in_parts(FakeAgent(), parts()))
