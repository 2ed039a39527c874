"""Exercises led by questions: each walked to its end, interrupted once, and resumed."""

from datetime import timedelta

import pytest

from companion import app, paths
from companion.errors import SettingsError
from companion.hear.typed import TypedRecogniser
from companion.memory.practised import of_skill
from companion.parts import read_parts
from companion.records import Form, Given
from companion.settings import Settings
from companion.skills import Need, Skills
from companion.values import AnswerKind

from .care_made import Person, ShortAnswersEar
from .checkins import NOW, held, kept

ENGLISH = paths.content() / "en"
SKILLS = Skills(ENGLISH)
ANSWERS = {
    AnswerKind.SCALE: "about a four",
    AnswerKind.YES_NO: "yes",
    AnswerKind.OPEN: "the walk by the river with my friend",
}
GUARD = app.build_guards(read_parts(Settings())).outgoing


class GoodEar(TypedRecogniser):
    """What is said is heard, as a good recogniser hears it."""

    name = "good"


def test_every_exercise_of_the_list_is_there():
    """CBT, ACT, self-compassion, sleep, activity."""
    assert set(SKILLS) == {
        "thought_record", "thought_express", "one_small_thing", "worry_time", "worry_tree",
        "problem_solving", "defusion", "self_compassion", "gratitude", "values", "wind_down",
        "sleep_facts", "activity_log", "coping_plan",
    }  # fmt: skip


@pytest.mark.parametrize("ear", [TypedRecogniser, GoodEar])
@pytest.mark.parametrize("name", list(SKILLS))
def test_it_is_walked_to_its_end_interrupted_once_and_resumed(name, ear):
    """Typed and by voice; another talk comes between, and what was said is not lost."""
    person, skill = Person(ear=ear), SKILLS[name]
    said = [person.says(skill.asked[0])]
    assert person.form.name == name and not person.form.done
    for at in range(len(skill.steps) + 2):
        if person.form.done:
            break
        if at == 1:
            given = person.form.given
            person.says("help")
            person.says(
                "Something else came up, my neighbour rang and told me about the boiler again."
            )
            if person.form.paused:
                said.append(person.says("go on"))
            assert person.form.given[: len(given)] == given
        said.append(person.says(ANSWERS[person.state.expected.kind]))

    assert person.form.done and person.form.spoken is (ear is GoodEar)
    for words in said:
        assert words and words.count("?") <= 1 and len(words.split()) < 60


@pytest.mark.parametrize("name", list(SKILLS))
def test_every_sentence_of_it_may_be_said(name):
    """The outgoing guard passes them all, and a question comes last."""
    skill = SKILLS[name]
    sentences = [skill.about, *skill.offer, *(s for end in skill.end.values() for s in end)]
    for step in skill.steps:
        sentences += [*step.ask, *step.plain, *step.heard]
        assert step.ask[-1].endswith(("?", "…")) or len(step.ask) == 1, step.id

    for sentence in sentences:
        for part in sentence.format(number="Seven").split(". "):
            assert GUARD.clear(part, None), sentence


def test_danger_comes_before_an_exercise_and_the_exercise_waits():
    """What was given stays; nothing of it is asked while the danger is talked of."""
    person = Person()
    person.says_all("short thought record", "I am a burden to my family")
    given = person.form.given
    told = person.says("I want to kill myself")

    assert person.acts[-1] == "safety" and "ending your life" in told
    assert person.form.given[: len(given)] == given


def test_ratings_before_and_after_are_compared():
    """Any drop is enough; no drop is nobody's fault."""
    for after, words in (("three", "lighter"), ("eight", "stayed"), ("ten", "gentle")):
        person = Person()
        person.says_all("short thought record", "I always mess it up", "eight", "it was one day")
        assert words in person.says(after)


def test_the_worry_tree_branches():
    """What cannot be changed is let be; what can be done today needs no date."""
    person = Person()
    person.says_all("worry tree", "that it rains at the wedding", "six")
    assert "without an answer" in person.says("no")
    person = Person()
    person.says_all("worry tree", "the letter from the bank", "six", "yes", "I could call them")
    assert "how strong is it now" in person.says("yes")


def test_i_do_not_know_is_helped_once_and_then_left():
    """Nobody is stuck on a question."""
    person = Person()
    person.says("short thought record")
    first = person.says("I don't know")
    second = person.says("I don't know")

    assert "another way" in first and "word for word" in first
    assert "leave that one out" in second


