"""Values to text and back, and text made valid."""

import pytest
from hypothesis import given

from tests.fakes.store import a_capture, a_workflow
from tests.fakes.values import hostile_texts, texts
from understudy.core.workflow import Workflow
from understudy.errors import InvalidInputError, StoreError
from understudy.store.codec import decode, encode, scrubbed, scrubbed_capture


@given(hostile_texts)
def test_scrubbed_text_is_always_valid(text):
    """And scrubbing it again changes nothing."""
    clean = scrubbed(text)
    clean.encode()
    assert scrubbed(clean) == clean


@given(texts)
def test_valid_text_is_left_as_it_is(text):
    """To the character."""
    assert scrubbed(text) == text


def test_surrogate_pairs_become_the_character_they_mean():
    """Lone ones become U+FFFD."""
    assert scrubbed("\ud83d\ude00 \ud83d \ude00") == "\U0001f600 \ufffd \ufffd"


def test_a_capture_without_fault_is_kept_as_the_same_object():
    """The usual case costs no copy."""
    capture = a_capture(title="Übersicht")
    assert scrubbed_capture(capture) is capture


def test_the_process_id_is_never_kept():
    """It means nothing once the process is gone."""
    assert scrubbed_capture(a_capture(pid=7)) == a_capture()


def test_surrogates_deep_in_a_value_are_scrubbed():
    """In keys, lists and tuples too."""
    value = {"\ud800": ["\udc00", ("a\ud800", {"b": "\ud800"})], "n": 1}
    assert encode(value) == '{"\ufffd":["\ufffd",["a\ufffd",{"b":"\ufffd"}]],"n":1}'


def test_a_value_that_contains_itself_is_refused():
    """It has no end as JSON."""
    endless = []
    endless.append(endless)
    with pytest.raises(InvalidInputError, match="cannot be stored"):
        encode(endless)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id":"w-1"}', '{"unknown":1}', "[" * 100_000])
def test_what_is_not_the_value_is_told_in_words(text):
    """What cannot be read, why, and what to do."""
    with pytest.raises(StoreError, match=r"A stored Workflow cannot be read.*Restore a copy"):
        decode(text, Workflow)


def test_a_workflow_survives_its_journey():
    """Tagged triggers come back as what they were."""
    assert decode(encode(a_workflow()), Workflow) == a_workflow()
