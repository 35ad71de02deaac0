"""Secrets: their names, their size, and that none is written openly into a workflow."""

import time

import pytest

from understudy.core.secret import LARGEST, check_no_plain_secret, check_secret, check_secret_name
from understudy.errors import InvalidInputError

CANARY = "pa55canary"


@pytest.mark.parametrize("name", ["a", "mail_password", "A.b-C_9", "x" * 64])
def test_names_that_may_be(name):
    """Letters, digits, dot, dash, underscore."""
    check_secret_name(name)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 65, "ä", "a\n", "{{a}}"])
def test_names_that_may_not(name):
    """A name is written into templates and addresses of the API."""
    with pytest.raises(InvalidInputError):
        check_secret_name(name)


@pytest.mark.parametrize("value", ["", "x" * (LARGEST + 1), f"{CANARY}\0", f"{CANARY}\ud800"])
def test_values_that_cannot_be_kept_are_refused_without_being_told(value):
    """The error may be shown."""
    with pytest.raises(InvalidInputError) as caught:
        check_secret("mail", value)
    assert CANARY not in str(caught.value)


def test_looking_for_passwords_is_quick():
    """Also in a text made to be slow."""
    begun = time.monotonic()
    check_no_plain_secret({"to": "a://" + ":" * 500_000})
    assert time.monotonic() - begun < 1


def test_any_other_text_may_be_a_secret():
    """Also one of several lines, up to the limit."""
    check_secret("key", "-----BEGIN\nü{{ x }}" + "x" * (LARGEST - 19))


@pytest.mark.parametrize(
    "parameters, place",
    [
        ({"to": f"mailto://kim:{CANARY}@example.org"}, "to"),
        ({"url": f"HTTPS://:{CANARY}@example.org/x"}, "url"),
        ({"headers": {"AUTHORIZATION": f"Bearer {CANARY}"}}, "headers.AUTHORIZATION"),
        ({"inverse": {"headers": {"Cookie": CANARY}}}, "inverse.headers.Cookie"),
        ({"command": ["curl", f"https://kim:{CANARY}@example.org"]}, "command.1"),
    ],
)
def test_a_password_in_a_workflow_is_refused_with_its_place_and_the_way_out(parameters, place):
    """And is not repeated."""
    with pytest.raises(InvalidInputError, match=f"stands in {place}") as caught:
        check_no_plain_secret(parameters)
    assert (CANARY in str(caught.value), "secrets set" in caught.value.fix) == (False, True)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"to": "mailto://kim:{{ secret.mail }}@example.org"},
        {"url": "https://kim@example.org/a:b@c", "text": "at 10:30, a:b@c"},
        {"headers": {"Authorization": "Bearer {{ secret.key }}", "Cookie": "", "X-Note": "plain"}},
        {"headers": {"Cookie": "{{ steps.login.output }}"}, "priority": 5, "arguments": ["a"]},
    ],
)
def test_by_name_it_may_stand_there(parameters):
    """And what is no password is left alone."""
    check_no_plain_secret(parameters)
