"""An invented fortnight of an office worker, for the demo and to try the detectors on. Pure, seeded.

Four things in it come back, and nothing else does: on weekdays about 08:55 the CRM is opened (habit); after
a meeting window has closed the notes are (follow-up); now and then mail leads to the tracker's board and on
to the time sheet, with other things in between (routine); `git pull --rebase` is typed (repetition).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from understudy.core.capture import Capture, CaptureKind
from understudy.core.dice import Dice
from understudy.core.value import HOUR, MINUTE, SECOND, Millis

MAIL = "org.mozilla.Thunderbird"
CHAT = "com.slack.Slack"
BROWSER = "org.mozilla.firefox"
SHEETS = "org.libreoffice.LibreOffice.calc"
EDITOR = "code"
TERMINAL = "org.gnome.Terminal"
FILES = "org.gnome.Nautilus"
READER = "org.gnome.Evince"
NOTES = "md.obsidian.Obsidian"
CALLS = "us.zoom.Zoom"
NAMES = {
    MAIL: "Thunderbird",
    CHAT: "Slack",
    BROWSER: "Firefox",
    SHEETS: "LibreOffice Calc",
    EDITOR: "Code",
    TERMINAL: "Terminal",
    FILES: "Files",
    READER: "Document Viewer",
    NOTES: "Obsidian",
    CALLS: "Zoom",
}
"""What a desktop would call these programs."""

CRM = "https://crm.example/dashboard"
BOARD = "https://tracker.example/board"
TIME_SHEET = "https://time.example/sheet"
PULL = "git pull --rebase"

_PEOPLE = ("Ada", "Grace", "Edsger", "Barbara", "Alan", "Radia", "Donald", "Frances", "Niklaus", "Adele")
_WORDS = (
    "budget",
    "order",
    "report",
    "summer",
    "export",
    "invoice",
    "window",
    "engine",
    "garden",
    "paper",
    "signal",
    "bridge",
    "letter",
    "market",
    "number",
    "station",
    "winter",
    "harbour",
    "ticket",
    "record",
    "sample",
    "region",
    "travel",
    "office",
    "copper",
    "silver",
    "canvas",
)
_KEEPS_TO_IT = 0.96
"""How often the person does what they usually do."""
_IS_PUNCTUAL = 0.98
"""How often they do it at the usual time."""


def fortnight(seed: int, start: Millis, zone: str, days: int = 14) -> Iterable[Capture]:
    """Yield what the watchers would have seen, in order, from the local day of `start` on."""
    dice = Dice(seed)
    first = datetime.fromtimestamp(start / 1000, ZoneInfo(zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    for number in range(days):
        midnight = first + timedelta(days=number)
        person = _Person(dice, midnight)
        yield from person.weekend() if midnight.weekday() in (5, 6) else person.working_day()


class _Person:
    """Lives through one day and leaves captures behind."""

    def __init__(self, dice: Dice, midnight: datetime) -> None:
        self._dice = dice
        self._now = int(midnight.timestamp() * 1000)
        self._midnight = midnight
        self._captures: list[Capture] = []

    # --- days

    def working_day(self) -> Iterator[Capture]:
        dice = self._dice
        self._now = self._clock(8, 15) + self._minutes(0, 25)
        self._presence("unlocked")
        plan: list[tuple[Millis, Callable[[], None]]] = [
            (self._clock(12, 0) + self._minutes(-20, 40), self._lunch),
            (self._clock(8, 51) + self._minutes(0, 9), self._open_crm),
        ]
        plan += [(self._any_time(), self._meeting) for _ in range(dice.whole(2, 3))]
        plan += [(self._any_time(), self._report_time) for _ in range(dice.whole(2, 3))]
        plan += [(self._any_time(), self._look_at_the_board) for _ in range(dice.whole(2, 3))]
        plan += [(self._any_time(), self._pull) for _ in range(dice.whole(2, 4))]
        plan += [(self._any_time(), self._coffee) for _ in range(dice.whole(1, 2))]
        for due, errand in sorted(plan, key=lambda entry: entry[0]):
            self._work_until(due)
            errand()
        self._work_until(max(self._now, self._clock(16, 40) + self._minutes(0, 80)))
        self._presence("locked")
        yield from self._captures

    def weekend(self) -> Iterator[Capture]:
        if self._dice.chance(0.5):
            self._now = self._clock(10, 0) + self._minutes(0, 600)
            self._presence("unlocked")
            self._work_until(self._now + self._minutes(10, 40))
            self._presence("locked")
        yield from self._captures

    # --- what comes back

    def _open_crm(self) -> None:
        if self._dice.chance(_IS_PUNCTUAL):
            self._page(CRM, "Dashboard - CRM")
            self._stay(20, 120)

    def _meeting(self) -> None:
        dice = self._dice
        self._window(CALLS, "Zoom Meeting")
        end = self._now + self._minutes(14, 45)
        while self._now < end:
            self._now = min(end, self._now + self._minutes(3, 20))
            if self._now < end and dice.chance(0.5):
                self._glance(20, 90)
                self._window(CALLS, "Zoom Meeting")
        self._state(CALLS, "closed")
        if dice.chance(_KEEPS_TO_IT):
            self._stay(3, 30)
            self._noise(dice.whole(0, 1))
            self._window(NOTES, f"{dice.one_of(_WORDS)} meeting - Obsidian")
            self._stay(60, 300)

    def _report_time(self) -> None:
        dice = self._dice
        self._window(MAIL, f"Re: {dice.one_of(_WORDS)} {dice.one_of(_WORDS)} - Thunderbird")
        self._stay(10, 60)
        self._noise(dice.whole(0, 2))
        self._page(BOARD, "Board - Tracker")
        self._stay(8, 40)
        if dice.chance(_KEEPS_TO_IT):
            self._noise(dice.whole(0, 2))
            self._page(TIME_SHEET, "Time sheet")
            self._stay(30, 150)

    def _pull(self) -> None:
        self._window(TERMINAL, "Terminal")
        self._stay(1, 6)
        self._command(PULL)
        self._stay(3, 20)

    # --- what does not

    def _work_until(self, due: Millis) -> None:
        """Bursts of switching between a few things, then a while on one of them."""
        dice = self._dice
        while self._now < due:
            at_hand = dice.some_of(_THINGS, dice.whole(2, 5))
            for _ in range(dice.whole(2, 9)):
                self._glance(3, 60, due, at_hand)
            self._glance(120, 900, due, at_hand)

    def _glance(
        self,
        least: float,
        most: float,
        due: Millis | None = None,
        at_hand: "list[Callable[[_Person], None]] | None" = None,
    ) -> None:
        if due is not None and self._now >= due:
            return
        if self._dice.chance(0.03):
            self._window(self._dice.one_of((FILES, READER, CHAT)), "")
            self._now += self._dice.whole(60, 280)
        self._dice.one_of(at_hand or list(_THINGS))(self)
        since = self._now
        self._stay(least, most)
        if due is not None:
            self._now = max(since, min(self._now, due))

    def _noise(self, count: int) -> None:
        for _ in range(count):
            self._glance(4, 25)

    def _look_at_the_board(self) -> None:
        """Not every look at the board is for the time sheet."""
        self._dice.one_of((_Person.chat, _Person.write, _Person.calculate))(self)
        self._stay(5, 40)
        self._page(BOARD, "Board - Tracker")
        self._stay(8, 40)

    def _lunch(self) -> None:
        self._presence("locked")
        self._now += self._minutes(30, 60)
        self._presence("unlocked")

    def _coffee(self) -> None:
        self._now += 5 * MINUTE
        self._presence("idle")
        self._now += self._minutes(1, 10)
        self._presence("active")

    def read_mail(self) -> None:
        count = self._dice.whole(0, 12)
        unread = f"({count}) " if count else ""
        self._window(MAIL, f"{unread}Inbox - Thunderbird")

    def chat(self) -> None:
        self._window(CHAT, f"{self._dice.one_of(_PEOPLE)} - Slack")

    def calculate(self) -> None:
        self._window(SHEETS, f"{self._dice.one_of(_WORDS)}.ods - LibreOffice Calc")

    def write(self) -> None:
        mark = "● " if self._dice.chance(0.3) else ""
        self._window(EDITOR, f"{mark}{self._dice.one_of(_WORDS)}.py - Code")

    def look_for_files(self) -> None:
        self._window(FILES, self._dice.one_of(_WORDS))

    def read(self) -> None:
        self._window(READER, f"{self._dice.one_of(_WORDS)}-{self._dice.whole(1, 99)}.pdf")

    def take_a_note(self) -> None:
        if self._dice.chance(0.15):
            self._window(NOTES, f"{self._dice.one_of(_WORDS)} - Obsidian")

    def browse(self) -> None:
        dice = self._dice
        one, two = dice.one_of(_WORDS), dice.one_of(_WORDS)
        pages = (
            (f"https://search.example/?q={one}+{two}&utm_source=bar", f"{one} {two} - Search"),
            (f"https://wiki.example/{one}-{two}", f"{one} {two} - Wiki"),
            (
                f"https://news.example/2025/{dice.whole(1, 12)}/{one}-{two}-{dice.whole(10, 99)}",
                f"{two} - News",
            ),
            (f"https://crm.example/customers/{dice.whole(1000, 9999)}", f"{dice.one_of(_PEOPLE)} - CRM"),
        )
        self._page(*dice.one_of(pages))

    def look_at_an_issue(self) -> None:
        number = self._dice.whole(1, 400)
        self._page(f"https://tracker.example/browse/OPS-{number}", f"OPS-{number} - Tracker")

    def use_the_terminal(self) -> None:
        dice = self._dice
        self._window(TERMINAL, "Terminal")
        for _ in range(dice.whole(1, 3)):
            self._stay(2, 25)
            one, two = dice.one_of(_WORDS), dice.one_of(_WORDS)
            lines = (
                f'git commit -m "Change the {one} of the {two}"',
                f"git switch {one}-{two}-{dice.whole(1, 60)}",
                f"pytest tests/test_{one}.py -k {two}",
                f"grep -rn {one}_{two} src/{dice.one_of(_WORDS)}",
                f"cd {one}",
                "ls",
            )
            self._command(dice.one_of(lines))

    # --- leaving captures behind

    def _clock(self, hour: int, minute: int) -> Millis:
        return int(self._midnight.replace(hour=hour, minute=minute).timestamp() * 1000)

    def _minutes(self, low: float, high: float) -> Millis:
        return int(self._dice.between(low, high) * MINUTE)

    def _any_time(self) -> Millis:
        """A time of a working day that is neither its first hour nor around lunch."""
        start = self._clock(9, 20) if self._dice.chance(0.4) else self._clock(13, 30)
        return start + int(self._dice.between(0, 2.6) * HOUR)

    def _stay(self, least: float, most: float) -> None:
        self._now += int(self._dice.between(least, most) * SECOND)

    def _leave(
        self, kind: CaptureKind, source: str, app: str, *, title: str = "", url: str = "", text: str = ""
    ) -> None:
        self._captures.append(
            Capture(at=self._now, kind=kind, source=source, app=app, title=title, url=url, text=text)
        )
        self._now += 1

    def _window(self, app: str, title: str) -> None:
        self._leave(CaptureKind.FOCUS, "focus", app, title=title)

    def _page(self, url: str, title: str) -> None:
        self._leave(CaptureKind.FOCUS, "focus", BROWSER, title=f"{title} \u2014 Firefox", url=url)

    def _command(self, line: str) -> None:
        self._leave(CaptureKind.COMMAND, "shell", "zsh", text=line)

    def _state(self, name: str, value: str) -> None:
        self._leave(CaptureKind.STATE, "state", name, text=value)

    def _presence(self, word: str) -> None:
        self._leave(CaptureKind.PRESENCE, "presence", "", text=word)


_THINGS: tuple[Callable[[_Person], None], ...] = (
    _Person.read_mail,
    _Person.chat,
    _Person.browse,
    _Person.browse,
    _Person.look_at_an_issue,
    _Person.calculate,
    _Person.write,
    _Person.look_for_files,
    _Person.read,
    _Person.take_a_note,
    _Person.use_the_terminal,
)
