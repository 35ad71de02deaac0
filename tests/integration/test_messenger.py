"""Messages really sent, by HTTP and by mail, to servers on this machine; and what is said when they are not."""

import io
import json
import logging
import subprocess
import sys
import time

import pytest

from tests.integration.local_servers import MailServer, Site, slowly
from understudy.adapters.messenger import AppriseMessenger
from understudy.errors import ActionFailedError, CapabilityMissingError, InvalidInputError

CANARY = "pa55canary"


@pytest.fixture
def site():
    """An HTTP server."""
    site = Site()
    yield site
    site.close()


@pytest.fixture
def mail_server():
    """A mail server."""
    server = MailServer()
    yield server
    server.close()


def test_a_message_arrives_as_json(site):
    """Title and body, to the character."""
    AppriseMessenger().send(
        f"json://127.0.0.1:{site.port}/hook", "Disk ü", "90 % <b>full</b>\n{{ x }} :smile:"
    )
    (request,) = site.seen
    told = json.loads(request.body)
    assert (request.method, request.path.rstrip("/")) == ("POST", "/hook")
    assert (told["title"], told["message"]) == ("Disk ü", "90 % <b>full</b>\n{{ x }} :smile:")


def test_a_message_arrives_as_a_form(site):
    """The same by another service."""
    AppriseMessenger().send(f"form://127.0.0.1:{site.port}", "Disk", "full")
    assert b"full" in site.seen[0].body


def test_a_message_arrives_by_mail(mail_server):
    """With subject and body."""
    address = f"mailto://127.0.0.1:{mail_server.port}?from=agent@example.org&to=kim@example.org&mode=insecure"
    AppriseMessenger().send(address, "Disk", "almost full")
    (mail,) = mail_server.mails
    assert ("Subject: Disk" in mail, "almost full" in mail, "kim@example.org" in mail) == (True, True, True)


@pytest.fixture
def log():
    """What reaches the agent's log."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    logging.getLogger().addHandler(handler)
    yield told
    logging.getLogger().removeHandler(handler)


def test_a_refusal_says_which_service_and_never_the_address(site, log, capfd):
    """The address may hold a password: not in the error, the log or on the screen."""
    site.answers["/hook/"] = site.answers["/hook"] = (403, {}, b"no")
    with pytest.raises(ActionFailedError) as caught:
        AppriseMessenger().send(f"json://kim:{CANARY}@127.0.0.1:{site.port}/hook", "a", CANARY)
    assert ("JSON" in str(caught.value), "403" in str(caught.value)) == (True, True)
    assert CANARY not in f"{caught.value} {log.getvalue()} {capfd.readouterr()}"
    assert "apprise" not in log.getvalue()


def test_nobody_there_is_a_failure():
    """For both ways."""
    for address in ("json://127.0.0.1:9", "mailto://127.0.0.1:9?from=a@example.org&to=b@example.org"):
        with pytest.raises(ActionFailedError, match="did not take it"):
            AppriseMessenger().send(address, "a", "b")


def test_a_mail_server_that_refuses_is_a_failure():
    """Done is said only when it was taken."""
    server = MailServer(refuse=True)
    address = f"mailto://127.0.0.1:{server.port}?from=a@example.org&to=b@example.org&mode=insecure"
    with pytest.raises(ActionFailedError):
        AppriseMessenger().send(address, "a", "b")
    server.close()
    assert server.mails == []


def test_a_service_that_hangs_is_given_up_in_time(site):
    """And it is said that the message may still arrive."""
    site.answers["/"] = slowly(30)
    started = time.monotonic()
    with pytest.raises(ActionFailedError, match="may still arrive"):
        AppriseMessenger(seconds=0.3).send(f"json://127.0.0.1:{site.port}", "a", "b")
    assert time.monotonic() - started < 9


@pytest.mark.parametrize(
    "address", ["", "phone", "://", f"nosuch://{CANARY}", f"https://{CANARY}.example", "dbus://", "syslog://"]
)
def test_what_is_no_address_is_refused_without_being_told(address, capfd):
    """Unknown services, and those that would only show it here."""
    with pytest.raises(InvalidInputError) as caught:
        AppriseMessenger().send(address, "a", "b")
    assert (bool(caught.value.fix), CANARY in f"{caught.value} {capfd.readouterr()}") == (True, False)


def test_whether_it_works_is_known_without_asking_anybody():
    """Apprise is installed here."""
    assert AppriseMessenger().availability().state == "ready"


def test_the_agent_keeps_nothing_of_the_service_in_memory():
    """Apprise is loaded where the message is sent, and gone afterwards."""
    look = "import sys; from understudy.adapters import messenger; print('apprise' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_a_process_that_says_nothing_is_not_taken_for_a_yes():
    """Sent is said only when the service has taken it."""
    with pytest.raises(ActionFailedError, match="may still arrive"):
        AppriseMessenger(argv=("true",)).send("json://127.0.0.1:9", "a", "b")
    with pytest.raises(CapabilityMissingError):
        AppriseMessenger(argv=("/no/such/program",)).send("json://127.0.0.1:9", "a", "b")
