"""The real llama.cpp, with a small model of our own making."""

import importlib.util
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion import paths
from companion.errors import EngineError
from companion.parts import build_mind, read_parts
from companion.settings import Settings, ThinkSettings
from companion.think.llama import LlamaMind
from companion.values import Exchange, State
from scripts.test_models.minds import Shape, write_mind

from . import made
from .parts import conversation, said_by, texts
from .test_llama import SOON, reply, wait_until_ready
from .test_prompt import ENGLISH, PLAN, turn

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("llama_cpp") is None, reason="needs scripts/companion setup --llm"
)

# What tests/forced_model.py makes it say.
FIRST, SECOND = "You carry so much, and it is a lot.", "I hear how tired you are."


@pytest.fixture
def mind() -> Iterator[LlamaMind]:
    mind = LlamaMind(made.mind(), ENGLISH, deadline=SOON, module="tests.forced_model")
    yield mind
    mind.close()


def test_a_model_writes_through_its_own_template_and_our_grammar():
    """Whatever a model says, it says in one to three plain sentences."""
    mind = LlamaMind(made.mind(), ENGLISH, deadline=SOON)
    said = reply(mind, "i am so tired of it all")
    mind.close()

    assert 1 <= len(said) <= 3
    assert all(sentence[0].isupper() and sentence[-1] in ".?!" for sentence in said)
    assert all(sign.isascii() and not sign.isdigit() for sentence in said for sign in sentence)


def test_the_same_words_get_the_same_reply():
    """In one process after another: OUT is the same between two runs."""
    said = []
    for _ in range(2):
        mind = LlamaMind(made.mind(), ENGLISH, deadline=SOON)
        mind.prepare("i am so", ())
        said.append(reply(mind, "i am so tired"))
        mind.close()

    assert said[0] == said[1]


def test_the_words_of_a_model_are_said(mind):
    """Its sentences stream out of its process, and through the guard."""
    assert reply(mind, "i am tired") == [FIRST, SECOND]


def test_a_model_that_is_killed_in_mid_sentence_costs_one_reply(mind):
    """By its pid: the written reply now, the model again in the next turn."""
    talk = conversation(mind=mind)
    said: list[str] = []
    os.kill(mind.pid, signal.SIGSTOP)
    asked = mind._writer._asked
    answering = threading.Thread(
        target=lambda: said.extend(texts(list(talk.answer(said_by("i am tired"), State()))))
    )
    answering.start()
    while mind._writer._asked == asked:
        answering.join(0.01)
    os.kill(mind.pid, signal.SIGKILL)
    answering.join(SOON)
    assert said == ["I hear you."]

    wait_until_ready(mind)
    assert texts(list(talk.answer(said_by("still tired", 2), State()))) == [FIRST, SECOND]


def test_a_broken_grammar_crashes_its_process_and_nothing_else(tmp_path):
    """llama.cpp reads a grammar that is none, and then dies of it."""
    for name in ("persona.yaml", "habits.yaml", "reply.gbnf"):
        (tmp_path / name).write_bytes((ENGLISH / name).read_bytes())
    (tmp_path / "reply.gbnf").write_text('root ::= missing "."\n')
    mind = LlamaMind(made.mind(), tmp_path, deadline=SOON)

    assert reply(mind, "hello") == []
    assert texts(list(conversation(mind=mind).answer(said_by("hello"), State()))) == ["I hear you."]
    mind.close()


@pytest.mark.parametrize("size", [4, 100, 30_000, 400_000])
def test_a_truncated_model_is_one_sentence(tmp_path, size):
    """Wherever the download broke off."""
    path = tmp_path / "cut.gguf"
    path.write_bytes(made.mind().read_bytes()[:size])

    with pytest.raises(EngineError, match=r"cut\.gguf could not be loaded.*models verify"):
        LlamaMind(path, ENGLISH)


def test_a_speech_longer_than_the_model_can_read_gets_the_written_reply(mind):
    """Not a crash, and not a reply to its beginning."""
    history = tuple(Exchange("a b c d " * 400, ("x " * 4_000,), "reflect") for _ in range(4))

    assert list(mind.reply(turn("hello", history), PLAN)) == []
    assert reply(mind, "hello") == [FIRST, SECOND]


def test_a_template_without_a_place_for_the_system_is_no_fault(tmp_path):
    """What the model always is then stands before the first words."""
    template = (
        "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('none') }}"
        "{% endif %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    mind = LlamaMind(with_template(tmp_path, template), ENGLISH, deadline=SOON)

    assert reply(mind, "hello")
    mind.close()


def test_a_template_that_is_none_is_one_sentence(tmp_path):
    """When the talk begins, not in each turn."""
    model = with_template(tmp_path, "{{ raise_exception('never') }}")
    with pytest.raises(EngineError, match=r"could not be loaded"):
        LlamaMind(model, ENGLISH)


def with_template(folder: Path, template: str) -> Path:
    """Make a tiny model with another chat template."""
    path = folder / "other.gguf"
    shape = Shape(2, 64, 128, 4, 2, tokens=0, context=2_048, quantised=False, template=template)
    write_mind(path, shape)
    return path


def test_what_the_model_holds_is_measured(mind):
    """In MB; a small model is mostly Python."""
    assert 20 < mind.rss_mb < 300


def test_auto_takes_the_model_that_is_there(tmp_path, monkeypatch):
    """And the written replies where there is none, or it is broken."""
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path))
    monkeypatch.setattr(paths, "model_folders", lambda: (tmp_path / "models",))
    assert built(ThinkSettings()).name == "written"

    (tmp_path / "models").mkdir()
    model = tmp_path / "models" / "mine.gguf"
    model.write_bytes(made.mind().read_bytes())
    mind = built(ThinkSettings())
    assert mind.name == "mine"
    mind.close()

    model.write_bytes(b"GGUF")
    parts = read_parts(Settings())
    assert build_mind(parts).name == "written"
    assert "mine.gguf could not be loaded" in parts.notes[0]
    with pytest.raises(EngineError, match="could not be loaded"):
        built(ThinkSettings(mind="llama"))


def test_a_model_that_was_asked_for_must_be_there(tmp_path, monkeypatch):
    """With the command that gets one."""
    monkeypatch.setattr(paths, "model_folders", lambda: (tmp_path,))
    with pytest.raises(EngineError, match=r"no language model.*models get --profile"):
        built(ThinkSettings(mind="llama"))


def built(think: ThinkSettings):
    return build_mind(read_parts(Settings(think=think)))
