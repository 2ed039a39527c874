"""`companion guard --explain` says which rules fit a line, and what softened them."""

import io
import json
import sys

import pytest

from companion.commands.main import main

CASES = [
    ("i want to kill myself tonight", "suicide-now", "immediate", ""),
    ("i never want to kill myself", "suicide-words", "soft", "denied"),
    ("i tried to kill myself when i was fifteen, years ago", "", "", "long ago"),
    ("there was a documentary about suicide on the radio", "suicide-words", "soft", "told"),
]


@pytest.fixture
def explain(monkeypatch, capsys):
    def run(text: str, *options: str) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text + "\n"))
        assert main(["guard", "--explain", *options]) == 0
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize(("text", "rule", "level", "softened"), CASES)
def test_rule_level_and_softener_are_named(explain, text, rule, level, softened):
    """Each finding has its rule, both levels, its softener and the words it fits."""
    row = json.loads(explain(text, "--json"))

    assert row.keys() >= {"level", "kinds", "ask", "why", "findings", "like"}
    assert any(
        found["softened"] == softened
        and found["rule"].startswith(rule)
        and found["level"].startswith(level)
        and found["words"]
        for found in row["findings"]
    )


def test_a_rule_that_came_to_nothing_is_shown(explain):
    """Whoever asks why nothing was found sees what was taken away."""
    row = json.loads(explain("in the film he wants to die", "--json"))

    assert row["level"] == "none"
    assert {found["level"] for found in row["findings"]} == {"none"}


def test_the_learned_part_is_shown_with_its_score(explain):
    """In words, on the screen of the one who typed them."""
    shown = explain("i have been stockpiling my tablets for when the time comes")

    assert "learned part: " in shown
    assert "read as: i have been stockpiling my tablets" in shown


def test_without_explain_no_words_come_back(monkeypatch, capsys):
    """The plain output has rule ids only."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("i want to kill myself tonight\n"))
    assert main(["guard", "--json"]) == 0

    assert json.loads(capsys.readouterr().out).keys() == {"level", "kinds", "ask", "why"}
