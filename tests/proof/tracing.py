"""Drives victims: has them forked by a program that has loaded everything, and lets strace kill them."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT = 30.0
"""Seconds that one life may take before it counts as hanging."""
KILLABLE = (
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "openat",
    "connect",
    "sendto",
    "execve",
    "clone",
    "clone3",
    "vfork",
    "unlink",
    "rename",
    "ftruncate",
)
"""System calls before which a victim is killed."""


def can_trace():
    """Whether strace is here and may hold other processes."""
    if shutil.which("strace") is None or sys.platform != "linux":
        return False
    return (
        subprocess.run(["strace", "-o", "/dev/null", "true"], check=False, capture_output=True).returncode
        == 0
    )


def fast_folder():
    """A folder in memory where there is one: a kill does not care about the disk."""
    memory = Path("/dev/shm")
    return str(memory) if os.access(memory, os.W_OK) else None


class Counting(ThreadingHTTPServer):
    """A server that counts what it was asked for: `address/PLACE/...`."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.counts = Counter()
        self._lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    def count(self, path):
        with self._lock:
            self.counts[path] += 1


class _Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.count(self.path)
        self.send_response(204)
        self.end_headers()

    def do_PUT(self):
        self.do_POST()

    def log_message(self, *_):
        """Say nothing."""

    def handle(self):
        try:
            super().handle()
        except OSError:  # the one who asked was killed
            return


class Nursery:
    """The program that forks victims."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.proof.victim"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"},
        )

    def start(self, job):
        """Fork a victim; returns its process id. `end` must be called next."""
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        child = self._process.stdout.readline()
        assert child, "the program that forks victims has ended"
        return int(child)

    def end(self, pid):
        """Return the status it ended with, as of waitpid; one that hangs is killed."""
        timer = threading.Timer(LIMIT, os.kill, (pid, 9))
        timer.start()
        try:
            return int(self._process.stdout.readline())
        finally:
            timer.cancel()

    def live(self, job):
        """Let one live to its end, untraced."""
        return self.end(self.start(job))

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait(LIMIT)
        self._process.stdout.close()


class Tracer:
    """strace on a running victim."""

    def __init__(self, pid, options, output="/dev/null"):
        self._process = subprocess.Popen(
            ["strace", "-f", "-q", "-q", "-o", output, *options, "-p", str(pid)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def is_at_work(self):
        return self._process.poll() is None

    def detach(self):
        """Let go; the victim lives on, untraced."""
        self._process.terminate()
        self._process.wait(LIMIT)

    def end(self):
        """Wait until all that it followed is gone."""
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self.detach()


class Place:
    """A nursery with a folder of its own for each of its victims, and what they did."""

    def __init__(self, folder, server, template=None):
        self.folder = Path(folder)
        self.server = server
        self.nursery = Nursery()
        self._template = template
        self._number = 0

    def fresh(self):
        """Make the next folder, with a store that has not been used yet."""
        if self._number:
            shutil.rmtree(self._at(self._number), ignore_errors=True)
        self._number += 1
        self.at = self._at(self._number)
        self.at.mkdir()
        if self._template:
            shutil.copytree(self._template, self.at / "home")
        return self

    def _at(self, number):
        return self.folder / str(number)

    def job(self, **fields):
        return {"folder": str(self.at), "address": f"{self.server.address}/{self._key}", "plan": []} | fields

    @property
    def _key(self):
        return f"{self.folder.name}-{self._number}"

    def live(self, **fields):
        """One life without interference; returns its report."""
        for name in ("report.json", "error.txt"):
            (self.at / name).unlink(missing_ok=True)
        status = self.nursery.live(self.job(**fields))
        if status:
            error = self.at / "error.txt"
            raise AssertionError(error.read_text() if error.exists() else f"ended with {status}")
        return self.report()

    def report(self):
        return json.loads((self.at / "report.json").read_text())

    def traced(self, options, output="/dev/null", **fields):
        """One life under strace; returns the status it ended with."""
        pid = self.nursery.start(self.job(traced=True, **fields))
        tracer = Tracer(pid, options, output)
        status = self.nursery.end(pid)
        tracer.end()
        return status

    def sent(self, name):
        """How often the server was asked for this by the present victim."""
        return self.server.counts[f"/{self._key}/{name}"]

    def close(self):
        self.nursery.close()


def make_template(folder, server):
    """Make a store with all workflows, to be copied for each victim; returns its folder."""
    place = Place(folder, server)
    try:
        place.fresh().nursery.live(place.job(prepare=True))
    finally:
        place.close()
    return place.at / "home"


def calls_in(trace):
    """Return {system call: the most that one thread made of it} from strace's record."""
    counts = Counter()
    for line in Path(trace).read_text(errors="replace").splitlines():
        found = re.match(r"(\d+) +(\w+)\(", line)
        if found:
            counts[found[1], found[2]] += 1
    most = {}
    for (_, name), count in counts.items():
        most[name] = max(most.get(name, 0), count)
    return most


def spread_over(places, tasks, work):
    """Do `work(place, task)` for all tasks, each place one at a time; results in the order of the tasks."""
    tasks = list(tasks)
    free = list(places)

    def one(task):
        place = free.pop()
        try:
            return work(place, task)
        finally:
            free.append(place)

    with ThreadPoolExecutor(len(places)) as pool:
        return list(pool.map(one, tasks))
