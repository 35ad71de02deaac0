"""Damage to a log: events lost and replaced, or put in another order. What must survive, and what must not."""

from collections.abc import Sequence

import msgspec
import numpy as np

from understudy.core.capture import Capture, CaptureKind

SHARE = 0.4
"""Events disturbed: half of them deleted, half replaced."""
BLOCKS = (20, 50, 0)
"""Events within which a log is shuffled; 0 = all of it."""


def disturbed(captures: Sequence[Capture], seed: int, share: float = SHARE) -> list[Capture]:
    """Delete and replace events; a replacement is any distinct event of the log, each as likely."""
    rng = np.random.default_rng(seed)
    alphabet = list({_doing(capture): capture for capture in captures}.values())
    chosen = rng.permutation(len(captures))[: round(share * len(captures))]
    deleted = set(chosen[: len(chosen) // 2].tolist())
    replaced = set(chosen[len(chosen) // 2 :].tolist())
    others = iter(rng.integers(0, len(alphabet), len(replaced)).tolist())
    return [
        _instead(capture, alphabet[next(others)]) if place in replaced else capture
        for place, capture in enumerate(captures)
        if place not in deleted
    ]


def shuffled(captures: Sequence[Capture], block: int, seed: int) -> list[Capture]:
    """Permute what was done inside blocks of so many events; times, and the person's coming and going, stay."""
    rng = np.random.default_rng(seed)
    places = np.array([i for i, each in enumerate(captures) if each.kind is not CaptureKind.PRESENCE], int)
    order = np.argsort(np.arange(len(places)) // (block or len(places) or 1) + rng.random(len(places)))
    mixed = list(captures)
    for place, source in zip(places.tolist(), places[order].tolist(), strict=True):
        mixed[place] = _instead(captures[place], captures[source])
    return mixed


def _doing(capture: Capture) -> tuple[str, ...]:
    return (capture.kind, capture.app, capture.title, capture.url, capture.text)


def _instead(place: Capture, source: Capture) -> Capture:
    """Return what was done there, when and for how long it was done here."""
    return msgspec.structs.replace(source, at=place.at, lasted=place.lasted)
