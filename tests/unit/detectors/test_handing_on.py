"""Handing on: steps that are done with the value that came with their trigger."""

from urllib.parse import parse_qs, quote, urlsplit

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, lists, sampled_from, text

from tests.unit.detectors.days import MONDAY, moment, patterns_of, seen, typed
from tests.unit.detectors.made_logs import log_of, page
from understudy.core.dice import Dice
from understudy.core.pattern import Carry, PatternKind
from understudy.core.redaction import SECRET
from understudy.core.template import render
from understudy.core.value import SECOND
from understudy.detectors.addresses import Addresses, address_blanks, address_to_open
from understudy.detectors.command_lines import command_blanks, command_template
from understudy.detectors.handing_on import LOOKED_AT, handed_on
from understudy.detectors.log import NOWHERE

TRACKER, REVIEW = "https://tracker.example/browse/{}", "https://review.example/pr/{}/files?view=split"
SAFE = "abcdefghijklmnopqrstuvwxyz0123456789-_.~%"


# --- taken apart


def whole(blanks):
    """What was taken apart, put together again."""
    parts = [blanks.text[0]]
    for (_, literal), after in zip(blanks.parameters, blanks.text[1:], strict=True):
        parts += [literal, after]
    return "".join(parts)


@settings(derandomize=True, max_examples=60)
@given(lists(text(SAFE, max_size=9), max_size=5), lists(text(SAFE, max_size=9), max_size=3))
def test_an_address_taken_apart_loses_nothing(segments, values):
    """Its blanks are those of its template, and the values of its query."""
    query = "&".join(f"k{number}={value}" for number, value in enumerate(values))
    url = address_to_open(f"https://a.example/{'/'.join(segments)}{'?' if query else ''}{query}")
    address = Addresses().read(url)
    blanks = address_blanks(f"url:{address.template}", url)
    assert (whole(blanks), blanks.parameters) == (url, address.parameters)


def test_the_value_of_a_query_is_written_as_in_a_path():
    """A plus there is a space; a key without a value is part of the template."""
    url = "https://a.example//x/7/?b=a+b&c&d="
    address = Addresses().read(url)
    assert address.parameters == (("n", "7"), ("b", "a%20b"))
    blanks = address_blanks(f"url:{address.template}", url)
    assert whole(blanks) == "https://a.example//x/7/?b=a%20b&c&d="
    assert address_blanks("url:nothing", "no address").text == ("no address",)


@settings(derandomize=True, max_examples=60)
@given(lists(sampled_from(["git", "log", "-n", "3", "'a b'", '"x"', "~/y", "a=b", "--k=v", "&&", "|", "7"])))
def test_a_command_taken_apart_loses_nothing(words):
    """Its blanks are those of its template."""
    line = " ".join(words)
    blanks = command_blanks(line)
    assert (whole(blanks), blanks.parameters) == (line, command_template(line)[1])


# --- where a value comes from


def found(pairs, make=page, *, least=0):
    """What is handed on in these pairs of (address, address or command line), or in all but so many of them."""
    captures = []
    for number, (first, then) in enumerate(pairs):
        at = MONDAY + number * 60 * SECOND
        captures += [page(at, first), make(at + 5 * SECOND, then), seen(at + 9 * SECOND, "mail")]
    log = log_of(captures)
    triggers = np.arange(3 * least, len(log), 3)
    return handed_on(log, triggers, triggers + 1, "url" if make is page else "cmd", 0)


def tickets(*numbers):
    """Opened, and then reviewed."""
    return [(TRACKER.format(number), REVIEW.format(number)) for number in numbers]


def test_an_equal_value_is_handed_on():
    """What is around it stays as it is."""
    made = found(tickets("OPS-1", "OPS-2", "OPS-3"))
    assert made.text == "https://review.example/pr/{{ trigger.parameters.id | urlencode }}/files?view=split"
    assert made.carries == (Carry(place=0, source="id", target="id"),)
    assert made.spoken == "url:review.example/pr/{id}/files?view=split"


