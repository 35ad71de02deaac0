"""Uses a tray icon as a panel does, over StatusNotifierItem and dbusmenu: reads the menu, clicks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress

from tests.e2e.bus import Bus
from tests.e2e.waiting import until

WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_OBJECT = DBusAddress("/StatusNotifierWatcher", WATCHER, WATCHER)
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"


@dataclass(frozen=True, kw_only=True)
class MenuEntry:
    """One line of a menu, with what folds out of it."""

    id: int
    label: str
    kind: str
    """`standard` or `separator`."""
    is_enabled: bool
    is_visible: bool
    is_checked: bool | None
    """None for what has no mark."""
    children: tuple["MenuEntry", ...]

    def walk(self) -> Iterator["MenuEntry"]:
        """Every entry below this one, from top to bottom."""
        for child in self.children:
            yield child
            yield from child.walk()


class TrayDriver:
    """The tray of the desktop, seen from the panel."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus

    def items(self) -> list[str]:
        """Every registered icon, as bus name and path."""
        return self.bus.get(WATCHER_OBJECT, "RegisteredStatusNotifierItems")

    def wait_item(self, title: str = "", timeout: float = 30) -> "TrayItem":
        """Wait for an icon, the one with this title or the first."""
        return until(lambda: self._item(title), timeout, f"a tray icon {title!r}; there are {self.items()}")

    def wait_empty(self, timeout: float = 10) -> None:
        """Wait until no icon is left."""
        until(lambda: not self.items(), timeout, "the tray to be empty")

    def _item(self, title: str) -> "TrayItem | None":
        items = [TrayItem(self.bus, name) for name in self.items()]
        return next((item for item in items if title in ("", item.title)), None)


class TrayItem:
    """One icon of the tray."""

    def __init__(self, bus: Bus, name: str) -> None:
        service, _, path = name.partition("/")
        self.bus = bus
        self.target = DBusAddress(f"/{path}", service, ITEM)
        self.menu_target = DBusAddress(self.properties()["Menu"], service, MENU)

    def properties(self) -> dict[str, Any]:
        """Everything the icon says about itself now."""
        return self.bus.get_all(self.target)

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.properties()["Title"]

    def activate(self) -> None:
        """Click the icon with the left button."""
        self.bus.call(self.target, "Activate", "ii", 0, 0)

    def menu(self) -> MenuEntry:
        """Read the whole menu; the entry returned is its root."""
        _revision, root = self.bus.call(self.menu_target, "GetLayout", "iias", 0, -1, [])
        return _entry(root)

    def labels(self) -> list[str]:
        """The visible labels, from top to bottom, those of submenus after their parent."""
        return [entry.label for entry in self.menu().walk() if entry.is_visible and entry.label]

    def entry(self, *path: str) -> MenuEntry:
        """Return the entry at the end of the labels, as `("Approve", "Always")`."""
        entry = self.menu()
        for label in path:
            matching = [child for child in entry.children if child.label == label and child.is_visible]
            if not matching:
                message = f"no entry {label!r} among {[child.label for child in entry.children]}"
                raise LookupError(message)
            entry = matching[0]
        return entry

    def click(self, *path: str) -> None:
        """Click the entry at the end of the labels; one that is greyed out cannot be clicked."""
        entry = self.entry(*path)
        if not entry.is_enabled:
            message = f"{' > '.join(path)} is greyed out"
            raise LookupError(message)
        self.bus.call(self.menu_target, "Event", "isvu", entry.id, "clicked", ("s", ""), 0)


def _entry(node: Any) -> MenuEntry:
    number, properties, children = node
    values = {name: value for name, (_, value) in properties.items()}
    return MenuEntry(
        id=number,
        label=values.get("label", "").replace("__", "_"),
        kind=values.get("type", "standard"),
        is_enabled=values.get("enabled", True),
        is_visible=values.get("visible", True),
        is_checked=values["toggle-state"] == 1 if values.get("toggle-type") else None,
        children=tuple(_entry(child) for _, child in children),
    )
