"""How a figure is printed: what was measured, what came out, and what was aimed at."""

import statistics


def tell(what, measured, goal=""):
    """Print one line."""
    print(f"{what:<58} {measured:<34} {f'goal {goal}' if goal else ''}".rstrip(), flush=True)


def spread(seconds, unit=1000):
    """Median, 95th percentile and worst of times in seconds, in milliseconds."""
    ordered = sorted(each * unit for each in seconds)
    p95 = ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]
    return f"median {statistics.median(ordered):.1f} ms, p95 {p95:.1f}, worst {ordered[-1]:.1f}"
