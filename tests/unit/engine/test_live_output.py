"""What a working step says: told soon but not in a flood, in order, whole, and never with a secret in it."""

import threading
from itertools import count

from understudy.engine.live_output import KEPT, PERIOD, LiveOutput


def test_it_keeps_the_latest_and_tells_all():
    """64 Ki characters stay; what was said is told as it comes."""
    told = []
    output = LiveOutput(lambda text, end: told.append((len(text), end)), clock=count().__next__)
    output.write("a" * KEPT)
    output.write("end")
    output.write("")
    assert (len(output.so_far[0]), output.finish()[-4:]) == (KEPT, "aend")
    assert told == [(KEPT, KEPT), (3, KEPT + 3)]


def test_it_holds_back_what_may_become_a_secret():
    """Its beginning waits; when nothing comes of it, it is told after all."""
    told = []
    output = LiveOutput(lambda text, end: told.append(text))
    output.hide({"pin": "1234", "none": "", "path": "a/b"})
    output.write("code 12")
    assert told == ["code "]
    output.write("34 or 12")
    assert output.so_far[0] == "code {{ secret.pin }} or "
    output.write(" ... a%2")
    output.write("Fb")
    assert output.finish() == "code {{ secret.pin }} or 12 ... {{ secret.path }}"


def test_it_hides_a_secret_whose_end_looks_like_its_beginning():
    """Whole it is hidden at once, whatever its last characters may become."""
    told = []
    output = LiveOutput(lambda text, end: told.append(text))
    output.hide({"pin": "abab"})
    for part in ("a", "bab", "ab", "x"):
        output.write(part)
    assert (output.finish(), "".join(told)) == ("{{ secret.pin }}abx", "{{ secret.pin }}abx")


class Alarm:
    """Something to be done later; the test says when."""

    def __init__(self):
        self.now = 0.0
        self.set = []

    def later(self, seconds, act):
        self.set.append((self.now + seconds, act))
        return self

    def cancel(self):
        self.set.clear()

    def pass_time(self, seconds):
        self.now += seconds
        for at, act in tuple(self.set):
            if at <= self.now:
                act()


def test_a_chatty_step_is_told_ten_times_a_second_with_nothing_lost():
    """A thousand words in a second: at most eleven tellings, in order, whole; the first at once."""
    told, alarm = [], Alarm()
    output = LiveOutput(lambda text, end: told.append((text, end)), alarm.later, lambda: alarm.now)
    output.write("0 ")
    assert told == [("0 ", 2)]
    for number in range(1, 1000):
        alarm.pass_time(0.001)
        output.write(f"{number} ")
    assert 2 <= len(told) <= 11
    said = output.finish()
    assert "".join(text for text, _ in told) == said == "".join(f"{number} " for number in range(1000))
    assert told[-1][1] == len(said)
    assert alarm.set == []


def test_what_was_gathered_is_told_though_nothing_more_comes():
    """A question that a script puts out last does not wait for its end."""
    told, alarm = [], Alarm()
    output = LiveOutput(lambda text, end: told.append(text), alarm.later, lambda: alarm.now)
    output.write("one")
    output.write("two")
    output.write("three")
    assert (told, len(alarm.set)) == (["one"], 1)
    alarm.pass_time(PERIOD)
    assert told == ["one", "twothree"]


def test_who_asks_what_was_said_gets_all_of_it():
    """And what is told afterwards goes on right behind it."""
    told, alarm = [], Alarm()
    output = LiveOutput(lambda text, end: told.append((text, end)), alarm.later, lambda: alarm.now)
    output.write("ab")
    output.write("cd")
    assert output.so_far == ("abcd", 4)
    output.write("e")
    alarm.pass_time(PERIOD)
    assert told == [("ab", 2), ("cd", 4), ("e", 5)]


def test_time_passes_by_itself():
    """Without a test that says when, a thread does."""
    told = threading.Event()
    output = LiveOutput(lambda text, end: told.set() if text == "b" else None)
    output.write("a")
    output.write("b")
    assert told.wait(5)
