"""What a template will come to, said before all of it is known."""

import pytest

from understudy.core.template import foreseen
from understudy.core.template_filters import LONGEST

DATA = {
    "trigger": {"title": "Invoice 7", "long": "x" * LONGEST},
    "steps": {"done": {"output": "42", "status": "completed"}},
    "state": {"power": "mains"},
    "workflow": {"name": "Bills"},
}


@pytest.mark.parametrize(
    "text, expected",
    [
        ("plain", "plain"),
        ("{{ trigger.title | upper }} of {{ workflow.name }}", "INVOICE 7 of Bills"),
        ("{{ steps.done.output }} {{ state.power }}", "42 mains"),
        ("Say {{ steps.fetch.output | truncate(40) }}", "Say [what fetch answers]"),
        ("{{ steps.fetch.output | default('none') }}", "[what fetch answers]"),
        ("{{ steps.fetch.status }}", "[how fetch ends]"),
        ("{{ steps }}", "[what  answers]"),
        ("{{ latest_output }}", "[what the step before answers]"),
        ("{{ 'late' if latest_output | int > 3 else trigger.title }}", "[what the step before answers]"),
        ("{{ now.date }} {{ now.time }}", "[the date then] [the time then]"),
        ("Bearer {{ secret.token }}", "Bearer {{ secret.token }}"),
        ("{{ trigger.amount }}", "[there is no trigger.amount to fill in]"),
        ("{{ trigger.amount | default('some') }}", "some"),
        ("{{ trigger.long }}{{ trigger.long }}", "[the text becomes too long]"),
    ],
)
def test_what_is_known_is_filled_in_and_the_rest_is_said_in_words(text, expected):
    """No braces but those of secrets, and never a value that may come out differently."""
    assert foreseen({"body": [text]}, DATA) == {"body": [expected]}


def test_a_state_that_is_left_out_is_what_it_is_then():
    """Whoever must be exact leaves out what may change."""
    assert foreseen("{{ state.power }}", {"trigger": {}}) == "[what power is then]"


def test_what_was_captured_is_never_read_as_a_template():
    """Braces in a title are text."""
    assert foreseen("{{ trigger.title }}", {"trigger": {"title": "{{ now.date }}"}}) == "{{ now.date }}"
