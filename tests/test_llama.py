"""A language model in a process of its own: late, hung, crashed or killed, it costs one reply."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from companion.errors import EngineError
from companion.think import child
from companion.think.child import Child
from companion.think.llama import MOST_CRASHES, LlamaMind

from .test_prompt import ENGLISH, PLAN, turn

SOON = 10.0
"""Seconds in which anything has happened, on the slowest machine"""


class Steps:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "fake.gguf"
    path.write_text("GGUF")
    return path


@pytest.fixture
def mind(model: Path) -> Iterator[LlamaMind]:
    mind = LlamaMind(model, ENGLISH, deadline=SOON, module="tests.fake_model")
    yield mind
    mind.close()


def reply(mind: LlamaMind, words: str) -> list[str]:
    return list(mind.reply(turn(words), PLAN))


def wait_until_ready(mind: LlamaMind) -> None:
    assert mind._writer.wait(SOON)


def test_it_words_the_reply_sentence_by_sentence(mind):
    """From the pieces in which the model writes."""
    assert reply(mind, "hello") == ["I hear you.", "That is a lot."]


def test_its_notes_to_itself_are_dropped(mind):
    """Nobody hears a model think."""
    assert reply(mind, "think about it") == ["I hear you.", "That is a lot."]


def test_its_memory_is_measured(mind):
    """By the process itself."""
    assert mind.rss_mb == 5
    reply(mind, "hello")
    assert mind.rss_mb == 6


def test_a_late_model_leaves_the_reply_to_the_written_one(model):
    """After the deadline nobody waits; the next turn is its own."""
    mind = LlamaMind(model, ENGLISH, deadline=0.2, module="tests.fake_model")

    assert reply(mind, "slow mute") == []
    wait_until_ready(mind)
    mind._deadline = SOON
    assert reply(mind, "hello") == ["I hear you.", "That is a lot."]
    mind.close()


def test_what_came_in_time_is_said_although_the_rest_is_late(model):
    """The first sentence stands by itself."""
    mind = LlamaMind(model, ENGLISH, deadline=3.0, module="tests.fake_model")

    assert reply(mind, "slow words") == ["I hear you."]
    mind.close()


def test_a_model_killed_between_two_turns_is_there_again(mind):
    """By a signal to its pid, as the system does when memory runs out."""
    os.kill(mind.pid, signal.SIGKILL)
    assert reply(mind, "hello") == []
    wait_until_ready(mind)

    assert reply(mind, "hello") == ["I hear you.", "That is a lot."]


def test_a_model_that_crashes_in_its_first_sentence_is_there_again(mind):
    """A written reply now, the model again next turn."""
    assert reply(mind, "crash mute") == []
    wait_until_ready(mind)

    assert reply(mind, "hello") == ["I hear you.", "That is a lot."]


def test_a_model_that_crashes_in_mid_reply_keeps_what_it_said(mind):
    """Whole sentences only."""
    assert reply(mind, "crash now") == ["I hear you."]


def test_a_model_that_always_crashes_is_left_alone(mind):
    """Starting it for ever would only take the processor from the ear."""
    pids = set()
    for _ in range(MOST_CRASHES + 3):
        pids.add(mind.pid)
        mind._writer.wait(SOON)
        assert reply(mind, "crash mute") == []

    assert len(pids) == MOST_CRASHES + 1


def test_a_hung_model_is_replaced(model):
    """It neither answers nor ends."""
    clock = Steps()
    mind = LlamaMind(model, ENGLISH, module="tests.fake_model", clock=clock)
    hung = mind.pid
    stream = mind.reply(turn("hang mute"), PLAN)
    clock.seconds += 0.0
    mind._deadline = 0.0
    assert list(stream) == []
    clock.seconds += 31.0
    mind.prepare("hello", ())

    assert mind.pid != hung
    mind.close()


def test_a_hung_model_whose_pipe_is_full_costs_nothing(mind):
    """What cannot be sent is not waited for."""
    mind._deadline = 0.2
    assert reply(mind, "hang mute") == []
    for _ in range(300):
        try:
            mind.prepare("word " * 200, ())
        except child.ThinkError:
            break
    wait_until_ready(mind)


def test_rubbish_from_the_process_ends_it(mind):
    """A library that prints must not be taken at its word."""
    assert reply(mind, "rubbish mute") == []
    wait_until_ready(mind)

    assert reply(mind, "hello") == ["I hear you.", "That is a lot."]


def test_a_reply_that_is_closed_early_does_not_reach_the_next_turn(mind):
    """Somebody spoke over it."""
    stream = mind.reply(turn("slow"), PLAN)
    assert next(stream) == "I hear you."
    stream.close()

    assert reply(mind, "hello") == ["I hear you.", "That is a lot."]


def test_a_model_that_cannot_be_loaded_is_one_sentence(tmp_path):
    """Which file, and what to do."""
    path = tmp_path / "broken.gguf"
    path.write_text("GGUF dies")
    with pytest.raises(EngineError, match=r"broken\.gguf could not be loaded.*models verify"):
        LlamaMind(path, ENGLISH, module="tests.fake_model")
    path.write_text("<html>")
    with pytest.raises(EngineError, match=r"broken\.gguf is not a language model"):
        LlamaMind(path, ENGLISH, module="tests.fake_model")
    with pytest.raises(EngineError, match="cannot be read"):
        LlamaMind(tmp_path / "none.gguf", ENGLISH, module="tests.fake_model")


def test_the_process_ends_with_the_program_that_started_it(model):
    """However that program ends, for its pipe then closes."""
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from companion.think.llama import LlamaMind\n"
        "from tests.test_prompt import ENGLISH\n"
        "mind = LlamaMind(Path(sys.argv[1]), ENGLISH, deadline=0.2, module='tests.fake_model')\n"
        "print(mind.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(model)], capture_output=True, text=True, check=False
    )

    assert has_ended(int(done.stdout))


def test_a_hung_process_ends_when_the_mind_is_closed(model):
    """Though it does not look at its pipe any more."""
    mind = LlamaMind(model, ENGLISH, deadline=0.2, module="tests.fake_model")
    pid = mind.pid
    assert reply(mind, "hang mute") == []
    mind.close()
    mind.close()

    assert has_ended(pid)


def test_one_thread_may_prepare_while_another_waits_for_a_reply(mind):
    """Neither takes the other's messages, and neither waits past its deadline."""
    mind._deadline = 1.0
    going = threading.Event()

    def prepare() -> None:
        while not going.is_set():
            # A pipe may be full, as nobody speaks so fast; the talk takes that as no preparation.
            with suppress(child.ThinkError):
                mind.prepare("word by word", ())

    thread = threading.Thread(target=prepare)
    thread.start()
    began = time.monotonic()
    for _ in range(20):
        reply(mind, "slow words")
    going.set()
    thread.join(SOON)

    assert not thread.is_alive()
    assert time.monotonic() - began < 20 * 1.5
    wait_until_ready(mind)
    mind._deadline = SOON
    assert reply(mind, "hello") == ["I hear you.", "That is a lot."]


