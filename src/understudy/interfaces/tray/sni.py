"""The icon as panels see it: org.kde.StatusNotifierItem, answered message by message. Opens no connection."""

from collections.abc import Callable
from typing import Any

from understudy.interfaces.tray.bus_object import BusObject, Method

WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_PATH = "/StatusNotifierWatcher"
PATH = "/StatusNotifierItem"
MENU_PATH = "/MenuBar"

Pixmaps = list[list[Any]]
"""[width, height, ARGB32 bytes in network order] for each size."""


class StatusNotifierItem:
    """The icon's face: what it is called, how it looks, what a click on it does."""

    def __init__(self, name: str, title: str, activate: Callable[[], None]) -> None:
        self._name = name
        self._title = title
        self._activate = activate
        self.text = ""
        self.pixmaps: Pixmaps = []

    def bus_object(self) -> BusObject:
        """This, as something that can be put on the bus."""
        click = Method("ii", "", self._clicked)
        return BusObject(
            path=PATH,
            interface="org.kde.StatusNotifierItem",
            methods={
                "Activate": click,
                "SecondaryActivate": click,
                "ContextMenu": Method("ii", "", lambda _x, _y: []),
                "Scroll": Method("is", "", lambda _delta, _orientation: []),
            },
            properties={
                "Category": ("s", lambda: "ApplicationStatus"),
                "Id": ("s", lambda: self._name),
                "Title": ("s", lambda: self._title),
                "Status": ("s", lambda: "Active"),
                "WindowId": ("i", lambda: 0),
                "IconName": ("s", str),
                "IconThemePath": ("s", str),
                "IconPixmap": ("a(iiay)", lambda: self.pixmaps),
                "OverlayIconName": ("s", str),
                "AttentionIconName": ("s", str),
                "ToolTip": ("(sa(iiay)ss)", lambda: ["", [], self._title, self.text]),
                "ItemIsMenu": ("b", lambda: True),
                "Menu": ("o", lambda: MENU_PATH),
            },
            signals={"NewTitle": "", "NewIcon": "", "NewToolTip": "", "NewStatus": "s"},
        )

    def _clicked(self, _x: int, _y: int) -> list[Any]:
        self._activate()
        return []
