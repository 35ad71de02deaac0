"""The way from a log to what may be looked at: sieve, screening, merging, and how captures are read."""

from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.ports import BadRecord
from understudy.core.privacy_rules import PrivacyRules
from understudy.core.reason import Reason
from understudy.engine.merging import Merged
from understudy.engine.reading import MOST, read_symbols
from understudy.engine.screening import REMEMBERED, Screening
from understudy.engine.sieve import TOLD_EVERY, Sieve

BAD = BadRecord(where="x.csv, line 3", why="it has no time")


def seen(at, app="mail", **fields):
    return Capture(**({"kind": CaptureKind.FOCUS, "source": "import:csv"} | fields), at=at, app=app)


# ---------------------------------------------------------------- sieve


def test_progress_is_told_now_and_then():
    """With the number of records so far, and the time in the log."""
    told = []
    list(Sieve(map(seen, range(2 * TOLD_EVERY + 5)), lambda one: one, lambda *so_far: told.append(so_far)))
    assert told == [(TOLD_EVERY, TOLD_EVERY - 1), (2 * TOLD_EVERY, 2 * TOLD_EVERY - 1)]


def test_the_first_bad_record_is_the_example():
    """One is enough to see what is wrong."""
    sieve = Sieve([BAD, seen(1), BadRecord(where="later", why="too")], lambda one: one)
    assert [index for index, _ in sieve] == [1]
    assert (sieve.bad, sieve.first_bad) == (2, BAD)


# ---------------------------------------------------------------- screening


def test_what_was_seen_again_is_judged_alike_with_its_own_time():
    """A redacted title stays redacted, and no time or process is mixed up."""
    screening = Screening(PrivacyRules())
    secret = {"title": "login token=ghp_0123456789abcdefABCDEF0123456789abcd"}
    first = screening(seen(1, "firefox", lasted=5, pid=7, **secret))
    again = screening(seen(2, "firefox", lasted=6, pid=8, **secret))
    assert first.title == again.title == "login token={secret}"
    assert [(one.at, one.lasted, one.pid) for one in (first, again)] == [(1, 5, 7), (2, 6, 8)]


def test_what_is_private_stays_private():
    """The same reason each time."""
    screening = Screening(PrivacyRules(apps=("slack",)))
    reasons = [screening(seen(at, "Slack")) for at in (1, 2)]
    assert reasons[0] is reasons[1]
    assert isinstance(reasons[0], Reason)


def test_a_run_of_ours_is_not_taken_for_the_person():
    """What was seen and who did it are judged together."""
    screening = Screening(PrivacyRules())
    assert [screening(seen(1, run_id=run_id)).run_id for run_id in ("r-1", "", "r-1")] == ["r-1", "", "r-1"]


def test_long_texts_are_not_remembered_and_the_others_are_bounded():
    """Memory stays small however long the log is."""
    screening = Screening(PrivacyRules())
    for number in range(REMEMBERED + 3):
        assert screening(seen(number, title=f"{number}")).title == f"{number}"
    assert len(screening._known) == 3
    assert screening(seen(1, title="word " * 200)).title.endswith("word")
    assert len(screening._known) == 3


# ---------------------------------------------------------------- merging


def test_logs_are_merged_by_time_and_each_record_is_found_again():
    """Places run over the logs as given; a bad record stays behind the one before it."""
    merged = Merged([[seen(1, "a"), BAD, seen(5, "b")], [], [seen(0, "c"), seen(1, "d"), seen(9, "e")]])
    records = list(merged)
    assert [getattr(one, "app", "bad") for one in records] == ["c", "a", "bad", "d", "b", "e"]
    assert [merged.index(place) for place in range(6)] == [3, 0, 1, 4, 2, 5]


def test_one_log_is_passed_on_as_it_is():
    """Also out of order, without a note of each place."""
    merged = Merged([iter([seen(5), seen(1)])])
    assert [one.at for one in merged] == [5, 1]
    assert merged.index(1) == 1


# ---------------------------------------------------------------- reading


def test_templates_are_counted_with_their_first_example():
    """Most frequent first; what says nothing is counted apart, and a rare one is marked."""
    apps = ["b", "a", "", "a", "x", "c", "a", "b"]

    def symbol_of(capture):
        template = f"app:{capture.app}" if capture.app else ""
        return Symbol(exact=f"{template} {capture.at}", template=template)

    sieve = Sieve(
        [BAD, *(seen(at, app) for at, app in enumerate(apps))],
        lambda one: Reason(code="excluded_app", text="x") if one.app == "x" else one,
    )
    found = read_symbols(sieve, symbol_of=symbol_of, session_of=lambda one: one.at // 4, least=2)
    assert [(one.symbol.exact, one.seen, one.is_rare) for one in found.templates] == [
        ("app:a 1", 3, False),
        ("app:b 0", 2, False),
        ("app:c 5", 1, True),
    ]
    assert (found.captures, found.bad, found.private, found.unseen, found.sessions) == (8, 1, 1, 1, 2)


def test_where_there_are_too_many_templates_the_rare_ones_are_given_up():
    """What is frequent stays, and how many were forgotten is said."""
    names = ("often", *(f"once-{number}" for number in range(MOST)), "often")
    found = read_symbols(
        Sieve([seen(at, name) for at, name in enumerate(("often", *names))], lambda one: one),
        symbol_of=lambda capture: Symbol(exact=capture.app, template=capture.app),
        session_of=lambda _: 0,
        least=3,
    )
    assert (found.templates[0].symbol.template, found.templates[0].seen) == ("often", 3)
    assert len(found.templates) + found.given_up == MOST + 1
    assert found.given_up == MOST // 2 + 1
