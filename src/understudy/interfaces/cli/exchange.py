"""One question to a server on this machine, and its answer, over HTTP/1.1.

The standard library's client does the same once it has loaded what reads mail and what encrypts; that takes longer
than all the rest of `understudy status`.
"""

import re
import socket
from collections.abc import Iterator, Mapping

LINE, FIELDS = 64 * 1024, 100
"""Most bytes of a line, and most header fields, that are taken in."""
PIECE = 256 * 1024
"""Most bytes of a body that are held at once."""

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?!\d)")


class BrokenAnswerError(OSError):
    """What came is no answer, or not the whole of one."""


class Answer:
    """Status and header fields (names in lower case), and the body as it is read; to be closed."""

    def __init__(self, connection: socket.socket) -> None:
        """Take over the connection once something was asked. Raises OSError unless an answer begins to come."""
        self._connection = connection
        self._stream = connection.makefile("rb")
        first = _STATUS.match(self._line())
        if first is None:
            raise BrokenAnswerError("it does not speak HTTP")
        self.status = int(first[1])
        self.headers = dict(self._fields())

    def pieces(self) -> Iterator[bytes]:
        """Yield the body as it comes; it can be read once. Raises OSError, also when it breaks off."""
        if self.headers.get("transfer-encoding") != "chunked":
            yield from self._bytes(_number(self.headers.get("content-length", "0"), 10))
            return
        while size := _number(self._line(), 16):
            yield from self._bytes(size)
            self._line()
        self._line()

    def close(self) -> None:
        """End the conversation; safe to call twice."""
        self._stream.close()
        self._connection.close()

    def _fields(self) -> Iterator[tuple[str, str]]:
        for _ in range(FIELDS):
            line = self._line()
            if not line:
                return
            name, _, value = line.decode("latin-1").partition(":")
            yield name.strip().lower(), value.strip()
        raise BrokenAnswerError("it has too many header fields")

    def _line(self) -> bytes:
        line = self._stream.readline(LINE)
        if not line.endswith(b"\n"):
            raise BrokenAnswerError("it broke off" if len(line) < LINE else "it has a line that is too long")
        return line.rstrip(b"\r\n")

    def _bytes(self, count: int) -> Iterator[bytes]:
        while count > 0:
            piece = self._stream.read1(min(count, PIECE))
            if not piece:
                raise BrokenAnswerError("it broke off")
            count -= len(piece)
            yield piece


def ask(
    port: int, method: str, path: str, headers: Mapping[str, str], content: bytes, *, timeout: float | None
) -> Answer:
    """Ask 127.0.0.1 at this port; `timeout`: seconds for each step, None = wait for ever. Raises OSError."""
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        connection.connect(("127.0.0.1", port))
        fields = {"Host": f"127.0.0.1:{port}", "Connection": "close", **headers}
        if content:
            fields["Content-Length"] = str(len(content))
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("ascii") + content)
        return Answer(connection)
    except BaseException:
        connection.close()
        raise


def _number(digits: str | bytes, base: int) -> int:
    try:
        return int(digits, base)
    except ValueError:
        raise BrokenAnswerError("it makes no sense") from None
