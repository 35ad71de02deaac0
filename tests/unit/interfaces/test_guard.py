"""The guard's judgement on the head of a request."""

import asyncio

import msgspec
import pytest

from understudy.interfaces.api.guard import BODY_LIMIT, Door, Guard, Knock, judge

DOOR = Door(port=4711, token="secret-token")
PLAIN = {b"host": b"127.0.0.1:4711", b"authorization": b"Bearer secret-token"}


def knock(method="GET", path=b"/api/status", **headers):
    """A request that would be let in, but for what is changed."""
    merged = PLAIN | {name.replace("_", "-").encode(): value for name, value in headers.items()}
    pairs = tuple((name, value) for name, value in merged.items() if value is not None)
    return Knock(method=method, path=path, headers=pairs)


def status(request):
    """0 = let in."""
    problem = judge(request, DOOR)
    return problem.status if problem else 0


@pytest.mark.parametrize("host", [b"127.0.0.1:4711", b"[::1]:4711", b"localhost:4711"])
@pytest.mark.parametrize(
    "origin", [None, b"http://127.0.0.1:4711", b"http://[::1]:4711", b"http://localhost:4711"]
)
@pytest.mark.parametrize("site", [None, b"same-origin", b"none"])
def test_our_own_names_and_pages_are_let_in(host, origin, site):
    """All three loopback names work, with and without a browser."""
    assert status(knock(host=host, origin=origin, sec_fetch_site=site)) == 0


@pytest.mark.parametrize(
    "host",
    [
        None,
        b"",
        b"127.0.0.1",
        b"127.0.0.1:80",
        b"127.0.0.1.:4711",
        b"LOCALHOST:4711",
        b"localhost.:4711",
        b"a.example",
    ],
)
def test_any_other_host_is_refused(host):
    """A name that a stranger can point at us is not ours."""
    assert status(knock(host=host)) == 403


@pytest.mark.parametrize(
    "origin", [b"null", b"", b"https://localhost:4711", b"http://localhost", b"http://a.example"]
)
def test_any_other_origin_is_refused(origin):
    """Other pages may not ask."""
    assert status(knock(origin=origin)) == 403


@pytest.mark.parametrize("site", [b"cross-site", b"same-site", b"", b"Same-Origin"])
def test_a_foreign_fetch_site_is_refused(site):
    """The browser says where a request comes from; it is believed when it says no."""
    assert status(knock(sec_fetch_site=site)) == 403


@pytest.mark.parametrize("name", [b"host", b"origin", b"authorization", b"sec-fetch-site"])
def test_a_header_given_twice_is_refused(name):
    """Which of two would count is not guessed."""
    values = {**PLAIN, b"origin": b"http://localhost:4711", b"sec-fetch-site": b"none"}
    pairs = (*values.items(), (name, values[name]))
    assert judge(Knock(method="GET", path=b"/api/status", headers=pairs), DOOR) is not None


@pytest.mark.parametrize(
    "token", [None, b"", b"secret-token", b"Bearer secret-toke", b"bearer secret-token", b"Bearer \xff"]
)
def test_a_wrong_token_is_refused(token):
    """Every route but /health asks for it, in one spelling."""
    assert status(knock(authorization=token)) == 401


def test_health_needs_no_token_but_a_host_of_ours():
    """It says nothing, and not to everybody."""
    open_door = knock(path=b"/health", authorization=None)
    from_afar = knock(path=b"/health", authorization=None, host=b"a.example")
    assert (status(open_door), status(from_afar)) == (0, 403)


@pytest.mark.parametrize(
    "path",
    [
        b"//api/status",
        b"/api//status",
        b"/api/%73tatus",
        b"/%2e/api",
        b"/api/../x",
        b"/./api",
        b"/api/status/",
        b"http://127.0.0.1:4711/api/status",
        b"*",
        b"",
        b"/api/st\xc3\xa4tus",
        b"/api\\status",
    ],
)
def test_a_path_is_written_in_one_way_only(path):
    """What is looked at by the guard is what is served."""
    assert status(knock(path=path)) == 400


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT"])
@pytest.mark.parametrize(
    "kind", [None, b"text/plain", b"application/x-www-form-urlencoded", b"application/jsonp"]
)
def test_a_change_needs_json(method, kind):
    """No form of another page can make a change."""
    assert status(knock(method, content_type=kind)) == 415


@pytest.mark.parametrize(
    "kind", [b"application/json", b"application/json; charset=utf-8", b"Application/JSON"]
)
def test_json_is_let_in(kind):
    """With or without a charset."""
    assert status(knock("POST", content_type=kind)) == 0


@pytest.mark.parametrize("length", [b"1048577", b"9" * 5000, b"-1", b"1e3", b"\xb2"])
def test_a_body_that_says_it_is_too_long_is_refused_unread(length):
    """A megabyte is more than any request needs."""
    assert status(knock("POST", content_type=b"application/json", content_length=length)) == 413


def call(guard, headers, chunks=(), path=b"/api/status"):
    """Send one request through the middleware; return what came back."""
    sent, parts = [], list(chunks)

    async def receive():
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "raw_path": path, "headers": list(headers.items())}
    asyncio.run(guard(scope, receive, send))
    return sent


async def reads_all(scope, receive, send):
    """An application that reads its body and says how long it was."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"public")]})
    await send({"type": "http.response.body", "body": str(size).encode()})


JSON_HEADERS = {**PLAIN, b"content-type": b"application/json"}


def test_a_body_that_grows_too_long_is_stopped():
    """Without a length the bytes are counted."""
    sent = call(Guard(reads_all, DOOR), JSON_HEADERS, [b"x" * BODY_LIMIT, b"x"])
    assert (sent[0]["status"], msgspec.json.decode(sent[1]["body"])["title"]) == (413, "The body is too long")


def test_a_body_of_exactly_the_limit_is_read():
    """The limit itself is allowed."""
    assert (
        call(Guard(reads_all, DOOR), JSON_HEADERS, [b"x" * BODY_LIMIT])[1]["body"] == str(BODY_LIMIT).encode()
    )


@pytest.mark.parametrize("headers", [JSON_HEADERS, {}], ids=["let in", "refused"])
def test_every_answer_carries_the_headers(headers):
    """Answers and refusals alike say what browsers may do with them: nothing."""
    sent = dict(call(Guard(reads_all, DOOR), headers, [b""])[0]["headers"])
    assert sent[b"content-security-policy"].startswith(b"default-src 'none'")
    assert (sent[b"cache-control"], sent[b"x-content-type-options"]) == (b"no-store", b"nosniff")
    assert [name for name in sent if name.startswith(b"access-control")] == []


def test_what_is_not_http_is_not_answered():
    """There are no web sockets here."""
    sent = []
    asyncio.run(Guard(reads_all, DOOR)({"type": "websocket"}, None, sent.append))
    assert sent == []
