"""Two parts of the safety plan can be read while the diary is locked, where that was chosen."""

import os
import stat

import pytest

from companion import app, paths
from companion.cares import CareState, SafetyPlan
from companion.commands.main import main
from companion.hear.typed import TypedRecogniser
from companion.memory import unlocked
from companion.memory.cared import CareKeeper
from companion.memory.vault import Vault
from companion.parts import read_parts
from companion.settings import Settings
from companion.values import State

from .test_danger_help import say
from .test_keeping import Calendar

PLAN = SafetyPlan(
    (("I stop eating",), ("cold water",), ("the park",), ("Ruth",), ("Dr Lee",), ("pills to Ruth",))
)
SHARED = SafetyPlan(((), ("cold water",), (), (), ("Dr Lee",), ()))


@pytest.fixture(scope="module")
def talk():
    return app.build_conversation(read_parts(Settings()), TypedRecogniser(), aloud=False)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path))
    monkeypatch.setenv("COMPANION_PASSPHRASE", "a long passphrase")
    typed = tmp_path / "typed"
    typed.write_text("cold water\n")
    with monkeypatch.context() as patched, typed.open() as lines:
        patched.setattr("sys.stdin", lines)
        assert main(["plan", "--add", "2"]) == 0
    return paths.profile_folder("me")


def lock(monkeypatch) -> None:
    monkeypatch.setenv("COMPANION_PASSPHRASE", "another passphrase")


def test_it_holds_these_two_parts_and_nothing_else(tmp_path):
    """What one can do alone, and professionals; encrypted, and for its owner only."""
    unlocked.keep(tmp_path, PLAN)

    assert unlocked.read(tmp_path) == SHARED
    for name in (unlocked.COPY, unlocked.KEY):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        assert b"water" not in (tmp_path / name).read_bytes()


def test_there_is_none_unless_it_was_chosen(tmp_path):
    """To bring it up to date makes none."""
    unlocked.renew(tmp_path, PLAN)

    assert list(tmp_path.iterdir()) == []
    assert unlocked.read(tmp_path).is_empty


@pytest.mark.parametrize("name", [unlocked.COPY, unlocked.KEY])
@pytest.mark.parametrize("data", [b"", b"short", bytes(range(80))])
def test_a_damaged_copy_is_no_plan(tmp_path, name, data):
    """Nothing of it is shown, and nothing fails."""
    unlocked.keep(tmp_path, PLAN)
    (tmp_path / name).write_bytes(data)

    assert unlocked.read(tmp_path).is_empty


def test_it_follows_the_plan(tmp_path):
    """A talk that changes the plan changes the copy, too."""
    vault = Vault(tmp_path, os.urandom(32))
    keeper = CareKeeper(vault, now=Calendar(), zone="UTC")
    keeper.remembered()
    unlocked.keep(tmp_path, SafetyPlan())
    keeper.keep(State(care=CareState(plan=PLAN)))
    vault.close()

    assert unlocked.read(tmp_path) == SHARED


def test_the_command_shows_it_while_the_diary_is_locked(home, monkeypatch, capsys):
    """Only where it was chosen; and not after that was taken back."""
    lock(monkeypatch)
    assert main(["plan"]) == 1
    monkeypatch.setenv("COMPANION_PASSPHRASE", "a long passphrase")
    assert main(["plan", "--keep-unlocked-copy"]) == 0
    lock(monkeypatch)
    capsys.readouterr()

    assert main(["plan"]) == 0
    assert "cold water" in capsys.readouterr().out
    assert main(["plan", "--clear", "2"]) == 1
    assert main(["plan", "--no-unlocked-copy"]) == 0
    assert not unlocked.exists(home)
    assert main(["plan"]) == 1


def test_to_clear_a_part_clears_it_in_the_copy(home):
    """The copy never knows more than the plan."""
    assert main(["plan", "--keep-unlocked-copy"]) == 0
    assert main(["plan", "--clear", "2"]) == 0

    assert unlocked.read(home).is_empty


def test_to_erase_the_plan_erases_its_copy(home, capsys):
    """A range of days, or everything."""
    assert main(["plan", "--keep-unlocked-copy"]) == 0
    assert main(["erase", "--since", "2000-01-01", "--yes"]) == 0
    assert unlocked.read(home).is_empty
    assert main(["erase", "--all", "--yes"]) == 0
    assert not home.exists()


def test_a_talk_shows_it_before_it_reads_it_aloud(talk):
    """Who opened no diary may not be its owner, and others may hear."""
    state = State(care=CareState(plan=SHARED, locked=True))
    said, state, act = say(talk, state, "my plan")

    assert act == "plan"
    assert [one.text for one in said if not one.aloud and not one.reviewed] == [
        "cold water",
        "Dr Lee",
    ]
    assert said[-1].reviewed == "plan-aloud" and said[-1].aloud
    said, state, _ = say(talk, state, "yes")
    assert "cold water" in [one.text for one in said if one.aloud]


def test_a_locked_plan_is_not_changed(talk):
    """What nobody can keep is not asked for."""
    state = State(care=CareState(plan=SHARED, locked=True))
    said, state, _ = say(talk, state, "change my plan")

    assert said[-1].reviewed == "plan-locked"
    assert state.care.plan == SHARED
