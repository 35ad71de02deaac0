"""Requests really sent, to servers on this machine: what arrives, what counts as done, and what is taken back."""

import socket
import ssl
import subprocess
import threading
import time

import msgspec
import pytest

from tests.fakes.action_context import FakeActionContext
from tests.integration.local_servers import Site, as_json, slowly
from understudy.adapters.actions.http_request import HttpRequest, Parameters
from understudy.adapters.http_exchange import Request, _Exchange, _nearness, _redirected
from understudy.core.action import UndoStatus
from understudy.errors import ActionFailedError, InvalidInputError, StoppedError, TimedOutError

CANARY = "pa55canary"
ACTION = HttpRequest()


@pytest.fixture
def site():
    """An HTTP server."""
    site = Site()
    yield site
    site.close()


@pytest.fixture
def other():
    """Another one, on another port: another origin."""
    site = Site()
    yield site
    site.close()


def send(context=None, **parameters):
    """Check, prepare and perform, as the engine does."""
    context = context or FakeActionContext()
    ready = ACTION.check(msgspec.convert(parameters, Parameters))
    return ACTION.perform(ready, context, ACTION.prepare(ready, context))


def undo(performed, context=None):
    """Take it back, with the journal in between."""
    return ACTION.undo(
        msgspec.json.decode(msgspec.json.encode(performed.undo)), context or FakeActionContext()
    )


# ---------------------------------------------------------------- what arrives


def test_method_headers_and_json_arrive_as_given(site):
    """And the answer's text is the output."""
    site.answers["/tickets"] = as_json({"id": 7})
    done = send(
        url=f"{site.url}/tickets?a=b c".replace(" ", "%20"),
        method="post",
        headers={"X-Note": "blue"},
        json={"title": "ü"},
    )
    (seen,) = site.seen
    assert (seen.method, seen.path, seen.body) == ("POST", "/tickets?a=b%20c", '{"title":"ü"}'.encode())
    assert (seen.headers["X-Note"], seen.headers["Content-Type"]) == ("blue", "application/json")
    assert (done.output, done.undo) == ('{"id": 7}', None)


def test_text_is_sent_as_text_unless_a_header_says_otherwise(site):
    """UTF-8 in both cases."""
    send(url=site.url, method="PUT", body="ü")
    send(url=site.url, method="PUT", body="<a/>", headers={"content-type": "text/xml"})
    kinds = [seen.headers["Content-Type"] for seen in site.seen]
    assert (kinds, site.seen[0].body) == (["text/plain; charset=utf-8", "text/xml"], "ü".encode())


def test_an_address_with_letters_of_any_language_is_sent_encoded(site):
    """As a browser does."""
    send(url=f"{site.url}/füße?q=ü#part")
    assert site.seen[0].path == "/f%C3%BC%C3%9Fe?q=%C3%BC"


def test_the_key_of_its_own_is_the_same_for_every_try(site):
    """So that a service that knows it counts them once; the next step has another one."""
    for run in ("r-1", "r-1", "r-2"):
        send(FakeActionContext(run), url=site.url, method="POST", body="x", idempotency_key="auto")
    send(url=site.url, method="POST", body="x", idempotency_key="mine")
    assert [seen.headers["Idempotency-Key"] for seen in site.seen] == ["r-1.0", "r-1.0", "r-2.0", "mine"]


@pytest.mark.parametrize(
    "method, key, may",
    [
        ("GET", "", True),
        ("head", "", True),
        ("PUT", "", True),
        ("DELETE", "", True),
        ("POST", "", False),
        ("PATCH", "", False),
        ("POST", "auto", True),
    ],
)
def test_what_may_be_sent_again(method, key, may):
    """By the meaning of the method, or because the service can tell."""
    assert (
        ACTION.is_idempotent(Parameters(url="https://x.example", method=method, idempotency_key=key)) is may
    )


