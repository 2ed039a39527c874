"""The answer to danger: reviewed sentences, one question a turn, nothing lowered."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from companion import paths
from companion.errors import GuardError, SettingsError
from companion.guard.helplines import Helplines
from companion.guard.outgoing import ScopeGuard
from companion.guard.protocol import WrittenProtocol
from companion.guard.reviewed import fill, read_protocol
from companion.guard.words import read_normaliser
from companion.risk import Assessment, Kind, Risk, RiskState
from companion.values import Expected, MindState, Plan, Transcript, Turn, TurnId, Utterance

SAFETY = paths.content() / "en" / "safety"
HOTLINES = paths.content() / "hotlines.yaml"
PROTOCOL = read_protocol(SAFETY)
WRITTEN = WrittenProtocol(PROTOCOL, lambda words: None)
LINES = fill(PROTOCOL, Helplines(HOTLINES, "GB"))
NOWHERE = fill(PROTOCOL, Helplines(HOTLINES, ""))
DANGERS = (Risk.CONCERN, Risk.HIGH, Risk.IMMEDIATE)


def danger(level: Risk, kind: Kind = Kind.SUICIDE, **known: object) -> Plan | None:
    """Let someone show this danger for the first time, or with what is `known`."""
    state = replace(RiskState(level, (kind,)), **known)
    return answer(Assessment(level, (kind,), ask=True), state)


def answer(found: Assessment, state: RiskState, words: str = "hm") -> Plan | None:
    """Let one turn be learnt from and answered, after the guard has weighed it."""
    state = WRITTEN.learn(found, state, None)
    heard = Transcript(words, typed=True)
    return WRITTEN.answer(
        Turn(Utterance(TurnId(1), heard), heard, found, state, Expected(), MindState(), (), True)
    )


def ids(plan: Plan | None) -> list[str]:
    assert plan is not None
    return [line.reviewed for line in plan.lines]


def reply(plan: Plan | None, answers: bool | None) -> Plan | None:
    """Answer the question of a plan with yes, no or neither."""
    assert plan is not None and plan.risk is not None
    return answer(Assessment(answers=answers), plan.risk)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("level", DANGERS)
def test_every_kind_has_its_own_first_answer(kind, level):
    """At every level: at least one sentence, the first of them essential, all reviewed."""
    plan = danger(level, kind)

    assert plan is not None
    assert plan.act == "safety"
    assert plan.lines[0].essential
    assert all(line.reviewed in LINES for line in plan.lines)
    assert plan.task == ""


@pytest.mark.parametrize("kind", Kind)
def test_immediate_danger_begins_with_the_emergency_number(kind):
    """The first sentence, whatever the kind."""
    first = ids(danger(Risk.IMMEDIATE, kind))[0]

    assert "999" in LINES[first] or kind is Kind.EATING and "999" in LINES[first]
    assert "?" not in LINES[first]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("level", DANGERS)
def test_there_is_one_question_at_the_most_and_it_comes_last(kind, level):
    """Nobody is interrogated."""
    spoken = [LINES[line] for line in ids(danger(level, kind))]

    assert all(not text.rstrip().endswith("?") for text in spoken[:-1])
    assert spoken[-1].count("?") <= 1


def test_suicidal_thoughts_are_asked_about_directly():
    """Neutral, direct, and with a number to call before the question."""
    plan = danger(Risk.CONCERN, passed=("ask-wish",))
    spoken = [LINES[line] for line in ids(plan)]

    assert spoken[-1] == "Are you thinking about ending your life?"
    assert any("116 123" in text for text in spoken)
    assert plan is not None and plan.expected.is_closed


def test_a_no_lowers_nothing():
    """One denial does not close the subject."""
    plan = reply(danger(Risk.CONCERN), False)

    assert plan is not None and plan.risk is not None
    assert plan.risk.level is Risk.CONCERN


def test_an_unclear_answer_is_asked_again_once():
    """Then the numbers are said, and nobody is pressed."""
    again = reply(danger(Risk.CONCERN), None)
    given_up = reply(again, None)

    assert ids(again) == ["unclear", "ask-wish"]
    assert ids(given_up)[0] == "help-numbers"
    assert given_up is not None and given_up.risk is not None and not given_up.risk.asked


def test_ordinary_talk_goes_on_after_an_answered_concern():
    """The subject stays open, the person is not."""
    told = RiskState(Risk.CONCERN, (Kind.SUICIDE,), Risk.CONCERN, (Kind.SUICIDE,))

    assert answer(Assessment(), told) is None


def test_immediate_danger_leaves_no_room_for_other_talk():
    """Nothing else is talked about, and no sentence comes three times in a row."""
    plan = danger(Risk.IMMEDIATE)
    said = []
    for _ in range(8):
        assert plan is not None and plan.risk is not None
        said.append(ids(plan)[0])
        plan = answer(Assessment(), replace(plan.risk, asked=""))

    assert plan is not None
    assert all(len(set(said[at : at + 3])) > 1 for at in range(1, 6))


def test_a_new_kind_of_danger_gets_its_own_answer():
    """What was answered for one kind is not answered for another."""
    told = RiskState(
        Risk.CONCERN, (Kind.HARM_FROM_OTHERS, Kind.SUICIDE), Risk.CONCERN, (Kind.SUICIDE,)
    )
    plan = answer(Assessment(Risk.CONCERN, (Kind.HARM_FROM_OTHERS,)), told)

    assert ids(plan)[0] == "others-safe"


def test_danger_from_someone_who_may_be_listening_stays_on_the_screen():
    """Numbers are shown, not spoken, until it is safe to talk."""
    plan = danger(Risk.CONCERN, Kind.HARM_FROM_OTHERS)
    assert plan is not None
    aloud = " ".join(LINES[line.reviewed] for line in plan.lines if line.aloud)
    shown = " ".join(LINES[line.reviewed] for line in plan.lines if not line.aloud)

    assert "999" in shown and "999" not in aloud
    assert ids(plan)[-1] == "ask-safe-to-talk"


@pytest.mark.parametrize("lines", [LINES, NOWHERE], ids=["GB", "no country"])
def test_no_reviewed_sentence_has_a_gap_or_a_doubled_mark(lines):
    """Numbers fit into their sentences."""
    for text in lines.values():
        assert "{" not in text
        assert not any(mark in text for mark in (",,", ",.", "..", " ,", "  "))
        assert text[0].isupper() or not text[0].isalpha()


def test_where_no_country_is_known_none_is_guessed():
    """The emergency number is described, and 112 named."""
    assert "local emergency number, 112 from most mobiles" in NOWHERE["now-call"]


def test_a_sentence_that_was_changed_is_refused(tmp_path):
    """Nobody finds out in a crisis."""
    for name in ("protocol.yaml", "reviewed.yaml"):
        text = (SAFETY / name).read_text()
        (tmp_path / name).write_text(text.replace("Unlock the door", "Open the window"))

    with pytest.raises(SettingsError, match="'now-door' was changed.*second person"):
        read_protocol(tmp_path)


def test_a_branch_that_names_a_missing_sentence_is_refused(tmp_path):
    """Found when read, not when needed."""
    text = (SAFETY / "protocol.yaml").read_text()
    (tmp_path / "protocol.yaml").write_text(text.replace("say: [now-call", "say: [now-cal", 1))

    with pytest.raises(SettingsError, match="no sentence 'now-cal'"):
        read_protocol(tmp_path)


def test_an_unknown_reviewed_line_is_an_error():
    """The outgoing guard passes by id, and only what stands in the list."""
    guard = ScopeGuard(SAFETY, LINES, read_normaliser(SAFETY))

    with pytest.raises(GuardError):
        guard.reviewed("no-such-line")


# --- helplines -----------------------------------------------------------------------

COUNTRIES = yaml.load(HOTLINES.read_text(), Loader=yaml.BaseLoader)["countries"]


@pytest.mark.parametrize("country", ["", *COUNTRIES])
def test_every_country_can_be_named(country):
    """Each gives an emergency number or how to find one, and a line or where lines are listed."""
    lines = Helplines(HOTLINES, country)

    assert any(sign.isdigit() for sign in lines.emergency())
    for use in ("suicide", "violence", "child", "helper"):
        assert lines.line(use)


def test_a_line_that_may_be_closed_is_not_named_first():
    """A country with a 24-hour line offers that one."""
    for country, facts in COUNTRIES.items():
        hours = [line["hours"] for line in facts["lines"] if line["for"] == "suicide"]
        if "24/7" in hours:
            named = Helplines(HOTLINES, country).line("suicide")
            always = [line for line in facts["lines"] if line["hours"] == "24/7"]
            assert any(line["name"] in named for line in always)


def test_an_unknown_country_is_one_sentence():
    """And it names the known ones."""
    with pytest.raises(SettingsError, match="no helplines for the country 'XX'.*GB"):
        Helplines(HOTLINES, "XX")


def test_the_safety_folder_is_whole():
    """Its files are there."""
    names = {path.name for path in Path(SAFETY).iterdir()}

    assert {"protocol.yaml", "reviewed.yaml", "outgoing.yaml"} <= names
