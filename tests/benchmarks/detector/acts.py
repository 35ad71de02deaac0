"""Acts written as templates, and the captures and symbols that become of them."""

from tests.benchmarks.detector.plants import FollowUp, Habit, Plant, Planted, Repetition, Routine
from understudy.core.capture import Capture, CaptureKind
from understudy.core.value import Millis
from understudy.detectors.abstraction import Abstraction

_BROWSER = "firefox"


def capture_of(act: str, at: Millis, title: str = "", lasted: Millis = 0) -> Capture:
    """Return what a watcher would report of an act."""
    kind, _, rest = act.partition(":")
    known = {"at": at, "lasted": lasted}
    if kind == "app":
        return Capture(kind=CaptureKind.FOCUS, source="focus", app=rest, title=title, **known)
    if kind == "url":
        page = f"{title} - {rest.partition('/')[0]}"
        return Capture(
            kind=CaptureKind.FOCUS,
            source="focus",
            app=_BROWSER,
            url=f"https://{rest}",
            title=page,
            **known,
        )
    if kind == "state":
        name, _, value = rest.partition("=")
        return Capture(kind=CaptureKind.STATE, source="state", app=name, text=value, at=at)
    app = {"cmd": "zsh", "phrase": "mail", "presence": ""}[kind]
    kinds = {"cmd": CaptureKind.COMMAND, "phrase": CaptureKind.PHRASE, "presence": CaptureKind.PRESENCE}
    return Capture(kind=kinds[kind], source=kind, app=app, text=rest, at=at)


def symbol_of(act: str) -> str:
    """Return the template the product makes of an act."""
    return Abstraction().symbol(capture_of(act, 0)).template


def planted_of(plant: Plant) -> Planted:
    """Return an empty record of what is planted."""
    acts = {
        Habit: lambda: [plant.act],
        Repetition: lambda: [plant.act],
        FollowUp: lambda: [*_meeting_of(plant.after), plant.after, plant.then],
        Routine: lambda: plant.steps,
    }[type(plant)]()
    text = plant.act.partition(":")[2] if isinstance(plant, Repetition) else ""
    return Planted(plant=plant, kind=plant.kind, symbols=tuple(map(symbol_of, acts)), text=text)


def _meeting_of(act: str) -> list[str]:
    """Return the window that was in front before a meeting ended."""
    kind, _, rest = act.partition(":")
    return [f"app:{rest.partition('=')[0]}"] if kind == "state" else []
