"""Keeps secrets: in the keyring of the desktop, or in a file that only its owner can read, which it says aloud."""

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from understudy.core.ports import Capability
from understudy.core.secret import check_secret
from understudy.core.value import Unshown
from understudy.errors import CapabilityMissingError, NotFoundError

Answer = TypeVar("Answer")

PATIENCE = 3.0
"""Seconds for one answer of the keyring: a locked one may wait for a password, a broken one for ever."""
REST = 60.0
"""Seconds for which a keyring that still owes an answer is left alone."""
_OPEN_KEYRING = "Unlock the keyring of your desktop, and try again"


class Kept(Unshown):
    """What the file holds."""

    keyring: tuple[str, ...] = ()
    """Names of secrets that are in the keyring; it cannot list them itself."""
    file: dict[str, str] = {}
    """Secrets that are in no keyring."""


class Keyring:
    """The keyring of the desktop, asked on a thread of its own and not for long. Raises CapabilityMissingError."""

    def __init__(
        self, service: str, *, patience: float = PATIENCE, find: Callable[[], Any] | None = None
    ) -> None:
        """`find` returns the backend, as the package keyring has them."""
        self._service = service
        self._patience = patience
        self._find = find or _find_backend
        self._asked: threading.Thread | None = None  # the one that hung last; others may ask at the same time
        self._rests_until = 0.0

    def get(self, name: str) -> str | None:
        """The secret; None = it is not there."""
        value: str | None = self._ask(lambda backend: backend.get_password(self._service, name))
        return value

    def put(self, name: str, value: str) -> None:
        """Keep it, and look whether it is kept."""
        self._ask(lambda backend: backend.set_password(self._service, name, value))
        if self.get(name) != value:
            raise _no_keyring("It did not keep what it was given")

    def delete(self, name: str) -> None:
        """Forget it; one that is not there is fine."""
        if self.get(name) is not None:
            self._ask(lambda backend: backend.delete_password(self._service, name))

    def name(self) -> str:
        """What it is called."""
        return self._ask(lambda backend: str(backend.name))

    def _ask(self, question: Callable[[Any], Answer]) -> Answer:
        """Put a question to the backend; what hangs is left behind, and not asked again for a while."""
        if self._asked is not None and self._asked.is_alive() and time.monotonic() < self._rests_until:
            raise _no_keyring("It still waits, perhaps for its password")
        answers: list[Answer] = []
        failures: list[str] = []

        def ask() -> None:
            try:
                answers.append(question(self._find()))
            except CapabilityMissingError as error:
                failures.append(error.why)
            except Exception as error:  # noqa: BLE001 - backends raise what their libraries raise; the words may hold the secret
                failures.append(f"It said {type(error).__name__}")

        asked = threading.Thread(target=ask, name="keyring", daemon=True)
        asked.start()
        asked.join(self._patience)
        if asked.is_alive():
            self._asked, self._rests_until = asked, time.monotonic() + REST
            raise _no_keyring(f"It did not answer within {self._patience:g} seconds")
        if failures:
            raise _no_keyring(failures[0])
        return answers[0]


def _find_backend() -> Any:
    """Return the keyring that is really one: not the one that fails, nor one that keeps plain text."""
    import keyring.backends.fail
    import keyring.core

    backend: Any = keyring.get_keyring()
    if isinstance(backend, keyring.backends.fail.Keyring):
        keyring.core.init_backend()  # one may have come since it was looked for
        backend = keyring.get_keyring()
    backend = next(iter(getattr(backend, "backends", ())), backend)  # of a chain the first
    module = type(backend).__module__
    if backend.priority <= 0 or module.startswith(
        ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
    ):
        raise _no_keyring("There is none on this desktop")
    return backend


def _no_keyring(why: str) -> CapabilityMissingError:
    return CapabilityMissingError("The keyring cannot be used", why, _OPEN_KEYRING)


