"""Where all parts are built and joined. Nothing else may import from here but `__main__` and the CLI."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.interfaces.cli.command import DemoResult


def run(*, headless: bool = False) -> int:
    """Run the agent until it is quit; returns the exit code."""
    from understudy.app.running import run as run_agent

    return run_agent(headless=headless)


def demo(report: Callable[[str], None]) -> "DemoResult":
    """Replay a made-up fortnight through the very pipeline, in a temporary home, and return what was offered."""
    from understudy.app.demo import demo as replay

    return replay(report)
