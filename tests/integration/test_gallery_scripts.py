"""The scripts of the gallery, run as they are in a home folder of their own: they do what they say, and no harm."""

import os
import shutil
import subprocess
import time

import pytest

from understudy.core.value import HOUR, SECOND
from understudy.engine.gallery import filled, gallery

OLD = time.time() - 2 * HOUR / SECOND

pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")


def scripts(name, **changes):
    """The scripts of a template with their variables, by the id of their step."""
    document = filled(gallery()[name], changes)
    return {
        step["id"]: (step["parameters"]["script"], step["parameters"].get("environment", {}))
        for step in document["steps"]
        if step.get("action") == "run_script"
    }


def run(home, name, step, **changes):
    """Run one script and return what it puts out; it must succeed and complain of nothing."""
    script, variables = scripts(name, **changes)[step]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", **variables}
    done = subprocess.run(
        ["sh", "-u", "-c", script],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def put(path, text="x", age=OLD):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (age, age))
    return path


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", gallery())
def test_every_script_is_valid_shell(name):
    """Read through by the shell, without being run."""
    for script, _ in scripts(name).values():
        assert subprocess.run(["sh", "-n"], input=script.encode(), check=False, timeout=10).returncode == 0


def test_downloads_are_sorted_and_nothing_is_lost(tmp_path):
    """By kind; what is new, unknown, half loaded, a folder or would overwrite something stays where it is."""
    folder = tmp_path / "My Downloads"
    for name in (
        "a b.PDF",
        "-n.txt",
        "photo.JPG",
        "x.tar.gz",
        "song.mp3",
        "half.pdf.part",
        "unknown.xyz",
        "taken.pdf",
    ):
        put(folder / name, name)
    put(folder / "Documents" / "taken.pdf", "other")
    put(folder / "fresh.pdf", age=time.time())
    (folder / "folder.pdf").mkdir()
    assert run(tmp_path, "download-sorter", "sort", folder="My Downloads") == "5"
    assert names(folder) == [
        "Archives/x.tar.gz",
        "Documents/-n.txt",
        "Documents/a b.PDF",
        "Documents/taken.pdf",
        "Music/song.mp3",
        "Pictures/photo.JPG",
        "fresh.pdf",
        "half.pdf.part",
        "taken.pdf",
        "unknown.xyz",
    ]
    assert (folder / "Documents" / "taken.pdf").read_text() == "other"
    assert run(tmp_path, "download-sorter", "sort", folder="My Downloads") == "0"


def test_screenshots_are_put_away(tmp_path):
    """Into the folder of the month; other files stay."""
    for name in ("Screenshot 1.png", "screenshot-2.png", "notes.txt"):
        put(tmp_path / "Desktop" / name)
    assert run(tmp_path, "end-of-day-tidy", "tidy") == "2 moved"
    month = time.strftime("%Y-%m")
    assert names(tmp_path) == [
        "Desktop/notes.txt",
        f"Pictures/Screenshots/{month}/Screenshot 1.png",
        f"Pictures/Screenshots/{month}/screenshot-2.png",
    ]
    assert run(tmp_path, "end-of-day-tidy", "tidy") == "0 moved"


def test_a_folder_is_packed_and_only_the_latest_archives_stay(tmp_path):
    """The archive holds the files; the oldest one beyond the number goes, other files stay."""
    put(tmp_path / "Documents" / "a.txt")
    for day in range(1, 5):
        put(tmp_path / "Backups" / f"understudy-Documents-2020-01-0{day}.tar.gz")
    put(tmp_path / "Backups" / "mine.tar.gz")
    assert run(tmp_path, "folder-backup", "pack", keep=3) == "Archives kept: 3"
    today = f"understudy-Documents-{time.strftime('%Y-%m-%d')}.tar.gz"
    kept = [
        "mine.tar.gz",
        "understudy-Documents-2020-01-03.tar.gz",
        "understudy-Documents-2020-01-04.tar.gz",
        today,
    ]
    assert names(tmp_path / "Backups") == kept
    shutil.unpack_archive(tmp_path / "Backups" / today, tmp_path / "out")
    assert names(tmp_path / "out") == ["Documents/a.txt"]


def test_the_week_is_reported(tmp_path):
    """Changed files are listed in a file; old and hidden ones are not."""
    put(tmp_path / "Documents" / "new.txt", age=time.time())
    put(tmp_path / "Documents" / "old.txt", age=OLD - 30 * 86_400)
    put(tmp_path / "Documents" / ".hidden" / "x", age=time.time())
    said = run(tmp_path, "monday-report", "report")
    report = tmp_path / "Documents" / "Reports" / f"week-{time.strftime('%G-%V')}.txt"
    assert said == f"Files changed: 1. The list: {report}"
    assert report.read_text().splitlines()[1:] == ["./new.txt"]


def test_the_morning_is_gathered(tmp_path):
    """The date, the first lines of the list, and the space; without a list it goes without."""
    assert "To do" not in run(tmp_path, "morning-prep", "gather")
    put(tmp_path / "my list.txt", "one\n\ntwo\n")
    lines = run(tmp_path, "morning-prep", "gather", todo="my list.txt").splitlines()
    assert lines[0].startswith("It is ")
    assert lines[1:4] == ["To do:", "one", "two"]
    assert lines[4].startswith("Free space: ")


def test_notes_of_the_last_meeting_are_found(tmp_path):
    """Only what was written under the last heading."""
    put(tmp_path / "meeting-notes.txt", "== Meeting of 2020-01-01 09:00 ==\nold\n")
    run(tmp_path, "after-a-meeting", "heading")
    with (tmp_path / "meeting-notes.txt").open("a") as file:
        file.write("We agreed.\nKim writes.\n")
    assert run(tmp_path, "after-a-meeting", "notes") == "We agreed.\nKim writes."


def test_large_folders_are_named(tmp_path):
    """The largest first."""
    put(tmp_path / "big one" / "a", "x" * 3_000_000)
    put(tmp_path / "small" / "b")
    assert run(tmp_path, "disk-space", "look").splitlines()[0].startswith("big one/ 0.0 GiB")


def test_an_alert_is_put_together(tmp_path):
    """From the value and the limit; hostile values stay text."""
    script, variables = scripts("signal-alert")["text"]
    assert set(variables) == {"name", "limit", "value", "seen"}
    given = {**variables, "value": "$(touch x); `id`", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["sh", "-c", script], env=given, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("disk_free_percent is at $(touch x); `id`; the limit is 10.")
    assert names(tmp_path) == []
