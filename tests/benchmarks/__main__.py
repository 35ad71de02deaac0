"""Prints every figure there is: `python -m tests.benchmarks`. Takes some minutes; best on a machine at rest."""

import os

from tests.benchmarks import bench_engine, bench_latency, bench_process


def main():
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for bench in (bench_process, bench_latency, bench_engine):
        print(f"\n{bench.__doc__.partition(':')[0]}")
        bench.main()
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
