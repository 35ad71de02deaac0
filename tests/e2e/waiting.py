"""Waits for something to become true, with an end; the one place where desktop tests sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

STEP = 0.005


def until(look: Callable[[], Found], timeout: float = 10, what: str = "") -> Found:
    """Look again and again; return the first true answer, or raise TimeoutError with what was awaited."""
    deadline = time.monotonic() + timeout
    while not (found := look()):
        if time.monotonic() > deadline:
            message = f"waited {timeout} s for {what or look.__qualname__}; last answer {found!r}"
            raise TimeoutError(message)
        time.sleep(STEP)
    return found
