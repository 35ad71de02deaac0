"""A desktop of the test's own: X server, session bus, window manager, fresh home; all end with the test."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from jeepney import DBusAddress

from tests.e2e.accessibility import BUTTONS, REGISTRY, Element, Screen
from tests.e2e.applications import write_desktop_file
from tests.e2e.bus import Bus
from tests.e2e.capabilities import program_path
from tests.e2e.notification_drivers import NOTIFICATIONS, FakeNotifications, NotificationSender
from tests.e2e.panel import PANEL_SETTINGS, PanelTray
from tests.e2e.programs import READY, Program, Programs
from tests.e2e.tray_driver import WATCHER, TrayDriver
from tests.e2e.waiting import Found, until
from tests.e2e.windows import Window, Windows

ROOT = Path(__file__).resolve().parents[2]
FAKES = ROOT / "tests" / "fakes"
SCREEN = "1280x800x24"
XFCONF = "org.xfce.Xfconf"

# (no <servicedir>: nothing starts by itself when its name is called)
BUS_SETTINGS = """<busconfig><type>session</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="false"/><allow receive_sender="*"/>
<allow own="*"/></policy></busconfig>
"""

KEPT_VARIABLES = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "TZ")
SETTINGS = {
    "GDK_BACKEND": "x11",
    "GIO_USE_VFS": "local",
    "GSETTINGS_BACKEND": "memory",
    "LANG": "C.UTF-8",
    "XDG_CURRENT_DESKTOP": "XFCE",
    "XDG_SESSION_TYPE": "x11",
}
FOLDERS = {
    "HOME": "home",
    "XDG_CACHE_HOME": "home/.cache",
    "XDG_CONFIG_HOME": "home/.config",
    "XDG_DATA_HOME": "home/.local/share",
    "XDG_RUNTIME_DIR": "run",
    "XDG_STATE_HOME": "home/.local/state",
}


class Desktop:
    """What a person sits in front of, and the hands that use it."""

    x_server: Program
    bus_daemon: Program
    window_manager: Program
    windows: Windows
    bus: Bus
    screen: Screen

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="desktop-"))
        self.programs = Programs(self.folder)
        self.env = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        self.env |= SETTINGS | {name: str(self.folder / place) for name, place in FOLDERS.items()}
        self.env["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={self.folder}/system-bus"
        self._make_folders()
        self._drivers: list[Bus] = []

    @property
    def home(self) -> Path:
        """The home folder, empty at first."""
        return Path(self.env["HOME"])

    # ------------------------------------------------------------ from start to end

    def start(self) -> "Desktop":
        """Start the desktop; every part says itself when it is ready."""
        try:
            self.start_x_server()
            self.start_bus()
            self.start_window_manager()
        except BaseException:
            self.stop()
            raise
        self._first_programs = len(self.programs.started)
        self._first_env = dict(self.env)
        return self

    def stop(self) -> None:
        """End everything and remove the home."""
        self._leave_drivers()
        if hasattr(self, "bus"):
            self.bus.close()
        if hasattr(self, "windows"):
            self.windows.disconnect()
        self.programs.stop_after(0)
        shutil.rmtree(self.folder, ignore_errors=True)

    def reset(self) -> None:
        """Back to the empty desktop: what a test started ends, its windows close, its files go."""
        self._leave_drivers()
        self.programs.stop_after(self._first_programs)
        self.windows.clear()
        self.env = dict(self._first_env)
        self._make_folders()

    def start_x_server(self) -> None:
        """Start the X server on a free number; after a crash on the same one."""
        number = [self.env["DISPLAY"]] if "DISPLAY" in self.env else []
        options = ("-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset", "-displayfd", READY)
        self.x_server = self.spawn("Xvfb", *number, *options)
        self.env["DISPLAY"] = f":{self.x_server.ready_line}"
        if hasattr(self, "windows"):
            self.windows.disconnect()
        self.windows = Windows(self.env)

    def start_bus(self) -> None:
        """Start the session bus with its accessibility registry; after a crash at the same address."""
        self.bus_daemon = self._start_bus_daemon("session-bus")
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self.bus_daemon.ready_line
        self.env["AT_SPI_BUS_ADDRESS"] = self.bus_daemon.ready_line
        if hasattr(self, "bus"):
            self.bus.close()
        self.bus = Bus(self.bus_daemon.ready_line)
        self.screen = Screen(self.bus)
        self.spawn("at-spi2-registryd")
        self.wait_name(REGISTRY)

    def start_window_manager(self) -> None:
        """Start openbox and wait until it manages windows."""
        self.windows.forget_manager()
        self.window_manager = self.spawn("openbox", "--sm-disable")
        until(self.windows.is_managed, what="the window manager")

    def _start_bus_daemon(self, name: str) -> Program:
        settings, socket = self.folder / f"{name}.conf", self.folder / name
        settings.write_text(BUS_SETTINGS.format(socket=socket))
        socket.unlink(missing_ok=True)
        options = ("--nofork", "--nopidfile", f"--config-file={settings}", f"--print-address={READY}")
        return self.spawn("dbus-daemon", *options)

    def _make_folders(self) -> None:
        for place in ("home", "run"):
            shutil.rmtree(self.folder / place, ignore_errors=True)
        for place in FOLDERS.values():
            (self.folder / place).mkdir(mode=0o700, parents=True, exist_ok=True)

    # ------------------------------------------------------------ programs

    def spawn(self, *argv: str, env: Mapping[str, str] | None = None) -> Program:
        """Start a program in this desktop; `env` is added to the desktop's environment.

        An argument with `{ready}` gets the number of a descriptor; the call then waits for a line on it.
        """
        path = program_path(argv[0]) or argv[0]
        return self.programs.start((path, *argv[1:]), self.env | (env or {}))

    def run(self, *argv: str, timeout: float = 30) -> subprocess.CompletedProcess[str]:
        """Run a program in this desktop to its end and return what it wrote."""
        return subprocess.run(
            argv,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
            errors="replace",
            timeout=timeout,
        )

    def wait_name(self, name: str, timeout: float = 20) -> None:
        """Wait until a program owns the bus name."""
        until(lambda: self.bus.is_owned(name), timeout, f"the bus name {name}")

    def until(self, look: Callable[[], Found], timeout: float = 10, what: str = "") -> Found:
        """Wait until the look is true and return it; TimeoutError says what was awaited."""
        return until(look, timeout, what)

    # ------------------------------------------------------------ parts of a desktop

    def start_fakes(
        self,
        *,
        notifications: str = "answering",
        tray: str = "watching",
        capabilities: str = "actions,body,body-markup,persistence",
    ) -> Program:
        """Start the fake notifications (`answering`, `silent`, `none`) and tray (`watching`, `none`)."""
        options = (f"--notifications={notifications}", f"--tray={tray}", f"--capabilities={capabilities}")
        return self.spawn(sys.executable, str(FAKES / "desktop_fakes.py"), f"--ready-fd={READY}", *options)

    def start_notification_daemon(self, name: str) -> Program:
        """Start a real one, `xfce4-notifyd` or `notification-daemon`."""
        if name.startswith("xfce4"):
            self.start_xfconf()
        program = self.spawn(name)
        self.wait_name(NOTIFICATIONS)
        return program

    def switch_notifications(self, *, on: bool) -> None:
        """Turn the switch of Xfce that people know as "Do not disturb", the other way round."""
        keeper = DBusAddress("/org/xfce/Xfconf", XFCONF, XFCONF)
        self.bus.call(keeper, "SetProperty", "ssv", "xfce4-notifyd", "/do-not-disturb", ("b", not on))

    def start_panel(self) -> Program:
        """Start the real xfce4-panel along the lower edge, with nothing in it but the tray."""
        folder = Path(self.env["XDG_CONFIG_HOME"], "xfce4/xfconf/xfce-perchannel-xml")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "xfce4-panel.xml").write_text(PANEL_SETTINGS)
        self.start_xfconf()
        program = self.spawn("xfce4-panel")
        self.wait_name(WATCHER)
        return program

    def start_system_bus(self) -> Program:
        """Start an empty system bus at the address programs of this desktop look for it."""
        return self._start_bus_daemon("system-bus")

    def start_logind(self) -> Program:
        """Start the system bus with python-dbusmock's logind, for lock and sleep."""
        self.start_system_bus()
        program = self.spawn("/usr/bin/python3", "-m", "dbusmock", "--system", "--template", "logind")
        with_system_bus = Bus(self.env["DBUS_SYSTEM_BUS_ADDRESS"])
        until(lambda: with_system_bus.is_owned("org.freedesktop.login1"), what="logind")
        with_system_bus.close()
        return program

    def start_xfconf(self) -> None:
        """Start the keeper of Xfce's settings, unless it is there."""
        if not self.bus.is_owned(XFCONF):
            self.spawn("xfconfd")
            self.wait_name(XFCONF)

    def start_tray_program(self) -> Program:
        """Start a small program with an icon and a menu (Open, Approve > Once | Always, Pause, Quit)."""
        return self.spawn(sys.executable, str(FAKES / "tray_program.py"), f"--ready-fd={READY}")

    # ------------------------------------------------------------ applications and windows

    def open_terminal(self, name: str, title: str = "", command: str = "cat") -> Window:
        """Open an xterm as an application of its own: WM_CLASS and .desktop file `name`, a command in it."""
        title = title or name
        self.install_application(name)
        self.spawn("xterm", "-name", name, "-class", name, "-T", title, "-e", "sh", "-c", command)
        return self.windows.wait(title)

    def open_editor(self, file: Path) -> Window:
        """Open mousepad on a file, and wait until its window is there."""
        self.spawn("mousepad", "--disable-server", str(file))
        return self.windows.wait(file.name)

    def editor_text(self) -> str:
        """What the editor shows now, saved or not."""
        texts = until(lambda: self._texts("mousepad"), what="one text in the editor")
        return self.screen.content(texts[0])

    def _texts(self, program: str) -> list[Element]:
        """The one text the program shows; nothing while there is none, or that of another that is just ending."""
        texts = [element for element in self.screen.elements(program) if element.role == "text"]
        return texts if len(texts) == 1 else []

    def install_application(self, name: str, command: str = "") -> Path:
        """Put a .desktop file for the program into the home and return its path."""
        folder = Path(self.env["XDG_DATA_HOME"], "applications")
        return write_desktop_file(folder, name, command or f"xterm -name {name} -class {name} -T {name}")

    def window_named(self, text: str) -> Window | None:
        """The first window whose title contains the text, or whose WM_CLASS is it."""
        return self.windows.named(text)

    def wait_window(self, text: str, timeout: float = 10) -> Window:
        """Wait for such a window."""
        return self.windows.wait(text, timeout)

    def focus(self, window: Window) -> None:
        """Bring the window to the front and wait until it is active."""
        self.windows.focus(window)

    def active_window(self) -> Window | None:
        """The window the person is in."""
        return self.windows.active()

    def wait_active(self, text: str, timeout: float = 10) -> Window:
        """Wait until the person is in such a window."""
        return self.windows.wait_active(text, timeout)

    # ------------------------------------------------------------ eyes and hands

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Click there with a real pointer."""
        self.windows.click(x, y, button)

    def click_button(self, label: str, program: str = "") -> None:
        """Click the button with this label, wherever a program draws it, with a real pointer."""
        self.click(*self.screen.settled(label, *BUTTONS, program=program).middle)

    def shows_button(self, label: str, program: str = "") -> bool:
        """Whether a button with this label is on the screen now."""
        return self.screen.find(label, *BUTTONS, program=program) is not None

    def screenshot(self, path: Path) -> Path:
        """Write a picture of the whole screen."""
        return self.windows.screenshot(path)

    # ------------------------------------------------------------ drivers, each with a connection of its own

    def connect(self) -> Bus:
        """Return a new connection to the session bus, closed with the test."""
        self._drivers.append(Bus(self.env["DBUS_SESSION_BUS_ADDRESS"]))
        return self._drivers[-1]

    def tray(self) -> TrayDriver:
        """Return the tray as a panel sees it."""
        return TrayDriver(self.connect())

    def panel_tray(self) -> PanelTray:
        """Return the tray as a person sees it in the real panel, for the pointer."""
        return PanelTray(self.connect(), self.windows)

    def fake_notifications(self) -> FakeNotifications:
        """Return the screen and the finger of the fake daemon."""
        return FakeNotifications(self.connect())

    def notification_sender(self) -> NotificationSender:
        """Return a plain program that sends notifications."""
        return NotificationSender(self.connect())

    def _leave_drivers(self) -> None:
        while self._drivers:
            self._drivers.pop().close()
