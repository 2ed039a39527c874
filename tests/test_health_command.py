"""What rules exercises out is asked once, kept in the diary, and taken care of from then on."""

import json

import pytest

from companion.commands.main import main

SETTINGS = "speak: {voice: espeak}\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A diary with a passphrase."""
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path))
    monkeypatch.setenv("COMPANION_PASSPHRASE", "correct horse battery")
    (tmp_path / "companion.yaml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def run(capsys, *words: str) -> str:
    assert main(list(words)) == 0
    return capsys.readouterr().out


def chat(monkeypatch, capsys, *lines: str) -> list[dict]:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
    return [json.loads(line) for line in run(capsys, "chat", "--json").splitlines()]


def test_the_list_is_kept_and_changed(home, capsys):
    """Added, removed, emptied."""
    assert run(capsys, "health", "--add", "heart", "--add", "lungs").split()[0] == "heart"
    assert run(capsys, "health").splitlines()[1].startswith("lungs")
    assert "heart" not in run(capsys, "health", "--remove", "heart")
    assert run(capsys, "health", "--none") == "Nothing rules out an exercise.\n"


def test_an_unknown_word_is_refused_with_those_that_are_known(home, capsys):
    """And nothing is changed."""
    assert main(["health", "--add", "toe"]) == 1
    assert "'toe' is not known here. Use one of: heart, lungs" in capsys.readouterr().err


def test_an_exercise_that_is_ruled_out_is_replaced_in_every_command(home, capsys):
    """The list of the diary, and --health beside it."""
    run(capsys, "health", "--add", "lungs")
    out = home / "box.wav"

    assert main(["session", "box", "--out", str(out), "--minutes", "2"]) == 1  # none for 2 minutes
    assert main(["session", "box", "--out", str(out)]) == 0
    assert "'Breathing in a square' is not for you" in capsys.readouterr().err
    names = run(capsys, "sessions", "--for", "anger", "--health", "injuries")
    assert "exhale46" not in names and "pmr-4" not in names and "grounding" in names


def test_a_talk_asks_once_and_keeps_health_and_ratings(home, monkeypatch, capsys):
    """The next talk knows them."""
    first = chat(monkeypatch, capsys, "breathing", "my lungs", "four", "no")
    assert first[0]["said"][-1] == "Is any of that true for you?"
    assert "That one is not for you" in " ".join(first[1]["said"])
    assert run(capsys, "health").split()[0] == "lungs"
    entries = [json.loads(line) for line in run(capsys, "journal", "list", "--json").splitlines()]
    (led,) = [entry for entry in entries if entry["body"]["kind"] == "exercise"]
    assert (led["body"]["after"], led["body"]["again"]) == (4, False)
    again = chat(monkeypatch, capsys, "breathing")
    assert "Once" not in " ".join(again[0]["said"])
