"""The diary at the command line: kept, listed, shown."""

import json

import pytest

from .diary_command import folder as folder
from .diary_command import kept
from .diary_command import run as run


def test_what_is_written_is_kept_and_listed(run):
    """From standard input, so that it is in the history of no shell."""
    assert run("add", said="I walked along the river.\n\n")[0] == 0

    (entry,) = kept(run)
    listed = run("list")[1]

    assert entry["body"] == {"kind": "note", "text": "I walked along the river."}
    assert "I walked along the river." in listed
    assert entry["id"][:8] in listed


def test_a_line_of_json_has_the_promised_keys(run):
    """The shape of a line is a promise: docs/export.md."""
    run("add", "a note")

    assert list(kept(run)[0]) == ["id", "at", "zone", "created", "edited", "excluded", "body"]


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (["--kind", "sleep", "--minutes", "430", "--quality", "7"],
         {"kind": "sleep", "minutes_asleep": 430.0, "quality": 7}),
        (["--kind", "checkin", "--valence", "0.4", "--label", "calm", "--label", "tired", "why"],
         {"kind": "checkin", "valence": 0.4, "labels": ["calm", "tired"], "note": "why"}),
        (["--kind", "activity", "--planned", "--minutes", "30", "tea", "outside"],
         {"kind": "activity", "what": "tea outside", "minutes": 30.0, "done": False}),
        (["--kind", "thought", "--belief-before", "80", "They", "notice"],
         {"kind": "thought_record", "thought": "They notice", "belief_before": 80}),
    ],
)  # fmt: skip
def test_options_fill_what_belongs_to_a_kind(run, arguments, body):
    """Minutes are those asleep where it is about sleep."""
    assert run("add", *arguments)[0] == 0

    (entry,) = kept(run)
    assert body.items() <= entry["body"].items()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--quality", "3", "secret"], "--quality does not belong"),
        (["--kind", "checkin", "secret"], "--valence is missing"),
        (["--kind", "sleep", "--quality", "30"], "--quality cannot be kept"),
        (["--at", "never", "secret"], "no day or time"),
        (["--at", "0001-01-01 10:00", "secret"], "1900 to 2199"),
        (["secret" * 20_000], "What is written cannot be kept"),
        (["secret\udcff"], "What is written cannot be kept"),
        ([], "nothing to keep"),
    ],
)
def test_what_cannot_be_kept_is_said_without_its_words(run, arguments, told):
    """One sentence, exit code 1, and nothing of it is kept."""
    code, out, error = run("add", *arguments)

    assert (code, out) == (1, "")
    assert told in error
    assert "secret" not in error
    assert kept(run) == []


def test_wrong_usage_is_exit_code_2(run):
    """As argparse has it."""
    assert run("add", "--kind", "incident", "a")[0] == 2
    assert run("list", "--kind", "dream")[0] == 2
    assert run()[0] == 2


def test_a_list_can_be_narrowed(run):
    """By day, by kind, by number."""
    for day, text in (("2026-11-19", "a"), ("2026-11-20", "b"), ("2026-11-20 23:30", "c")):
        run("add", "--at", day, text)
    run("add", "--kind", "sleep", "--quality", "3", "--at", "2026-11-20")

    def texts(*narrowed):
        return {entry["body"].get("text") for entry in kept(run, *narrowed)}

    assert texts("--until", "2026-11-19") == {"a"}
    assert texts("--since", "2026-11-20", "--kind", "note") == {"b", "c"}
    assert texts("--since", "2026-11-20 20:00") == {"c"}
    assert texts("--limit", "1") == {"c"}
    code, out, error = run("list", "--limit", "1")
    assert (code, out.count("note"), "more" in error) == (0, 1, True)


def test_a_list_is_grouped_by_day_and_80_columns_wide(run):
    """The newest first, whatever the letters are."""
    run("add", "--at", "2026-11-20 22:30", "word " * 60)
    run("add", "--at", "2026-11-20 21:00", "\N{CJK UNIFIED IDEOGRAPH-65E5}" * 90)
    run("add", "--at", "2026-11-19 08:05", "\x1b[2Jearly\nbird")
    lines = run("list")[1].splitlines()

    assert [line for line in lines if line and not line.startswith(" ")] == [
        "Friday 20 November 2026", "Thursday 19 November 2026",
    ]  # fmt: skip
    assert all(len(line) <= 80 for line in lines)
    assert lines[-1].endswith("[2Jearly bird")
    assert "\x1b" not in lines[-1]


def test_words_are_searched(run):
    """From standard input, too."""
    run("add", "rain on the river")
    run("add", "sun")

    assert "rain on" in run("search", "riv")[1]
    assert "rain on" in run("search", said="river rain\n")[1]
    assert run("search", "snow")[1:] == ("", "Nothing was found.\n")


def test_an_entry_is_shown_whole(run):
    """By the beginning of its id, in capitals if need be."""
    run("add", "--kind", "checkin", "--valence", "0.4", "--label", "calm", "first line\nsecond")
    id = kept(run)[0]["id"]
    shown = run("show", id[:6].upper())[1]

    assert f"id: {id}" in shown
    assert "valence: 0.4\nlabels 1: calm\nnote: first line\nsecond\n" in shown
    assert json.loads(run("show", id, "--json")[1])["id"] == id
