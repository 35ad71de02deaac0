"""The person's assistant command really run: the text on its input, its output while it works, and its end."""

import os
import sys
import threading
import time

import pytest

from tests.e2e.waiting import until
from tests.fakes.action_context import FakeActionContext
from tests.integration.test_run_script import alive
from understudy.adapters.actions.prompt import Parameters, Prompt
from understudy.adapters.actions.run_script import Parameters as ScriptParameters
from understudy.adapters.actions.run_script import RunScript
from understudy.adapters.scripts.script import RUN
from understudy.config import Settings
from understudy.errors import ActionFailedError, InvalidInputError, StoppedError, TimedOutError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="commands are supervised on Linux only")

FORKS = """
import os, time
for _ in range(2):
    if os.fork() == 0:
        os.setsid()
        os.environ.clear()
        os.execvp("sleep", ["sleep", "4722"])
print("forked", flush=True)
time.sleep(60)
"""
"""Three processes, two of them in sessions of their own."""


@pytest.fixture
def environment(tmp_path):
    """The person's own."""
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DISPLAY": ":5", "MY_TOKEN": "t0ken"}


@pytest.fixture
def asking(environment):
    """The action, with `cat` for an assistant."""
    return Prompt(environment=environment, settings=lambda: Settings(assistant_command=("cat",)))


def ask(asking, text, context=None, **options):
    """Check, prepare and perform, as the engine does."""
    context = context or FakeActionContext()
    parameters = asking.check(Parameters(text=text, **options))
    return asking.perform(parameters, context, asking.prepare(parameters, context))


def shell(script):
    return ("sh", "-c", script)


# ---------------------------------------------------------------- what it gets and gives


def test_the_text_is_on_its_input_and_the_output_is_what_it_says(asking):
    """To the character; none of it is seen by a shell."""
    text = "Sum up: $(touch x) `id`; 'ü'\n" * 2000
    assert ask(asking, text).output == text
    assert ask(asking, "x", command=("wc", "-c")).output == "1\n"


def test_it_has_the_environment_of_the_person_and_the_mark_of_the_run(asking, tmp_path):
    """Assistants need their settings; scripts do not get them."""
    output = ask(asking, "x", command=shell(f"pwd; echo $MY_TOKEN $DISPLAY ${RUN}")).output
    assert output == f"{tmp_path}\nt0ken :5 r-test\n"


def test_its_output_is_shown_while_it_works(asking):
    """Piece by piece, letters never cut in two."""
    context = FakeActionContext()
    command = shell(r"printf 'one\n\303'; sleep .2; printf '\274\n'; sleep .2; echo three")
    assert ask(asking, "x", context, command=command).output == "one\nü\nthree\n"
    assert context.emitted == ["one\n", "ü\n", "three\n"]


def test_the_output_of_a_script_is_shown_too(environment):
    """By the same way."""
    context = FakeActionContext()
    parameters = ScriptParameters(script="echo one; sleep .2; echo two")
    RunScript(environment=environment).perform(parameters, context, {})
    assert context.emitted == ["one\n", "two\n"]


def test_the_command_of_the_settings_is_written_down_when_saving(asking):
    """What was allowed is what runs, whatever the settings become."""
    assert asking.check(Parameters(text="x")).command == ("cat",)
    asking._settings = lambda: Settings(assistant_command=("other",))
    assert asking.check(Parameters(text="x", command=("cat",))).command == ("cat",)


def test_without_any_command_saving_says_how_to_set_one(environment):
    """No guess at which assistant there may be."""
    asking = Prompt(environment=environment, settings=Settings)
    with pytest.raises(InvalidInputError, match="settings set assistant_command"):
        asking.check(Parameters(text="x"))
    with pytest.raises(InvalidInputError):
        asking.prepare(Parameters(text="x"), FakeActionContext())


@pytest.mark.parametrize(
    "options",
    [{"text": " "}, {"text": "a\0"}, {"text": "\ud800"}, {"text": "x" * 70_000}, {"text": "x", "timeout": 0}],
)
def test_what_cannot_be_given_is_refused(asking, options):
    """When saving, and again once everything is filled in."""
    with pytest.raises(InvalidInputError):
        asking.check(Parameters(**options))
    with pytest.raises(InvalidInputError):
        asking.prepare(Parameters(**options, command=("cat",)), FakeActionContext())


# ---------------------------------------------------------------- how it ends


def test_a_missing_command_is_found_before_anything_happens(asking):
    """So it may be tried again once it is installed."""
    with pytest.raises(ActionFailedError, match="no program nosuchassistant") as caught:
        ask(asking, "x", command=("nosuchassistant",))
    assert caught.value.nothing_happened is True


def test_an_exit_code_is_a_failure_with_its_last_words(asking):
    """The person reads why."""
    with pytest.raises(ActionFailedError, match="exit code 3: no credit") as caught:
        ask(asking, "x", command=shell("echo no credit >&2; exit 3"))
    assert caught.value.nothing_happened is False


def test_it_ends_with_its_time(asking):
    """Its own, or that of its step; not begun when there is none."""
    with pytest.raises(TimedOutError, match="took too long"):
        ask(asking, "x", command=("sleep", "4721"), timeout=0.3)
    with pytest.raises(TimedOutError, match="not started"):
        ask(asking, "x", FakeActionContext(seconds=-1))
    assert alive("sleep 4721") == []


def test_stop_ends_all_it_has_started_within_a_second(asking, environment):
    """A command and a script that have forked into sessions of their own; measured to the end of the last process."""
    took = []
    script = RunScript(environment=environment)
    for start in (
        lambda context: ask(asking, "x", context, command=(sys.executable, "-c", FORKS)),
        lambda context: script.perform(
            ScriptParameters(script=FORKS, interpreter=(sys.executable,)), context, {}
        ),
    ):
        context = FakeActionContext()
        caught = []

        def work(start=start, context=context, caught=caught):
            try:
                start(context)
            except StoppedError as error:
                caught.append(error)

        worker = threading.Thread(target=work)
        worker.start()
        until(lambda: len(alive("sleep 4722")) == 2, 8, "both children")
        began = time.monotonic()
        context.stop.set()
        worker.join(5)
        took.append(time.monotonic() - began)
        assert (len(caught), alive("sleep 4722")) == (1, [])
    print("stopped after", [round(each, 3) for each in took])
    assert max(took) < 1