def test_a_command_gets_its_word():
    """And nothing that a shell could read in another way."""
    made = found(
        [(TRACKER.format(f"OPS-{n}"), f"git checkout -q 'OPS-{n}' && make") for n in range(3)], typed
    )
    assert made.text == "git checkout -q {{ trigger.parameters.id | word }} && make"
    assert (made.carries[0].target, made.spoken) == ("text", "cmd:git checkout -q {id} && make")


@pytest.mark.parametrize(
    "pairs",
    [
        tickets("OPS-1", "OPS-1", "OPS-1", "OPS-1"),
        [(TRACKER.format(f"OPS-{n}"), REVIEW.format(f"OPS-{9 - n}")) for n in range(4)],
        [*tickets("OPS-1", "OPS-2", "OPS-3"), (TRACKER.format("OPS-4"), REVIEW.format("OPS-5"))],
        [(TRACKER.format(f"OPS-{n}"), f"https://review.example/{n}/OPS-{n}") for n in range(9)],
        [(TRACKER.format(SECRET), f"https://review.example/{SECRET}") for _ in range(4)],
        [(TRACKER.format(f"OPS-{n}"), f"https://x.example/pr/OPS-{n}?a{n}=1") for n in range(9)],
    ],
    ids=["one value", "other values", "one in four", "another that varies", "secrets", "shapes"],
)
def test_what_is_not_clear_is_not_handed_on(pairs):
    """Nine of ten, at least two values, and nothing else that varies."""
    assert found(pairs) is None


def test_three_times_are_needed():
    """A step that was left out tells nothing."""
    assert found(tickets("OPS-1", "OPS-2", "OPS-3", "OPS-4"), least=2) is None
    log = log_of(
        [
            each
            for at in range(4)
            for each in (page(at * 5_000, "https://t.example/7"), seen(at * 5_000 + 999, "x"))
        ]
    )
    assert handed_on(log, np.array([0, 2, NOWHERE]), np.array([NOWHERE, 4, 4]), "url", 0) is None


def test_one_in_ten_may_be_another():
    """People are not machines; what is nearly always the same is a literal."""
    pairs = tickets(*(f"OPS-{number}" for number in range(19)))
    odd = [(TRACKER.format("OPS-50"), REVIEW.format("OPS-51").replace("split", "joined"))]
    made = found([*pairs[:9], *odd, *pairs[9:]])
    assert made == found(pairs)


def test_too_much_that_is_odd_in_several_places_is_too_much():
    """Each blank alone is right often enough, all together are not."""
    numbers = [f"OPS-{number}" for number in range(20)]
    pairs = tickets(*numbers)
    for at in (3, 4):
        pairs[at] = (pairs[at][0], REVIEW.format("OPS-99"))
        pairs[at + 9] = (pairs[at + 9][0], pairs[at + 9][1].replace("split", "joined"))
    assert found(pairs) is None


def test_only_the_latest_are_looked_at():
    """What was done otherwise long ago is over."""
    old = [(TRACKER.format(f"OPS-{n}"), REVIEW.format("OPS-9999")) for n in range(30)]
    assert found([*old, *tickets(*(f"OPS-{n}" for n in range(LOOKED_AT)))]) is not None


def test_a_secret_beside_it_does_no_harm_but_in_the_step():
    """The trigger may have one; what is done must have been seen whole."""
    tickets_with = [(TRACKER.format(f"OPS-{n}?key={SECRET}"), REVIEW.format(f"OPS-{n}")) for n in range(4)]
    assert found(tickets_with).carries == (Carry(place=0, source="id", target="id"),)
    pattern = follow_up_of(
        days(9, then=f"https://review.example/pr/{{}}?key={SECRET.replace('{', '{{').replace('}', '}}')}")
    )
    assert (pattern.steps, pattern.carries) == ((), ())


def test_of_two_sources_the_first_is_taken():
    """Both have always the same value."""
    made = found([(f"https://t.example/OPS-{n}/OPS-{n}", REVIEW.format(f"OPS-{n}")) for n in range(3)])
    assert [each.source for each in made.carries] == ["id"]