def test_of_a_long_answer_the_first_mebibyte_is_kept(site):
    """And that is said."""
    site.answers["/"] = (200, {}, b"x" * (2 << 20))
    output = send(url=site.url).output
    assert (len(output) < (1 << 20) + 100, output.endswith("left out]")) == (True, True)


def test_an_answer_in_another_or_no_known_encoding_is_read(site):
    """What cannot be read is replaced."""
    site.answers["/a"] = (200, {"Content-Type": "text/plain; charset=latin-1"}, "ü".encode("latin-1"))
    site.answers["/b"] = (200, {"Content-Type": "text/plain; charset=nonsense"}, b"\xff")
    assert (send(url=f"{site.url}/a").output, send(url=f"{site.url}/b").output) == ("ü", "\ufffd")


# ---------------------------------------------------------------- what counts as done


def test_any_other_status_is_a_failure_with_the_first_words_of_the_answer(site):
    """It may have been carried out, so it is not said that nothing happened."""
    site.answers["/"] = (422, {}, b"title is missing\n" + b"x" * 1000)
    with pytest.raises(ActionFailedError, match=r"422 .*title is missing") as caught:
        send(url=site.url, method="POST")
    assert (caught.value.nothing_happened, len(str(caught.value)) < 400) == (False, True)


def test_the_statuses_that_count_can_be_named(site):
    """Then 200 is none of them."""
    site.answers["/"] = (404, {}, b"")
    assert send(url=site.url, expect=[404]).output == ""
    site.answers["/"] = (200, {}, b"")
    with pytest.raises(ActionFailedError):
        send(url=site.url, expect=[404])


@pytest.mark.parametrize(
    "url, words",
    [
        ("http://127.0.0.1:9/?key=" + CANARY, "Nobody answers"),
        ("http://nosuch.invalid/" + CANARY, "not known"),
    ],
)
def test_where_nobody_is_nothing_has_happened_and_it_may_be_tried_again(url, words):
    """The error names the host, never the rest of the address."""
    with pytest.raises(ActionFailedError, match=words) as caught:
        send(url=url, method="POST")
    assert (caught.value.nothing_happened, CANARY in str(caught.value)) == (True, False)


def test_a_connection_that_breaks_off_may_have_done_it(site):
    """So it is never said that nothing happened."""
    site.answers["/"] = lambda handler: handler.connection.shutdown(socket.SHUT_RDWR)
    with pytest.raises(ActionFailedError, match="may have been carried out") as caught:
        send(url=site.url, method="POST")
    assert caught.value.nothing_happened is False


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    """Nothing is sent to whoever that is."""
    files = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "certificate")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", *files]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    site = Site(context)
    with pytest.raises(ActionFailedError, match="certificate") as caught:
        send(url=site.url, headers={"Authorization": "{{ secret.x }}"})
    site.close()
    assert (caught.value.nothing_happened, site.seen) == (True, [])


# ---------------------------------------------------------------- redirects


def test_a_redirect_within_the_same_origin_keeps_the_headers(site):
    """As the address meant it."""
    site.answers["/old"] = (302, {"Location": "/new"}, b"")
    send(url=f"{site.url}/old", headers={"X-Key": CANARY})
    assert [(seen.path, seen.headers["X-Key"]) for seen in site.seen] == [("/old", CANARY), ("/new", CANARY)]


def test_a_redirect_to_another_origin_takes_no_header_along(site, other):
    """Any of them may be a password."""
    site.answers["/"] = (302, {"Location": f"{other.url}/x"}, b"")
    send(url=site.url, headers={"X-Key": CANARY, "Cookie": "{{ secret.x }}"})
    assert [(seen.headers["X-Key"], seen.headers["Cookie"]) for seen in other.seen] == [(None, None)]