def test_other_words_skip_and_leave():
    """What may be said in place of an answer."""
    person = Person()
    person.says("problem solving")
    assert "in one sentence" in person.says("what do you mean")
    assert "zero to ten" in person.says("skip")
    assert "we leave it here" in person.says("leave it")
    assert person.form.done


@pytest.mark.parametrize(
    "line",
    ["My mother passed away.", "They bully me because of my accent.", "My husband locks me in."],
)
def test_no_thought_is_worked_on_where_it_may_be_true(line):
    """Also when it is asked for by name."""
    person = Person()
    person.says(line)
    person.says("thought record")

    assert person.state.mind.form is None or person.form.done


def test_an_ear_for_short_answers_leads_no_exercise():
    """Its answers could not be understood."""
    person = Person(ear=ShortAnswersEar)

    assert "companion chat" in person.says("thought record")


def test_the_one_that_fits_is_offered_and_begins_with_a_yes():
    """After listening; each only once in a talk."""
    person = Person()
    person.says_all("I feel so sad.", "It has been weeks.", "I just sit there.")
    told = person.says("I'm still sad, nothing is fun, I feel down.")
    assert person.acts[-1] == "offer" and "small thing" in told
    assert "zero to ten" in person.says("yes please") and person.form.name == "one_small_thing"


def test_what_fits_depends_on_the_need():
    """By feeling and topic; what must not be is left out; what was offered is not offered again."""
    assert SKILLS.fitting(Need("sad")) == "one_small_thing"
    assert SKILLS.fitting(Need("sad", care="abuse")) != "one_small_thing"
    assert SKILLS.fitting(Need("ashamed", "myself", trap=True)) == "defusion"
    assert SKILLS.fitting(Need("sad", trap=True)) == "thought_express"
    assert SKILLS.fitting(Need("sad", offered=("one_small_thing",))) != "one_small_thing"
    assert SKILLS.fitting(Need("", "")) == ""
    assert SKILLS.asked("what is a thought record") == ""
    assert SKILLS.explained("what is a thought record") == "thought_record"


def test_a_file_that_does_not_hold_together_is_named(tmp_path):
    """Steps that lead nowhere are found when it is read."""
    folder = tmp_path / "skills"
    folder.mkdir()
    text = (ENGLISH / "skills" / "worry_tree.yaml").read_text()
    (folder / "worry_tree.yaml").write_text(text.replace("next: after", "next: nowhere"))
    with pytest.raises(SettingsError, match="worry_tree.yaml: there is no step 'nowhere'"):
        Skills(tmp_path)


def test_what_an_exercise_leaves_in_the_diary():
    """Both ratings, the thought and the fairer sentence; of a plan, the activity."""
    form = Form("thought_express", done=True).having(
        Given("thought", words=("I fail",)), Given("before", 8),
        Given("fairer", words=("I learn",)),
        Given("after", 5),
    )  # fmt: skip
    record, exercise = of_skill(form)
    assert (record.thought, record.balanced) == ("I fail", "I learn")
    assert (record.feelings[0].before, record.feelings[0].after) == (80, 50)
    assert (exercise.before, exercise.after, exercise.finished) == (8, 5, True)
    plan = Form("one_small_thing").having(
        Given("what", words=("tea",)), Given("when", words=("at ten",))
    )
    assert [body.kind for body in of_skill(plan)] == ["activity", "exercise"]


def test_a_week_later_it_goes_on(tmp_path):
    """What was given is in the vault; after more than a week it begins anew."""
    held(tmp_path, "short thought record", "I always mess it up", "eight")
    six_days = NOW + timedelta(days=6)
    later = held(tmp_path, "Hello, it was a long week.", "go on", "one day is not all", at=six_days)

    assert later.form.find("thought").words == ("I always mess it up",)
    assert later.form.part == "after"
    assert {body.kind for body in kept(tmp_path)} == {"thought_record", "exercise"}
    assert held(tmp_path, "go on", at=NOW + timedelta(days=8)).state.mind.form is None


@pytest.mark.parametrize(
    "said", ["can you help me with that thought", "let's look at that thought"]
)
def test_whoever_asks_for_help_with_a_thought_is_helped_with_it(said):
    """Not with something else that would fit, too."""
    assert SKILLS.asked(said) == "thought_express"
