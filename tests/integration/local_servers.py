"""Small servers on this machine, for whatever goes out: HTTP that answers as it is told, and SMTP."""

import contextlib
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Seen:
    """One request as it came in."""

    def __init__(self, handler, body):
        self.method, self.path, self.headers, self.body = handler.command, handler.path, handler.headers, body


class Site:
    """An HTTP server; `answers` maps a path to (status, headers, body) or to a function of the handler."""

    def __init__(self, context=None):
        self.seen = []
        self.answers = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"{'http' if context is None else 'https'}://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def _handler(site):  # noqa: N805 - the handler is another self
        class Handler(BaseHTTPRequestHandler):
            def handle_one(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                site.seen.append(Seen(self, body))
                answer = site.answers.get(self.path.partition("?")[0], (200, {}, b"fine"))
                if callable(answer):
                    answer(self)
                    return
                status, headers, content = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(b"" if self.command == "HEAD" else content)

            def log_message(self, *_):
                """Say nothing."""

        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            setattr(Handler, f"do_{method}", Handler.handle_one)
        return Handler


def as_json(value, status=200):
    """An answer with this value."""
    return (status, {"Content-Type": "application/json"}, json.dumps(value).encode())


def slowly(seconds):
    """An answer that begins after a while; shorter when the other side has gone."""

    def answer(handler):
        until = time.monotonic() + seconds
        handler.connection.settimeout(0.05)
        while time.monotonic() < until:
            with contextlib.suppress(TimeoutError):
                if not handler.connection.recv(1):
                    return

    return answer


class MailServer:
    """As much SMTP as it takes to receive mail without encryption; `refuse` makes it say no to the sender."""

    def __init__(self, *, refuse=False):
        self.mails = []
        self._refuse = refuse
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._socket.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                with connection, connection.makefile("rwb") as stream, contextlib.suppress(OSError):
                    self._talk(stream)

    def _talk(self, stream):
        self._say(stream, b"220 ready")
        for line in stream:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self._say(stream, b"354 go on")
                self.mails.append(b"".join(iter(stream.readline, b".\r\n")).decode())
            if word == b"MAIL" and self._refuse:
                self._say(stream, b"550 nobody may send here")
            else:
                self._say(stream, b"221 bye" if word == b"QUIT" else b"250 fine")
            if word == b"QUIT":
                return

    @staticmethod
    def _say(stream, words):
        stream.write(words + b"\r\n")
        stream.flush()
