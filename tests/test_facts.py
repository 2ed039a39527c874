"""What is learnt of what a person says: plain statements about oneself, and nothing else."""

import pytest

from companion import paths
from companion.memory.facts import FactReader, read_memory_words

READER = FactReader(read_memory_words(paths.content() / "en"))


def facts(text: str) -> list[str]:
    return [fact.text for fact in READER.read(text)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I'm so worried about my exam", "you were worried about your exam"),
        ("Well, I am really anxious about the interview.", "you were worried about the interview"),
        ("the rent keeps me awake", "you were worried about the rent"),
        ("I’m scared of losing my job", "you were worried about losing your job"),
        ("I'm going to call the doctor tomorrow morning", "you planned to call the doctor"),
        ("i'll text my mum tonight", "you planned to text your mum"),
        ("okay, I've decided to join the choir", "you planned to join the choir"),
        ("going for a walk helped me a lot", "going for a walk helped you"),
        ("music really helps", "music helped you"),
        ("Talking to my brother always helps me", "talking to your brother helped you"),
        ("my sister Anna called yesterday", "your sister is called Anna"),
        ("my sister's name is anna", "your sister is called Anna"),
        ("my little brother is called Tom", "your brother is called Tom"),
        ("My boss shouted at me", "you have a boss"),
        ("my mum died last year", "your mother has died"),
        ("my late father loved trains", "your father has died"),
    ],
)
def test_a_plain_statement_is_learnt(text, told):
    """In words to the person, without the day on which it held."""
    assert told in facts(text)


@pytest.mark.parametrize(
    "text",
    [
        # denied
        "I'm not worried about my exam", "I don't have a sister", "walking didn't help",
        "I'm not going to call the doctor", "nothing helps", "I will never go back to the office",
        "it was not my sister",
        # supposed, wished, possible
        "if I'm worried about my exam I walk", "I wish my sister called", "maybe my brother knows",
        "I might call the doctor", "I would call my mother", "imagine my brother saw that",
        "a walk might help", "what if I'm going to call the doctor",
        # of others, quoted, told, asked
        "she said my brother is in jail", "he told me I'm going to call the doctor",
        "my friend's sister left", "in the film my brother wins", "are you worried about my exam?",
        "did walking help?", "he is worried about his exam", "people think music helps",
        # long ago, or nobody will know later
        "I used to be worried about my exam", "I was worried about my exam", "I'll call him",
        "that helped", "it helps", "he helped me", "I'm going to do something",
        "I'm worried about everything", "I'm going to see them",
        # what is private stays out whole
        "my husband hit me", "the pills helped", "drinking helps", "I'm scared of dying",
        "I'm going to take all my tablets", "cutting helps me", "I'm going to go away forever",
        "I'm going to go to sleep and not wake up", "my brother rapes", "wine helps a lot",
        "I'm worried about my drinking", "my sister hurts me",
        # no plan, only a future
        "I'm going to be late", "I'm going to fail", "I will cry", "I'm going to miss you",
        # not words
        "", "???", "help me", "worried", "my", "sister",
    ],
)  # fmt: skip
def test_nothing_else_is(text):
    """A wrong fact is worse than none."""
    learnt = facts(text)

    assert not [fact for fact in learnt if not fact.startswith("you have a")]
    assert not learnt or "my" in text.casefold()


@pytest.mark.parametrize(
    "text",
    ["I don't have a sister", "she said my brother is in jail", "maybe my brother knows",
     "my friend's sister left", "it was not my sister", "my husband hit me", "my sister hurts me",
     "in the film my brother wins"],
)  # fmt: skip
def test_nor_are_people_of_such_sentences(text):
    """Not even that they are there."""
    assert facts(text) == []


def test_a_capital_at_the_wrong_place_is_no_name():
    """Days, titles, shouting."""
    assert facts("I saw my sister Monday") == ["you have a sister"]
    assert facts("MY BROTHER JOHN CALLED") == ["you have a brother"]
    assert facts("my therapist Dr Smith") == ["you have a therapist"]


def test_partners_and_the_dead_are_sensitive():
    """Nobody else in the room shall hear of them unasked."""
    sensitive = {fact.what: fact.sensitive for fact in READER.read(
        "My wife is called Jo. My mum died. My sister Anna is kind. I'll call my husband."
    )}  # fmt: skip

    assert sensitive == {
        "wife": True, "mother": True, "sister": False, "husband": True, "call your husband": True,
    }  # fmt: skip


def test_a_doubtful_sentence_does_not_spoil_the_next():
    """Sentence by sentence."""
    text = "I might call my sister. I'm worried about my exam. What helps? Music helps."

    assert facts(text) == ["you were worried about your exam", "music helped you"]


def test_two_thousand_words_are_read_quickly():
    """And give facts, not a story."""
    text = "well I went out and the weather was fine " * 220 + ". I'm worried about my exam."

    assert facts(text) == ["you were worried about your exam"]
