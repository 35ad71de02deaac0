"""What an earlier agent left on the screen: numbers by key, in a file beside the journal; no words of any of it."""

import json
import logging
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)


class LeftBehind:
    """A file that says which notifications of which daemon are ours. Without a path nothing is remembered."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._shown: dict[str, tuple[int, bool]] = {}

    def adopt(self, daemon: str) -> dict[str, tuple[int, bool]]:
        """Return key -> (number, whether it has buttons) of what was shown by this very daemon."""
        try:
            found: Any = json.loads(self._path.read_text("utf-8")) if self._path else {}
            if not daemon or found.get("daemon") != daemon:
                return {}
            return {str(key): (int(number), bool(asks)) for key, (number, asks) in found["shown"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            _log.info("what was on the screen before is not known: %s", error)
            return {}

    def note(self, daemon: str, shown: dict[str, tuple[int, bool]]) -> None:
        """Write down what is on the screen now, where that has changed."""
        if self._path is None or shown == self._shown:
            return
        self._shown = shown
        draft = self._path.with_suffix(".new")
        try:
            draft.write_text(json.dumps({"daemon": daemon, "shown": shown}), encoding="utf-8")
            draft.replace(self._path)
        except OSError as error:
            _log.info("what is on the screen was not written down: %s", error)
