"""What every messenger promises: the one that sends, the one of the tests, and the one of a replay."""

import pytest

from tests.fakes.messenger import FakeMessenger
from understudy.adapters.messenger import AppriseMessenger
from understudy.app.virtual import SilentMessenger
from understudy.errors import ActionFailedError, CapabilityMissingError, InvalidInputError, UnderstudyError

CANARY = "pa55canary"


def a_fake_that_fails():
    fake = FakeMessenger()
    fake.failing = "Nobody is there"
    return fake


@pytest.mark.parametrize("make", [AppriseMessenger, FakeMessenger, SilentMessenger])
def test_whether_it_can_send_is_told_under_one_name(make):
    """With a word on how it stands."""
    told = make().availability()
    assert (told.name, bool(told.text)) == ("messages", True)


@pytest.mark.parametrize("make", [AppriseMessenger, FakeMessenger])
def test_what_is_no_address_is_refused(make):
    """Before anything else."""
    with pytest.raises(InvalidInputError):
        make().send(CANARY, "a", "b")


@pytest.mark.parametrize(
    "make, kind",
    [
        (AppriseMessenger, ActionFailedError),
        (a_fake_that_fails, ActionFailedError),
        (SilentMessenger, CapabilityMissingError),
    ],
)
def test_what_was_not_taken_is_an_error_with_its_reason_and_without_the_address(make, kind):
    """Sent is said only when it was."""
    with pytest.raises(UnderstudyError) as caught:
        make().send(f"json://kim:{CANARY}@127.0.0.1:9", "a", "b")
    assert (type(caught.value), bool(caught.value.why), CANARY in str(caught.value)) == (kind, True, False)
