"""Decides which of the changes seen are worth a capture. Pure: time comes in with each call."""

from understudy.adapters.focus.active_window import WindowView

GONE_TIME = 0.030
"""No window in front for less than this, in seconds, is a window manager changing from one to the next."""
TITLE_TIME = 0.250
"""A window that renames itself all the time is reported so often at the most, in seconds."""


class Debounce:
    """One window in front after the other; another window is reported at once, another title soon."""

    def __init__(self) -> None:
        self._reported: WindowView | None = None
        self._reported_at = 0.0
        self._gone_at: float | None = None
        self._waiting: WindowView | None = None

    def see(self, view: WindowView | None, now: float) -> WindowView | None:
        """Take in what is in front now; return what is to be reported at once."""
        if view is None:
            self._gone_at = now if self._gone_at is None else self._gone_at
            return None
        self._gone_at = self._waiting = None
        if self._reported is None or not _is_same_window(view, self._reported):
            return self._report(view, now)
        if view.title == self._reported.title:
            return None
        if now - self._reported_at >= TITLE_TIME:
            return self._report(view, now)
        self._waiting = view
        return None

    def due(self) -> float | None:
        """When `expire` has something to do; None = never."""
        if self._gone_at is not None:
            return self._gone_at + GONE_TIME
        return self._reported_at + TITLE_TIME if self._waiting else None

    def expire(self, now: float) -> WindowView | None:
        """Let time pass; return what is to be reported now."""
        due = self.due()
        if due is None or now < due:
            return None
        if self._gone_at is not None:
            # (the next window counts as new, even if it is the same one again)
            self._reported = self._gone_at = self._waiting = None
            return None
        return self._report(self._waiting, now) if self._waiting else None

    def _report(self, view: WindowView, now: float) -> WindowView:
        self._reported, self._reported_at, self._waiting = view, now, None
        return view


def _is_same_window(one: WindowView, other: WindowView) -> bool:
    """Whether it is still the same one: servers give the number of a closed window to a new one."""
    return (one.id, one.pid, one.wm_class) == (other.id, other.pid, other.wm_class)
