"""Stage 1, ingest: whose doing was it, may it be kept, and keep it."""

from collections.abc import Iterator

import msgspec

from understudy.core.action import Expectation
from understudy.core.capture import Capture, CaptureKind
from understudy.core.privacy import screen
from understudy.core.reason import Reason
from understudy.core.value import SECOND
from understudy.engine.context import Context
from understudy.engine.messages import Captured, Message, Noted

_LOCKED = {"locked": True, "asleep": True, "unlocked": False, "active": False}


def ingest(message: Message, context: Context) -> Iterator[Message]:
    """Turn a capture into a stored one, unless paused or private."""
    if not isinstance(message, Captured):
        return
    capture = attribute(message.capture, context)
    if capture.kind is CaptureKind.PRESENCE:
        context.is_locked = _LOCKED.get(capture.text, context.is_locked)
    if context.is_paused:
        return
    kept = screen(capture, context.settings.privacy)
    if isinstance(kept, Reason):
        context.screened += 1
        return
    symbol = context.learner.symbol(kept)
    capture_id = context.store.captures.add(kept, symbol)
    if capture_id is not None:
        context.tell("capture", {"id": capture_id, **msgspec.to_builtins(kept)})
        # What was copied or pasted is never kept, only compared: the learner sees its mark, the store does not.
        yield Noted(id=capture_id, capture=msgspec.structs.replace(kept, value=capture.value), symbol=symbol)


def attribute(capture: Capture, context: Context) -> Capture:
    """Give a capture that a run of ours caused its id, and so all that follows in the same window."""
    run_id = capture.run_id or _expected_by(capture, context)
    if capture.kind is CaptureKind.FOCUS:
        app, bringer = context.focus
        if not run_id and bringer and app == capture.app:
            run_id = bringer
        context.focus = (capture.app, run_id)
    if not run_id or run_id == capture.run_id:
        return capture
    return msgspec.structs.replace(capture, run_id=run_id)


def _expected_by(capture: Capture, context: Context) -> str:
    now = context.now
    for entry in tuple(context.expectations):
        lapses_at, run_id, expectation = entry
        if lapses_at < now:
            context.expectations.remove(entry)  # one by one: workers may be adding others meanwhile
        elif _matches(expectation, capture):
            return run_id
    return ""


def _matches(expectation: Expectation, capture: Capture) -> bool:
    if expectation.kind is not capture.kind:
        return False
    if capture.pid and capture.pid in expectation.pids:
        return True
    return (
        expectation.app.casefold() in ("", capture.app.casefold())
        and expectation.url in ("", capture.url)
        and expectation.text in ("", capture.text)
    )


AFTER_UNDO = tuple(
    Expectation(kind=kind, within=3 * SECOND) for kind in (CaptureKind.FOCUS, CaptureKind.STATE)
)
"""Taking something back moves the focus, too: whatever comes to the front then is our doing."""
