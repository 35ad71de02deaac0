"""The mark, drawn: a stage mask with its understudy behind it, in five faces. Pillow is imported to draw.

`python -m understudy.interfaces.tray.icon FOLDER` writes the pictures of assets/, and those beside this file.
"""

import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from understudy.core.value import Value

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

Point = tuple[float, float]

SIZES = (22, 24, 32, 48, 64)
"""Pixels; panels take the one that fits best."""

ASSET_SIZES = (22, 64, 256)

FINENESS = 8
"""Drawn so many times larger, then scaled down: smooth edges."""


class Face(Value):
    """How one state looks. All shapes are cut out, so the panel shows through, dark or light."""

    colour: str
    eyes: str
    """open, closed or wide."""
    mouth: str
    """smile, laugh, flat, round or frown."""


FACES = {
    "watching": Face(colour="#7B7FF2", eyes="open", mouth="smile"),
    "paused": Face(colour="#8B90A0", eyes="closed", mouth="flat"),
    "asking": Face(colour="#EB9A1F", eyes="wide", mouth="round"),
    "acting": Face(colour="#22A873", eyes="open", mouth="laugh"),
    "trouble": Face(colour="#E5534B", eyes="open", mouth="frown"),
}
"""State of the agent -> its face. The colours keep 3:1 against both a dark and a light panel, or nearly."""

BEHIND = 0.55
"""How solid the understudy behind is."""


def draw(state: str, size: int) -> "Image":
    """Return the face of a state, `size` pixels square, on nothing. Unknown states are trouble."""
    from PIL import Image, ImageChops, ImageColor

    face = FACES.get(state, FACES["trouble"])
    large = size * FINENESS
    front = _layer(large, _mask(0.43, 0.5, 0.405))
    gap = _layer(large, _mask(0.43, 0.5, 0.405 + 0.055))
    behind = _layer(large, _mask(0.62, 0.5, 0.36))
    holes = _features(large, face)
    shape = ImageChops.subtract(front, holes)
    shadow = ImageChops.subtract(behind, gap).point(lambda value: round(value * BEHIND))
    alpha = ImageChops.lighter(shape, shadow).resize((size, size), Image.Resampling.BOX)
    picture = Image.new("RGBA", (size, size), (*ImageColor.getrgb(face.colour)[:3], 0))
    picture.putalpha(alpha)
    return picture


def outlines() -> bytes:
    """Return how solid each pixel is, a byte each: every face in turn, in every size. For `faces.py`."""
    return b"".join(draw(state, size).getchannel("A").tobytes() for state in FACES for size in SIZES)


def _layer(large: int, outline: list[Point]) -> "Image":
    from PIL import Image, ImageDraw

    layer = Image.new("L", (large, large), 0)
    ImageDraw.Draw(layer).polygon([(x * large, y * large) for x, y in outline], fill=255)
    return layer


def _mask(x: float, y: float, half: float) -> list[Point]:
    """The outline of a mask: a brow that dips, cheeks that narrow to a round chin."""
    right = [
        *_curve((0.0, -0.86), (0.35, -0.86), (0.62, -1.0), (0.86, -0.98)),
        *_curve((0.86, -0.98), (1.0, -0.97), (1.0, -0.8), (1.0, -0.62)),
        *_curve((1.0, -0.62), (1.02, 0.3), (0.72, 1.06), (0.0, 1.06)),
    ]
    left = [(-px, py) for px, py in reversed(right)]
    return [(x + px * half * 0.9, y + py * half) for px, py in (*right, *left)]


def _curve(start: Point, first: Point, second: Point, end: Point) -> Iterator[Point]:
    """A cubic Bézier curve in 24 steps."""
    for step in range(25):
        t = step / 24
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        yield (
            a * start[0] + b * first[0] + c * second[0] + d * end[0],
            a * start[1] + b * first[1] + c * second[1] + d * end[1],
        )


def _features(large: int, face: Face) -> "Image":
    from PIL import Image, ImageDraw

    layer = Image.new("L", (large, large), 0)
    pen = ImageDraw.Draw(layer)
    for side in (-1, 1):
        _eye(pen, large, 0.43 + side * 0.165, face.eyes)
    _mouth(pen, large, face.mouth)
    return layer


def _eye(pen: "ImageDraw", large: int, x: float, eyes: str) -> None:
    if eyes == "closed":
        pen.rounded_rectangle(_box(large, x, 0.40, 0.098, 0.032), 0.03 * large, fill=255)
        return
    width, height = (0.088, 0.105) if eyes == "wide" else (0.085, 0.068)
    pen.ellipse(_box(large, x, 0.385, width, height), fill=255)


def _mouth(pen: "ImageDraw", large: int, mouth: str) -> None:
    x = 0.43
    if mouth == "flat":
        pen.rounded_rectangle(_box(large, x, 0.685, 0.125, 0.032), 0.03 * large, fill=255)
    elif mouth == "round":
        pen.ellipse(_box(large, x, 0.69, 0.075, 0.085), fill=255)
    elif mouth == "laugh":
        pen.chord(_box(large, x, 0.60, 0.2, 0.205), 0, 180, fill=255)
    else:
        centre, start = (0.565, 25) if mouth == "smile" else (0.83, 205)
        pen.arc(_box(large, x, centre, 0.205, 0.205), start, start + 130, fill=255, width=round(0.07 * large))


def _box(
    large: int, x: float, y: float, half_width: float, half_height: float
) -> tuple[float, float, float, float]:
    left, top = (x - half_width) * large, (y - half_height) * large
    return left, top, left + 2 * half_width * large, top + 2 * half_height * large


def write_assets(folder: Path) -> list[Path]:
    """Write every face in every asset size, and the mark of the project; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for state in FACES:
        for size in ASSET_SIZES:
            written.append(folder / f"icon-{state}-{size}.png")
            draw(state, size).save(written[-1], optimize=True)
    written.append(folder / "understudy.png")
    draw("watching", 512).save(written[-1], optimize=True)
    return written


def write_kept(folder: Path) -> None:
    """Write what the agent shows without drawing: the outlines, and the picture in notifications."""
    (folder / "outlines.zlib").write_bytes(zlib.compress(outlines(), 9))
    draw("watching", 128).save(folder / "understudy.png", optimize=True)


if __name__ == "__main__":
    write_kept(Path(__file__).parent)
    write_assets(Path(sys.argv[1] if len(sys.argv) > 1 else "assets"))
