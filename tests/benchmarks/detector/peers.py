"""What others have reached, by name, and what we aim at: the columns beside our own figures."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One row of the table before it is measured."""

    what: str
    peer: str
    """The best figure published or measured of another program; - where there is none."""
    goal: str


JACCARD_CLEAN = Measure(what="routine Jaccard, simulated logs, clean", peer="-", goal=">= .93")
JACCARD_NOISE = Measure(
    what="routine Jaccard, simulated logs, 40 % disturbed", peer=".604 (best published)", goal=">= .78"
)
INSTANCES = Measure(
    what="instances found, F1 at 80 % overlap", peer=".850 in 115 s (best published)", goal=">= .97 in < 1 s"
)
FIRST = Measure(what="repetitions until the first correct candidate", peer="-", goal="<= 4")
NEXT_EVENT = Measure(
    what="next window, hit@1 / MRR, prequential", peer=".411 / .554 (IPAM)", goal=">= .47 / .60"
)
PLANTED = {
    (100_000, False): Measure(
        what="20 planted in 10^5, exact in top 40 / precision",
        peer="7-10 / .72-.86 in 6.6 s (GoKrimp)",
        goal=">= 19 / >= .95",
    ),
    (1_000_000, False): Measure(
        what="20 planted in 10^6, exact in top 40 / precision",
        peer="7-10 / .72-.86 in 47 s (GoKrimp)",
        goal=">= 19 / >= .95 in <= 5 s",
    ),
    (100_000, True): Measure(
        what="20 planted in 10^5, bursty, exact in top 40 / precision",
        peer="7-10 / .5 (GoKrimp)",
        goal=">= 18 / >= .85",
    ),
    (1_000_000, True): Measure(
        what="20 planted in 10^6, bursty, exact in top 40 / precision",
        peer="7-10 / .5 (GoKrimp)",
        goal=">= 18 / >= .85 in <= 5 s",
    ),
}
"""By (events, whether the background is bursty).

Miners that rank by support (PrefixSpan, BIDE+, CM-SPAM, TKS, EMMA) had 0 of 20 in their top 40, with 17-20 somewhere
among 1,575-179,000 patterns.
"""
HABITS = Measure(
    what="habits, precision over the next 7 days", peer=".57-.72 in 149 s (best published)", goal=">= .80"
)
PERSONAS = Measure(what="suggestions to made-up people, precision / recall", peer="-", goal="precision first")
SHUFFLED = Measure(what="suggestions on block-shuffled logs, shadow included", peer="-", goal="0")
MILLION = Measure(what="mining 10^6 events, seconds / peak memory", peer="-", goal="< 30 s / < 200 MB")
EACH = Measure(
    what="cost of a capture", peer="37 us with case ids, 11-20 ms online (published)", goal="<= 25 us"
)


Row = tuple[Measure, str]
"""What was measured, and what came out."""


def part(measure: Measure, name: str) -> Measure:
    """Return the same measure for a part of what it is taken of."""
    return Measure(what=f"{measure.what} ({name})", peer=measure.peer, goal=measure.goal)
