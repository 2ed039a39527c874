"""What the companion may not say."""

import pytest
import yaml

from companion import app, paths
from companion.guard.outgoing import ScopeGuard
from companion.guard.words import read_normaliser
from companion.parts import read_parts
from companion.settings import Settings
from companion.think.replies import read_replies
from companion.think.understanding import Understanding

from .parts import conversation

ENGLISH = paths.content() / "en"
GUARD = ScopeGuard(ENGLISH / "safety", {}, read_normaliser(ENGLISH / "safety"))


def rows(half: str) -> list[dict[str, str]]:
    path = paths.PACKAGE.parent / "tests" / "phrases" / f"outgoing_{half}.yaml"
    loaded: list[dict[str, str]] = yaml.load(path.read_text(), Loader=yaml.BaseLoader)["sentences"]
    return loaded


def written(value: object) -> list[str]:
    """Give every sentence of the written replies."""
    if isinstance(value, str):
        return [value.format(number="Seven", things="your sister, your exam and your aunt")]
    if isinstance(value, dict):
        return [text for item in value.values() for text in written(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in written(item)]
    return []


UNDERSTANDING = Understanding(ENGLISH)
REPLIES = read_replies(
    ENGLISH, UNDERSTANDING.feelings, UNDERSTANDING.topics, UNDERSTANDING.trap_kinds
)


@pytest.mark.parametrize("text", sorted(set(written(REPLIES.model_dump()))))
def test_every_written_reply_may_be_said(text):
    """Our own sentences pass our own guard."""
    assert GUARD.reason(text) is None


@pytest.mark.parametrize("half", ["dev", "sealed", "more_dev", "more_sealed"])
def test_good_replies_are_rarely_refused(half):
    """At most 2 % of good sentences, as docs/crisis.md asks."""
    good = [row["text"] for row in rows(half) if row["ok"] == "true"]
    refused = [text for text in good if GUARD.reason(text)]

    assert len(refused) <= 0.02 * len(good)


@pytest.mark.parametrize(
    ("half", "floor"),
    [
        ("dev", 0.97),
        ("more_dev", 0.97),
        ("sealed", 0.78),
        ("more_sealed", 0.92),
        ("far_dev", 0.25),
    ],
)
def test_bad_sentences_are_stopped(half, floor):
    """The half the rules were written on, and a floor under the sealed half (docs/guard.md)."""
    bad = [row["text"] for row in rows(half) if row["ok"] == "false"]
    stopped = [text for text in bad if GUARD.reason(text)]

    assert len(stopped) >= floor * len(bad)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Take two tablets of diazepam now.", "dose"),
        ("What happened? And then? And why?", "questions"),
        ("**Breathe** slowly", "format"),
        ("Call 555 0199 123 now.", "contact"),
        ("Assistant: I hear you.", "format"),
        ("You're doing great 🎉", "emoji"),
        ("Je suis là pour vous écouter.", "language"),
        ("word " * 100, "too-long"),
        ("You are not going to do it, are you?", "leading-question"),
        ("Take your\u200b pi\u200blls now.", "format"),
        ("The door is locked, I promise.", "certain-knowledge"),
        ("Stay a little longer with me.", "pressure-to-stay"),
    ],
)
def test_a_refusal_has_its_reason(text, reason):
    """So that a clinician can find the rule."""
    assert GUARD.reason(text) == reason


def test_nothing_is_not_said():
    """An empty sentence is no sentence."""
    turn = None

    assert GUARD.clear("   ", turn) is None


def test_the_shipped_conversation_uses_this_guard():
    """What the app builds refuses what this guard refuses."""
    guards = app.build_guards(read_parts(Settings()))

    assert guards.outgoing.clear("Promise me you will not do it.", None) is None
    assert conversation().guards.prepared.keys() == guards.prepared.keys()
