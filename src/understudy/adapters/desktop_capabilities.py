"""What of the desktop the actions can use, for `understudy doctor`."""

from collections.abc import Mapping

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
