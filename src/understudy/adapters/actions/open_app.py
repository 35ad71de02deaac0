"""Opens an application, or brings it to the front when it is open: what a person means by "switching to it"."""

import difflib
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from understudy.adapters.application_rules import check_arguments, check_program
from understudy.adapters.applications import Application, Applications, application_folders
from understudy.adapters.focus.active_window import WindowView
from understudy.adapters.open_windows import OpenWindows, wait_until
from understudy.adapters.opened_app import Opened, take_back
from understudy.adapters.process import Started, family, is_alive, start_detached
from understudy.core.action import ActionContext, Expectation, Performed, Reversibility, Undone
from understudy.core.capture import CaptureKind
from understudy.core.template import is_templated
from understudy.core.value import Value
from understudy.errors import ActionFailedError, InvalidInputError, StoppedError, UnderstudyError

LONGEST_WAIT = 10.0
"""Seconds for a window to appear or to come to the front."""
LIFE_SIGN = 0.5
"""Seconds a program must live to count as started, where windows cannot be seen."""
SETTLED = 0.5
"""Seconds without a new window or title after which the state to compare with is taken."""
LONGEST_SETTLING = 2.0


class Parameters(Value):
    """Which application, and what it is given."""

    app: str
    """Its .desktop id, menu name, or program."""
    arguments: tuple[str, ...] = ()
    """Handed to the program as they are; with arguments it is always started, not just brought to the front."""


