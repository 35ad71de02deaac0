"""Stage 1, ingest: whose doing was it, may it be kept, and keep it."""

from collections.abc import Iterator

import msgspec

from understudy.core.action import Expectation
from understudy.core.capture import Capture, CaptureKind
from understudy.core.privacy import screen
from understudy.core.reason import Reason
from understudy.core.value import SECOND
from understudy.engine.context import HELD_BACK, Context
from understudy.engine.messages import Captured, Message, Noted, Woken
from understudy.engine.reported import Standing, is_reported, standing_of, symbol_of

_LOCKED = {"locked": True, "asleep": True, "unlocked": False, "active": False}


def ingest(message: Message, context: Context) -> Iterator[Message]:
    """Turn a capture into a stored one, unless paused or private."""
    if not isinstance(message, Captured):
        return
    standing = standing_of(message.capture, context)
    capture = attribute(message.capture, context) if standing is Standing.NEWS else message.capture
    if capture.kind is CaptureKind.PRESENCE and not is_reported(capture):
        context.is_locked = _LOCKED.get(capture.text, context.is_locked)
        if context.holds_back and not context.is_locked:
            context.post(Woken(key=HELD_BACK))
    noted = _keep(capture, standing, context)
    if message.reply is not None:
        message.reply.set_result(noted.id if noted else None)
    if noted is not None and standing is Standing.NEWS:
        yield noted


def _keep(capture: Capture, standing: Standing, context: Context) -> Noted | None:
    """Store it, and tell who looks on."""
    if context.is_paused:
        return None
    kept = screen(capture, context.settings.privacy)
    if isinstance(kept, Reason):
        context.screened += 1
        return None
    symbol = symbol_of(kept, standing, context)
    capture_id = context.store.captures.add(kept, symbol)
    if capture_id is None:
        return None
    context.has_outlived = context.has_outlived or standing is Standing.LATE
    context.tell("capture", {"id": capture_id, **msgspec.to_builtins(kept)})
    # What was copied or pasted is never kept, only compared: the learner sees its mark, the store does not.
    return Noted(id=capture_id, capture=msgspec.structs.replace(kept, value=capture.value), symbol=symbol)


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
