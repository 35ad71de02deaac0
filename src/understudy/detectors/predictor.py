"""Predicts what comes next: bounded memory, a few microseconds an event. Imports no numpy.

Five views are mixed: what followed the last one, two and three symbols; what was used most of late; and the place in
the list of recent symbols that comes up next (people return to where they were). How much each view counts is
learned, apart for contexts seen rarely and often: after each event, by how well it had foretold it.
"""

from collections.abc import Iterable
from operator import itemgetter

from understudy.core.trust import wilson_lower_bound
from understudy.core.value import Value

Ranked = list[tuple[str, float]]
"""Symbols with their probability, best first."""

ORDERS = (1, 2, 3)
"""Symbols of context."""
SUCCESSORS = 8
"""Symbols kept after one context."""
CONTEXTS = 16_000
"""At most so many are kept; those not met for longest are given up, half of them at a time."""
RECENT = 12
"""Symbols back in the list of recent ones."""
_KEEP = 0.95
"""What a count of successors is worth after the context has come once more."""
_HEAT = 2 ** (1 / 5)
"""What use is worth compared with one event earlier: a half-life of five events."""
_RANK_GAIN = 1 / 0.99
_HUGE = 1e100
"""Where growing weights are scaled down."""
_LEVELS = 5
"""Levels of how often a context was met, 0 to 5."""
_PACE = 0.02
"""How fast a view's weight follows its success."""
_LEAST_WEIGHT = 0.02
_UNSEEN = 4
"""Room left for what was never seen, in events: much at first, none in the long run."""
_STEPS = 20
"""Levels of confidence."""
_Z = 1.645
"""One-sided 95 %."""

_FEW = 5
"""Places that a person would look at."""
_FIRST = 2
"""Place of the first order's weights."""
_PROBABILITY = itemgetter(1)

_Context = tuple[str, ...]
_Successors = dict[str, float]
_Mixture = tuple[float, float, list[tuple[int, float, _Successors]]]
"""What a unit of heat, of a rank's count, and of each context's weights adds to the probability."""


class Contexts:
    """What followed which context, bounded: a young and an old half; what is met in the old one gets young again."""

    def __init__(self, limit: int = CONTEXTS) -> None:
        self._half = limit // 2
        self._young: dict[_Context, _Successors] = {}
        self._old: dict[_Context, _Successors] = {}

    def __len__(self) -> int:
        """Contexts held."""
        return len(self._young) + len(self._old)

    def get(self, context: _Context) -> _Successors | None:
        """Return weight by successor, oldest successor first."""
        return self._young.get(context) or self._old.get(context)

    def add(self, context: _Context, symbol: str) -> None:
        """Count a successor. Of more than eight the weakest is dropped, and of equally weak ones the oldest."""
        successors = self._young.get(context)
        if successors is None:
            successors = self._renewed(context)
        for each in successors:
            successors[each] *= _KEEP
        if symbol in successors:
            successors[symbol] += 1.0
            return
        if len(successors) == SUCCESSORS:
            del successors[min(successors, key=successors.__getitem__)]
        successors[symbol] = 1.0

    def _renewed(self, context: _Context) -> _Successors:
        successors = self._old.pop(context, None) or {}
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}
        self._young[context] = successors
        return successors


class Recency:
    """The symbols of late, latest first, each with its heat; the current one stands apart, as it cannot come next."""

    def __init__(self) -> None:
        self.current = ""
        self.others: list[str] = []
        self.heats: list[float] = []
        self.ranks = [1 / place for place in range(2, RECENT + 2)]
        """By place among the others: how often it came next."""
        self._heat, self._gain = 0.0, 1.0
        """Of the current symbol; of the next one."""
        self._rank_gain = 1.0

    def use(self, symbol: str) -> None:
        """Make a symbol the current one."""
        heat = self._taken(symbol)
        if self.current:
            self.others.insert(0, self.current)
            self.heats.insert(0, self._heat)
        self.current, self._heat = symbol, heat + self._gain
        self._gain *= _HEAT
        if self._gain > _HUGE or self._rank_gain > _HUGE:
            self._scale_down()

    def _taken(self, symbol: str) -> float:
        """Take a symbol out of the others, or where it is not there the last one; returns the heat it had."""
        if symbol in self.others:
            place = self.others.index(symbol)
            self._rank_gain *= _RANK_GAIN
            self.ranks[place] += self._rank_gain
            del self.others[place]
            return self.heats.pop(place)
        if len(self.others) == RECENT:
            del self.others[-1], self.heats[-1]
        return 0.0

    def _scale_down(self) -> None:
        self._heat, self.heats = self._heat / self._gain, [heat / self._gain for heat in self.heats]
        self.ranks = [count / self._rank_gain for count in self.ranks]
        self._gain = self._rank_gain = 1.0


