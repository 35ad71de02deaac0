"""Every measure by name: it measures and yields rows. Each can be called alone."""

from collections.abc import Callable, Iterator

from tests.benchmarks.detector import on_logs, on_people, on_streams
from tests.benchmarks.detector.peers import Row

MEASURES: dict[str, tuple[Callable[[], Iterator[Row]], str]] = {
    "planted": (on_streams.planted, ""),
    "simulated": (on_logs.simulated, "uilogs_simulated"),
    "noisy": (on_logs.noisy, "uilog_noisy"),
    "first": (on_logs.first, "uilogs_simulated"),
    "next_event": (on_logs.next_event, "active_windows"),
    "personas": (on_people.personas, ""),
    "habits": (on_people.habits, ""),
    "shuffled": (on_people.shuffled, ""),
    "cost": (on_streams.cost, ""),
}
"""Name -> (measure, the log it needs)."""
