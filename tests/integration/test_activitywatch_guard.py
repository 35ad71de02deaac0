"""Who may feed us and who may read: every Host, Origin, route and token against a real server."""

import base64
import itertools
import socket

import pytest

from tests.integration.activitywatch_server import EXTENSION, TOKEN, listening
from tests.integration.api_server import read_all, status_of
from understudy.interfaces.activitywatch import routes
from understudy.interfaces.activitywatch.routes import find

FIREFOX = "moz-extension://6a5c0b9e-4a3c-4b0e-9d59-6f0a3c9a7b11"
WATCHER, OTHER = "aw-watcher-window_desk", "diary"

ROUTES = [
    ("GET", "info"),
    ("GET", "settings"),
    ("GET", "settings/x"),
    ("GET", "buckets/"),
    ("GET", "export"),
    ("POST", "import"),
    *[
        (method, f"buckets/{bucket}{rest}")
        for bucket in (WATCHER, OTHER)
        for method, rest in (
            ("GET", ""), ("POST", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/events"), ("POST", "/events"),
            ("GET", "/events/count"), ("GET", "/events/1"), ("DELETE", "/events/1"), ("POST", "/heartbeat"),
            ("GET", "/export"),
        )
    ],
]  # fmt: skip
WITHOUT_TOKEN = {
    ("GET", "info"),
    ("POST", f"buckets/{WATCHER}"),
    ("POST", f"buckets/{WATCHER}/events"),
    ("POST", f"buckets/{WATCHER}/heartbeat"),
}


@pytest.fixture(scope="module")
def served():
    """One server for the table; two extensions are allowed."""
    with listening(extension_origins=(EXTENSION, FIREFOX)) as one:
        yield one


def our_hosts(port):
    return [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")]


def wrong_hosts(port):
    spelt = f"""
        localhost 127.0.0.1 LOCALHOST:{port} localhost.:{port} 127.1:{port} 0.0.0.0:{port} 127.0.0.1:0{port}
        a.example:{port} a.example localhost.a.example:{port} 127.0.0.1.nip.example:{port} localhost:{port + 1}
        user@localhost:{port} http://localhost:{port} [::ffff:127.0.0.1]:{port}
    """.split()
    return [*spelt, "", f"127.0.0.1:{port} a.example"]


def wrong_origins(port):
    return [
        "null", "", f"http://127.0.0.1:{port}", f"http://localhost:{port}", "http://a.example", "https://a.example",
        "chrome-extension://abc", EXTENSION.upper(), f"{EXTENSION}/", f"{EXTENSION} x", f"{EXTENSION}.a.example",
        EXTENSION.replace("chrome", "moz"), "moz-extension://*", f"{EXTENSION}, http://a.example", "file://",
    ]  # fmt: skip


def knock(served, method, path, *, host=None, origins=(), token="", more=()):
    """The status of a request with a broken body: what is let in answers 400 and changes nothing."""
    lines = [f"{method} /api/0/{path} HTTP/1.1", f"Host: {host or our_hosts(served.port)[0]}"]
    lines += ["Content-Type: application/json", "Connection: close", "Content-Length: 1", *more]
    lines += [f"Origin: {origin}" for origin in origins]
    lines += [f"Authorization: {token}"] if token else []
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "", "{"]).encode("latin-1"))
        return status_of(read_all(connection))


def test_the_table_has_every_route():
    """One that is added is judged here, too."""
    found = {find(f"/api/0/{path}", method)[0] for method, path in ROUTES}
    assert found == set(routes.ROUTES)


@pytest.mark.parametrize("origin", [None, EXTENSION, FIREFOX])
@pytest.mark.parametrize("token", ["", f"Bearer {TOKEN}", "Bearer wrong"])
def test_our_hosts_and_allowed_extensions_are_let_in_where_the_route_says(served, origin, token):
    """Reporting needs no token, all else does, whoever asks."""
    wrong = []
    for (method, path), host in itertools.product(ROUTES, our_hosts(served.port)):
        status = knock(served, method, path, host=host, origins=[origin] if origin else [], token=token)
        may = (method, path) in WITHOUT_TOKEN or token.endswith(TOKEN)
        # (without ?force=1 a bucket is not deleted, and that, too, is 401)
        is_in = status not in (0, 403, 401) or (method == "DELETE" and "events" not in path)
        if (may and not is_in) or (not may and status != 401):
            wrong.append((method, path, host, status))
    assert wrong == []