class Predictor:
    """Learns a stream of symbols. The same symbol twice in a row is one event, so it never expects the current one."""

    def __init__(self, contexts: int = CONTEXTS) -> None:
        self._contexts = Contexts(contexts)
        self._recency = Recency()
        self._session: int | None = None
        self._past: list[_Context] = []
        """The last one, two, three symbols, as far as the session goes."""
        self._weights = [1.0] * (_FIRST + len(ORDERS) * (_LEVELS + 1))
        """Of heat, of ranks, and of each order by level."""
        self._events = 0
        self._mixture: _Mixture | None = None
        """For the event that comes next."""
        self._said: tuple[str, float] | None = None
        """What was predicted first, until the event is there."""
        self._right, self._asked = [0] * _STEPS, [0] * _STEPS
        """By level of probability: first places that were right, first places."""

    def predict(self) -> Ranked:
        """Return what may come next, most probable first; probabilities are raw, see `confidence`."""
        hot, ranked, views = self._mixture or self._mix()
        recency = self._recency
        mixed = {
            symbol: hot * heat + ranked * count
            for symbol, heat, count in zip(recency.others, recency.heats, recency.ranks, strict=False)
        }
        for _, unit, view in views:
            for symbol, weight in view.items():
                mixed[symbol] = mixed.get(symbol, 0.0) + unit * weight
        ranking = sorted(mixed.items(), key=_PROBABILITY, reverse=True)
        self._said = ranking[0] if ranking else None
        return ranking

    def confidence(self, probability: float) -> float:
        """Return how often a first place with such a probability was right, at least (95 %); 0 = never yet."""
        level = _level(probability)
        return wilson_lower_bound(self._right[level], self._asked[level], _Z)

    def learn(self, symbol: str, session: int) -> None:
        """Take in the next event; nothing is learned across the border of two sessions."""
        if session != self._session:
            self._session, self._past, self._mixture = session, [], None
        if symbol == self._recency.current:
            self._past = self._past or [(symbol,)]
            return
        self._settle(symbol)
        self._reweigh(symbol)
        for context in self._past:
            self._contexts.add(context, symbol)
        self._past = [(symbol,), *[(*context, symbol) for context in self._past[: len(ORDERS) - 1]]]
        self._recency.use(symbol)
        self._events += 1
        self._mixture = None

    def _settle(self, symbol: str) -> None:
        """Count whether what was predicted first was right."""
        if self._said is not None:
            expected, probability = self._said
            level = _level(probability)
            self._asked[level] += 1
            self._right[level] += expected == symbol
            self._said = None

    def _mix(self) -> _Mixture:
        """Return and keep what a unit of each view adds to the probability; together they leave room for the unseen."""
        weights, heats, first = self._weights, self._recency.heats, _FIRST
        if not heats:
            return 0.0, 0.0, []
        chosen = []
        for context in self._past:
            successors = self._contexts.get(context)
            if successors:
                total = sum(successors.values())
                chosen.append((first + (int(total) if total < _LEVELS else _LEVELS), total, successors))
            first += _LEVELS + 1
        whole = weights[0] + weights[1] + sum([weights[which] for which, _, _ in chosen])
        unit = self._events / (self._events + _UNSEEN) / whole
        hot = unit * weights[0] / sum(heats)
        ranked = unit * weights[1] / sum(self._recency.ranks[: len(heats)])
        views = [(which, unit * weights[which] / total, view) for which, total, view in chosen]
        self._mixture = hot, ranked, views
        return self._mixture

    def _reweigh(self, symbol: str) -> None:
        """Move the weight of each view towards its share in what was foretold of this symbol."""
        hot, ranked, views = self._mixture or self._mix()
        recency = self._recency
        parts = [(which, unit * view[symbol] if symbol in view else 0.0) for which, unit, view in views]
        if recency.others:
            is_recent = symbol in recency.others
            place = recency.others.index(symbol) if is_recent else 0
            parts.append((0, hot * recency.heats[place] * is_recent))
            parts.append((1, ranked * recency.ranks[place] * is_recent))
        foretold = sum([part for _, part in parts])
        if foretold > 0:
            weights, rate = self._weights, _PACE * len(parts) / foretold
            for which, part in parts:
                weights[which] = max(_LEAST_WEIGHT, weights[which] * (1 - _PACE) + rate * part)


def _level(probability: float) -> int:
    return min(int(probability * _STEPS), _STEPS - 1)


class Scores(Value):
    """How well a stream was predicted, each event before it was learned."""

    events: int
    hit_1: float
    """Share of events that stood first."""
    hit_5: float
    """Share of events that stood among the first five."""
    mrr: float
    """Mean of 1 / place, 0 where it was not foretold."""
    precision_5: float
    """Share of first places that were right, among the 5 % most probable."""
    precision_10: float
    """The same among 10 %."""


def score(symbols: Iterable[tuple[str, int]]) -> Scores:
    """Predict and learn (symbol, session) one by one; equal ones in a row within a session count once."""
    predictor = Predictor()
    places: list[int] = []
    firsts: list[tuple[float, bool]] = []
    last: tuple[str, int] | None = None
    for event in symbols:
        if event != last:
            last = event
            ranking = predictor.predict()
            places.append(_place(ranking, event[0]))
            firsts.append((ranking[0][1] if ranking else 0.0, places[-1] == 1))
            predictor.learn(*event)
    # Sorted by probability alone: ties stay in order of time, else right ones would come first.
    firsts.sort(key=itemgetter(0), reverse=True)
    return Scores(
        events=len(places),
        hit_1=_mean(place == 1 for place in places),
        hit_5=_mean(0 < place <= _FEW for place in places),
        mrr=_mean(1 / place if place else 0.0 for place in places),
        precision_5=_precision(firsts, 0.05),
        precision_10=_precision(firsts, 0.10),
    )


def _place(ranking: Ranked, symbol: str) -> int:
    """Return the place of a symbol from 1 on, 0 = it is not there."""
    return next((place for place, (each, _) in enumerate(ranking, 1) if each == symbol), 0)


def _mean(values: Iterable[float]) -> float:
    kept = list(values)
    return sum(kept) / len(kept) if kept else 0.0


def _precision(firsts: list[tuple[float, bool]], share: float) -> float:
    return _mean(is_right for _, is_right in firsts[: max(1, int(len(firsts) * share))])
