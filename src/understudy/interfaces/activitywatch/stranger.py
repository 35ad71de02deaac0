"""Whether somebody at our port is another person of this machine. Linux says so; elsewhere it is not known."""

import os
import socket
import sys
from pathlib import Path

TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_MAPPED = bytes(10) + b"\xff\xff"
"""Before an IPv4 address that is written as IPv6."""

Address = tuple[str, int]
"""(IPv4 address, port)."""


def is_stranger(client: Address, server: Address, tables: tuple[str, ...] = TABLES) -> bool:
    """Whether the connection from `client` to `server` belongs to somebody else, or to nobody any more."""
    if sys.platform != "linux":
        return False
    for table in tables:
        try:
            lines = Path(table).read_text("ascii")
        except OSError:
            continue  # there is no such protocol, or no such file: who it is cannot be known
        owner = _owner(client, server, lines)
        if owner is not None:
            return owner != os.getuid()
    return any(map(os.access, tables, [os.R_OK] * len(tables)))


def _owner(client: Address, server: Address, lines: str) -> int | None:
    """Return whose the client's end is; -1 = it is closed; None = it is not in this table."""
    for prefix in (b"", _MAPPED):
        at = lines.find(f" {_written(client, prefix)} {_written(server, prefix)} ")
        if at >= 0:
            fields = lines[at:].split(maxsplit=9)
            uid, inode = fields[6], fields[8]
            return int(uid) if inode != "0" else -1
    return None


def _written(address: Address, prefix: bytes) -> str:
    """Return an address as the table has it: words in the byte order of the machine, in hexadecimal digits."""
    raw = prefix + socket.inet_aton(address[0])
    words = (int.from_bytes(raw[place : place + 4], sys.byteorder) for place in range(0, len(raw), 4))
    return f"{''.join(f'{word:08X}' for word in words)}:{address[1]:04X}"
