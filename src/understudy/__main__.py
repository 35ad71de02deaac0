"""The program: joins the command line with the agent it can start; imports the agent only then."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from understudy.engine.merging import LogSource
    from understudy.engine.reading import Reading
    from understudy.engine.replaying import Replayed
    from understudy.engine.sieve import Report
    from understudy.interfaces.cli.command import DemoResult, Foreseen


def main() -> None:
    """Run the command line of this process."""
    from understudy.config import find_home
    from understudy.interfaces.cli.command import Programs
    from understudy.interfaces.cli.program import main as run_program

    run_program(
        Programs(
            endpoint=find_home().endpoint,
            run=_run,
            demo=_demo,
            replay=_replay,
            symbols=_symbols,
            predict=_predict,
            write_tables=_write_tables,
        )
    )


def _run(headless: bool) -> int:  # noqa: FBT001 - the app's own signature
    from understudy import app

    return app.run(headless=headless)


def _demo(report: Callable[[str], None]) -> "DemoResult":
    from understudy import app

    return app.demo(report)


def _replay(log: "LogSource", report: "Report") -> "Replayed":
    from understudy import app

    return app.replay(log, report)


def _symbols(log: "LogSource", report: "Report") -> "Reading":
    from understudy import app

    return app.symbols(log, report)


def _predict(log: "LogSource", report: "Report") -> "Foreseen":
    from understudy import app

    return app.predict(log, report)


def _write_tables(path: "Path", tables: dict[str, list[dict[str, Any]]]) -> None:
    from understudy import app

    app.write_tables(path, tables)


if __name__ == "__main__":
    main()
