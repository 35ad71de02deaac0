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
    everything = msgspec.json.encode([stored, rig.told, rig.ask(lambda service: service.export())])
    assert MARK not in everything.decode()
    assert MARK not in caplog.text
