"""Where all parts are built and joined. Nothing else may import from here but `__main__` and the CLI."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from understudy.engine.merging import LogSource
    from understudy.engine.reading import Reading
    from understudy.engine.replaying import Replayed
    from understudy.engine.sieve import Report
    from understudy.interfaces.cli.command import DemoResult, Foreseen


def run(*, headless: bool = False) -> int:
    """Run the agent until it is quit; returns the exit code."""
    from understudy.app.running import run as run_agent

    return run_agent(headless=headless)


def demo(report: Callable[[str], None]) -> "DemoResult":
    """Replay a made-up fortnight through the very pipeline and return what was offered; nothing is kept."""
    from understudy.app.demo import demo as replay

    return replay(report)


def replay(log: "LogSource", report: "Report") -> "Replayed":
    """Say what would have been suggested in a log, and when; nothing is executed, nothing is kept."""
    from understudy.app.logs import replay as replay_log

    return replay_log(log, report)


def symbols(log: "LogSource", report: "Report") -> "Reading":
    """Say how the captures of a log are read."""
    from understudy.app.logs import symbols as read_log

    return read_log(log, report)


def predict(log: "LogSource", report: "Report") -> "Foreseen":
    """Say how well the events of a log are foreseen."""
    from understudy.app.logs import predict as foresee_log

    return foresee_log(log, report)


def write_tables(path: "Path", tables: dict[str, list[dict[str, Any]]]) -> None:
    """Write an export as tables of a new SQLite file. Raises StoreError."""
    from understudy.store.tables import write_tables as write

    write(path, tables)
