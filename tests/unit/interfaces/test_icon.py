"""The mark reads on any panel, and every state has a face of its own."""

import itertools

import pytest

from understudy.interfaces.tray.faces import pixmaps
from understudy.interfaces.tray.icon import FACES, SIZES, draw

DARK, LIGHT = (43, 46, 55), (242, 242, 242)


def luminance(colour):
    """Relative luminance, as WCAG 2 defines it."""
    linear = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("state", FACES)
def test_a_face_stands_out_on_dark_and_light_panels(state):
    """At least 2:1 on both, 3:1 on one; shape does the rest."""
    red, green, blue, _ = draw(state, 64).getpixel((27, 35))
    found = [contrast((red, green, blue), panel) for panel in (DARK, LIGHT)]
    assert min(found) >= 2
    assert max(found) >= 3


def test_faces_differ_at_the_smallest_size():
    """22 pixels are enough to tell any two states apart, without their colours."""
    shapes = {state: draw(state, 22).getchannel("A").tobytes() for state in FACES}
    for one, other in itertools.combinations(shapes, 2):
        different = sum(abs(a - b) > 100 for a, b in zip(shapes[one], shapes[other], strict=True))
        assert different >= 5, (one, other)


def test_an_unknown_state_looks_like_trouble():
    """A state without a face is not shown as a good one."""
    assert draw("unheard of", 22).tobytes() == draw("trouble", 22).tobytes()


def test_pixmaps_are_argb_in_network_order():
    """As panels expect: alpha first, then the colour."""
    found = pixmaps("watching")
    assert [(width, height, len(raw)) for width, height, raw in found] == [(s, s, s * s * 4) for s in SIZES]
    _, _, raw = found[SIZES.index(64)]
    middle = (35 * 64 + 27) * 4
    red, green, blue, alpha = draw("watching", 64).getpixel((27, 35))
    assert tuple(raw[middle : middle + 4]) == (alpha, red, green, blue)


def test_the_corners_are_empty():
    """The panel shows around the mark."""
    assert [draw("watching", 22).getpixel(corner)[3] for corner in ((0, 0), (0, 21), (21, 21))] == [0, 0, 0]


def test_an_unknown_state_is_shown_as_trouble():
    """In the panel, too."""
    assert pixmaps("unheard of") == pixmaps("trouble")
