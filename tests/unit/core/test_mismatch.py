"""What does not fit its type is told in words a person can use."""

from typing import Annotated

import msgspec
import pytest

from understudy.core.mismatch import mismatch
from understudy.core.trust import Tier


class Given(msgspec.Struct, forbid_unknown_fields=True):
    """Something with a field of each kind."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=3)]
    number: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1
    tier: Tier = Tier.SUGGEST
    several: list[int | None] = []


SAID = {
    "a wrong kind": ({"name": 5}, ("name", "It must be text, not a whole number")),
    "one of two kinds": (
        {"name": "a", "several": ["x"]},
        ("several[...]", "It must be a whole number or nothing, not text"),
    ),
    "too little": ({"name": "a", "number": 0}, ("number", "It must be 1 or more")),
    "too much": ({"name": "a", "number": 10}, ("number", "It must be at most 9")),
    "empty": ({"name": ""}, ("name", "It must not be empty")),
    "too long": ({"name": "abcd"}, ("name", "It must have at most 3 characters")),
    "no such value": ({"name": "a", "tier": "high"}, ("tier", "It cannot be 'high'")),
    "a missing field": ({}, ("", "It needs the field name")),
    "all of it": ([], ("", "It must be a group of fields, not a list")),
}


@pytest.mark.parametrize("given, expected", SAID.values(), ids=SAID)
def test_what_does_not_fit_is_told_with_its_place(given, expected):
    """Neither the names of types nor signs of mathematics."""
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(given, Given)
    place, said = mismatch(str(caught.value))
    assert (place.replace("[0]", "[...]"), said) == expected


def test_what_has_no_words_of_ours_stays_as_it_is():
    """Better said in a foreign way than not at all."""
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert({"name": "a", "nmae": 1}, Given)
    assert mismatch(str(caught.value)) == ("", "Object contains unknown field `nmae`")
