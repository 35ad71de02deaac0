"""Opens an address with the program that is set for it; done when that reports success, or has become it."""

from collections.abc import Mapping

from understudy.adapters.open_windows import OpenWindows
from understudy.adapters.process import family, run_briefly
from understudy.adapters.url_opener import find_opener, handler_of
from understudy.core.action import ActionContext, Expectation
from understudy.core.capture import CaptureKind
from understudy.errors import ActionFailedError, CapabilityMissingError, StoppedError

LONGEST_WAIT = 20.0
"""Seconds for the opener; some become the browser and never end, see `_has_window`."""


def open_address(
    url: str, windows: OpenWindows, environment: Mapping[str, str], context: ActionContext
) -> str:
    """Hand the address to the opener and return the opener's name.

    Raises CapabilityMissingError, ActionFailedError, StoppedError or TimedOutError.
    """
    opener = find_opener(environment)
    if context.stop.is_set():
        raise StoppedError("Stopped before it was opened")
    context.expect(Expectation(kind=CaptureKind.FOCUS, app=handler_of(url, environment)))
    code = run_briefly(
        (*opener, url),
        environment,
        seconds=LONGEST_WAIT,
        stop=context.stop,
        is_done=lambda pid: _has_window(pid, windows),
    )
    if code:
        raise ActionFailedError(
            f"{url} was not opened",
            f"{opener[0]} ended with exit code {code}",
            "See which program is set for such addresses",
        )
    return opener[0]


def _has_window(pid: int, windows: OpenWindows) -> bool:
    """Whether the opener has turned into a program with a window of its own."""
    try:
        shown = {window.pid for window in windows.all()}
    except CapabilityMissingError:
        return False
    return bool(shown.intersection(family(pid)))
