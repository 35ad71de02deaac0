"""Templates meet anything: whatever the text and the data, it is filled in or refused in words."""

from hypothesis import given
from hypothesis import strategies as st

from understudy.core.template import (
    Known,
    check,
    conceal,
    escaped,
    is_templated,
    reads_captured,
    render,
    reveal,
)
from understudy.core.template_filters import FILTERS, LONGEST
from understudy.errors import InvalidInputError

PIECES = st.sampled_from(
    [
        *("{{", "}}", "{%", "%}", "{#", "#}", "{{-", "-}}", "|", ".", "[", "]", "(", ")", "'", '"', ",", " "),
        *("trigger", "steps", "state", "latest_output", "now", "secret", "a", "output", "_x", "__class__"),
        *(
            "if",
            "else",
            "not",
            "and",
            "or",
            "in",
            "is",
            "==",
            "<",
            "-",
            "+",
            "*",
            "**",
            "~",
            "1",
            "0.5",
            "1e9",
            "\0",
        ),
        *FILTERS,
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=25).map("".join)
EXPRESSIONS = st.lists(PIECES, max_size=15).map(lambda pieces: "{{ " + " ".join(pieces) + " }}")
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
DATA = st.fixed_dictionaries({"trigger": st.fixed_dictionaries({"a": PLAIN}), "latest_output": PLAIN})


@given(TEXTS | EXPRESSIONS, DATA)
def test_any_text_is_filled_in_or_refused_in_words(text, data):
    """No exception but ours, and never more than a bounded text."""
    for asks in (
        lambda: render(text, data),
        lambda: reveal(text, data, lambda _: "s"),
        lambda: check({"a": text}, Known(trigger=frozenset({"a"}))),
        lambda: reads_captured(text),
    ):
        try:
            answer = asks()
        except InvalidInputError:
            continue
        assert not isinstance(answer, str) or len(answer) <= len(text) + LONGEST


@given(st.text(max_size=40) | TEXTS)
def test_captured_text_comes_out_as_it_went_in(text):
    """Whatever was captured, filling it in gives exactly that text: it is data, never a template."""
    assert render("<{{ trigger.a }}>", {"trigger": {"a": text}}) == f"<{text}>"


@given(TEXTS.filter(lambda text: not any(sign in text for sign in ("\r", "\0"))))
def test_escaped_text_comes_out_as_it_went_in(text):
    """What was escaped reads nothing and gives the same text again."""
    made = escaped(text)
    assert render(made, {}) == text
    assert not reads_captured(made)
    assert is_templated(made) is ("{{" in text)


@given(PLAIN, st.dictionaries(st.sampled_from("ab"), st.text(min_size=4, max_size=8), max_size=2))
def test_a_concealed_value_holds_no_secret(value, secrets):
    """However the secret is placed in a value, its text is gone; and nothing else changes."""
    holding = {"value": value, "texts": [f"before {secret} after" for secret in secrets.values()]}
    hidden = conceal(holding, secrets)
    for name, secret in secrets.items():
        if not any(secret in f"before {{{{ secret.{other} }}}} after" for other in secrets):
            assert all(secret not in text for text in hidden["texts"]), name
