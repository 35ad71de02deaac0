"""A learner that finds what a test tells it to find, and remembers what it was told."""

from collections import deque

import msgspec

from understudy.core.capture import CaptureKind, Symbol
from understudy.core.ports import Learned

_PREFIX = {
    CaptureKind.FOCUS: "app",
    CaptureKind.COMMAND: "cmd",
    CaptureKind.URL: "url",
    CaptureKind.PHRASE: "phrase",
    CaptureKind.FILE: "file",
}


class ScriptedLearner:
    """Keeps the `Learner` port."""

    def __init__(self):
        self.known = {}
        """Pattern id -> state."""
        self.observed = []
        """(position, template) of every event taken in."""
        self.values = []
        """The mark of what was copied or pasted, of each of them."""
        self.ticks = []
        self.taken = []
        self.settled = []
        self.restored = ()
        self.will_learn = deque()
        """What the next calls of `observe` return."""
        self.will_tick = deque()
        self.will_mine = None
        """What the next mining finds; None = none is due."""
        self.due = None
        self.will_resume = b""
        """The snapshot it gives, and the only one it goes on from."""
        self.broken = set()
        """Names of the methods that raise."""

    def symbol(self, capture):
        self._may_break("symbol")
        prefix = _PREFIX.get(capture.kind)
        subject = capture.app if prefix == "app" else capture.url if prefix == "url" else capture.text
        template = f"{prefix}:{subject}" if prefix and subject else ""
        return Symbol(exact=template, template=template, coarse=template)

    def observe(self, position, capture, symbol):
        self._may_break("observe")
        if capture.run_id:
            return Learned()
        self.observed.append((position, symbol.template))
        self.values.append(capture.value)
        return self._learn(self.will_learn.popleft()) if self.will_learn else Learned()

    def tick(self, now):
        self._may_break("tick")
        self.ticks.append(now)
        self.due = None
        return self._learn(self.will_tick.popleft()) if self.will_tick else Learned()

    def next_tick(self):
        return self.due

    def take(self, position, pattern_id):
        self._may_break("take")
        self.taken.append((position, pattern_id))

    def settle(self, pattern_id, at, *, hit):
        self._may_break("settle")
        self.settled.append((pattern_id, at, hit))
        state = self.known.get(pattern_id)
        if state is None:
            return Learned()
        outcomes = (*state.outcomes[-63:], (at, hit))
        evidence = state.evidence.plus(hit=hit)
        return self._learn(
            Learned(changed=(msgspec.structs.replace(state, evidence=evidence, outcomes=outcomes),))
        )

    def mining(self, now):
        found, self.will_mine = self.will_mine, None
        if found is None:
            return None

        def mine():
            self._may_break("mine")
            return found

        return mine

    def accept(self, patterns, now):
        self._may_break("accept")
        from understudy.core.pattern import PatternState

        return self._learn(
            Learned(
                found=tuple(patterns),
                changed=tuple(PatternState(pattern=each) for each in patterns),
                seen=frozenset(each.id for each in patterns),
            )
        )

    def states(self):
        return tuple(self.known.values())

    def snapshot(self):
        self._may_break("snapshot")
        return self.will_resume

    def resume(self, snapshot, states, recent):
        if not snapshot or snapshot != self.will_resume:
            return False
        self.restore(states, recent)
        return True

    def restore(self, states, history):
        self.known = {state.pattern.id: state for state in states}
        self.restored = tuple(history)

    def _learn(self, learned):
        for state in learned.changed:
            self.known[state.pattern.id] = state
        return learned

    def _may_break(self, name):
        if name in self.broken:
            raise ZeroDivisionError(name)
