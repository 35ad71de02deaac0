"""What comes next: regular streams are foretold, memory stays bounded, claims are no larger than what came true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.detectors.steps import background
from understudy.core.dice import Dice
from understudy.detectors import predictor
from understudy.detectors.predictor import RECENT, SUCCESSORS, Contexts, Predictor, Scores, score

STREAMS = st.lists(st.tuples(st.sampled_from("abcdefghijklmnop"), st.integers(0, 2)), max_size=200)


def learned(symbols, session=0, **options):
    """A predictor that has seen these."""
    made = Predictor(**options)
    for symbol in symbols:
        made.learn(symbol, session)
    return made


def first(made):
    """What it expects most."""
    return made.predict()[0][0]


def everything(made):
    """All it has learned, in order."""
    return repr((vars(made._contexts), vars(made._recency), made._weights, made.predict()))


def test_nothing_is_expected_before_anything_was_seen():
    """Nor after the first symbol, as nothing else is known."""
    assert learned("").predict() == []
    assert learned("a").predict() == []


def test_what_followed_before_is_expected_first():
    """After mail comes the tracker."""
    assert first(learned(["mail", "tracker", "chat", "mail", "tracker", "chat", "mail"])) == "tracker"


def test_two_symbols_tell_more_than_one():
    """After c comes d or e; what was before c decides."""
    assert first(learned("acdbce" * 5 + "ac")) == "d"
    assert first(learned("acdbce" * 5 + "acdbc")) == "e"


def test_three_symbols_tell_more_than_two():
    """The same two in between, another end."""
    made = learned("axydbxye" * 8 + "axy")
    assert first(made) == "d"


def test_without_a_known_context_people_return_to_where_they_were():
    """After something new, the one before it is likely."""
    assert first(learned([*"ababacac", "new"])) == "c"


def test_room_is_left_for_what_was_never_seen():
    """Much in the beginning, hardly any later."""

    def known(made):
        return sum(probability for _, probability in made.predict())

    assert known(learned("ab")) == pytest.approx(2 / 6)
    assert known(learned("abc" * 200)) == pytest.approx(1, abs=0.01)


def test_the_current_symbol_is_never_expected():
    """The same twice in a row is one event, also across the border of two sessions."""
    made = learned("abab")
    made.learn("b", 0)
    made.learn("b", 1)
    assert "b" not in dict(made.predict())


def test_nothing_is_learned_across_the_border_of_two_sessions():
    """What ends one day does not lead to what begins the next."""
    made = Predictor()
    for session in range(10):
        for symbol in ("mail", "chat", "off"):
            made.learn(symbol, session)
    assert made._contexts.get(("off",)) is None
    assert dict(made._contexts.get(("mail",))) != {}


def test_a_session_that_begins_with_the_current_symbol_has_it_as_context():
    """The window is still there in the morning."""
    made = learned("abc")
    for symbol in "cd":
        made.learn(symbol, 1)
    assert made._contexts.get(("c",)) == {"d": 1.0}


def test_new_habits_replace_old_ones():
    """After 100 times one way, ten times the other way are enough."""
    assert first(learned("abc" * 100 + "acb" * 10 + "a")) == "c"


def test_a_view_that_was_right_counts_more():
    """In a stream with order the contexts win over recency, and in one without they do not."""
    ordered = learned("abcdef" * 50)
    assert ordered.predict()[0] == ("a", pytest.approx(1, abs=0.1))
    noise = background(1)
    disordered = learned([str(next(noise)) for _ in range(300)])
    assert disordered.predict()[0][1] < 0.5


def test_confidence_is_what_came_true():
    """Never claimed before it was seen; after 200 sure predictions that were right nearly one."""
    made = Predictor()
    assert made.confidence(1.0) == 0.0
    for symbol in "abcdef" * 50:
        made.predict()
        made.learn(symbol, 0)
    assert 0.9 < made.confidence(made.predict()[0][1]) < 1


def test_confidence_stays_below_what_is_right_in_noise():
    """In a stream of chance, what it claims of its first places holds on average."""
    noise, made = background(3), Predictor()
    claimed, right = 0.0, 0
    for _ in range(2_000):
        ranking, symbol = made.predict(), str(next(noise))
        if ranking:
            claimed += made.confidence(ranking[0][1])
            right += ranking[0][0] == symbol
        made.learn(symbol, 0)
    assert claimed <= right


def test_long_streams_are_scaled_down_without_changing_what_is_expected(monkeypatch):
    """Weights grow with each event, and are brought back before they grow too large."""
    stream = [str(symbol) for _, symbol in zip(range(500), background(4), strict=False)]
    plain = learned(stream).predict()
    monkeypatch.setattr(predictor, "_HUGE", 1e3)
    scaled = learned(stream)
    assert scaled._recency._gain < 1e4
    assert [symbol for symbol, _ in scaled.predict()[:5]] == [symbol for symbol, _ in plain[:5]]


def test_of_more_than_eight_successors_the_weakest_is_given_up():
    """Among equally weak ones the oldest."""
    contexts = Contexts()
    for symbol in "aabbcdefghi":
        contexts.add(("x",), symbol)
    assert list(contexts.get(("x",))) == list("abdefghi")


def test_contexts_not_met_for_long_are_given_up_and_others_kept():
    """One that is met now and then stays, whatever else passes by."""
    contexts = Contexts(limit=10)
    for number in range(100):
        contexts.add((str(number),), "next")
        if number % 4 == 0:
            contexts.add(("kept",), "next")
        assert len(contexts) <= 10
    assert contexts.get(("kept",))["next"] > 5
    assert contexts.get(("3",)) is None


@given(STREAMS)
def test_memory_is_bounded_whatever_comes(events):
    """Contexts, successors, recent symbols."""
    made = Predictor(contexts=20)
    for symbol, session in events:
        made.learn(symbol, session)
        assert len(made._contexts) <= 20
        assert len(made._recency.others) == len(made._recency.heats) <= RECENT
    kept = [*made._contexts._young.values(), *made._contexts._old.values()]
    assert all(len(successors) <= SUCCESSORS for successors in kept)


@given(STREAMS)
def test_equal_streams_give_equal_states(events):
    """Asked for predictions or not, the same is learned; nothing is left to chance."""
    one, other = Predictor(), Predictor()
    for event in events:
        one.learn(*event)
        other.predict()
        other.learn(*event)
    assert everything(one) == everything(other)


@given(STREAMS)
def test_a_ranking_holds_each_symbol_once_in_order_and_adds_up_to_less_than_one(events):
    """Whatever was learned."""
    ranking = learned([symbol for symbol, _ in events]).predict()
    probabilities = [probability for _, probability in ranking]
    assert probabilities == sorted(probabilities, reverse=True)
    assert len(dict(ranking)) == len(ranking)
    assert 0 <= sum(probabilities) < 1


def test_a_stream_is_scored_event_by_event_before_each_is_learned():
    """Four in turn: the first round is all new, after that each stands first."""
    scores = score([(symbol, 0) for symbol in "abcd" * 50])
    assert scores.events == 200
    assert 0.9 < scores.hit_1 <= scores.mrr <= scores.hit_5 <= 196 / 200
    assert (scores.precision_5, scores.precision_10) == (1, 1)


def test_equal_symbols_in_a_row_count_once_in_the_score():
    """As long as they are in the same session."""
    doubled = [(symbol, 0) for symbol in "aabbaabb"]
    assert score(doubled) == score([(symbol, 0) for symbol in "abab"])
    assert score([("a", 0), ("a", 1)]).events == 2


def test_nothing_to_score_is_no_error():
    """Zero everywhere."""
    assert score([]) == Scores(events=0, hit_1=0, hit_5=0, mrr=0, precision_5=0, precision_10=0)


def test_a_stream_of_bursts_is_foretold_better_than_by_counting():
    """Four windows in use at a time, changing now and then: their names alone would be right one time in ten."""
    dice, active, stream = Dice(7), [0, 1, 2, 3], []
    for _ in range(3_000):
        if dice.chance(0.04):
            active[dice.whole(0, 3)] = dice.whole(0, 39)
        stream.append((str(dice.one_of(active)), 0))
    scores = score(stream)
    assert scores.hit_1 > 0.25
    assert scores.mrr > 0.45
    assert scores.hit_5 > 0.75
