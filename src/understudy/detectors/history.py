"""The stretch of events that is mined: columns of numbers, 34 bytes an event, no matter how long the log is.

Imports no numpy: this lives in the agent all day.
"""

from array import array

from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.value import Value
from understudy.detectors.abstraction import literal_of
from understudy.detectors.sessions import Sessions
from understudy.detectors.vocabulary import Vocabulary

TEMPLATES = 4_096
"""Templates that can be part of a pattern; rarer ones only keep their place."""
LEAST = 3
"""Times from which a template can be part of a pattern; a rarer one, too, only keeps its place."""
LITERALS = 8_192
_CHARACTERS = 1_000_000
"""Characters of templates, and of literals, that are kept."""
KINDS = tuple(CaptureKind)
"""Kinds by the number they have in a column."""
TYPED = (CaptureKind.COMMAND, CaptureKind.PHRASE)
WINDOWS = (CaptureKind.FOCUS, CaptureKind.URL)
FARTHEST = 255
"""Events back at which the source of a value is still noted."""
_COLUMNS = {
    "at": "q",
    "position": "q",
    "symbol": "i",
    "literal": "i",
    "lasted": "i",
    "session": "i",
    "kind": "B",
    "flow": "B",
}
_PRESENCE = CaptureKind.PRESENCE
_LONGEST = 2**31 - 1
_SPARE = 1.1


class Frozen(Value):
    """A history as it is handed to mining, perhaps in another process. One entry per event in each column."""

    columns: dict[str, bytes]
    """Name -> machine numbers: at, position int64; symbol, literal, lasted, session int32; kind, flow uint8."""
    templates: dict[int, str]
    """Symbol -> template, in the order first seen; symbols that are missing here are too rare."""
    literals: dict[int, str]
    """What it takes to do it again; -1 and numbers that are missing here: nothing that is known."""

    @property
    def size(self) -> int:
        """Events in it."""
        return len(self.columns["kind"])


class History:
    """The latest events, bounded. Presence only ends sessions; what says nothing about the person is left out."""

    def __init__(self, capacity: int) -> None:
        """Hold at least so many events, and a tenth more at most."""
        self._capacity, self._limit = capacity, int(capacity * _SPARE)
        self._columns = {name: array(code) for name, code in _COLUMNS.items()}
        self._kinds = self._columns["kind"]
        self._adders = tuple(column.append for column in self._columns.values())
        self._templates = Vocabulary(TEMPLATES, _CHARACTERS)
        self._literals = Vocabulary(LITERALS, _CHARACTERS)
        self._sessions = Sessions()

    def __len__(self) -> int:
        """Events in it."""
        return len(self._kinds)

    def append(self, position: int, capture: Capture, symbol: Symbol, flow: int = 0) -> bool:
        """Take in the next event; `flow` = how many events ago its value was seen. False = it is left out."""
        session = self._sessions.take(capture)
        if not symbol.template or capture.kind is _PRESENCE or capture.run_id:
            return False
        literal = literal_of(capture)
        at_, position_, symbol_, literal_, lasted_, session_, kind_, flow_ = self._adders
        at_(capture.at)
        position_(position)
        symbol_(self._templates.number(symbol.template))
        literal_(self._literals.number(literal) if literal else -1)
        lasted_(min(_LONGEST, capture.lasted))
        session_(session)
        kind_(_NUMBERS[capture.kind])
        flow_(min(FARTHEST, flow))
        if len(self._kinds) > self._limit:
            for column in self._columns.values():
                del column[: len(column) - self._capacity]
        return True

    def remove(self, position: int) -> bool:
        """Take an event out again; False = it is not there."""
        positions = self._columns["position"]
        for index in range(len(positions) - 1, -1, -1):
            if positions[index] == position:
                for column in self._columns.values():
                    del column[index]
                return True
        return False

    def freeze(self) -> Frozen:
        """Return a copy for mining."""
        return Frozen(
            columns={name: column.tobytes() for name, column in self._columns.items()},
            templates=self._templates.texts(),
            literals=self._literals.texts(),
        )


_NUMBERS = dict(zip(KINDS, range(len(KINDS)), strict=True))
