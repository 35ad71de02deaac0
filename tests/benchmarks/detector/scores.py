"""Scores: how well what was found agrees with what is true. Numbers in, numbers out; nothing found scores 0.

Sequences are tuples of templates. Ranges are (first, last) records, both included.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Steps = tuple[str, ...]
Range = tuple[int, int]

TOP = 40
"""What a person would ever look through."""
OVERLAP = 0.8
"""Intersection over union from which a found occurrence is the true instance."""
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How alike the routines found and the true variants are; shares."""

    sets: float
    """Mean over the routines found of the best Jaccard with a true variant, as sets of symbols."""
    multisets: float
    """The same, counting how often a symbol comes."""
    coverage: float
    """Mean over the true variants of the best Jaccard (sets) with a routine found: what `sets` alone hides."""
    found: int


def agreement(found: Sequence[Steps], true: Sequence[Steps]) -> Agreement:
    """Compare routines with variants."""
    return Agreement(
        sets=_mean_of_best(found, true, _set_jaccard),
        multisets=_mean_of_best(found, true, _multiset_jaccard),
        coverage=_mean_of_best(true, found, _set_jaccard),
        found=len(found),
    )


def _mean_of_best(ours, theirs, alike) -> float:
    if not ours or not theirs:
        return 0.0
    return statistics.fmean(max(alike(one, other) for other in theirs) for one in ours)


def _set_jaccard(one: Steps, other: Steps) -> float:
    return len({*one} & {*other}) / len({*one} | {*other})


def _multiset_jaccard(one: Steps, other: Steps) -> float:
    first, second = Counter(one), Counter(other)
    return (first & second).total() / (first | second).total()


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Hits, what was claimed and what there was to be found."""

    hits: int
    claimed: int
    true: int

    @property
    def precision(self) -> float:
        """Share of what was claimed that is right; 0 when nothing was claimed."""
        return self.hits / self.claimed if self.claimed else 0.0

    @property
    def recall(self) -> float:
        """Share of what is true that was claimed."""
        return self.hits / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.hits / (self.claimed + self.true) if self.hits else 0.0


def instances(found: Iterable[Range], true: Sequence[Range], overlap: float = OVERLAP) -> Rate:
    """Match found occurrences with true instances, each at most once, best overlaps first.

    Every occurrence that is left over counts against us, also a second one of the same instance.
    """
    ranges = list(found)
    pairs = sorted(
        (
            (-share, mine, theirs)
            for mine, one in enumerate(ranges)
            for theirs, other in enumerate(true)
            if (share := _shared(one, other)) >= overlap
        ),
    )
    ours_taken: set[int] = set()
    theirs_taken: set[int] = set()
    for _, mine, theirs in pairs:
        if mine not in ours_taken and theirs not in theirs_taken:
            ours_taken.add(mine)
            theirs_taken.add(theirs)
    return Rate(hits=len(ours_taken), claimed=len(ranges), true=len(true))


def _shared(one: Range, other: Range) -> float:
    """Intersection over union of two ranges."""
    common = min(one[1], other[1]) - max(one[0], other[0]) + 1
    if common <= 0:
        return 0.0
    return common / (one[1] - one[0] + other[1] - other[0] + 2 - common)


def best_pattern(found: Iterable[Sequence[Range]], true: Sequence[Range]) -> Rate:
    """Return the figures of the one pattern with the highest F1."""
    rates = [instances(ranges, true) for ranges in found]
    return max(rates, key=lambda rate: rate.f1, default=Rate(hits=0, claimed=0, true=len(true)))


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What the head of a list is worth."""

    exact: int
    """True sequences that are in it, each counted once."""
    of: int
    """True sequences there are."""
    listed: int
    precision: float
    """Share of what is listed whose sequence is a true one."""
    lenient: float
    """Share that is a true one or a contiguous part of one, of two symbols at least."""
    anywhere: int
    """True sequences found anywhere in the whole list, looked through or not."""


def listing(found: Sequence[Steps], true: Sequence[Steps], top: int = TOP) -> Listing:
    """Judge the first patterns of a list, in its order; a true one that is listed twice counts once."""
    head, wanted = found[:top], {*true}
    exact = wanted.intersection(head)
    parts = sum(any(_is_part(steps, other) for other in wanted) for steps in head)
    return Listing(
        exact=len(exact),
        of=len(wanted),
        listed=len(head),
        precision=len(exact) / len(head) if head else 0.0,
        lenient=parts / len(head) if head else 0.0,
        anywhere=len(wanted.intersection(found)),
    )


def _is_part(steps: Steps, whole: Steps) -> bool:
    """Whether these are whole's neighbours, at least two of them."""
    size = len(steps)
    return size > 1 and any(whole[start : start + size] == steps for start in range(len(whole) - size + 1))


def is_subsequence(steps: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether these come in this order in the whole, perhaps with others between."""
    rest = iter(whole)
    return all(step in rest for step in steps)


def repetitions_before(found_at: int, ends: Iterable[int]) -> int:
    """Return how often something had been done when it was found; `ends` in milliseconds."""
    return sum(end <= found_at for end in ends)


def minutes_apart(one: int, other: int) -> int:
    """Return the distance of two minutes of the day, around midnight too."""
    apart = abs(one - other) % _DAY_MINUTES
    return min(apart, _DAY_MINUTES - apart)


def kept_predictions(
    predicted: Iterable[tuple[int, int]], done: Sequence[int], tolerance: int = 0
) -> tuple[int, int]:
    """Return (kept, made): predictions are (from, until), kept where something was done meanwhile, milliseconds."""
    windows = list(predicted)
    kept = sum(any(start - tolerance <= at <= end + tolerance for at in done) for start, end in windows)
    return kept, len(windows)
