"""The faces as panels take them, drawn beforehand by `icon.py`: Pillow would cost the agent 5 MiB for life."""

import functools
import zlib
from pathlib import Path

from understudy.interfaces.tray.icon import FACES, SIZES

OUTLINES = Path(__file__).with_name("outlines.zlib")
PICTURE = Path(__file__).with_name("understudy.png")
"""The mark, for notifications."""


@functools.cache
def pixmaps(state: str) -> list[list[int | bytes]]:
    """Return the face for panels: [width, height, ARGB32 in network order] a size. Unknown is trouble."""
    face = state if state in FACES else "trouble"
    colour = bytes.fromhex(FACES[face].colour[1:])
    outlines = zlib.decompress(OUTLINES.read_bytes())
    place = list(FACES).index(face) * sum(size * size for size in SIZES)
    found: list[list[int | bytes]] = []
    for size in SIZES:
        solid = outlines[place : place + size * size]
        found.append([size, size, b"".join(bytes((each,)) + colour for each in solid)])
        place += size * size
    return found
