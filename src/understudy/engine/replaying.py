"""Replay: takes a learner through a log by the log's own clock, and says what would have been suggested, and when."""

from collections.abc import Iterable

from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.offers import offered_tier
from understudy.core.pattern import Occurrence, PatternState
from understudy.core.ports import BadRecord, Learned, Learner
from understudy.core.trust import Tier
from understudy.core.value import DAY, Millis, Value
from understudy.engine.sieve import Progress, Screen, Sieve

OCCURRENCES = 10_000
"""The most recent ones of a pattern that are kept."""
HEAD_START, EFFORT = 400_000, 1.5
"""Records that may be mined in all, at first and for each one read: six weeks are mined every day as the agent does
it, a year less and less often, so that it is gone through in seconds."""
_NOTHING = Learned()
_FOREIGN = CaptureKind.FOREIGN


class ReplayedPattern(Value):
    """A pattern as it stood when the log ended, and when it would have been suggested."""

    state: PatternState
    tier: Tier
    """Observe or suggest; replay grants nothing, so never auto."""
    suggested_at: Millis = 0
    """When it first earned to be suggested, 0 = never; it may have lost that again since."""
    occurrences: tuple[Occurrence, ...] = ()
    """All seen along the way, oldest first, at most 10,000: what is mined in the end is only the latest stretch."""

    @property
    def is_suggested(self) -> bool:
        """Whether it would be suggested as the log ends."""
        return self.tier is not Tier.OBSERVE


class Replayed(Value):
    """What came of a replay."""

    captures: int
    """Good records, private ones among them."""
    bad: int
    first_bad: BadRecord | None
    private: int
    """Left out as the agent leaves them out."""
    foreign: int
    """Records of other programs, which can be learned from but not done."""
    first: Millis
    """Time of the earliest capture, 0 = there was none."""
    last: Millis
    patterns: tuple[ReplayedPattern, ...]
    """Highest score first."""
    seconds: float = 0.0
    """How long the replay took."""


def replay(
    captures: Iterable[Capture | BadRecord],
    learner: Learner,
    *,
    screen: Screen,
    on_progress: Progress | None = None,
) -> Replayed:
    """Let a fresh learner live through a log; nothing is executed, nothing is kept.

    Positions are zero-based indexes of records, bad and private ones counted. A log out of order is taken as it comes.
    """
    sieve, track, foreign = Sieve(captures, screen, on_progress), _Track(), 0
    mined = 0
    for position, capture in sieve:
        foreign += capture.kind is _FOREIGN
        learned = advance(learner, position, capture, learner.symbol(capture))
        if learned.changed:
            track.note(learned, capture.at)
        if mined + position <= HEAD_START + EFFORT * position:
            learned = mine_at(learner, capture.at)
            if learned is not _NOTHING:
                track.note(learned, capture.at)
                mined += position
    track.note(_conclude(learner, sieve.last), sieve.last)
    return Replayed(
        captures=sieve.captures,
        bad=sieve.bad,
        first_bad=sieve.first_bad,
        private=sieve.private,
        foreign=foreign,
        first=sieve.first,
        last=sieve.last,
        patterns=track.patterns(learner.states()),
    )


def advance(learner: Learner, position: int, capture: Capture, symbol: Symbol) -> Learned:
    """Let time pass until a capture, and take it in: the one way in which a learner goes through captures."""
    before = catch_up(learner, capture.at)
    return _joined(before, learner.observe(position, capture, symbol))


def catch_up(learner: Learner, at: Millis) -> Learned:
    """Close what was waited for until this time."""
    due = learner.next_tick()
    return learner.tick(at) if due is not None and due <= at else _NOTHING


def mine_at(learner: Learner, at: Millis) -> Learned:
    """Mine on the spot, where that is due."""
    mining = learner.mining(at)
    return _NOTHING if mining is None else learner.accept(mining(), at)


def _conclude(learner: Learner, last: Millis) -> Learned:
    """Mine what is left when a log ends; that it is too little for a mining on the same day does not count."""
    before, mining = catch_up(learner, last), learner.mining(last + DAY)
    return before if mining is None else _joined(before, learner.accept(mining(), last))


def _joined(before: Learned, learned: Learned) -> Learned:
    if before is _NOTHING:
        return learned
    return Learned(
        found=before.found + learned.found,
        changed=before.changed + learned.changed,
        seen=learned.seen,
        lost=before.lost + learned.lost,
    )


class _Track:
    """What is remembered along the way besides what the learner keeps."""

    def __init__(self) -> None:
        self._suggested: dict[str, tuple[Millis, PatternState]] = {}
        """Pattern id -> when it first earned it, and its state then."""
        self._seen: dict[str, tuple[Occurrence, ...]] = {}
        self._latest: frozenset[str] | None = None
        """What the latest mining found."""

    def note(self, learned: Learned, at: Millis) -> None:
        """Remember what changed."""
        self._latest = self._latest if learned.seen is None else learned.seen
        for state in learned.changed:
            self._see(state)
            if state.pattern.id not in self._suggested and offered_tier(state) is not Tier.OBSERVE:
                self._suggested[state.pattern.id] = at, state

    def _see(self, state: PatternState) -> None:
        """Keep the occurrences from before the stretch that was mined this time."""
        latest, known = state.pattern.occurrences, self._seen.get(state.pattern.id, ())
        if not latest or known[-1:] == latest[-1:]:
            self._seen.setdefault(state.pattern.id, latest)
            return
        earlier = tuple(each for each in known if each.last < latest[0].first)
        self._seen[state.pattern.id] = (*earlier, *latest)[-OCCURRENCES:]

    def patterns(self, states: Iterable[PatternState]) -> tuple[ReplayedPattern, ...]:
        """Return what the last mining found, and what was ever suggested; highest score first."""
        known = {
            state.pattern.id: state
            for state in states
            if self._latest is None or state.pattern.id in self._latest | self._suggested.keys()
        }
        gone = {each: state for each, (_, state) in self._suggested.items() if each not in known}
        found = [
            *(self._replayed(state, offered_tier(state)) for state in known.values()),
            *(self._replayed(state, Tier.OBSERVE) for state in gone.values()),
        ]
        return tuple(sorted(found, key=lambda each: (-each.state.pattern.score, each.state.pattern.id)))

    def _replayed(self, state: PatternState, tier: Tier) -> ReplayedPattern:
        at, _ = self._suggested.get(state.pattern.id, (0, state))
        return ReplayedPattern(
            state=state,
            tier=Tier.OBSERVE if tier is Tier.OBSERVE else Tier.SUGGEST,
            suggested_at=at,
            occurrences=self._seen.get(state.pattern.id, state.pattern.occurrences),
        )
