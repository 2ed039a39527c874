"""No word of a person stands on the disk in the clear; and what works without the key."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MARKER = "zanzibarquokka"
PASSPHRASE = "plum engine velvet moth"


def run(
    home: Path, *arguments: str, text: str = "", passphrase: str | None = PASSPHRASE
) -> subprocess.CompletedProcess[str]:
    """Run a command in a home, and a folder for temporary files, of its own."""
    for name in ("tmp", "work"):
        (home / name).mkdir(parents=True, exist_ok=True)
    environment = {
        "COMPANION_HOME": str(home / "data"), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT),
        "TMPDIR": str(home / "tmp"), "HOME": str(home),
    }  # fmt: skip
    if passphrase is not None:
        environment["COMPANION_PASSPHRASE"] = passphrase
    return subprocess.run(
        [sys.executable, "-P", "-m", "companion", *arguments], input=text, text=True,
        capture_output=True, cwd=home / "work", env=environment, timeout=120, check=False,
    )  # fmt: skip


def files_with(home: Path, *words: str) -> list[str]:
    """Name the files in which one of the words stands, in any of the usual encodings."""
    forms = [word.encode(code) for word in words for code in ("utf-8", "utf-16-le", "utf-16-be")]
    return [
        str(path.relative_to(home))
        for path in sorted(home.rglob("*"))
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]


TYPED = f"i feel so bad about {MARKER}\ni want to die because of {MARKER}\n"
KEPT = {
    "chat": (["chat", "--json"], TYPED),
    "plan": (["plan", "--add", "1"], f"{MARKER} is a sign\n"),
    "chat with facts": (["chat"], f"i'm worried about my {MARKER}\nforget that\nhello\n"),
    "memory": (["memory"], ""),
    "questionnaire": (["questionnaire", "phq2"], f"several days {MARKER}\n"),
    "checkin": (["checkin"], f"bad\nfour hours\ntwo\nwork\n{MARKER} again\n"),
    "an unfinished checkin": (["checkin"], f"bad, {MARKER}\n"),
    "chat with transcripts": (["--settings", "{settings}", "chat"], TYPED),
    "journal add": (["journal", "add"], f"today {MARKER} happened\n"),
    "journal add from the shell": (["journal", "add", f"today {MARKER} happened"], ""),
    "journal search": (["journal", "search", MARKER], ""),
    "journal list": (["journal", "list", "--json"], ""),
    "guard": (["guard", "--json"], f"i want to die {MARKER}\n"),
    "export to the screen": (["export"], ""),
    "doctor": (["doctor", "--quick"], ""),
}


def test_no_command_leaves_a_persons_words_on_the_disk(tmp_path):
    """One after the other, on the same diary: data, temporary files, logs, where it was called."""
    settings = tmp_path / "settings.yaml"
    settings.write_text("memory: {transcripts: yes}\n")
    for name, (arguments, text) in KEPT.items():
        filled = [part.format(settings=settings) for part in arguments]
        done = run(tmp_path / "home", *filled, text=text)
        if name != "doctor":  # it finds no sound here
            assert done.returncode == 0, (name, done.stderr)

        assert files_with(tmp_path / "home", MARKER, PASSPHRASE) == [], name
    assert MARKER in run(tmp_path / "home", "journal", "search", MARKER).stdout


def test_a_talk_aloud_leaves_only_what_was_asked_for(tmp_path):
    """The answer in OUT, and a trace where one is named; of the person's sound nothing."""
    demo = ROOT / "companion" / "data" / "demo" / "english.flac"
    done = run(tmp_path, "talk", "--wav", str(demo), "--out", "out.wav", "--trace", "trace.jsonl")

    assert done.returncode == 0, done.stderr
    written = {path.name for path in (tmp_path / "work").iterdir()}
    assert written == {"out.wav", "trace.jsonl"}
    assert files_with(tmp_path / "data", "stressed") == []
    assert list((tmp_path / "tmp").iterdir()) == []
    for name in written:
        assert (tmp_path / "work" / name).stat().st_mode & 0o777 == 0o600


def test_words_that_break_a_command_do_not_stand_in_its_error(tmp_path):
    """Neither on the error stream, nor in a file."""
    run(tmp_path, "journal", "add", text=f"{MARKER}\n")
    broken = run(tmp_path, "journal", "add", "--at", "not a day", text=f"{MARKER}\n")

    assert broken.returncode in (1, 2)
    assert MARKER not in broken.stderr
    wrong = run(tmp_path, "journal", "list", passphrase="not the passphrase")
    assert wrong.returncode == 1
    assert MARKER not in wrong.stderr + wrong.stdout


WITHOUT_THE_KEY = {
    "chat": (["chat", "--json"], "i want to die\n"),
    "guard": (["guard", "--json"], "i want to die\n"),
    "help": (["chat", "--json"], "help\n"),
    "panic": (["chat", "--json"], "panic\n"),
    "checkin": (["checkin"], "fine\n"),
    "courses": (["courses"], ""),
    "sessions for a state": (["sessions", "--for", "sleep"], ""),
    "breathing": (["chat", "--json"], "breathing\n"),
    "say": (["say", "--out", "said.wav"], "Take your time.\n"),
}


@pytest.mark.parametrize("passphrase", [None, "not the passphrase"])
@pytest.mark.parametrize("command", WITHOUT_THE_KEY)
def test_what_works_while_the_diary_is_locked(command, passphrase, tmp_path):
    """Talk, danger, numbers, breathing: nobody needs a key for help. What is lost is memory."""
    run(tmp_path, "journal", "add", text="a day\n")
    arguments, text = WITHOUT_THE_KEY[command]
    before = {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    done = run(tmp_path, *arguments, text=text, passphrase=passphrase)

    assert done.returncode == 0, done.stderr
    assert done.stdout or command == "say"
    after = {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    assert after == before


def test_without_a_passphrase_and_a_terminal_nothing_is_kept(tmp_path):
    """And nothing is asked."""
    done = run(tmp_path, "chat", "--json", text=TYPED, passphrase=None)

    assert done.returncode == 0
    assert not [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
