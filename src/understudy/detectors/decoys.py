"""Decoys: the same detector on the same log with its order destroyed tells how much of what it finds is noise."""

from collections.abc import Iterator, Sequence

import numpy as np

from understudy.detectors.candidate import Candidate, Detector
from understudy.detectors.log import Log

FALSE_SHARE = 0.10
"""Share of the accepted candidates that may be noise, by what the decoys show."""
EVENTS = 400_000
"""Events of surrogates that are gone through; a long log is its own average, so it needs fewer of them."""
FIRST, FAR = 2, 0.5
"""Surrogates after which no more are needed if nothing in them scores half as much as the last candidate."""
_BLOCKS = (50, 20)
"""Events within which a surrogate is permuted: from so many to so many."""
_SEED = 20_200_517


def accepted(detector: Detector, log: Log) -> list[Candidate]:
    """Return the candidates of a detector that its decoys leave, best first.

    The longest prefix of the candidates, sorted by score, in which (decoys + 1/8) / candidates is at most a tenth,
    where decoys is the mean number per surrogate that score at least as much; where none does, nothing is lost.
    """
    found = detector.find(log)
    if not found or not detector.decoys:
        return found
    scores = [candidate.score for candidate in found]
    return found[: _longest_prefix(scores, list(_decoy_scores(detector, log, min(scores))))]


def _decoy_scores(detector: Detector, log: Log, lowest: float) -> Iterator[list[float]]:
    """Yield the scores in one surrogate after the other; when the first ones are far below, they speak for all."""
    rng = np.random.default_rng(_SEED)
    number = max(1, min(detector.decoys, EVENTS // max(1, len(log))))
    highest = 0.0
    for count, block in enumerate(np.linspace(*_BLOCKS, number).astype(int).tolist(), 1):
        surrogate = surrogate_of(detector, log, rng, block)
        scores = [candidate.score for candidate in detector.find(surrogate)]
        yield scores
        highest = max([highest, *scores])
        if count >= FIRST and highest < FAR * lowest:
            return


def surrogate_of(detector: Detector, log: Log, rng: np.random.Generator, block: int) -> Log:
    """Return a log in which this detector should find nothing; it may know best what that is."""
    own = getattr(detector, "surrogate", None)
    return own(log, rng) if own is not None else log.shuffled(rng, block)


def _longest_prefix(scores: Sequence[float], decoys: Sequence[Sequence[float]]) -> int:
    """Return how many of the scores, best first, can be accepted."""
    every = np.sort(np.concatenate([np.asarray(each, float) for each in decoys] or [np.zeros(0)]))
    longest = 0
    for count, score in enumerate(scores, 1):
        above = (len(every) - np.searchsorted(every, score)) / max(1, len(decoys))
        if above == 0 or (above + 1 / 8) / count <= FALSE_SHARE:
            longest = count
    return longest