def test_what_changes_something_is_not_sent_on(site, other):
    """A redirected POST is a failure, not a GET or a second POST."""
    site.answers["/"] = (307, {"Location": other.url}, b"")
    with pytest.raises(ActionFailedError, match="307"):
        send(url=site.url, method="POST", body="x")
    assert other.seen == []


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://x.example/"])
def test_other_kinds_of_addresses_are_not_followed(site, location):
    """Whatever the service says."""
    site.answers["/"] = (302, {"Location": location}, b"")
    with pytest.raises(ActionFailedError, match="not followed"):
        send(url=site.url)


@pytest.mark.parametrize(
    "before, after", [("https://a.example/", "http://a.example/"), ("http://a.example/", "http://:80/x")]
)
def test_an_encrypted_address_does_not_lead_to_an_open_one(before, after):
    """Nor to one without a host."""
    with pytest.raises(ActionFailedError, match="not followed"):
        _redirected(Request(method="GET", url=before), after)


@pytest.mark.parametrize(
    "before, after, inward",
    [
        ("93.184.216.34", "8.8.8.8", False),
        ("93.184.216.34", "10.0.0.1", True),
        ("93.184.216.34", "169.254.169.254", True),
        ("93.184.216.34", "127.0.0.1", True),
        ("2606:4700::1111", "::1", True),
        ("2606:4700::1111", "::ffff:127.0.0.1", True),
        ("2606:4700::1111", "fe80::1%2", True),
        ("192.168.1.9", "127.0.0.2", True),
        ("192.168.1.9", "10.0.0.1", False),
        ("127.0.0.1", "127.0.0.1", False),
        ("127.0.0.1", "8.8.8.8", False),
    ],
)
def test_it_is_known_what_leads_inward(before, after, inward):
    """From the internet to the own network, from either to this machine, however the address is written."""
    assert (_nearness(after) > _nearness(before)) is inward


def test_nobody_outside_can_lead_a_request_to_this_machine(site):
    """A second address is looked at once it is connected to, so that no name can hide where it leads."""
    work = _Exchange(Request(method="GET", url=site.url), 5)
    work._peer = "93.184.216.34"
    work.run()
    assert "on this machine or in its own network" in str(work.error)
    assert site.seen == []


def test_headers_that_go_without_saying_can_be_given(site):
    """However they are written; each is sent once."""
    send(url=site.url, method="POST", body="x", headers={"user-agent": "Mine", "CONTENT-TYPE": "text/x"})
    (seen,) = site.seen
    assert seen.headers.get_all("User-Agent") == ["Mine"]
    assert seen.headers.get_all("Content-Type") == ["text/x"]


def test_a_circle_of_redirects_ends(site):
    """After five."""
    site.answers["/"] = (302, {"Location": "/"}, b"")
    with pytest.raises(ActionFailedError, match="More than 5"):
        send(url=site.url)
    assert len(site.seen) == 6


# ---------------------------------------------------------------- stop and time


def stopped_after(seconds):
    """A context in which the person says stop so late."""
    context = FakeActionContext()
    threading.Timer(seconds, context.stop.set).start()
    return context


def test_stop_ends_it_at_once(site):
    """Even while the service thinks; the connection is closed."""
    site.answers["/"] = slowly(5)
    started = time.monotonic()
    with pytest.raises(StoppedError, match="may have arrived"):
        send(stopped_after(0.2), url=site.url)
    assert time.monotonic() - started < 1


def test_it_ends_when_its_time_is_over(site):
    """Its own, or the step's, whichever is shorter."""
    site.answers["/"] = slowly(5)
    for context, options in ((FakeActionContext(seconds=0.3), {}), (FakeActionContext(), {"timeout": 0.3})):
        started = time.monotonic()
        with pytest.raises(TimedOutError):
            send(context, url=site.url, **options)
        assert time.monotonic() - started < 1


def test_without_any_time_left_nothing_is_sent(site):
    """Not even begun."""
    with pytest.raises(TimedOutError, match="not sent"):
        send(FakeActionContext(seconds=-1), url=site.url)
    assert site.seen == []


