"""Exercises that could harm are refused when they are read: no fast breath, no hold unasked."""

import pytest

from companion import paths
from companion.errors import SettingsError
from companion.sessions.health import HOLDS
from companion.sessions.script import read_scripts
from tests.sessions_made import RHYTHM, script

SHIPPED = read_scripts(paths.content() / "en" / "sessions")
HOLDING = """
minutes: ["1"]
never:
  - {when: [heart, lungs, pregnancy, seizures, fainting, surgery]}
steps:
  - {say: "All right?", answer: "5"}
  - repeat:
      steps:
        - {say: "In", sound: in, seconds: "3"}
        - {say: "Hold", sound: hold, seconds: "3"}
        - {say: "Out", sound: out, seconds: "3"}
"""
SAYS = "steps:\n  - say: 'Hello.'\n"


@pytest.mark.parametrize(
    ("inwards", "outwards"), [("2", "2"), ("1", "1"), ("6", "5"), ("4", "3.9"), ("2", "2.9")]
)
def test_a_fast_breath_or_one_that_is_longer_in_than_out_is_refused(tmp_path, inwards, outwards):
    """So cyclic hyperventilation cannot be written."""
    text = RHYTHM.replace('"6"', f'"{outwards}"').replace('"4"', f'"{inwards}"')

    with pytest.raises(SettingsError, match="line 7: 'steps.0.repeat'.* breath"):
        script(tmp_path, text)


def test_a_sip_counts_as_breath_in(tmp_path):
    """Two breaths in are one."""
    sip = '        - {sound: sip, seconds: "3"}\n        - {say: "Out"'

    with pytest.raises(SettingsError, match="breath out must not be shorter"):
        script(tmp_path, RHYTHM.replace('        - {say: "Out"', sip))


def test_a_hold_may_be_written_when_it_is_asked_about(tmp_path):
    """And its dangers are named."""
    assert script(tmp_path, HOLDING).has_holds


@pytest.mark.parametrize("condition", sorted(HOLDS))
def test_a_hold_names_all_that_rules_it_out(tmp_path, condition):
    """None may be forgotten."""
    named = "[heart, lungs, pregnancy, seizures, fainting, surgery]"
    left = ", ".join(other for other in sorted(HOLDS) if other != condition)

    with pytest.raises(SettingsError, match=f"'never' must also name: {condition}"):
        script(tmp_path, HOLDING.replace(named, f"[{left}]"))


def test_a_hold_that_nobody_was_asked_about_is_refused(tmp_path):
    """Holds always ask first."""
    with pytest.raises(SettingsError, match="a hold needs a question"):
        script(tmp_path, HOLDING.replace('  - {say: "All right?", answer: "5"}\n', ""))


def test_slowing_ends_at_six_a_minute(tmp_path):
    """A file cannot ask for less."""
    slowing = 'slowing: {each_minute: "0.1", until: "12"}\n      steps:'

    with pytest.raises(SettingsError, match="slowing.until"):
        script(tmp_path, RHYTHM.replace("steps:\n        -", slowing + "\n        -"))
