"""Prints the table, measure | peer | goal | ours: `python -m tests.benchmarks.detector [names...]`; -h lists them."""

import sys
import time

from tests.benchmarks.detector import measuring, ui_logs

WIDTHS = (78, 36, 30)


def main(*names):
    unknown = [name for name in names if name not in measuring.MEASURES]
    if unknown:
        known = "\n".join(f"  {name:<12} {each[0].__doc__}" for name, each in measuring.MEASURES.items())
        sys.exit(f"There are:\n{known}")
    tell("measure", "best published / peer", "goal", "ours")
    for name in names or measuring.MEASURES:
        measure, log = measuring.MEASURES[name]
        if log and not ui_logs.is_there(log):
            tell(f"{name}: skipped, the log {log} is not here", "", "", "")
            continue
        begun = time.perf_counter()
        for row, ours in measure():
            tell(row.what, row.peer, row.goal, ours)
        tell(f"  ({name} took {time.perf_counter() - begun:.0f} s)", "", "", "")


def tell(what, peer, goal, ours):
    """Print one row."""
    cells = (f"{cell:<{width}}" for cell, width in zip((what, peer, goal, ours), (*WIDTHS, 0), strict=True))
    print(" | ".join(cells).rstrip(" |"), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
