"""The process that mines: (history, setting) as MessagePack on standard input, patterns on standard output, the end.

Started by `miner`, at the lowest priority; it reads and writes nothing else.
"""

import os
import sys

import msgspec

from understudy.detectors.history import Frozen
from understudy.detectors.setting import Setting

LEAST_URGENT = 19


def main() -> int:
    """Mine once."""
    if hasattr(os, "nice"):
        os.nice(LEAST_URGENT)
    from understudy.detectors.mining import mine

    frozen, setting = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=tuple[Frozen, Setting])
    sys.stdout.buffer.write(msgspec.msgpack.encode(mine(frozen, setting)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
