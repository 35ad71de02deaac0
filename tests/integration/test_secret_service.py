"""Secrets in a real keyring of the desktop, on a bus of its own."""

import gc
import os
import shutil
import subprocess
import sys
import warnings

import pytest

from tests.e2e.waiting import until
from understudy.adapters.secrets import KeptSecrets
from understudy.errors import CapabilityMissingError

PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon")
missing = [program for program in PROGRAMS if shutil.which(program) is None]
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is a thing of Linux"),
    pytest.mark.skipif(
        bool(missing), reason=f"needs {', '.join(missing)}: apt-get install dbus gnome-keyring"
    ),
]

CANARY = "pa55-canary ü"


@pytest.fixture
def bus(tmp_path, monkeypatch):
    """A session bus for this test alone, also for whatever looks into the environment."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", daemon.stdout.readline().strip())
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        yield
        daemon.terminate()
    with warnings.catch_warnings():  # the package keyring forgets to close a connection that led nowhere
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def keyring(bus, tmp_path):
    """GNOME's keyring, unlocked."""
    command = ["gnome-keyring-daemon", "--unlock", "--foreground", "--components=secrets"]
    with subprocess.Popen(
        [*command, f"--control-directory={tmp_path / 'control'}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ,
    ) as daemon:
        daemon.stdin.write(b"password of the keyring")
        daemon.stdin.close()
        daemon.stdout.readline()
        until(is_there, what="the keyring on the bus")
        yield daemon
        daemon.terminate()


def is_there():
    """Whether the keyring can be asked: its first line of output comes earlier."""
    asked = [
        "dbus-send",
        "--session",
        "--print-reply",
        "--dest=org.freedesktop.DBus",
        "/org/freedesktop/DBus",
    ]
    asked += ["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]
    return "boolean true" in subprocess.run(asked, capture_output=True, text=True, check=False).stdout


def test_secrets_are_in_the_keyring_and_in_no_file(keyring, tmp_path):
    """Put, read again by another keeper, and removed; the file knows the name alone."""
    file = tmp_path / "secrets.json"
    secrets = KeptSecrets(file, "a home")
    secrets.put("mail", CANARY)
    told = secrets.availability()
    assert (told.state, "SecretService" in told.text) == ("ready", True)
    assert (CANARY in file.read_text(), KeptSecrets(file, "a home").get("mail")) == (False, CANARY)
    secrets.delete("mail")
    assert KeptSecrets(file, "a home")._keyring.get("mail") is None


def test_when_the_keyring_goes_away_that_is_said(keyring, tmp_path):
    """Nothing is invented, nothing hangs."""
    secrets = KeptSecrets(tmp_path / "secrets.json", "a home")
    secrets.put("mail", CANARY)
    keyring.terminate()
    keyring.wait()
    with pytest.raises(CapabilityMissingError) as caught:
        secrets.get("mail")
    assert (bool(caught.value.why), CANARY in str(caught.value)) == (True, False)


def test_on_a_bus_without_one_the_file_is_used(bus, tmp_path):
    """And it says so."""
    secrets = KeptSecrets(tmp_path / "secrets.json", "a home")
    secrets.put("mail", CANARY)
    assert (secrets.availability().state, secrets.get("mail")) == ("degraded", CANARY)
