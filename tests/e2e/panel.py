"""A real xfce4-panel with nothing but a tray, and a person who clicks the icon and uses its menu."""

from functools import partial

from jeepney import DBusAddress, HeaderFields

from tests.e2e.accessibility import REGISTRY, Element, Reference, Screen
from tests.e2e.bus import Bus
from tests.e2e.waiting import until
from tests.e2e.windows import Windows

LEFT, RIGHT = 1, 3
EVENTS = "org.a11y.atspi.Event.Object"

PANEL_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=10;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="length" type="uint" value="100"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
    </property>
    <property name="plugin-2" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
      <property name="hide-new-items" type="bool" value="false"/>
      <property name="single-row" type="bool" value="true"/>
    </property>
  </property>
</channel>
"""


class PanelTray:
    """The one icon in the tray of the panel, as a person sees it."""

    def __init__(self, bus: Bus, windows: Windows) -> None:
        self.windows = windows
        self.screen = Screen(bus)
        # (an open menu hangs in no tree; its entries are known from their "showing" alone)
        self.events = bus.listen(EVENTS)
        registry = DBusAddress("/org/a11y/atspi/registry", REGISTRY, REGISTRY)
        bus.call(registry, "RegisterEvent", "s", "object:state-changed:showing")

    def icon(self) -> tuple[int, int]:
        """Wait until the tray has room for the icon, and return its middle."""
        tray = until(self._tray, 30, what="an icon in the panel")
        return tray.middle

    def click(self) -> None:
        """Click the icon with the left button."""
        self.windows.click(*self.icon(), LEFT)

    def choose(self, *labels: str) -> None:
        """Open the menu with the right button and click through the labels, as `("Approve", "Always")`."""
        self.windows.click(*self.icon(), RIGHT)
        for label in labels:
            shown = self._next_shown(label).reference
            take = partial(self._under_the_pointer, shown)
            self.windows.click(*until(take, timeout=30, what=f"{label!r} to take a click").middle)

    def _under_the_pointer(self, reference: Reference) -> Element | None:
        """Move the pointer about on the entry, where it is now, and return it once it is highlighted.

        A menu that has just opened highlights nothing yet, and a panel may draw it before it has read the
        latest lines: an entry can still move when it has been seen.
        """
        entry = self.screen.element(reference)
        if entry is None or not entry.is_visible:
            return None
        x, y = entry.middle
        self.windows.point(x - 1, y)
        self.windows.point(x, y)
        return entry if self.screen.is_selected(entry) else None

    def _tray(self) -> Element | None:
        """The plug-in at the right end, once it is at least an icon wide."""
        plugins = [element for element in self.screen.elements("xfce4-panel") if element.role == "panel"]
        last = plugins[-1] if plugins else None
        return last if last and 30 <= last.width < 100 else None

    def _next_shown(self, label: str) -> Element:
        """Wait until an entry with this label shows up and has found its place."""
        while True:
            message = self.events.next_message()
            if message.body[:2] != ("showing", 1):
                continue
            fields = message.header.fields
            reference = (fields[HeaderFields.sender], fields[HeaderFields.path])
            element = self.screen.element(reference)
            if element and element.name == label:
                return self.screen.at_rest(partial(self.screen.element, reference), f"the entry {label!r}")
