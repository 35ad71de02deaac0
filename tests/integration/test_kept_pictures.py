"""The pictures kept in the package are those that the drawing makes."""

import zlib

from PIL import Image

from understudy.interfaces.tray.faces import OUTLINES, PICTURE
from understudy.interfaces.tray.icon import draw, outlines


def test_what_panels_show_is_what_is_drawn():
    """The outlines kept in the package are those of the drawing; Pillow may round a pixel differently."""
    kept, drawn = zlib.decompress(OUTLINES.read_bytes()), outlines()
    assert len(kept) == len(drawn)
    assert max(abs(a - b) for a, b in zip(kept, drawn, strict=True)) <= 4


def test_the_picture_of_notifications_is_the_mark():
    """The kept file is what is drawn."""
    drawn = draw("watching", 128).tobytes()
    with Image.open(PICTURE) as kept:
        pixels = kept.convert("RGBA").tobytes()
    assert max(abs(a - b) for a, b in zip(pixels, drawn, strict=True)) <= 4
