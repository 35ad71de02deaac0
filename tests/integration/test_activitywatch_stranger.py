"""Without the token only the person's own watchers are heard: who asks is read from the table of connections."""

import json
import os
import socket
import subprocess
import sys

import pytest

from tests.integration.activitywatch_server import TOKEN, listening
from understudy.interfaces.activitywatch.stranger import is_stranger

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whose a connection is")

BUCKET = "buckets/aw-watcher-window_desk"
NEW = {"type": "currentwindow", "client": "aw-watcher-window", "hostname": "desk"}
ASK = """
import encodings.idna, http.client, os, sys
os.setuid(65534)
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
token = {"Authorization": "Bearer " + sys.argv[3]} if sys.argv[3] else {}
connection.request("POST", "/api/0/" + sys.argv[2], sys.argv[4], {"Content-Type": "application/json", **token})
print(connection.getresponse().status)
"""


@pytest.fixture
def pair():
    """A connection on this machine: (listening end, our end, the end that was accepted)."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        theirs, _ = server.accept()
        with ours, theirs:
            yield server, ours, theirs


def test_ones_own_connection_is_no_strangers(pair):
    """However the client writes the address, while it is open."""
    _, ours, theirs = pair
    assert not is_stranger(theirs.getpeername(), theirs.getsockname())
    ours.close()
    assert is_stranger(("127.0.0.1", 1), theirs.getsockname())


def test_a_client_that_speaks_ipv6_is_found_too():
    """Its IPv4 address stands in the other table, with zeros before it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.socket(socket.AF_INET6)
        with client:
            client.connect(("::ffff:127.0.0.1", server.getsockname()[1]))
            theirs, peer = server.accept()
            with theirs:
                assert not is_stranger(peer, theirs.getsockname())


def test_where_nobody_says_whose_it_is_it_may_be_ours(tmp_path):
    """Without the tables nothing is refused that was not refused before."""
    assert not is_stranger(("127.0.0.1", 1), ("127.0.0.1", 2), (str(tmp_path / "none"),))


def test_the_owner_is_taken_from_the_line_of_the_client(tmp_path):
    """Not from the server's own line, which holds the same addresses the other way round; a closed end is nobody's."""
    client, server = ("127.0.0.1", 0xA000), ("127.0.0.1", 0x15E0)
    here, there = "0100007F:15E0", "0100007F:A000"
    for uid, inode, expected in (
        (os.getuid(), 7, False),
        (os.getuid() + 1, 7, True),
        (os.getuid(), 0, True),
    ):
        table = tmp_path / "tcp"
        mine = f"   1: {here} {there} 01 0:0 00:0 0 {os.getuid()} 0 9 1\n"
        table.write_text(f"  sl local rem\n{mine}   2: {there} {here} 01 0:0 00:0 0 {uid} 0 {inode} 1\n")
        assert is_stranger(client, server, (str(table),)) is expected


@pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can become somebody else"
)
def test_a_watcher_of_another_person_is_turned_away_without_the_token():
    """The same words from ourselves, or with the token, are taken."""
    with listening() as one:

        def asked(token):
            argv = [sys.executable, "-I", "-S", "-c", ASK, str(one.port), BUCKET, token, json.dumps(NEW)]
            return subprocess.run(argv, capture_output=True, text=True, timeout=30, check=True).stdout.strip()

        assert asked("") == "401"
        assert asked(TOKEN) == "200"
        assert one.send("POST", f"{BUCKET}2", NEW)[0] == 200
