"""Whatever holds a secret does not show it by accident."""

import pytest

from understudy.adapters.http_exchange import Request
from understudy.adapters.message_once import Message
from understudy.adapters.secrets import Kept
from understudy.interfaces.api.guard import Door
from understudy.interfaces.api.routes.secrets import SetSecret

CANARY = "pa55canary"


@pytest.mark.parametrize(
    "value",
    [
        Request(method="GET", url="http://x.example", headers=(("Authorization", CANARY),)),
        Message(address=f"mailto://kim:{CANARY}@x.example", title="", body="", seconds=1.0),
        Kept(file={"mail": CANARY}),
        Door(port=1, token=CANARY),
        SetSecret(name="mail", value=CANARY),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_log_or_an_error_gets_the_kind_alone(value):
    """Headers, addresses with passwords, the file of secrets, the token."""
    assert CANARY not in f"{value} {value!r} {[value]}"
