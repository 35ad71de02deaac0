"""The learner's history: it also tells what it numbered last, and can be taken up from a snapshot."""

from collections.abc import Iterable, Mapping

from understudy.core.capture import Capture
from understudy.detectors.history import History
from understudy.detectors.snapshot import Entries
from understudy.detectors.vocabulary import Vocabulary


class Latest(History):
    """A history that tells what it numbered last, and what is in it."""

    @property
    def latest(self) -> tuple[int, int]:
        """Symbol and session of the last event; there must be one."""
        return self._columns["symbol"][-1], self._columns["session"][-1]

    def templates(self) -> Iterable[str]:
        """Every template that is kept."""
        return self._templates.texts().values()

    @property
    def vocabularies(self) -> tuple[Vocabulary, Vocabulary]:
        """Of templates and of literals."""
        return self._templates, self._literals

    def resume(self, columns: Mapping[str, bytes], recent: Iterable[Capture]) -> None:
        """Start from the columns of a frozen one; the latest captures in it say whether a session is still open."""
        for name, raw in columns.items():
            self._columns[name].frombytes(raw)
        for capture in recent:
            self._sessions.take(capture)
        self._sessions.number = self._columns["session"][-1] if len(self) else 0


def entries(vocabulary: Vocabulary) -> Entries:
    """Return all that is in a vocabulary."""
    counts = vocabulary.counts()
    return tuple((number, text, counts[number]) for number, text in vocabulary.texts().items())
