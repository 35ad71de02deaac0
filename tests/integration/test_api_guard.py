"""The whole guard table against a real server, byte by byte: nobody else gets in."""

import random
import re
import socket

import pytest

from tests.integration.api_server import read_all, status_of
from tests.integration.live_api import living
from understudy.interfaces.api.guard import Knock, judge
from understudy.interfaces.api.routes import ROUTES, RUN_OUTPUT, STREAMS


@pytest.fixture(scope="module")
def served():
    """One server for the table."""
    with living() as one:
        yield one


def filled(path):
    """The path with something in each of its places."""
    return re.sub(r"{\w+}", "1", path)


PATHS = [(route.method, filled(route.path)) for route in ROUTES]
PATHS += [("GET", filled(path)) for path in (*STREAMS, RUN_OUTPUT)] + [("GET", "/health")]

FULLY_TRIED = {method: (method, path) for method, path in reversed(PATHS) if path not in STREAMS}
"""One route of each method."""
TRIED_ELSEWHERE = 8
"""Pairs of Host and Origin, chosen by a seed, that every other route is tried with in a normal run."""


def our_hosts(port):
    """The three that are let in."""
    return [f"{name}:{port}".encode() for name in ("127.0.0.1", "[::1]", "localhost")]


def wrong_hosts(port):
    """Names of others, our own in other spellings, and what is no name at all."""
    spelt = f"""
        localhost 127.0.0.1 [::1] ::1 ::1:{port} [::1%25lo]:{port} [0:0:0:0:0:0:0:1]:{port} [::]:{port}
        LOCALHOST:{port} Localhost:{port} localhost.:{port} 127.0.0.1.:{port} 127.1:{port} 127.0.1:{port}
        127.0.0.2:{port} 0.0.0.0:{port} 0:{port} 2130706433:{port} 0x7f.0.0.1:{port} 0177.0.0.1:{port}
        127.0.0.1:0{port} 127.0.0.1:+{port} 127.0.0.1:{port}. 127.0.0.1:{port},a.example
        127.0.0.1:{port}:{port}
        127.0.0.1:{port}@a.example a.example@127.0.0.1:{port} user:pw@localhost:{port} http://localhost:{port}
        localhost:{port}/ localhost:{port}? localhost:{port}# localhost:{port + 1} localhost:80
        localhost: :{port}
        a.example:{port} a.example localhost.a.example:{port} 127.0.0.1.nip.example:{port} loc%61lhost:{port}
        xn--lcalhost-54a:{port} [::ffff:127.0.0.1]:{port}
    """.split()
    spelt += ["", f"127.0.0.1:{port} a.example"]
    return [host.encode() for host in spelt]


def our_origins(port):
    """No origin at all, and our own pages."""
    return [None, *(b"http://" + host for host in our_hosts(port))]


def wrong_origins(port):
    """Other pages, our own in other spellings, and what is no origin at all."""
    spelt = [
        "null", "", "file://", f"https://127.0.0.1:{port}", f"http://127.0.0.1:{port}/", "http://127.0.0.1",
        f"http://127.0.0.1:{port + 1}", f"http://LOCALHOST:{port}", f"HTTP://localhost:{port}",
        f"http://localhost.:{port}", f"http://127.1:{port}", f"http://a.example:{port}", "http://a.example",
        f"http://localhost:{port}.a.example", f"http://a.example/http://localhost:{port}",
        f"http://localhost:{port}@a.example", f"http://localhost:{port} http://a.example", "chrome-extension://abc",
        f"http://0.0.0.0:{port}", f"http://[::ffff:127.0.0.1]:{port}",
    ]  # fmt: skip
    return [origin.encode() for origin in spelt]


def head(method, path, host, origin=None, token=None):
    """A request as bytes."""
    lines = [f"{method} {path} HTTP/1.1".encode(), b"Host: " + host, b"Content-Type: application/json"]
    lines += [b"Origin: " + origin] if origin is not None else []
    lines += [f"Authorization: Bearer {token}".encode()] if token else []
    body = b"{" if method != "GET" else b""
    return b"\r\n".join([*lines, f"Content-Length: {len(body)}".encode()]) + b"\r\n\r\n" + body


def statuses(served, heads):
    """Send many requests over one connection after the other; return the status of each.

    Bodies are broken JSON on purpose: what is let in answers 400 and changes nothing.
    """
    found = []
    connection, buffer = None, None
    for one in heads:
        if connection is None:
            connection = socket.create_connection(("127.0.0.1", served.port), timeout=10)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            buffer = connection.makefile("rb")
        connection.sendall(one)
        status, must_close = read_answer(buffer)
        found.append(status)
        if must_close:
            buffer.close()
            connection.close()
            connection = None
    if connection is not None:
        buffer.close()
        connection.close()
    return found