# ---------------------------------------------------------------- what is filled in late


@pytest.mark.parametrize(
    "late",
    [
        {"url": "https://evil.example@x.example/"},
        {"url": "file:///etc/passwd"},
        {"url": "http://x.example/a b"},
        {"url": "http://x.example/\r\nX: y"},
        {"headers": {"X-Title": "a\r\nCookie: stolen"}},
        {"headers": {"X\n": "a"}},
        {"headers": {"Content-Length": "5"}},
        {"headers": {"transfer-encoding": "chunked"}},
        {"headers": {"HOST": "other.example"}},
        {"headers": {"X-A": "1", "x-a": "2"}},
        {"headers": {"idempotency-key": "1"}, "idempotency_key": "2"},
        {"method": "{{"},
    ],
    ids=str,
)
def test_what_captured_text_made_of_it_is_looked_at_before_anything_is_sent(late):
    """The template was allowed; what came out of it is no request."""
    parameters = msgspec.convert({"url": "http://127.0.0.1:9"} | late, Parameters)
    with pytest.raises(InvalidInputError):
        ACTION.perform(parameters, FakeActionContext(), {})


def test_a_header_that_cannot_be_sent_is_refused(site):
    """Headers know only letters of western Europe."""
    with pytest.raises(InvalidInputError):
        send(url=site.url, headers={"X-Note": "日本"})
    assert site.seen == []


# ---------------------------------------------------------------- undo


def test_the_inverse_is_sent_with_what_the_answer_said(site):
    """A ticket that was made is deleted by its number."""
    site.answers["/tickets"] = as_json({"ticket": {"id": "a/7"}}, 201)
    done = send(
        url=f"{site.url}/tickets", method="POST", inverse={"url": f"{site.url}/tickets/{{answer.ticket.id}}"}
    )
    undone = undo(done)
    assert (undone.status, site.seen[-1].method, site.seen[-1].path) == (
        UndoStatus.UNDONE,
        "DELETE",
        "/tickets/a%2F7",
    )


@pytest.mark.parametrize(
    "answer",
    [b"no json", b"[]", b"{}", b'{"id": {"a": 1}}', b'{"id": null}', b'{"id": ""}', b'{"id": ".."}'],
)
def test_without_the_field_there_is_no_way_back(site, answer):
    """Done it is all the same; nothing is guessed."""
    site.answers["/"] = (200, {}, answer)
    performed = send(url=site.url, method="POST", inverse={"url": f"{site.url}/{{answer.id}}"})
    assert (performed.undo, performed.stays) == (None, True)


@pytest.mark.parametrize(
    "status, outcome",
    [
        (204, UndoStatus.UNDONE),
        (404, UndoStatus.REFUSED),
        (412, UndoStatus.REFUSED),
        (500, UndoStatus.UNDO_FAILED),
    ],
)
def test_the_status_says_whether_it_was_taken_back(site, status, outcome):
    """A failed inverse is never "undone"."""
    site.answers["/back"] = (status, {}, b"")
    undone = undo(send(url=site.url, method="POST", inverse={"url": f"{site.url}/back", "method": "POST"}))
    assert (undone.status, undone.text.endswith(".")) == (outcome, True)


def test_an_inverse_that_reaches_nobody_has_failed(site):
    """And says why."""
    done = send(url=site.url, method="POST", inverse={"url": "http://127.0.0.1:9/"})
    assert undo(done).status is UndoStatus.UNDO_FAILED


def test_an_inverse_is_looked_at_when_saving():
    """Like the request itself."""
    for inverse in (
        {"url": "ftp://x"},
        {"url": "http://x", "method": "X"},
        {"url": "http://x", "headers": {"a b": "a"}},
    ):
        with pytest.raises(InvalidInputError):
            ACTION.check(msgspec.convert({"url": "http://x.example", "inverse": inverse}, Parameters))
