"""Screening of many captures: the privacy screen, which judges what it has just judged only once."""

import msgspec

from understudy.core.capture import Capture
from understudy.core.privacy import screen
from understudy.core.privacy_rules import PrivacyRules
from understudy.core.reason import Reason

REMEMBERED = 4_096
"""Captures whose verdict is kept, of some 500 characters at most each."""
_LONGEST = 500
"""Characters of a capture from which it is judged anew each time."""


class Screening:
    """Keeps what `screen` says: that depends on what was seen, never on when."""

    def __init__(self, rules: PrivacyRules) -> None:
        self._rules = rules
        self._known: dict[tuple[str, ...], Capture | Reason | None] = {}
        """By what was seen; None = it may be kept as it is."""

    def __call__(self, capture: Capture) -> Capture | Reason:
        """Return the capture cleaned and redacted, or the reason why nothing of it may be kept."""
        seen = (
            capture.kind,
            capture.source,
            capture.app,
            capture.title,
            capture.url,
            capture.text,
            capture.run_id,
        )
        verdict = self._known.get(seen, _UNKNOWN)
        if verdict is None:
            return capture
        if verdict is _UNKNOWN:
            verdict = screen(capture, self._rules)
        told = verdict if isinstance(verdict, Reason) else _of_the_moment(verdict, capture)
        if seen not in self._known and sum(map(len, seen)) <= _LONGEST:
            self._keep(seen, None if told == capture else verdict)
        return told

    def _keep(self, seen: tuple[str, ...], verdict: Capture | Reason | None) -> None:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[seen] = verdict


_UNKNOWN = Reason(code="unknown", text="It was not judged yet")


def _of_the_moment(verdict: Capture, capture: Capture) -> Capture:
    """Return what may be kept of what was seen, as it was seen this time."""
    return msgspec.structs.replace(
        verdict, at=capture.at, lasted=capture.lasted, pid=capture.pid, value=capture.value
    )
