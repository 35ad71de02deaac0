"""A snapshot: what a learner knows besides its patterns, as bytes that say whether they are whole."""

import zlib

import msgspec

from understudy.core.value import Millis, Value

VERSION = 1
"""Changes with the meaning of anything in a snapshot; another one is rebuilt from the captures."""
_CHECK = 4
"""Bytes of the checksum, at the end."""

Entries = tuple[tuple[int, str, int], ...]
"""Of a vocabulary: (number, text, count)."""


class Snapshot(Value):
    """The state of a learner after a capture. Patterns, and what is open for them, are kept elsewhere."""

    version: int
    position: int
    """The highest id of a capture that is in it."""
    columns: dict[str, bytes]
    """The history's."""
    templates: Entries
    literals: Entries
    typed: Entries
    waking: tuple[tuple[int, ...], ...]
    places: tuple[tuple[str, tuple[str, ...]], ...]
    """Places of a site with the names seen there, the one not visited for longest first."""
    counters: tuple[int, int, int]
    """Events seen, new ones, and what was mined so far."""
    last_at: Millis


def write_snapshot(snapshot: Snapshot) -> bytes:
    """Return it as bytes."""
    body = msgspec.msgpack.encode(snapshot)
    return body + zlib.crc32(body).to_bytes(_CHECK, "big")


def read_snapshot(raw: bytes) -> Snapshot | None:
    """Return what was written; None = it is broken, or of another version."""
    body, check = raw[:-_CHECK], raw[-_CHECK:]
    if zlib.crc32(body).to_bytes(_CHECK, "big") != check:
        return None
    try:
        snapshot = msgspec.msgpack.decode(body, type=Snapshot)
    except msgspec.DecodeError:
        return None
    return snapshot if snapshot.version == VERSION else None