class KeptSecrets:
    """Keeps the `Secrets` port. May take some seconds: not for the engine thread."""

    def __init__(self, file: Path, folder: str, keyring: Keyring | None = None) -> None:
        self._file = file
        self._keyring = keyring or Keyring(f"Understudy ({folder})")
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"KeptSecrets({str(self._file)!r})"

    def get(self, name: str) -> str:
        """Return the secret. Raises NotFoundError, or CapabilityMissingError while its keyring is closed."""
        kept = self._read()
        if name in kept.file:
            return kept.file[name]
        if name not in kept.keyring:
            raise _unknown(name)
        value = self._keyring.get(name)
        if value is None:
            raise _unknown(name, "It was removed from the keyring")
        return value

    def put(self, name: str, value: str) -> None:
        """Keep it in the keyring if there is one, else in the file; one in the keyring never moves to the file."""
        check_secret(name, value)
        with self._lock:
            kept = self._read()
            others = {each: kept.file[each] for each in kept.file if each != name}
            try:
                self._keyring.put(name, value)
            except CapabilityMissingError:
                if name in kept.keyring:
                    raise
                self._write(Kept(keyring=kept.keyring, file=others | {name: value}))
            else:
                self._write(Kept(keyring=(*{*kept.keyring, name},), file=others))

    def delete(self, name: str) -> None:
        """Forget it; one in a keyring that is closed stays, and that is said."""
        with self._lock:
            kept = self._read()
            if name not in kept.file and name not in kept.keyring:
                raise _unknown(name)
            if name in kept.keyring:
                self._keyring.delete(name)
            others = {each: kept.file[each] for each in kept.file if each != name}
            self._write(Kept(keyring=tuple(each for each in kept.keyring if each != name), file=others))

    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        kept = self._read()
        return tuple(sorted({*kept.keyring, *kept.file}))

    def availability(self) -> Capability:
        """Say where secrets are; the keyring is not loaded (12 MiB, 0.5 s) before there is one."""
        if not self.names():
            text = f"The first goes into the keyring of the desktop, or else into {self._file}, readable by you alone"
            return Capability(name="secrets", state="ready", text=text)
        try:
            place = self._keyring.name()
        except CapabilityMissingError as error:
            why = f"{error.title}: {error.why[0].lower()}{error.why[1:]}"
            text = f"Secrets are kept in {self._file}, readable by you alone but not encrypted. {why}"
            return Capability(name="secrets", state="degraded", text=text, fix="Install and unlock a keyring")
        left = len(self._read().file)
        if left:
            text = f"Secrets are kept in {place}; {left} of them still lie unencrypted in {self._file}"
            return Capability(
                name="secrets", state="degraded", text=text, fix="Set them again: understudy secrets set"
            )
        text = f"Secrets are kept in {place}; other programs of yours can read them there"
        return Capability(name="secrets", state="ready", text=text)

    # --- the file ---

    def _read(self) -> Kept:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Kept)
        except FileNotFoundError:
            return Kept()
        except OSError as error:
            raise _unreadable(self._file, error.strerror or "") from error
        except (msgspec.DecodeError, msgspec.ValidationError):
            raise _unreadable(self._file, "It is damaged") from None  # its words may hold a secret

    def _write(self, kept: Kept) -> None:
        """Replace the file as a whole, durably, and readable by its owner alone from its first byte on."""
        fresh = self._file.with_suffix(".new")
        content = json.dumps({"keyring": sorted(kept.keyring), "file": kept.file}, indent=1)
        try:
            with contextlib.suppress(FileNotFoundError):
                fresh.unlink()
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._file)
        except OSError as error:
            title = f"The secret could not be written to {self._file}"
            raise CapabilityMissingError(
                title, error.strerror or "", "Make room, or free the folder"
            ) from error


def _unknown(name: str, why: str = "") -> NotFoundError:
    return NotFoundError(f"There is no secret {name}", why, f"Set it: understudy secrets set {name}")


def _unreadable(file: Path, why: str) -> CapabilityMissingError:
    return CapabilityMissingError(f"{file} cannot be read", why, "Remove it, and set your secrets again")
