"""When something that failed is tried again: ever later, and never all at the same moment. Pure."""

import hashlib

from understudy.core.value import HOUR, Millis

_JITTER = 4
"""Up to one part in so many is added."""
_DOUBLINGS = 40
"""More of them than any limit needs; keeps the numbers small."""


def delay(first: Millis, tries: int, seed: str, most: Millis = HOUR) -> Millis:
    """Return how long to wait after so many failed tries: `first` after one, doubled each time, at most `most`.

    Jitter comes from a hash of the seed and the number of tries, so that the same case always waits as long.
    """
    grown: int = first * 2 ** min(max(tries - 1, 0), _DOUBLINGS)
    digest = hashlib.blake2b(f"{seed}/{tries}".encode("utf-8", "surrogatepass"), digest_size=4).digest()
    share = int.from_bytes(digest) / 2**32
    return min(most, grown + int(grown / _JITTER * share))
