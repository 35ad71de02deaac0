"""YAML as people mean it: nothing turns into a date, a clock or a yes by itself."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from understudy.engine.yaml_text import LARGEST, read_yaml, write_yaml
from understudy.errors import InvalidInputError


def test_only_what_json_can_say_is_no_text():
    """`no`, `on`, 16:30, a date, 007 and hexadecimal figures stay as they are written."""
    text = "{a: no, b: 16:30, c: 2026-01-01, d: 007, e: on, f: 0x1F, g: .nan, h: y, i: 1_000}"
    expected = ["no", "16:30", "2026-01-01", "007", "on", "0x1F", ".nan", "y", "1_000"]
    assert list(read_yaml(text).values()) == expected
    assert read_yaml("[1, -2, 1.5, 1e3, true, False, null, ~, ]") == [
        1,
        -2,
        1.5,
        1000.0,
        True,
        False,
        None,
        None,
    ]


def test_json_is_yaml():
    """A document may be either."""
    assert read_yaml('{"a": [1, "x\\n", null, {"b": true}]}') == {"a": [1, "x\n", None, {"b": True}]}


@pytest.mark.parametrize(
    "text, said",
    [
        ("a: &x [1]\nb: *x", "an alias"),
        ("a: 1\na: 2", "a is given twice in line 1"),
        ("!!python/object/apply:os.system [id]", "cannot be read"),
        ("!!binary aGk=", "cannot be read"),
        ("!!timestamp 2026-01-01", "cannot be read"),
        ("[" * 500, "more than 100 levels"),
        ("a: " + "9" * 5000, "cannot be read"),
        ("a: [", "cannot be read"),
        ("a: !!int ''", "cannot be read"),
        ("a: !!int '-'", "cannot be read"),
        ("a: !!bool x", "cannot be read"),
        ("- a\n" * 10_000, "more than 10,000 parts"),
        ("? [a]\n: b", "cannot be read"),
        ("\0", "cannot be read"),
        ("a: 1\n---\nb: 2", "cannot be read"),
        ("x" * (LARGEST + 1), "too long"),
        ("a:\n  - b: 1\n   c: 2", r"Line 3 \(c: 2\): its indentation does not fit"),
        ("a: b: c", r'Line 1 \(a: b: c\): a text with ": " in it must stand in quotes'),
        ("a: {{ b }}", r"Line 1 \(a: \{\{ b \}\}\): a text with \{\{ \}\} must stand in quotes"),
        ("a:\n\tb: 1", "Line 2 .*a tab where there must be spaces"),
        ("a: [1,\n", "Line 2: "),
    ],
)
def test_what_is_no_plain_document_is_refused_in_words(text, said):
    """No aliases, no objects, nothing twice, nothing endless."""
    with pytest.raises(InvalidInputError, match=said):
        read_yaml(text)


def test_documents_are_written_in_blocks():
    """Lists indented, texts of several lines as they are, quotes only where they are needed."""
    value = {
        "name": "Ünï",
        "cron": "0 6 * * 1-5",
        "steps": [{"script": "a\nb\n", "no": "no", "t": "{{ x }}"}],
    }
    assert write_yaml(value) == (
        "name: Ünï\n"
        "cron: 0 6 * * 1-5\n"
        "steps:\n"
        "  - script: |\n"
        "      a\n"
        "      b\n"
        "    'no': 'no'\n"
        "    t: '{{ x }}'\n"
    )


def test_the_same_value_twice_is_written_twice():
    """Aliases would not be read again."""
    same = ["x"]
    assert write_yaml({"a": same, "b": same}) == "a:\n  - x\nb:\n  - x\n"


ODD = st.sampled_from(
    ["\x85", "a\u2028b\n", "\ufeff", "a\rb", "no", "16:30", "2026-01-01", "007", "1e3", "0E0", "=", "<<"]
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=5), PLAIN, max_size=3))
def test_json_reads_back_equal(value):
    """Character by character: ends of lines that only YAML knows, and what YAML refuses."""
    assert read_yaml(json.dumps(value, ensure_ascii=False)) == value


def test_a_character_that_yaml_refuses_may_stand_in_json():
    """As another program writes it."""
    assert read_yaml(' {"a": "\x7f \x85 \u2028"}') == {"a": "\x7f \x85 \u2028"}


@pytest.mark.parametrize(
    "text, said",
    [
        ('{"a": 1, "a": 2}', "a is given twice"),
        ('{"a":' * 101 + "1" + "}" * 101, "more than 100 levels"),
        ('{"a":' * 100_000, "more than 100 levels"),
        ('{"a": 1', "expected ',' or '}'"),
    ],
)
def test_json_has_the_limits_of_yaml(text, said):
    """And is told in the same words what is wrong."""
    with pytest.raises(InvalidInputError) as caught:
        read_yaml(text)
    assert said in caught.value.why


def test_what_is_no_number_is_none_in_json_either():
    """It is a text, as in YAML."""
    assert read_yaml('{"a": NaN}') == {"a": "NaN"}


@given(PLAIN)
def test_what_is_written_reads_back_equal_here_and_elsewhere(value):
    """Also by readers that take `no` for false."""
    text = write_yaml(value)
    assert read_yaml(text) == value
    assert yaml.safe_load(text) == value
