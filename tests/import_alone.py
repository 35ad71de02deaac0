"""Imports each module named on standard input without the rest of the package; prints what fails or warns."""

import importlib
import os
import sys
import traceback
import warnings


def main():
    """All in one process first, which loads the libraries; then each in a process that has only those."""
    names = sys.stdin.read().split()
    for name in names:
        _import(name)
    for name in [name for name in sys.modules if name.partition(".")[0] == "understudy"]:
        del sys.modules[name]
    for name in names:
        if os.fork() == 0:
            _import(name)
            os._exit(0)
        os.wait()


def _import(name):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            importlib.import_module(name)
    except BaseException:  # noqa: BLE001 - a SystemExit at import is as wrong as any other
        sys.stdout.write(f"{name}: {traceback.format_exc(limit=-3)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