def test_no_other_host_gets_in(served):
    """With the token, on every route."""
    found = {
        knock(served, method, path, host=host, token=f"Bearer {TOKEN}")
        for (method, path), host in itertools.product(ROUTES, wrong_hosts(served.port))
        if host
    }
    assert found == {403}


def test_no_other_origin_gets_in(served):
    """With the token, on every route, in a preflight as well; nor two origins at once."""
    origins = [[origin] for origin in wrong_origins(served.port)] + [[EXTENSION, EXTENSION]]
    found = {
        knock(served, method, path, origins=given, token=f"Bearer {TOKEN}")
        for (method, path), given in itertools.product(ROUTES, origins)
    }
    preflights = {
        knock(served, "OPTIONS", path, origins=given, more=[f"Access-Control-Request-Method: {method}"])
        for (method, path), given in itertools.product(ROUTES, origins)
    }
    assert (found, preflights) == ({403}, {403})


@pytest.mark.parametrize("site,status", [("cross-site", 403), ("same-site", 403), ("none", 200)])
def test_a_page_that_sends_no_origin_is_known_by_its_fetch_site(served, site, status):
    """As an image is fetched."""
    assert served.send("GET", "info", headers={"Sec-Fetch-Site": site})[0] == status


def test_an_extension_may_call_its_site_whatever_the_browser_does(served):
    """Its origin says who it is."""
    assert served.send("GET", "info", headers={"Sec-Fetch-Site": "cross-site", "Origin": EXTENSION})[0] == 200


def netrc(password):
    return "Basic " + base64.b64encode(f"understudy:{password}".encode()).decode()


@pytest.mark.parametrize(
    "given,status",
    [
        (netrc(TOKEN), 200), (netrc("wrong"), 401), (netrc(""), 401), ("Basic ?", 401), ("Basic", 401),
        ("Basic " + base64.b64encode(TOKEN.encode()).decode(), 401), (f"bearer {TOKEN}", 401), (TOKEN, 401),
        (f"Bearer {TOKEN} ", 200), (f"Bearer  {TOKEN}", 401), (f"Bearer {TOKEN}x", 401), ("Bearer \xff", 401),
    ],
)  # fmt: skip
def test_the_token_comes_alone_or_as_a_password(served, given, status):
    """The second is what a .netrc file makes of it; a header's trailing blank belongs to HTTP."""
    assert knock(served, "GET", "buckets/", token=given) == status


@pytest.mark.parametrize(
    "kind,status",
    [("application/json", 404), ("application/json; charset=utf-8", 404), ("text/plain", 415), ("", 415)],
)
def test_a_report_is_json(served, kind, status):
    """What a form or a plain request of a page sends is not read."""
    body = {"timestamp": "2026-01-01T00:00:00Z", "data": {"app": "a"}}
    path = "buckets/aw-watcher-none/heartbeat?pulsetime=1"
    assert served.send("POST", path, body, headers={"Content-Type": kind})[0] == status


@pytest.mark.parametrize(
    "path,limit", [(f"buckets/{WATCHER}/events", 256 * 1024), ("import", 10 * 1024 * 1024)]
)
def test_a_body_has_an_end(served, path, limit):
    """Whether its length is said before or not."""
    assert served.send("POST", path, b" " * limit, token=TOKEN)[0] == 400
    head = (
        f"POST /api/0/{path} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nContent-Type: application/json\r\n"
    )
    head += f"Authorization: Bearer {TOKEN}\r\n"
    for start in (f"Content-Length: {limit + 1}\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
            connection.sendall((head + start).encode())
            if "chunked" in start:
                send_chunks(connection, limit + 1)
            assert status_of(read_all(connection)) == 413


def send_chunks(connection, size):
    """Send so many bytes without having said so; the other side may hang up."""
    try:
        while size > 0:
            part = min(size, 65536)
            connection.sendall(f"{part:x}\r\n".encode() + b" " * part + b"\r\n")
            size -= part
        connection.sendall(b"0\r\n\r\n")
    except OSError:
        return


def test_nothing_but_the_table_was_touched(served):
    """After all of that: no bucket, no capture."""
    assert (served.ok("GET", "buckets/"), served.captures) == ({}, [])
