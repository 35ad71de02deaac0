"""Prints the figures: `python -m tests.benchmarks`. Takes some minutes; best on a machine at rest.

What the detectors find is a test: `pytest -m benchmark -s tests/benchmarks`.
"""

import os

from tests.benchmarks import bench_engine, bench_latency, bench_process, bench_store, bench_workflows

STORED = 100_000
"""Captures in the store's benchmark, which takes a million when it is run by itself."""


def main():
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for bench, arguments in (
        (bench_process, ()),
        (bench_latency, ()),
        (bench_engine, ()),
        (bench_store, (STORED,)),
        (bench_workflows, ()),
    ):
        print(f"\n{bench.__doc__.partition(':')[0]}")
        bench.main(*arguments)
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
