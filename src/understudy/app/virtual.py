"""Time and work without waiting: a clock that is moved by hand, wake-ups by that clock, jobs done at once."""

from collections.abc import Callable, Mapping

from understudy.core.ports import Capability, Notice, ScreenUse
from understudy.core.secret import check_secret
from understudy.core.task import Task
from understudy.core.value import SECOND, Millis
from understudy.errors import CapabilityMissingError, NotFoundError


class VirtualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: Millis, zone: str) -> None:
        self._now = start
        self._zone = zone

    def now(self) -> Millis:
        """Return the time it was moved to."""
        return self._now

    def monotonic(self) -> float:
        """Return the same in seconds."""
        return self._now / SECOND

    def elapsed(self) -> float:
        """Return the same: nothing sleeps."""
        return self.monotonic()

    def zone(self) -> str:
        """Return the IANA name it was made with."""
        return self._zone

    def move_to(self, at: Millis) -> None:
        """Go forward to a time; an earlier one changes nothing."""
        self._now = max(self._now, at)


class VirtualScheduler:
    """Keeps the `Scheduler` port by a virtual clock: `run_until` fires what is due, in order."""

    def __init__(self, clock: VirtualClock, callback: Callable[[str], None]) -> None:
        self._clock = clock
        self._callback = callback
        self.due: dict[str, Millis] = {}

    def wake(self, key: str, at: Millis) -> None:
        """Set a wake-up, or move it."""
        self.due[key] = at

    def cancel(self, key: str) -> None:
        """Forget a wake-up."""
        self.due.pop(key, None)

    def refresh(self) -> None:
        """Do nothing: wake-ups are compared with the clock itself."""

    def run_until(self, at: Millis) -> None:
        """Move the clock to `at`, stopping at every wake-up on the way."""
        while self.due:
            key = min(self.due, key=lambda each: (self.due[each], each))
            if self.due[key] > at:
                break
            self._clock.move_to(self.due.pop(key))
            self._callback(key)
        self._clock.move_to(at)


class InlineWorkers:
    """Keeps the `Workers` port by doing each job at once, on the calling thread."""

    def submit(self, job: Callable[[], None]) -> None:
        """Do it now."""
        job()


class CollectingNotifier:
    """Keeps the `Notifier` port by keeping every notice: a replay shows nothing on screen."""

    def __init__(self) -> None:
        self.shown: list[Notice] = []

    def show(self, notice: Notice, ended: Callable[[str], None] | None = None) -> None:  # noqa: ARG002
        """Keep it; nobody answers."""
        self.shown.append(notice)

    def close(self, key: str) -> bool:
        """Say whether it was ever shown."""
        return any(notice.key == key for notice in self.shown)

    def availability(self) -> tuple[Capability, ...]:
        """Say that nothing reaches the screen."""
        return (Capability(name="notifications", state="missing", text="A replay shows nothing on screen"),)


class SilentMessenger:
    """Keeps the `Messenger` port by refusing: nothing leaves a replay."""

    def send(self, address: str, title: str, body: str) -> None:
        """Refuse."""
        del address, title, body
        raise CapabilityMissingError("No message was sent", "A replay sends nothing")

    def availability(self) -> Capability:
        """Say that nothing is sent."""
        return Capability(name="messages", state="missing", text="A replay sends nothing")


class NoPresses:
    """Keeps the `Hotkeys` port without a keyboard: nobody presses anything in a replay."""

    def start(self, on_press: Callable[[str], None]) -> None:
        """Do nothing."""

    def listen_to(self, hotkeys: frozenset[str]) -> None:
        """Do nothing."""

    def refused(self) -> Mapping[str, str]:
        """Nothing is refused that nobody misses."""
        return {}

    def stop(self) -> None:
        """Nothing to do."""

    def availability(self) -> Capability:
        """Say that no key is heard."""
        return Capability(name="hotkeys", state="missing", text="A replay hears no keys")


class FreeScreen:
    """Keeps the `ScreenWatch` port without a screen: nothing is ever in the way."""

    def now(self) -> ScreenUse:
        """Nothing fills the screen, and nobody asked not to be disturbed."""
        return ScreenUse()

    def start(self, changed: Callable[[], None]) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Nothing to do."""

    def availability(self) -> tuple[Capability, ...]:
        """Say that there is no screen."""
        text = "There is no screen to look at"
        return tuple(
            Capability(name=name, state="missing", text=text) for name in ("full_screen", "do_not_disturb")
        )


class MemorySecrets:
    """Keeps the `Secrets` port in a dictionary; forgotten at the end."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get(self, name: str) -> str:
        """Return it."""
        if name not in self._kept:
            raise NotFoundError(f"There is no secret {name}", fix=f"Set it: understudy secrets set {name}")
        return self._kept[name]

    def put(self, name: str, value: str) -> None:
        """Keep it."""
        check_secret(name, value)
        self._kept[name] = value

    def delete(self, name: str) -> None:
        """Forget it."""
        self.get(name)
        del self._kept[name]

    def names(self) -> tuple[str, ...]:
        """Return all names."""
        return tuple(sorted(self._kept))

    def availability(self) -> Capability:
        """Say that nothing is kept for long."""
        return Capability(name="secrets", state="degraded", text="Secrets are forgotten when this ends")


class NoTasks:
    """Keeps the `TaskBox` port by refusing: a replay makes no tasks."""

    def add(self, task: Task) -> str:
        """Refuse."""
        raise CapabilityMissingError(f"The task {task.title} was not made", "A replay makes no tasks")

    def remove(self, task_id: str) -> bool:
        """Say that it is not there."""
        del task_id
        return False
