"""What every keeper of secrets promises: with a keyring, without one, in memory, and the one of the tests."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.fakes.secrets import FakeSecrets
from understudy.adapters.secrets import KeptSecrets, Keyring
from understudy.app.virtual import MemorySecrets
from understudy.errors import CapabilityMissingError, InvalidInputError, NotFoundError

CANARY = "pa55-canary ü {{ x }}"


class DictBackend:
    """A keyring as the package keyring has them."""

    name = "Test keyring"

    def __init__(self):
        self.kept = {}
        self.error = None
        self.release = threading.Event()
        self.release.set()

    def get_password(self, service, name):
        self._answer()
        return self.kept.get((service, name))

    def set_password(self, service, name, value):
        self._answer()
        self.kept[service, name] = value

    def delete_password(self, service, name):
        self._answer()
        del self.kept[service, name]

    def _answer(self):
        self.release.wait(5)
        if self.error:
            raise self.error


def no_keyring():
    raise CapabilityMissingError("The keyring cannot be used", "There is none on this desktop")


@pytest.fixture
def backend():
    """A keyring that works; at the end whoever still waits for it is let go."""
    backend = DictBackend()
    yield backend
    backend.release.set()


@pytest.fixture
def file(tmp_path):
    """Where names and, without a keyring, secrets are."""
    return tmp_path / "secrets.json"


@pytest.fixture
def in_keyring(file, backend):
    """A keeper with a keyring."""
    return KeptSecrets(file, "home", Keyring("test", patience=0.2, find=lambda: backend))


@pytest.fixture
def in_file(file):
    """A keeper without one."""
    return KeptSecrets(file, "home", Keyring("test", find=no_keyring))


@pytest.fixture(params=["in_keyring", "in_file", "memory", "fake"])
def secrets(request):
    """Each of them in turn."""
    made = {"memory": MemorySecrets, "fake": FakeSecrets}
    return made[request.param]() if request.param in made else request.getfixturevalue(request.param)


# ---------------------------------------------------------------- the contract


def test_what_was_put_is_what_comes_back(secrets):
    """To the character; a second one under the same name replaces the first."""
    secrets.put("mail", "old")
    secrets.put("mail", CANARY)
    secrets.put("a.b-C_9", "x")
    assert (secrets.get("mail"), secrets.names()) == (CANARY, ("a.b-C_9", "mail"))


def test_a_name_that_is_not_there_is_said_with_the_command_that_sets_it(secrets):
    """For looking and for forgetting."""
    for ask in (secrets.get, secrets.delete):
        with pytest.raises(NotFoundError) as caught:
            ask("token")
        assert caught.value.fix == "Set it: understudy secrets set token"


def test_a_deleted_one_is_gone(secrets):
    """The others stay."""
    secrets.put("a", "1")
    secrets.put("b", "2")
    secrets.delete("a")
    assert (secrets.names(), secrets.get("b")) == (("b",), "2")
    with pytest.raises(NotFoundError):
        secrets.get("a")


@pytest.mark.parametrize("name", ["", "a b", "../x", "a\n", "x" * 65, "ü"])
def test_other_names_are_refused(secrets, name):
    """Letters, digits, dot, dash, underscore; at most 64."""
    with pytest.raises(InvalidInputError):
        secrets.put(name, CANARY)
    assert secrets.names() == ()


@pytest.mark.parametrize("value", ["", "x" * 20_000, f"{CANARY}\0", f"{CANARY}\ud800"])
def test_what_cannot_be_kept_is_refused_without_being_told(secrets, value):
    """The error may be shown and logged."""
    with pytest.raises(InvalidInputError) as caught:
        secrets.put("mail", value)
    assert (CANARY in str(caught.value), secrets.names()) == (False, ())


def test_it_says_where_secrets_are_kept_and_never_which(secrets):
    """Neither in words nor in its repr."""
    secrets.put("mail", CANARY)
    told = secrets.availability()
    assert (told.name, told.is_usable, bool(told.text)) == ("secrets", True, True)
    assert CANARY not in f"{told!r} {secrets!r} {secrets}"


# ---------------------------------------------------------------- where they are


def test_with_a_keyring_the_file_holds_names_only(in_keyring, file, backend):
    """A keyring cannot list what it keeps, so the names are ours."""
    in_keyring.put("mail", CANARY)
    assert (CANARY in file.read_text(), "mail" in file.read_text()) == (False, True)
    assert backend.kept == {("test", "mail"): CANARY}
    assert in_keyring.availability().state == "ready"


def test_without_one_the_file_is_for_its_owner_alone_and_that_is_said(in_file, file):
    """0600 from the first byte on, also where an older file was open to others."""
    file.write_text('{"keyring": [], "file": {}}')
    file.chmod(0o644)
    in_file.put("mail", CANARY)
    told = in_file.availability()
    assert (file.stat().st_mode & 0o777, told.state) == (0o600, "degraded")
    assert all(words in told.text for words in (str(file), "not encrypted"))


def test_once_there_is_a_keyring_the_file_is_still_read_and_said(in_file, file, backend):
    """Setting it again moves it, and leaves nothing of it in the file."""
    in_file.put("mail", CANARY)
    later = KeptSecrets(file, "home", Keyring("test", find=lambda: backend))
    assert (later.get("mail"), later.availability().state) == (CANARY, "degraded")
    later.put("mail", CANARY)
    assert (CANARY in file.read_text(), later.get("mail")) == (False, CANARY)
    assert later.availability().state == "ready"


def test_another_keeper_over_the_same_places_knows_them(in_keyring, file, backend):
    """A restart changes nothing."""
    in_keyring.put("mail", CANARY)
    again = KeptSecrets(file, "home", Keyring("test", find=lambda: backend))
    assert (again.names(), again.get("mail")) == (("mail",), CANARY)


def test_before_there_is_a_secret_the_keyring_is_not_even_loaded(file):
    """The agent starts without it; what will happen is said."""

    def load():
        raise AssertionError("the keyring was loaded")

    told = KeptSecrets(file, "home", Keyring("test", find=load)).availability()
    assert (told.state, str(file) in told.text, file.exists()) == ("ready", True, False)


# ---------------------------------------------------------------- a keyring that fails


def test_a_locked_keyring_is_said_and_what_is_in_it_never_moves_to_the_file(in_keyring, file, backend):
    """Neither lost nor laid open."""
    in_keyring.put("mail", "old")
    backend.error = RuntimeError(f"locked, cannot store {CANARY}")
    for ask in (lambda: in_keyring.get("mail"), lambda: in_keyring.put("mail", CANARY)):
        with pytest.raises(CapabilityMissingError) as caught:
            ask()
        assert (CANARY in str(caught.value), "RuntimeError" in str(caught.value)) == (False, True)
    with pytest.raises(CapabilityMissingError):
        in_keyring.delete("mail")
    assert (in_keyring.names(), CANARY in file.read_text()) == (("mail",), False)


def test_a_keyring_that_hangs_is_given_up_and_not_asked_again_meanwhile(in_keyring, backend):
    """One thread waits, not one more for each question; once it answers, all is well."""
    in_keyring.put("mail", CANARY)
    backend.release.clear()
    before = threading.active_count()
    for words in ("0.2 seconds", "still waits", "still waits"):
        with pytest.raises(CapabilityMissingError, match=words):
            in_keyring.get("mail")
    assert threading.active_count() == before + 1
    backend.release.set()
    in_keyring._keyring._asked.join()
    assert in_keyring.get("mail") == CANARY


def test_many_may_ask_at_once_and_each_gets_its_own(file, backend):
    """Steps that run beside each other read theirs while somebody looks what this machine offers."""
    kept = KeptSecrets(file, "home", Keyring("test", patience=60, find=lambda: backend))
    names = [f"mail{number}" for number in range(8)]
    for name in names:
        kept.put(name, f"of {name}")
    with ThreadPoolExecutor(len(names)) as pool:
        found = list(pool.map(kept.get, names * 25))
        told = {each.state for each in pool.map(lambda _: kept.availability(), names)}
    assert (found, told) == ([f"of {name}" for name in names * 25], {"ready"})


def test_a_keyring_that_keeps_nothing_is_none(file):
    """What it was given is looked for at once, and goes into the file instead."""
    backend = DictBackend()
    backend.set_password = lambda *_: None
    secrets = KeptSecrets(file, "home", Keyring("test", find=lambda: backend))
    secrets.put("mail", CANARY)
    assert (
        secrets.get("mail"),
        CANARY in KeptSecrets(file, "", Keyring("", find=no_keyring)).get("mail"),
    ) == (
        CANARY,
        True,
    )


def test_one_that_was_removed_behind_our_back_is_not_found(in_keyring, backend):
    """The person may tidy up their keyring."""
    in_keyring.put("mail", CANARY)
    backend.kept.clear()
    with pytest.raises(NotFoundError, match="removed from the keyring"):
        in_keyring.get("mail")
    in_keyring.delete("mail")
    assert in_keyring.names() == ()


# ---------------------------------------------------------------- a file that fails


@pytest.mark.parametrize("content", [b"{", b'{"file": {"mail": 5}}', f'["{CANARY}"]'.encode(), b"\xff"])
def test_a_damaged_file_is_said_without_what_is_in_it(in_file, file, content):
    """And it is not overwritten: a person may still read it."""
    file.write_bytes(content)
    for ask in (lambda: in_file.get("mail"), lambda: in_file.put("mail", "x"), in_file.names):
        with pytest.raises(CapabilityMissingError) as caught:
            ask()
        assert CANARY not in str(caught.value)
    assert file.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_said_and_the_old_file_stays(in_file, file):
    """Here a folder stands where the new file would be written."""
    in_file.put("mail", "old")
    (file.parent / "secrets.new").mkdir()
    with pytest.raises(CapabilityMissingError, match="could not be written"):
        in_file.put("mail", CANARY)
    assert in_file.get("mail") == "old"


def test_a_file_that_cannot_be_read_is_said(in_file, file):
    """A folder of its name, for one."""
    file.mkdir()
    with pytest.raises(CapabilityMissingError, match="cannot be read"):
        in_file.names()
