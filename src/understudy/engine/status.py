"""The agent at a glance: a file of its own, since `understudy status` must be quick and needs nothing else."""

from understudy.core.value import Millis, Value


class Status(Value):
    """The agent at a glance."""

    state: str
    """watching, paused, asking, acting or trouble: the five faces of the tray icon."""
    text: str
    """One line: "Watching. 2 suggestions wait."."""
    version: str
    pid: int
    started_at: Millis
    paused: bool
    paused_until: Millis
    """0 = until resumed."""
    captures: int
    captures_today: int
    dropped: int
    """Captures lost because the queue was full, since start."""
    patterns: int
    workflows: int
    suggestions_waiting: int
    """Questions whether to begin something."""
    runs_today: int
    next_run: str = ""
    """The next time-triggered workflow, in words; empty = none."""
    troubles: tuple[str, ...] = ()
    approvals_waiting: int = 0
    """Runs that wait for a yes."""
    tasks_executing: int = 0
    """Tasks whose run is going on; at most 100 are counted, as of the next."""
    dead_letters: int = 0
    """What came to nothing and waits to be seen to."""