def read_answer(buffer):
    """Read one answer; (status, whether the connection ends with it)."""
    line = buffer.readline()
    if not line:
        return 0, True
    length, close, in_parts = 0, False, False
    while (field := buffer.readline()) not in (b"\r\n", b""):
        name, _, value = field.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
        close = close or (name.lower() == b"connection" and b"close" in value.lower())
        in_parts = in_parts or name.lower() == b"transfer-encoding"
    buffer.read(length)
    while in_parts and buffer.read(int(buffer.readline(), 16) + len(b"\r\n")) != b"\r\n":
        """A part of a long answer."""
    return int(line.split(b" ")[1]), close


def table(served, pairs_of):
    """For each route, each of its pairs of Host and Origin: (what, whether it may come in, the request)."""
    port, token = served.port, served.endpoint.token
    may = {(host, origin) for host in our_hosts(port) for origin in our_origins(port)}
    return [
        (
            f"{method} {path} Host {host!r} Origin {origin!r}",
            (host, origin) in may,
            head(method, path, host, origin, token),
        )
        for method, path in PATHS
        if path not in STREAMS
        for host, origin in pairs_of((method, path))
    ]


def mistaken(rows, found):
    """Who got in and may not, and who may and did not."""
    wrongly_in = [
        what for (what, may, _), status in zip(rows, found, strict=True) if not may and status != 403
    ]
    kept_out = (0, 401, 403, 415)
    wrongly_out = [
        what for (what, may, _), status in zip(rows, found, strict=True) if may and status in kept_out
    ]
    return wrongly_in, wrongly_out


def test_the_table_is_as_large_as_was_promised(served):
    """At least 40 Hosts, 20 Origins, and every route."""
    hosts, origins = wrong_hosts(served.port), wrong_origins(served.port)
    assert (len(set(hosts)) >= 40, len(set(origins)) >= 20) == (True, True)
    assert len(set(PATHS)) == len(ROUTES) + len(STREAMS) + 2
    assert set(FULLY_TRIED) == {"GET", "POST", "PUT", "PATCH", "DELETE"}


def test_each_host_and_each_origin_gets_in_only_where_it_may(served):
    """Every wrong one is refused by itself: all of them at one route of each method, some at every route."""
    host = our_hosts(served.port)[0]
    pairs = [(one, None) for one in (*wrong_hosts(served.port), *our_hosts(served.port))]
    pairs += [(host, origin) for origin in (*wrong_origins(served.port), *our_origins(served.port)[1:])]
    dice = random.Random(13)

    def pairs_of(route):
        return (
            pairs if route in FULLY_TRIED.values() else [(host, None), *dice.sample(pairs, TRIED_ELSEWHERE)]
        )

    rows = table(served, pairs_of)
    assert mistaken(rows, statuses(served, [raw for _, _, raw in rows])) == ([], [])


def test_every_host_with_every_origin_at_every_route_is_judged_rightly(served):
    """The whole table, put to the judge: none wrongly in, none wrongly out."""
    port = served.port
    door = served.api.door
    may = {(host, origin) for host in our_hosts(port) for origin in our_origins(port)}
    mistakes = [
        (path, host, origin)
        for method, path in PATHS
        for host in (*wrong_hosts(port), *our_hosts(port))
        for origin in (*wrong_origins(port), *our_origins(port))
        if (judge(knock(method, path, host, origin, door.token), door) is None) != ((host, origin) in may)
    ]
    assert mistakes == []


def knock(method, path, host, origin, token):
    """The same request as `head`, as the guard is given it."""
    headers = [
        (b"host", host),
        (b"content-type", b"application/json"),
        (b"authorization", f"Bearer {token}".encode()),
    ]
    headers += [(b"origin", origin)] if origin is not None else []
    return Knock(method=method, path=path.encode(), headers=tuple(headers))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_host_with_every_origin_at_every_route_over_the_socket(served):
    """The whole table once more, byte by byte against the server."""
    port = served.port
    hosts, origins = (*wrong_hosts(port), *our_hosts(port)), (*wrong_origins(port), *our_origins(port))
    rows = table(served, lambda _: [(host, origin) for host in hosts for origin in origins])
    print(len(rows), "requests")
    assert mistaken(rows, statuses(served, [raw for _, _, raw in rows])) == ([], [])


def test_streams_are_guarded_like_everything_else(served):
    """A live view is refused to other pages before the first byte."""
    port, token = served.port, served.endpoint.token
    good, paths = our_hosts(port)[0], (*STREAMS, filled(RUN_OUTPUT))
    bad = [head("GET", path, host, None, token) for path in paths for host in wrong_hosts(port)]
    bad += [head("GET", path, good, origin, token) for path in paths for origin in wrong_origins(port)]
    assert set(statuses(served, bad)) == {403}


