"""Secrets as a use case: set, listed by name, removed; a value never comes back, is stored or told."""

import pytest

from tests.fakes.engine_rig import EngineRig, HeldWorkers
from understudy.core.ports import Capability
from understudy.engine.messages import Requested
from understudy.errors import InvalidInputError, NotFoundError

CANARY = "pa55canary"


def test_a_secret_is_set_listed_and_removed():
    """Each answer says which there are and where they are kept."""
    rig = EngineRig().begin()
    card = rig.ask(lambda service: service.set_secret("mail", CANARY))
    assert (card.names, card.is_encrypted, bool(card.place)) == (("mail",), True, True)
    assert rig.ask(lambda service: service.secrets()) == card
    assert rig.ask(lambda service: service.delete_secret("mail")).names == ()


def test_no_value_comes_back_or_is_told():
    """Not in the answer, the live events or the store."""
    rig = EngineRig().begin()
    card = rig.ask(lambda service: service.set_secret("mail", CANARY))
    assert CANARY not in f"{card} {rig.told} {rig.store.settings.all()}"


def test_that_they_lie_open_is_said():
    """Where no keyring takes them."""
    rig = EngineRig().begin()
    rig.secrets.availability = lambda: Capability(name="secrets", state="degraded", text="In a file")
    card = rig.ask(lambda service: service.secrets())
    assert (card.is_encrypted, card.place) == (False, "In a file")


def test_what_cannot_be_done_is_an_error_for_who_asked():
    """A name that is none, one that is not there, and whatever a keyring's library raises."""
    rig = EngineRig().begin()
    with pytest.raises(InvalidInputError):
        rig.ask(lambda service: service.set_secret("a b", "x"))
    with pytest.raises(NotFoundError):
        rig.ask(lambda service: service.delete_secret("mail"))
    rig.secrets.names = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        rig.ask(lambda service: service.secrets())


def test_a_keyring_that_is_slow_does_not_hold_up_the_engine():
    """It is asked on a worker; the answer comes when it is there."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.work_on()
    request = Requested(call=lambda service: service.set_secret("mail", CANARY))
    rig.put(request)
    answer = request.reply.result(0)
    assert (answer.done(), rig.secrets.kept) == (False, {})
    rig.work_on()
    assert answer.result(0).names == ("mail",)