def test_words_that_are_newer_than_a_reply_end_it(mind):
    """Somebody has spoken on: nobody waits for the old one."""
    waiting = []
    thread = threading.Thread(target=lambda: waiting.extend(reply(mind, "slow mute")))
    thread.start()
    while mind._writer._asked < 2:
        thread.join(0.01)
    mind.prepare("and another thing", ())
    thread.join(SOON / 2)

    assert not thread.is_alive()
    assert waiting == []


def has_ended(pid: int) -> bool:
    """Wait for a process that is not ours."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    return bool(child.select.select([handle], [], [], SOON)[0])


def test_the_passphrase_is_not_handed_to_the_process(monkeypatch):
    """Nor to any other that we start."""
    monkeypatch.setenv("COMPANION_PASSPHRASE", "secret")
    from companion import paths

    assert "COMPANION_PASSPHRASE" not in paths.environment_of_a_child()
    assert "PATH" in paths.environment_of_a_child()


def test_a_child_that_is_gone_says_so_once(model):
    """ThinkError, not a broken pipe."""
    gone = Child("tests.no_such_module", [], Steps())
    gone._process.wait(SOON)
    with pytest.raises(child.ThinkError, match="does not listen"):
        gone.send({"do": "stop"})
    assert gone.receive(0.0) is None
    gone.close()
