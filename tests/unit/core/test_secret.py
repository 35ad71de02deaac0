"""Secrets: their names, their size, and that none is written openly into a workflow."""

import time

import pytest

from understudy.core.secret import LARGEST, check_no_plain_secret, check_secret, check_secret_name
from understudy.errors import InvalidInputError

CANARY = "pa55canary"
SENT = frozenset({"to", "url", "headers", "body", "json", "inverse"})
"""Parameters in which a secret may stand by name."""


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
    """Also in texts made to be slow: it takes a tenth of a second."""
    begun = time.process_time()
    check_no_plain_secret({"to": "a://" + ":" * 500_000})
    check_no_plain_secret({"to": "https://x.example/" + ":a" * 100_000}, frozenset({"to"}))
    check_no_plain_secret({"script": "eyJ-" * 100_000, "body": "a://" + ":" * 100_000})
    assert time.process_time() - begun < 1


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
        ({"to": f"discord://4174216298/{CANARY}"}, "to"),
        ({"url": f"https://example.org/send?token={CANARY}"}, "url"),
        ({"inverse": {"url": f"https://example.org/hooks/9x{CANARY}"}}, "inverse.url"),
        ({"headers": {"X-Gitlab-Token": CANARY}}, "headers.X-Gitlab-Token"),
        ({"json": {"user": {"password": CANARY}}}, "json.user.password"),
        ({"body": f"see https://hooks.slack.com/services/T1/B2/{CANARY}"}, "body"),
    ],
)
def test_a_password_in_a_workflow_is_refused_with_its_place_and_the_way_out(parameters, place):
    """And is not repeated."""
    with pytest.raises(InvalidInputError, match=f"stands in {place}") as caught:
        check_no_plain_secret(parameters, SENT)
    assert (CANARY in str(caught.value), "secrets set" in caught.value.fix) == (False, True)


def test_where_none_can_be_named_only_what_is_certain_is_refused():
    """And the way out is another one: a page may have any address, a text may speak of any."""
    check_no_plain_secret({"url": f"http://localhost:8888/?token={CANARY}", "to": "slack://channel?team=T1"})
    with pytest.raises(InvalidInputError, match="stands in text") as caught:
        check_no_plain_secret({"text": f"https://hooks.slack.com/services/T1/B2/{CANARY}"})
    assert (CANARY in str(caught.value), caught.value.fix.startswith("Leave it out")) == (False, True)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"to": "mailto://kim:{{ secret.mail }}@example.org"},
        {"url": "https://kim@example.org/a:b@c", "text": "at 10:30, a:b@c"},
        {"headers": {"Authorization": "Bearer {{ secret.key }}", "Cookie": "", "X-Note": "plain"}},
        {"headers": {"Cookie": "{{ steps.login.output }}"}, "priority": 5, "arguments": ["a"]},
        {
            "headers": {"X-Api-Token": "$TOKEN"},
            "json": {"token": "ETH", "url": f"https://x.example/{'a1' * 20}"},
        },
        {"to": "discord://{{ secret.discord }}"},
    ],
)
def test_by_name_it_may_stand_there(parameters):
    """And what is no password is left alone."""
    check_no_plain_secret(parameters, SENT)
