"""Hotkeys as people write them: read, put in order, or refused with the nearest that there is."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.core.hotkey import (
    FUNCTION_KEYS,
    KEYS,
    LONGEST,
    MODIFIERS,
    NAMED_KEYS,
    PATTERN,
    hotkey_in_words,
    is_often_taken,
    read_hotkey,
)
from understudy.core.workflow import ManualTrigger
from understudy.errors import InvalidInputError


@pytest.mark.parametrize(
    "written, kept",
    [
        ("ctrl+alt+m", "ctrl+alt+m"),
        (" Alt + CTRL + M ", "ctrl+alt+m"),
        ("Super+Shift+Escape", "shift+super+esc"),
        ("control+option+win+Return", "ctrl+alt+super+enter"),
        ("shift+f5", "shift+f5"),
        ("F24", "f24"),
        ("Pause", "pause"),
        ("ctrl+break", "ctrl+pause"),
        ("ctrl+alt+PgUp", "ctrl+alt+pageup"),
        ("cmd+1", "super+1"),
        ("meta+space", "super+space"),
        ("alt+print", "alt+print"),
    ],
)
def test_a_hotkey_is_read_as_people_write_it(written, kept):
    """Case, blanks, order and the other names on keyboards make no difference."""
    assert read_hotkey(written) == kept


@pytest.mark.parametrize(
    "written, why, fix",
    [
        ("", "does not say which key", "Write it as ctrl"),
        ("ctrl+alt", "does not say which key", "Write it as ctrl"),
        ("ctrl+alt+", "does not say which key", "Write it as ctrl"),
        ("ctrl++m", "Nothing is no key to hold", "Write it as ctrl"),
        ("crtl+alt+m", "crtl is no key to hold", "Did you mean ctrl"),
        ("hyper+m", "hyper is no key to hold", "Did you mean super"),
        ("qq+m", "qq is no key to hold", "Known are: alt, ctrl, shift, super"),
        ("ctrl+a+b", "a is no key to hold", "Write it as ctrl"),
        ("ctrl+ctrl+m", "too many keys", "Write it as ctrl"),
        ("ctrl+" + " " * LONGEST + "m", "too many keys", "Write it as ctrl"),
        ("ctrl+alt+m" + " " * LONGEST, "too many keys", "Write it as ctrl"),
        ("ctrl+paus", "There is no key paus", "Did you mean pause"),
        ("ctrl+f25", "There is no key f25", "Did you mean f"),
        ("ctrl+€", "There is no key €", "a letter, a digit, f1 to f24, or one of: backspace"),
        ("m", "taken from all that you type", "As in ctrl[+]alt[+]m"),
        ("shift+m", "taken from all that you type", "As in ctrl[+]alt[+]m"),
        ("shift+home", "taken from all that you type", "As in ctrl[+]alt[+]home"),
    ],
)
def test_what_is_no_hotkey_is_told_with_the_nearest_that_is(written, why, fix):
    """What failed, why, what to do; above all, nothing that people type can be one."""
    with pytest.raises(InvalidInputError, match="is no hotkey") as told:
        read_hotkey(written)
    assert re.search(why, told.value.why)
    assert re.search(fix, told.value.fix)


@given(
    held=st.sets(st.sampled_from(("ctrl", "alt", "super")), min_size=1),
    shift=st.booleans(),
    key=st.sampled_from(sorted(KEYS)),
    order=st.randoms(use_true_random=False),
)
def test_the_kept_form_reads_back_equal(held, shift, key, order):
    """Whatever the order it was written in, there is one kept form, and it fits the pattern of the schema."""
    names = [*held, *(["shift"] if shift else [])]
    order.shuffle(names)
    kept = read_hotkey("+".join((*names, key)))
    assert read_hotkey(kept) == kept
    assert kept.split("+") == [*(name for name in MODIFIERS if name in names), key]
    assert re.fullmatch(PATTERN, kept)


@given(st.from_regex(PATTERN, fullmatch=True).filter(bool))
def test_what_fits_the_pattern_of_the_schema_is_kept_as_it_is(text):
    """An editor that knows the schema writes nothing that is refused, or changed."""
    assert read_hotkey(text.removesuffix("\n")) == text.removesuffix("\n")


@given(st.text(max_size=80))
def test_any_text_is_a_hotkey_or_an_error_in_words(text):
    """Nothing else comes out, and what comes out never consists of keys that write something."""
    try:
        *held, key = read_hotkey(text).split("+")
    except InvalidInputError:
        return
    assert {*held} & {"ctrl", "alt", "super"} or key in (*FUNCTION_KEYS, "pause")


@pytest.mark.parametrize(
    "hotkey, words",
    [
        ("ctrl+alt+m", "Ctrl+Alt+M"),
        ("shift+super+esc", "Shift+Super+Esc"),
        ("f12", "F12"),
        ("ctrl+pageup", "Ctrl+Page Up"),
    ],
)
def test_words_are_those_on_the_keys(hotkey, words):
    """What people read is what they find on their keyboard."""
    assert hotkey_in_words(hotkey) == words


def test_single_modifiers_are_known_to_be_often_taken():
    """Ctrl+C belongs to every program; three fingers, or Super, seldom to any."""
    often = [each for each in ("f5", "ctrl+c", "alt+f4", "super+m", "ctrl+alt+m") if is_often_taken(each)]
    assert often == ["f5", "ctrl+c", "alt+f4"]


def test_named_keys_and_letters_are_told_apart():
    """No name is there twice."""
    assert len(KEYS) == 36 + 24 + len(NAMED_KEYS)


def test_a_workflow_stored_before_there_were_hotkeys_has_none():
    """What is on disk from earlier loads as it was."""
    assert msgspec.json.decode(b'{"type": "manual"}', type=ManualTrigger) == ManualTrigger(hotkey="")