@pytest.mark.parametrize("token", [None, "wrong", "x" * 43])
def test_every_route_but_health_needs_the_token(served, token):
    """Reads and streams included."""
    heads = {route: head(*route, our_hosts(served.port)[0], None, token) for route in PATHS}
    found = dict(zip(heads, statuses(served, heads.values()), strict=True))
    assert {route: status for route, status in found.items() if status != 401} == {("GET", "/health"): 200}


SPELLINGS = {
    "//api/status": 400,
    "/api//status": 400,
    "/api/status/": 400,
    "/api/status//": 400,
    "/%2e/api/status": 400,
    "/./api/status": 400,
    "/x/../api/status": 400,
    "/api/%73tatus": 400,
    "/api%2Fstatus": 400,
    "/api/status%00": 400,
    "/api/status%20": 400,
    "/api/status;x": 400,
    "/API/status": 404,
    "/api/Status": 404,
    "/api/status.": 404,
    "/api": 404,
    "/health/": 400,
    "/HEALTH": 404,
    "http://127.0.0.1/api/status": 400,
    "\\api\\status": 400,
}


@pytest.mark.parametrize("path, expected", SPELLINGS.items(), ids=SPELLINGS)
def test_a_path_in_another_spelling_is_not_served(served, path, expected):
    """With everything else right, still only one spelling leads anywhere."""
    raw = head("GET", path, our_hosts(served.port)[0], None, served.endpoint.token)
    assert statuses(served, [raw]) == [expected]


def test_a_path_in_another_spelling_needs_no_less_of_a_token(served):
    """No spelling of /health opens another door."""
    for path in (
        "/health/../api/status",
        "/health%2f..%2fapi/status",
        "/api/status?/health",
        "/health/api/status",
    ):
        raw = head("GET", path, our_hosts(served.port)[0])
        assert statuses(served, [raw])[0] in (400, 401), path


RAW = {
    "two hosts": b"GET /api/status HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nHost: a.example\r\n\r\n",
    "no host": b"GET /api/status HTTP/1.1\r\n\r\n",
    "HTTP/1.0 without a host": b"GET /api/status HTTP/1.0\r\nAuthorization: Bearer TOKEN\r\n\r\n",
    "a folded header": b"GET /api/status HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nX: a\r\n"
    b" Authorization: Bearer TOKEN\r\n\r\n",
    "a space before the colon": b"GET /api/status HTTP/1.1\r\nHost : 127.0.0.1:%d\r\n"
    b"Authorization: Bearer TOKEN\r\n\r\n",
    "no request at all": b"\x16\x03\x01\x02\x00\x01",
    "length and chunks": b"POST /api/pause HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 2\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n{}",
    "a web socket": b"GET /api/status HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
    b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
}


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW)
def test_what_is_hardly_http_is_not_served(served, raw):
    """However a request is bent, no answer of the agent comes back."""
    filled = raw.replace(b"%d", str(served.port).encode()).replace(b"TOKEN", served.endpoint.token.encode())
    answer = served.knock(filled)
    assert status_of(answer) in (400, 401, 403)
    assert b'"captures"' not in answer


def test_what_is_not_described_is_not_served(served):
    """HEAD is in no document: a stream that nobody reads cannot be opened by it, and a use case not be called."""
    for path in ("/api/status", "/api/events", "/health"):
        raw = head("HEAD", path, our_hosts(served.port)[0], None, served.endpoint.token)
        assert status_of(served.knock(raw)) == 405, path


def test_a_preflight_is_not_answered_with_permission(served):
    """No other origin is ever allowed, so browsers keep answers to themselves."""
    raw = head(
        "OPTIONS", "/api/status", our_hosts(served.port)[0], b"http://a.example", served.endpoint.token
    )
    answer = served.knock(raw)
    assert (status_of(answer), b"access-control" in answer.lower()) == (403, False)


def test_a_chunked_body_over_the_limit_is_stopped(served):
    """The limit holds also where no length was given, and whoever sends on is told so."""
    start = (
        f"POST /api/workflows HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n"
        f"Content-Type: application/json\r\nAuthorization: Bearer {served.endpoint.token}\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall(start)
        for _ in range(40):
            connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
        answer = read_all(connection)
    assert (status_of(answer) == 413, served.ask("GET", "/api/workflows")) == (True, (200, []))


def test_it_listens_on_the_loopback_alone(served):
    """No other address of the machine reaches it."""
    assert served.api._sleeper._socket.getsockname()[0] == "127.0.0.1"
