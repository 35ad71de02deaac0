"""The vocabulary: numbers that are never given twice, and no more texts than fit."""

from hypothesis import given
from hypothesis import strategies as st

from understudy.detectors.vocabulary import Vocabulary


def numbered(vocabulary, texts):
    return [vocabulary.number(text) for text in texts]


def test_texts_are_numbered_in_the_order_first_seen():
    """And counted each time."""
    vocabulary = Vocabulary(10, 100)
    assert numbered(vocabulary, ["a", "b", "a", "c"]) == [0, 1, 0, 2]
    assert vocabulary.texts() == {0: "a", 1: "b", 2: "c"}
    assert vocabulary.counts() == {0: 2, 1: 1, 2: 1}


def test_rare_texts_are_given_up_where_there_are_too_many():
    """The most frequent stay, of equally frequent ones the latest; a number that is gone never comes back."""
    vocabulary = Vocabulary(4, 1_000)
    numbered(vocabulary, ["a", "a", "b", "c", "d", "e", "f"])
    assert sorted(vocabulary.texts().values()) == ["a", "d", "e", "f"]
    assert vocabulary.number("b") == 6


def test_long_texts_are_given_up_where_there_is_no_room():
    """As many as fit, by frequency."""
    vocabulary = Vocabulary(100, 40)
    numbered(vocabulary, ["a" * 20, "a" * 20, "b" * 20, "c" * 20])
    assert list(vocabulary.texts()) == [0, 2]


def test_a_text_longer_than_all_room_is_not_kept():
    """It has a number, as everything has."""
    vocabulary = Vocabulary(100, 8)
    assert numbered(vocabulary, ["x" * 11, "a"]) == [0, 1]
    assert vocabulary.texts() == {1: "a"}


@given(st.lists(st.text(max_size=30), max_size=300))
def test_it_never_grows_over_its_bounds(texts):
    """A quarter above either limit is the most, whatever comes; what is kept has the number it was given."""
    vocabulary = Vocabulary(8, 60)
    for text in texts:
        number, kept = vocabulary.number(text), vocabulary.texts()
        assert kept.get(number, text) == text
        assert len(kept) <= 10
        assert sum(map(len, kept.values())) <= 75


@given(st.lists(st.sampled_from("abcdefghijkl"), max_size=60))
def test_it_goes_on_after_being_restored(texts):
    """Same numbers, same counts, and no number given twice."""
    vocabulary, restored = Vocabulary(6, 100), Vocabulary(6, 100)
    numbered(vocabulary, texts)
    counts = vocabulary.counts()
    restored.restore((number, text, counts[number]) for number, text in vocabulary.texts().items())
    assert (restored.texts(), restored.counts()) == (vocabulary.texts(), counts)
    assert restored.number("new") not in vocabulary.texts()
