"""The loop: one queue, but the person does not wait behind what was seen."""

from tests.fakes.engine_rig import EngineRig
from understudy.core.capture import Capture, CaptureKind
from understudy.engine.messages import Captured, Requested


def test_what_a_person_asks_overtakes_what_waits():
    """Stop means stop at once, also behind ten thousand captures."""
    rig = EngineRig()
    rig.begin()
    for number in range(10_000):
        seen = Capture(at=rig.now + number, kind=CaptureKind.FOCUS, source="test", app=f"app{number % 7}")
        rig.engine.put(Captured(capture=seen))
    request = Requested(call=lambda service: (service.stop(), len(rig.store.captures.history(99_999)))[1])
    rig.engine.put(request)
    rig.engine.drain()
    assert request.reply.result(0) == 0
    assert rig.context.halted.is_set()
    assert rig.store.captures.count() == 0
