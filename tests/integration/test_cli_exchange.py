"""One question over a real socket: answers of every form are read, and what is no answer is told as that."""

import socket
import threading
from contextlib import closing, contextmanager, suppress

import pytest

from understudy.interfaces.cli.exchange import FIELDS, LINE, BrokenAnswerError, ask

OK = b"HTTP/1.1 200 OK\r\nServer: somebody\r\n"


@contextmanager
def answering(content):
    """A server that reads one question, sends these bytes and closes; yields (port, what was asked)."""
    asked = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve():
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as stream:
                head = []
                while (line := stream.readline()) not in (b"\r\n", b""):
                    head.append(line.decode().rstrip("\r\n"))
                length = sum(
                    int(each.partition(":")[2]) for each in head if each.startswith("Content-Length")
                )
                asked.extend([*head, stream.read(length)])
                with suppress(OSError):  # whoever has seen enough does not read on
                    connection.sendall(content)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1], asked
        finally:
            thread.join(10)


def told(content, *, body=b""):
    """(status, header fields, body) of an answer made of these bytes, and what was asked."""
    with (
        answering(content) as (port, asked),
        closing(ask(port, "POST", "/api/x?y=1", {"X-One": "1"}, body, timeout=10)) as answer,
    ):
        return (answer.status, answer.headers, b"".join(answer.pieces())), asked


@pytest.mark.parametrize(
    "content, body",
    [
        (OK + b"Content-Length: 5\r\n\r\nhello", b"hello"),
        (OK + b"content-length:5\r\n\r\nhello and more", b"hello"),
        (OK + b"\r\n", b""),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n, everyone\r\n0\r\n\r\n",
         b"hello, everyone"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b""),
    ],
)  # fmt: skip
def test_an_answer_is_read_whole(content, body):
    """By its length or in parts."""
    (status, headers, found), _ = told(content)
    assert (status, headers["server"], found) == (200, "somebody", body)


def test_the_question_is_one_that_every_server_understands():
    """Its host and length are told, and that nothing follows."""
    _, asked = told(OK + b"\r\n", body=b"{}")
    assert asked[0] == "POST /api/x?y=1 HTTP/1.1"
    assert asked[1].startswith("Host: 127.0.0.1:")
    assert asked[2:] == ["Connection: close", "X-One: 1", "Content-Length: 2", b"{}"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200",
        OK + b"Content-Len",
        OK + b"Content-Length: 6\r\n\r\nhello",
        OK + b"Content-Length: six\r\n\r\nhello",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nx\r\n",
        OK + b"X: " + b"x" * LINE,
        OK + b"X: 1\r\n" * FIELDS + b"\r\n",
    ],
)
def test_what_is_no_answer_or_not_whole_is_an_error(content):
    """Never taken for the whole, never waited for without end."""
    with pytest.raises(BrokenAnswerError):
        told(content)


def test_nobody_there_is_an_error():
    """The address is free."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        ask(port, "GET", "/", {}, b"", timeout=10)
