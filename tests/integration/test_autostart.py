"""Start at login: the file desktops read, on and off."""

import plistlib
import shutil
import subprocess

import pytest

from understudy.adapters.autostart import (
    LaunchAgentAutostart,
    RunValueAutostart,
    XdgAutostart,
    find_autostart,
)
from understudy.errors import StoreError

COMMAND = ("/opt/My Programs/python3", "-m", "understudy", "start", "100%")


@pytest.fixture
def autostart(tmp_path):
    """Start at login for an empty home."""
    return XdgAutostart(COMMAND, {"XDG_CONFIG_DIRS": str(tmp_path / "etc")}, tmp_path)


def test_off_at_first_then_on_then_off(autostart):
    """Off leaves nothing behind; both may be said twice."""
    assert not autostart.is_on()
    autostart.switch(on=True)
    autostart.switch(on=True)
    assert autostart.is_on()
    autostart.switch(on=False)
    autostart.switch(on=False)
    assert (autostart.is_on(), autostart.path.exists()) == (False, False)


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="needs desktop-file-utils")
def test_the_file_is_valid(autostart):
    """The validator of freedesktop.org finds nothing to say."""
    autostart.switch(on=True)
    check = subprocess.run(
        ["desktop-file-validate", str(autostart.path)], capture_output=True, text=True, check=False
    )
    assert (check.returncode, check.stdout + check.stderr) == (0, "")


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false", "Hidden = true"])
def test_what_the_desktop_switched_off_is_off(autostart, line):
    """Settings programs write into the same file."""
    autostart.switch(on=True)
    lines = autostart.path.read_text().replace("X-GNOME-Autostart-enabled=true", "")
    autostart.path.write_text(f"{lines}{line}\n")
    assert not autostart.is_on()


def test_where_all_people_have_it_on_one_can_have_it_off(autostart, tmp_path):
    """Their own file hides the one for all."""
    shared = tmp_path / "etc" / "autostart" / "understudy.desktop"
    shared.parent.mkdir(parents=True)
    shared.write_text("[Desktop Entry]\nType=Application\nName=Understudy\nExec=understudy\n")
    assert autostart.is_on()
    autostart.switch(on=False)
    assert not autostart.is_on()
    autostart.switch(on=True)
    assert autostart.is_on()


def test_a_folder_that_cannot_be_written_is_an_error_with_a_fix(autostart, tmp_path):
    """Nothing is said to be on that is not."""
    (tmp_path / ".config").write_text("")
    with pytest.raises(StoreError) as caught:
        autostart.switch(on=True)
    assert caught.value.fix
    assert not autostart.is_on()


def test_the_launch_agent_of_macos_starts_the_command(tmp_path):
    """The property list holds the command as it is; said to be untested."""
    autostart = LaunchAgentAutostart(COMMAND, tmp_path)
    autostart.switch(on=True)
    assert plistlib.loads(autostart.path.read_bytes())["ProgramArguments"] == list(COMMAND)
    assert (autostart.is_on(), autostart.availability().state) == (True, "untested")
    autostart.switch(on=False)
    assert not autostart.is_on()
    (tmp_path / "Library" / "LaunchAgents").rmdir()
    (tmp_path / "Library" / "LaunchAgents").write_text("")
    with pytest.raises(StoreError):
        autostart.switch(on=True)


def test_this_system_has_its_own_way(tmp_path):
    """And says whether it has been tried."""
    autostart = find_autostart(COMMAND, {}, tmp_path)
    assert autostart.availability().state in {"ready", "untested"}
    assert RunValueAutostart(COMMAND).availability().state == "untested"
