"""Sessions: the stretches in which the person was at work."""

from understudy.core.capture import Capture, CaptureKind
from understudy.core.value import MINUTE, Millis

IDLE: Millis = 5 * MINUTE
"""Longest rest inside a session."""
SILENCE: Millis = 30 * MINUTE
"""The same where nothing told how long the last event lasted, or that the person was idle."""
_STEP_BACK: Millis = MINUTE
"""A record this much before the last one comes from somewhere else."""
_AWAY = ("locked", "asleep")
_PRESENCE, _STATE = CaptureKind.PRESENCE, CaptureKind.STATE


class Sessions:
    """Numbers the stretches in which the person was at work, from one capture to the next."""

    def __init__(self) -> None:
        self.number = 0
        self._end: Millis | None = None
        """When the last activity ended."""
        self._last: Millis = 0
        self._rest = SILENCE
        self._is_away = False

    def take(self, capture: Capture) -> int:
        """Return the session of the next capture."""
        if capture.kind is _PRESENCE:
            self._is_away = self._is_away or capture.text in _AWAY
            self._rest = IDLE if capture.text == "idle" else self._rest
        elif capture.kind is _STATE:
            # The machine's doing is no activity, yet a program that closes is where the work after it begins.
            if self._has_rested(capture.at):
                self._begin(capture.at)
        else:
            if self._is_away or self._has_rested(capture.at) or capture.at < self._last - _STEP_BACK:
                self._begin(capture.at)
            self._last = capture.at
            self._end = capture.at + capture.lasted
            self._rest = IDLE if capture.lasted else SILENCE
        return self.number

    def _has_rested(self, at: Millis) -> bool:
        return self._end is not None and at - self._end > self._rest

    def _begin(self, at: Millis) -> None:
        self.number += 1
        self._end, self._rest, self._is_away = at, SILENCE, False
