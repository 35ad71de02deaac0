"""What of the desktop the actions can use, for `understudy doctor`."""

import os
import shutil
from collections.abc import Mapping, Sequence

from understudy.adapters.notifiers.choice import AnyNotifier
from understudy.adapters.open_windows import OpenWindows
from understudy.adapters.scripts.script import capability as script_capability
from understudy.adapters.typing.port import Typer
from understudy.adapters.url_opener import opener_capability
from understudy.core.ports import Capability


def capabilities(
    environment: Mapping[str, str], *, notifier: AnyNotifier, typer: Typer, windows: OpenWindows
) -> tuple[Capability, ...]:
    """Return notifications, notification_buttons, typing, open_app, open_url, scripts; up to two seconds."""
    return (
        *notifier.availability(),
        typer.capability(),
        _open_app(environment, windows),
        opener_capability(environment),
        script_capability(),
    )


def assistant_capability(command: Sequence[str], environment: Mapping[str, str]) -> tuple[Capability, ...]:
    """Return whether the assistant command of the settings is there; nothing where none is set."""
    if not command:
        return ()
    if shutil.which(command[0], path=environment.get("PATH", os.defpath)):
        return (Capability(name="assistant", state="ready", text=f"Prompts are given to {command[0]}"),)
    fix = "Install it, or change it: understudy settings set assistant_command PROGRAM"
    return (Capability(name="assistant", state="missing", text=f"There is no program {command[0]}", fix=fix),)


def _open_app(environment: Mapping[str, str], windows: OpenWindows) -> Capability:
    seen = windows.capability()
    if seen.is_usable:
        return Capability(
            name="open_app", state="ready", text="Applications are started or brought to the front"
        )
    if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY") and "desktop" in seen.text:
        return Capability(name="open_app", state="missing", text=seen.text, fix=seen.fix)
    text = f"Applications are started, but not brought to the front, and undo refuses. {seen.text}"
    return Capability(name="open_app", state="degraded", text=text, fix=seen.fix)
