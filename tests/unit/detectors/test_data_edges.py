"""Which step of a routine uses a value from which earlier one."""

import numpy as np

from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.value import SECOND
from understudy.detectors.data_edges import data_edges
from understudy.detectors.history import History
from understudy.detectors.log import NOWHERE, read_log
from understudy.detectors.value_flow import ValueFlow


def log_of(rows):
    """A log from (name, value) rows."""
    history, flow = History(1_000), ValueFlow()
    for position, (name, value) in enumerate(rows):
        capture = Capture(
            at=position * SECOND, kind=CaptureKind.FOREIGN, source="import:csv", app=name, value=value
        )
        symbol = Symbol(exact=name, template=name)
        history.append(position, capture, symbol, flow.see(value))
    return read_log(history.freeze(), "UTC")


def rounds(steps, times=4, spoiled=()):
    """Rounds of (name, value) steps with a value of their own; in spoiled rounds the last step has another."""
    rows = []
    for number in range(times):
        for step, (name, value) in enumerate(steps):
            is_spoiled = number in spoiled and step == len(steps) - 1
            rows.append((name, "other" if is_spoiled else value and f"{value}{number}"))
    return rows


def edges(steps, chosen=None, **options):
    """The edges between the chosen steps of such rounds."""
    rows = rounds(steps, **options)
    width, count = len(steps), len(rows) // len(steps)
    columns = np.array(range(width) if chosen is None else chosen)
    places = (np.arange(count)[:, None] * width + columns).astype(np.int64)
    return data_edges(log_of(rows), places)


COPY_PASTE = (("copy", "a"), ("switch", ""), ("paste", "a"))


def test_a_paste_takes_its_value_from_the_copy():
    """The switch between them carries nothing."""
    assert edges(COPY_PASTE) == ((0, 2),)


def test_two_values_go_their_own_ways():
    """Crosswise: first copied, last pasted."""
    steps = (("copy name", "a"), ("copy town", "b"), ("paste town", "b"), ("paste name", "a"))
    assert edges(steps) == ((1, 2), (0, 3))


def test_three_occurrences_are_needed():
    """Two could be chance."""
    assert edges(COPY_PASTE, times=2) == ()
    assert edges(COPY_PASTE, times=3) == ((0, 2),)


def test_three_of_four_are_enough_and_two_of_four_are_not():
    """A person may type it for once."""
    assert edges(COPY_PASTE, times=4, spoiled=(1,)) == ((0, 2),)
    assert edges(COPY_PASTE, times=8, spoiled=(0, 1, 2)) == ()


def test_uses_in_between_that_are_no_step_are_looked_through():
    """Pasted somewhere else first: the routine's own paste still has the copy as its source."""
    steps = (("copy", "a"), ("search", "a"), ("paste", "a"))
    assert edges(steps, chosen=(0, 2)) == ((0, 1),)
    assert edges(steps) == ((0, 1), (1, 2))


def test_a_value_that_is_always_the_same_comes_from_the_nearest_step():
    """Within the round, not from the round before."""
    rows = [("copy", "same"), ("switch", ""), ("paste", "same")] * 4
    places = np.arange(12).reshape(4, 3)
    assert data_edges(log_of(rows), places) == ((0, 2),)


def test_occurrences_without_one_of_the_steps_do_not_count():
    """Where the copy was left out, the edge is neither proved nor refuted."""
    rows = rounds(COPY_PASTE, times=5)
    places = np.arange(15).reshape(5, 3)
    places[3:, 0] = NOWHERE
    assert data_edges(log_of(rows), places) == ((0, 2),)
    places[2:, 2] = NOWHERE
    assert data_edges(log_of(rows), places) == ()


def test_without_values_there_are_no_edges():
    """Nor without occurrences, nor with a single step."""
    assert edges((("a", ""), ("b", ""), ("c", ""))) == ()
    assert data_edges(log_of([]), np.empty((0, 3), np.int64)) == ()
    assert edges((("copy", "a"),)) == ()
