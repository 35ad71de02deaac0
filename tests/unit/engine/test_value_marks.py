"""The mark of a copied value is told to no one."""

import logging

import msgspec

from tests.fakes.engine_rig import EngineRig
from understudy.core.capture import CaptureKind
from understudy.core.ports import CaptureQuery

MARK = "0123456789abcdef01"


def test_no_mark_is_stored_told_exported_or_logged(caplog):
    """A paste is seen; its mark is in no answer and in no line of the log."""
    caplog.set_level(logging.DEBUG)
    rig = EngineRig().begin()
    rig.see("paste", CaptureKind.FOREIGN, text="form", value=MARK)
    stored = rig.store.captures.find(CaptureQuery(limit=0))
    assert len(stored) == len(rig.told) == 1
    everything = msgspec.json.encode([stored, rig.told, list(rig.ask(lambda service: service.export()))])
    assert MARK not in everything.decode()
    assert MARK not in caplog.text


def test_the_learner_sees_the_mark_that_the_store_does_not():
    """Only so can a paste be told to be what was copied."""
    rig = EngineRig().begin()
    rig.see("copy", CaptureKind.FOREIGN, text="sheet", value=MARK)
    (stored,) = rig.store.captures.find(CaptureQuery(limit=0))
    assert (rig.learner.values, stored.capture.value) == ([MARK], "")


def test_what_is_private_reaches_the_learner_with_no_mark_either():
    """A private window is not learned from at all."""
    rig = EngineRig().begin()
    rig.see("firefox", title="Bank - Mozilla Firefox Private Browsing", value=MARK)
    assert rig.learner.values == []
