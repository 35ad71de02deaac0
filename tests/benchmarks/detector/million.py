"""Mines a million planted events in this process and prints what it took as JSON: seconds, MiB, patterns."""

import json
import resource
import sys

from tests.benchmarks.detector.finding import frozen, mined_from
from tests.benchmarks.detector.streams import planted

EVENTS = 1_000_000
_SEED = 11


def peak():
    """MiB resident at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(*, bursty):
    history = frozen(planted(EVENTS, _SEED, bursty=bursty).captures())
    before = peak()
    found = mined_from(history)
    print(
        json.dumps(
            {
                "seconds": found.seconds,
                "peak": peak(),
                "before": before,
                "patterns": len(found.patterns),
            }
        )
    )


if __name__ == "__main__":
    main(bursty="bursty" in sys.argv[1:])
