"""What a step says while it works: kept for its end, told to those who follow, never with a secret in it."""

import threading
from collections.abc import Callable, Mapping

from understudy.core.template import conceal

KEPT = 64 << 10
"""Characters kept of what one step says; the latest."""


class LiveOutput:
    """Takes text from the worker of one step; safe to use from any thread."""

    def __init__(self, tell: Callable[[str, int], None]) -> None:
        """`tell` gets each text, and how many characters were told up to its end."""
        self._tell = tell
        self._told = 0
        self._secrets: Mapping[str, str] = {}
        self._held = ""
        self._text = ""
        self._lock = threading.Lock()

    def hide(self, secrets: Mapping[str, str]) -> None:
        """Keep these secrets, by name, out of all that follows."""
        with self._lock:
            self._secrets = secrets

    def write(self, text: str) -> None:
        """Tell and keep a text; an end that may be the beginning of a secret waits for what comes next."""
        with self._lock:
            whole = str(conceal(self._held + text, self._secrets))
            cut = len(whole) - _begun(whole, self._secrets)
            self._held = whole[cut:]
            self._pass_on(whole[:cut])

    @property
    def so_far(self) -> tuple[str, int]:
        """What was said up to now, as far as it is kept; and how many characters it was in all."""
        with self._lock:
            return self._text, self._told

    def finish(self) -> str:
        """Return all that was said, as far as it is kept; nothing is held back any more."""
        with self._lock:
            held, self._held = self._held, ""
            self._pass_on(held)
            return self._text

    def _pass_on(self, text: str) -> None:
        if text:
            self._text = (self._text + text)[-KEPT:]
            self._told += len(text)
            self._tell(text, self._told)


def _begun(text: str, secrets: Mapping[str, str]) -> int:
    """Return how many of the last characters may be the beginning of a secret."""
    longest = max((len(secret) for secret in secrets.values()), default=0)
    for count in range(min(longest - 1, len(text)), 0, -1):
        if any(secret.startswith(text[-count:]) for secret in secrets.values()):
            return count
    return 0
