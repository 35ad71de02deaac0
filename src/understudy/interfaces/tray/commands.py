"""What a click in the tray asks of the agent, and what the menu is made from: use cases, nothing else."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from understudy.core.store_queries import RunQuery
from understudy.core.suggestion import Answer
from understudy.core.trust import Tier
from understudy.core.value import Millis
from understudy.interfaces.tray.model import MOST_RUNS, Command, TrayView

if TYPE_CHECKING:
    from understudy.engine.service import Service

BY = "tray"
"""Who decided, in the record."""

Call = Callable[["Service", Command], object]

CALLS: dict[str, Call] = {
    "answer": lambda use, it: use.answer(it.target, Answer(it.value), BY),
    "undo": lambda use, it: use.undo(it.target, BY),
    "run_now": lambda use, it: use.run_now(it.target, BY, consent=True),
    "enable": lambda use, it: use.set_enabled(it.target, enabled=True),
    "tier": lambda use, it: use.set_tier(it.target, Tier(it.value), BY, consent=True),
    "pause": lambda use, it: use.pause(int(it.value)),
    "resume": lambda use, _: use.resume(),
    "stop": lambda use, _: use.stop(),
    "autostart": lambda use, it: use.set_autostart(enabled=it.value == "on"),
    "quit": lambda use, _: use.quit(),
}
"""Name of a command -> its use case. A click is consent: the menu shows every literal above the choice."""


def look(use: "Service", now: Millis, notice: str) -> TrayView:
    """Return all that the menu shows, as of one moment."""
    return TrayView(
        status=use.status(),
        suggestions=tuple(use.suggestions()),
        runs=tuple(use.runs(RunQuery(limit=MOST_RUNS))),
        workflows=tuple(use.workflows()),
        autostart=use.autostart(),
        at=now,
        notice=notice,
    )
