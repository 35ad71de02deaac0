"""A capture: one observed event, as a watcher or an importer reports it."""

import hashlib
from enum import StrEnum

from understudy.core.value import Millis, Value


class CaptureKind(StrEnum):
    """What sort of event was seen."""

    FOCUS = "focus"
    """A window came to the front, or its title changed: `app`, `title`, perhaps `url`."""
    URL = "url"
    """A page was opened: `url`, `title`, `app` = the browser."""
    COMMAND = "command"
    """A command line was run: `text` = the whole line, `app` = the shell."""
    PHRASE = "phrase"
    """A phrase was typed: `text`, `app` = where."""
    FILE = "file"
    """A file was opened or saved: `text` = its path, `app` = by what."""
    STATE = "state"
    """A watched value of the machine: `app` = its name (battery, power, network), `text` = its value."""
    PRESENCE = "presence"
    """The person: `text` is one of active, idle, locked, unlocked, asleep, awake."""
    FOREIGN = "foreign"
    """A record of an imported log: `app` = its kind, `text` = its subject."""


class Capture(Value):
    """One observed event. Fields that do not apply are empty."""

    at: Millis
    """When it happened."""
    kind: CaptureKind
    source: str
    """The watcher or importer that reported it, as `focus` or `import:activitywatch`."""
    app: str = ""
    """Identity of the program: a .desktop id where known (`org.xfce.mousepad`), else the lower-case window class."""
    title: str = ""
    url: str = ""
    text: str = ""
    lasted: Millis = 0
    """How long it went on, in milliseconds; 0 where the source does not know."""
    run_id: str = ""
    """The run that caused this, when it was our own doing: such captures are shown, never mined."""
    pid: int = 0
    """The process behind the window, while it lives; never stored."""
    value: str = ""
    """The mark of what was copied or pasted (see value_mark); only compared, never stored or shown."""

    @property
    def digest(self) -> int:
        """A 63-bit identity of what was seen: importing the same record twice finds it.

        `value` is no part of it: the same text has another mark in another process.
        """
        parts = (self.at, self.kind.value, self.app, self.title, self.url, self.text)
        raw = hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(raw, "big") >> 1


class Symbol(Value):
    """A capture made comparable, at three levels of detail."""

    exact: str
    """Parameters kept: `url:tracker.example/browse/OPS-12`."""
    template: str
    """What is mined: `url:tracker.example/browse/{id}`. Written app:NAME, url:HOST/PATH, cmd:TEXT, file:PATH,
    phrase:TEXT, or KIND:SUBJECT for foreign records; empty = never mined."""
    coarse: str = ""
    """Application and action only: `url:tracker.example`."""
    parameters: tuple[tuple[str, str], ...] = ()
    """What the template left out, as (type, literal) in order."""
