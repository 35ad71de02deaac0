"""Hostile text: nothing raises, and what comes out can be stored."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from understudy.core.capture import Capture, CaptureKind
from understudy.core.privacy import screen
from understudy.core.privacy_rules import PrivacyRules
from understudy.core.reason import Reason
from understudy.core.redaction import redact
from understudy.core.sanitise import clean
from understudy.core.stored_url import stored_url

RULES = PrivacyRules(
    apps=("zz",), titles=("qq", "/a.*b+c/"), urls=("x.example/a", "münchen.example"), record_phrases=True
)
PIECES = [
    "a=",
    "A1",
    "=",
    "--a ",
    "-p x ",
    "password ",
    "password: ",
    "://",
    "://a@",
    "a_b ",
    "echo a|",
    "sudo -S ",
    "user:",
    "'",
    '"',
    "\\",
    "/",
    "1 ",
    "GB11 ",
    "code 1",
    "[",
    "(",
    ")",
    "{secret}",
    "—",
    " - ",
    "eyJa.",
    "authorization: ",
    "+/",
    "\ud800",
    "\u202e",
    "\x00",
    "é",
    "e\u0301",
    "😀",
    "-----BEGIN PRIVATE KEY-----",
    "AKIA",
    "mysql ",
    "curl -u a:",
    "https://a/",
    "&a=",
    "\n",
    "日本",
    "%zz",
    "?",
    "#",
    "<<<",
    "bearer ",
    "cookie: a=",
    "0f",
    "4111111111111111",
    "~",
    "@",
    "x.example",
    "ü.example",
]
hostile = st.one_of(
    st.text(max_size=300),
    st.text(alphabet=st.characters(categories=("Cs", "Cc", "Cf", "Zs", "Mn", "Lo", "So")), max_size=80),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.tuples(st.sampled_from(PIECES), st.integers(1, 3000)).map(lambda pair: pair[0] * pair[1]),
)


def storable(text):
    """Whether a database takes it and a page shows it on its lines."""
    return "\x00" not in text and len(text.encode("utf-8")) <= 3 * 4096


@given(kind=st.sampled_from(CaptureKind), app=hostile, title=hostile, url=hostile, text=hostile)
@settings(max_examples=600)
@example(kind=CaptureKind.COMMAND, app="", title="", url="", text="a=" * 2048)
@example(kind=CaptureKind.FOCUS, app="", title="(" * 5000, url="?" * 5000, text="")
def test_no_capture_raises_and_all_that_is_kept_can_be_stored(kind, app, title, url, text):
    """Whatever a window calls itself."""
    result = screen(Capture(at=1, kind=kind, source="fuzz", app=app, title=title, url=url, text=text), RULES)
    texts = () if isinstance(result, Reason) else (result.app, result.title, result.url, result.text)
    assert [text for text in texts if not storable(text)] == []


@given(hostile)
@settings(max_examples=600)
def test_cleaning_twice_changes_nothing_more(text):
    """A cleaned text is clean."""
    once = clean(text, lines=True)
    assert clean(once, lines=True) == once


@given(st.text(max_size=200))
@settings(max_examples=600)
def test_any_text_of_people_can_be_redacted_and_any_address_stored(text):
    """Both return texts."""
    assert (type(redact(clean(text))), type(stored_url(clean(text)))) == (str, str)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_million_hostile_titles_raise_nothing():
    """10^6 titles, commands and addresses put together at random: 0 exceptions."""
    dice = random.Random(19)
    for number in range(1_000_000):
        text = "".join(dice.choices(PIECES, k=dice.randrange(12))) + chr(dice.randrange(0x11_0000))
        kind = (CaptureKind.FOCUS, CaptureKind.COMMAND, CaptureKind.URL)[number % 3]
        screen(Capture(at=1, kind=kind, source="fuzz", app=text[:9], title=text, url=text, text=text), RULES)