@settings(derandomize=True, max_examples=40)
@given(lists(text("ab7 /?#&%+'\"{}<>;$ü", min_size=1, max_size=6), min_size=3, max_size=6, unique=True))
def test_whatever_a_value_holds_the_address_stays_the_same_one(values):
    """Filled in, it is one value of the query again, and opens nothing else."""
    first = "https://t.example/find?q={}"
    quoted = [quote(value, safe="") for value in values]
    made = found([(first.format(each), f"https://r.example/s?x={each}") for each in quoted])
    if made is None:
        return
    for value in ("../../a b?&#", *values):
        url = urlsplit(render(made.text, {"trigger": {"parameters": {"q": value}}}))
        assert (url.netloc, url.path, parse_qs(url.query)) == ("r.example", "/s", {"x": [value]})


# --- mined


def days(seed, *, others=0.0, first=TRACKER, then=REVIEW, make=page, count=6):
    """Two weeks in which tickets are opened, and then something is done with their number."""
    dice, captures = Dice(seed), []
    for day in (each for each in range(14) if each % 7 < 5):
        at = moment(day)
        for _ in range(count):
            for _ in range(dice.whole(2, 5)):
                captures.append(seen(at, f"other{dice.whole(0, 9)}"))
                at += dice.whole(20, 120) * SECOND
            number = f"OPS-{dice.whole(1, 500)}"
            captures.append(page(at, first.format(number)))
            number = f"OPS-{dice.whole(1, 500)}" if dice.chance(others) else number
            at += dice.whole(5, 20) * SECOND
            captures.append(make(at, then.format(number)))
            at += dice.whole(60, 200) * SECOND
    return captures


def follow_up_of(captures):
    """The follow-up that is mined."""
    (pattern,) = [each for each in patterns_of(captures) if each.kind is PatternKind.FOLLOW_UP]
    return pattern


@settings(derandomize=True, max_examples=5)
@given(integers(0, 1_000))
def test_what_is_opened_with_the_number_of_the_ticket_becomes_a_step(seed):
    """Told by the names of the trigger's blanks."""
    pattern = follow_up_of(days(seed))
    assert [step.action for step in pattern.steps] == ["open_url"]
    assert pattern.carries == (Carry(place=0, source="id", target="id"),)
    assert pattern.summary == (
        "After tracker.example/browse/{id}, you open review.example/pr/{id}/files?view=split"
    )


def test_a_command_with_the_number_of_the_ticket_becomes_a_step():
    """In the words of the trigger, not `{word}`."""
    pattern = follow_up_of(days(3, then="git checkout {}", make=typed))
    assert pattern.summary == "After tracker.example/browse/{id}, you run `git checkout {id}`"
    assert pattern.steps[0].parameters == {"script": "git checkout {{ trigger.parameters.id | word }}\n"}


@pytest.mark.parametrize("others", [0.3, 1.0])
def test_what_varies_in_its_own_way_stays_evidence(others):
    """No step, no value."""
    pattern = follow_up_of(days(4, others=others))
    assert (pattern.steps, pattern.carries) == ((), ())


def test_what_cannot_be_done_here_is_no_step_with_a_value_either():
    """The machine has no say in what is noticed."""
    captures = days(5)
    undoable = frozenset({"url:review.example/pr/{id}/files?view"})
    (pattern,) = [each for each in patterns_of(captures, undoable=undoable) if each.symbols[0][:4] == "url:"]
    assert (pattern.steps, pattern.carries) == ((), ())


def test_braces_of_a_site_are_no_template():
    """What was seen stands there as it was."""
    pattern = follow_up_of(days(6, then="https://review.example/pr/{}/x?view={{{{a}}}}"))
    (url,) = pattern.steps[0].parameters.values()
    assert render(url, {"trigger": {"parameters": {"id": "OPS-7"}}}) == (
        "https://review.example/pr/OPS-7/x?view={{a}}"
    )