class OpenApp:
    """Opens an application or brings it to the front."""

    name: ClassVar[str] = "open_app"
    title: ClassVar[str] = "Open an application"
    parameters: ClassVar[type[Parameters]] = Parameters
    reversibility: ClassVar[Reversibility] = Reversibility.INVERSE
    needs: ClassVar[tuple[str, ...]] = ("open_app",)
    needs_consent: ClassVar[bool] = False
    exclusive: ClassVar[bool] = False
    literal: ClassVar[frozenset[str]] = frozenset({"app", "arguments"})
    secret: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self, *, applications: Applications, windows: OpenWindows, environment: Mapping[str, str]
    ) -> None:
        self._applications = applications
        self._windows = windows
        self._environment = environment
        self._home = Path(environment.get("HOME") or Path.home())

    def check(self, parameters: Parameters) -> Parameters:
        """Resolve the application's name into its id."""
        check_arguments(parameters.arguments)
        if is_templated(parameters.app):
            return parameters
        found = self._find(parameters.app)
        if found is None:
            raise InvalidInputError(
                f"There is no application {parameters.app!r}",
                "It is not installed",
                self._nearest(parameters.app),
            )
        check_program(found.command)
        return Parameters(app=found.id, arguments=parameters.arguments)

    def preview(self, parameters: Parameters) -> str:
        """Say its menu name, and every argument."""
        name = self._applications.named(parameters.app)
        given = f" with {' '.join(map(repr, parameters.arguments))}" if parameters.arguments else ""
        text = f"Open {name}{given}"
        return "".join(character if character.isprintable() else " " for character in text)

    def undo_preview(self, parameters: Parameters) -> str:
        """Say what is closed, and what is not."""
        del parameters
        return (
            "Undo closes what was opened, if you have not used it since, or goes back to the window before."
        )

    def is_idempotent(self, parameters: Parameters) -> bool:
        """Say no: a program may be started twice."""
        del parameters
        return False

    def expects(self, parameters: Parameters) -> tuple[Expectation, ...]:
        """Its window comes to the front."""
        return (Expectation(kind=CaptureKind.FOCUS, app=parameters.app),)

    def prepare(self, parameters: Parameters, context: ActionContext) -> dict[str, Any]:
        """Look whether it is still installed, which windows it has, and what is in front."""
        del context
        check_arguments(parameters.arguments)
        check_program(self._installed(parameters.app).command)
        if not self._windows.capability().is_usable:
            return {"windows": [], "front": 0}
        own = [window.id for window in self._own_windows(parameters.app)]
        return {"windows": own, "front": self._windows.active()}

    def perform(self, parameters: Parameters, context: ActionContext, before: dict[str, Any]) -> Performed:
        """Bring it to the front if it is open, else start it; return once it is there."""
        if context.stop.is_set():
            raise StoppedError("Stopped before anything was opened")
        application = self._installed(parameters.app)
        front = int(before.get("front", 0))
        if not self._windows.capability().is_usable:
            return self._start_unseen(application, parameters, context)
        own = self._own_windows(application.id)
        if own and not parameters.arguments:
            return self._bring_to_front(application, own[-1], front, context)
        return self._start(application, parameters, front, context)

    def undo(self, undo: dict[str, Any], context: ActionContext) -> Undone:
        """Close what was started, or give the focus back, unless something has changed."""
        return take_back(undo, self._windows, self._own_windows, context)

    # --- finding ---

    def _find(self, name: str) -> Application | None:
        found = self._applications.find(name)
        if found is not None or not name.strip() or name.startswith("-"):
            return found
        program = shutil.which(name, path=self._environment.get("PATH"))
        if program is None:
            return None
        # The id keeps what was given: `find` must lead to the same program when the workflow runs.
        return Application(id=name, name=Path(name).name, command=(program,))

    def _installed(self, app: str) -> Application:
        found = self._find(app)
        if found is None:
            raise ActionFailedError(
                f"{app} is not installed any more", "Nothing was opened", "Change or remove the workflow"
            )
        return found

    def _nearest(self, name: str) -> str:
        folders = application_folders(self._environment, self._home)
        ids = {path.stem for folder in folders for path in folder.glob("*.desktop")}
        names = {self._applications.named(app): app for app in sorted(ids)}
        words = {word.lower(): word for word in (*ids, *names)} | {
            app.rpartition(".")[2].lower(): app for app in ids
        }
        near = difflib.get_close_matches(name.lower(), words, n=3, cutoff=0.5)
        if not near:
            return "Name an installed application"
        return f"Similar: {', '.join(dict.fromkeys(words[word] for word in near))}"

    def _own_windows(self, app: str) -> list[WindowView]:
        program = Path(app).name.lower()
        return [window for window in self._windows.all() if self._identity(window) in {app, program}]

    def _identity(self, window: WindowView) -> str:
        return self._applications.identify(window.wm_class, window.gtk_id, window.exe)

    # --- opening ---

    def _bring_to_front(
        self, application: Application, window: WindowView, front: int, context: ActionContext
    ) -> Performed:
        if self._windows.active() == window.id:
            return Performed(output=f"{application.name} was in front already")
        context.expect(self._focus(application.id, window.pid))
        self._windows.bring_to_front(window.id)
        if not wait_until(
            lambda: self._windows.active() == window.id, LONGEST_WAIT, context.deadline, context.stop
        ):
            raise ActionFailedError(
                f"{application.name} did not come to the front", "The window manager did not bring its window"
            )
        undo = Opened(app=application.id, window=window.id, previous=front).as_dict() if front else None
        return Performed(output=f"{application.name} was open, and is in front now", undo=undo)

    def _start(
        self, application: Application, parameters: Parameters, front: int, context: ActionContext
    ) -> Performed:
        titles = {window.id: window.title for window in self._windows.all()}
        known = set(titles)
        started = self._launch(application, parameters, context)

        def has_appeared() -> bool:
            return bool(self._new_windows(application.id, started.pid, known)) or self._is_handed_over(
                application.id, started, front, titles
            )

        try:
            appeared = wait_until(has_appeared, LONGEST_WAIT, context.deadline, context.stop)
        except StoppedError as stop:
            raise StoppedError(
                f"Stopped while {application.name} was starting", "It may still open"
            ) from stop
        if not appeared and not is_alive(started):
            raise ActionFailedError(f"{application.name} ended without showing a window")
        own = self._settle(application.id, started.pid, known, context) if appeared else []
        if appeared and not own:
            return Performed(output=f"{application.name} was open, and has taken it over", stays=True)
        opened = Opened(
            app=application.id,
            started=started if is_alive(started) else None,
            windows=tuple((window.id, window.title) for window in own),
            previous=front,
            with_terminal=Opened.count_terminals(started.pid),
        )
        text = "" if appeared else "; it has not shown a window"
        pids = tuple(window.pid for window in own) or (started.pid,)
        return Performed(
            output=f"{application.name} was started{text}",
            undo=opened.as_dict(),
            expects=(self._focus(application.id, *pids),),
        )

    def _start_unseen(
        self, application: Application, parameters: Parameters, context: ActionContext
    ) -> Performed:
        started = self._launch(application, parameters, context)
        context.stop.wait(min(LIFE_SIGN, max(0.0, context.deadline - time.monotonic())))
        if not is_alive(started):
            raise ActionFailedError(f"{application.name} ended at once")
        opened = Opened(app=application.id, started=started, unseen=True)
        return Performed(
            output=f"{application.name} was started; its window cannot be seen from here",
            undo=opened.as_dict(),
        )

    def _launch(self, application: Application, parameters: Parameters, context: ActionContext) -> Started:
        argv = (*application.command, *parameters.arguments)
        started = start_detached(argv, self._environment, self._home)
        context.expect(self._focus(application.id, started.pid))
        return started

    def _new_windows(self, app: str, pid: int, known: set[int]) -> list[WindowView]:
        """Return windows that were not there before and belong to the process or to the application."""
        fresh = [window for window in self._windows.all() if window.id not in known]
        if not fresh:
            return []
        relatives = family(pid)
        program = Path(app).name.lower()
        return [
            window for window in fresh if window.pid in relatives or self._identity(window) in {app, program}
        ]

    def _is_handed_over(self, app: str, started: Started, front: int, titles: dict[int, str]) -> bool:
        """Whether the program has ended because one that runs already took over, and that shows."""
        if is_alive(started):
            return False
        active = self._windows.active()
        own = {window.id: window.title for window in self._own_windows(app)}
        return active in own and (active != front or own[active] != titles.get(active))

    def _settle(self, app: str, pid: int, known: set[int], context: ActionContext) -> list[WindowView]:
        """Wait until windows and titles have stayed the same for a while, and return them."""
        seen: list[tuple[float, list[WindowView]]] = [(time.monotonic(), self._new_windows(app, pid, known))]

        def is_settled() -> bool:
            own = self._new_windows(app, pid, known)
            if own != seen[0][1]:
                seen[0] = (time.monotonic(), own)
            return time.monotonic() - seen[0][0] >= SETTLED

        try:
            wait_until(is_settled, LONGEST_SETTLING, context.deadline, context.stop)
        except UnderstudyError:
            return seen[0][1]  # stopped: the window is there, which is what was to be done
        return seen[0][1]

    def _focus(self, app: str, *pids: int) -> Expectation:
        return Expectation(kind=CaptureKind.FOCUS, app=app, pids=pids)


PLUGIN = OpenApp
