"""What somebody wants of us, other than to be listened to.

Some wishes are about the talk itself (slower, other words, "that's not what I said") and come
before anything else that waits; the others take the turn where nothing waits for an answer.
"""

from dataclasses import replace

from companion.risk import Risk
from companion.skills import Need
from companion.text import sentences
from companion.think.composing import STATEMENT, Composer, Tools
from companion.think.standing import say_again
from companion.think.talking import LISTENED
from companion.values import Line, Plan, Turn

SLOWER, FASTER = 0.85, 1.15
"""Times the speed so far"""
SLOWEST, FASTEST = 0.6, 1.4
"""Times the usual speed"""
_PLAIN = ("joking", "injection", "clinging", "leave_it", "unsure", "hostile")
"""Wishes that are answered with words of their own, and no more"""
_LIGHT = ("joking", "clinging", "leave_it")
"""Wishes that are not taken up while there is a sign of danger in the talk"""


def about_the_talk(tools: Tools, turn: Turn, composer: Composer) -> Plan | None:
    """Say it again, say it otherwise, speak slower, put right what was misheard."""
    if not turn.free_talk:
        return None
    match tools.understanding.intent(turn.transcript.text):
        case "repeat":
            return say_again(tools, turn, composer)
        case "rephrase" if turn.history:
            return _in_other_words(tools, turn, composer)
        case "slower" | "faster" as wish:
            return _pace(tools, turn, composer, wish)
        case "misheard" if turn.history:
            return composer.say("repair", tools.replies.wish["misheard"], name="misheard")
    return None


def wishes(tools: Tools, turn: Turn, composer: Composer) -> Plan | None:
    """Answer what somebody wants of us; None where they tell something."""
    if tools.understanding.is_other_language(turn.transcript.text):
        lines = composer.lines("other_language", tools.replies.other_language)
        return composer.plan("repair", (*lines, Line(reviewed="help-numbers")))
    if name := tools.skills.explained(turn.transcript.text):
        lines = tuple(Line(sentence) for sentence in sentences(tools.skills[name].about))
        return composer.plan("about", lines, expected=turn.expected)
    if tools.answers.is_filler(turn.transcript.text):
        return composer.say("repair", tools.replies.noise, name="noise")
    if composer.mind.told and tools.understanding.takes_back(turn.transcript.text):
        lines = composer.lines("wish-taken_back", tools.replies.wish["taken_back"])
        return composer.plan("listen", lines, expected=STATEMENT)
    wish = tools.understanding.intent(turn.transcript.text)
    if turn.risk.level >= Risk.CONCERN and wish in _LIGHT:
        return None
    if wish == "joking" and _in_pain(turn, composer):
        wish = "joking_after_pain"
    return _granted(tools, composer, wish)


def _granted(tools: Tools, composer: Composer, wish: str) -> Plan | None:
    replies = tools.replies
    if wish in _PLAIN:
        return composer.say(wish, replies.wish[wish], name=f"wish-{wish}")
    if wish == "joking_after_pain":
        return composer.say("joking", replies.wish[wish], name=f"wish-{wish}")
    match wish:
        case "goodbye":
            return composer.say("goodbye", replies.goodbye, step="start")
        case "exercise":
            return _exercise(tools, composer)
        case "what_is_it":
            return composer.say("about", replies.what_is_it, name="what_is_it")
        case "wants_help":
            return _help(tools, composer)
    return None


def _in_pain(turn: Turn, composer: Composer) -> bool:
    """Tell whether what was told last hurts: a joke after it may be a way to take it back."""
    if turn.risk.level is not Risk.NONE:
        return True
    return bool(composer.mind.care) or composer.mind.feeling not in ("", "better")


def _exercise(tools: Tools, composer: Composer) -> Plan:
    """Whoever asks for an exercise gets one at once: the one that fits, else breathing."""
    mind = composer.mind
    need = Need(mind.feeling, mind.topic, care=mind.care, offered=mind.offered)
    name = tools.skills.fitting(need) if mind.told else ""
    if not name or mind.feeling in ("anxious", "panicking", "overwhelmed", ""):
        return composer.lead_breathing()
    return composer.offer(tools.skills, name, ())


def _help(tools: Tools, composer: Composer) -> Plan:
    """Nothing is advised before the person has been heard."""
    composer.changed(told=composer.mind.told + 1)
    if composer.mind.told <= LISTENED:
        return composer.say("ask", tools.replies.wish["wants_help"], name="wish-wants_help")
    mind = composer.mind
    need = Need(mind.feeling, mind.topic, care=mind.care, offered=mind.offered)
    if name := tools.skills.fitting(need):
        return composer.offer(tools.skills, name, ())
    return composer.say("ask", tools.replies.nothing_fits, name="nothing_fits")


def _in_other_words(tools: Tools, turn: Turn, composer: Composer) -> Plan:
    """Say plainer what the last act wanted; what it waited for is still waited for."""
    ways = tools.replies.rephrase
    act = next((act for act in reversed(turn.mind.acts) if act != "rephrase"), "other")
    variants = ways.get(act, ways["other"])
    lines = composer.lines(f"rephrase-{act}", variants)
    plan = composer.plan("rephrase", lines, expected=turn.expected, step=turn.mind.step)
    return plan if turn.expected.after_question else replace(plan, expected=STATEMENT)


def _pace(tools: Tools, turn: Turn, composer: Composer, wish: str) -> Plan:
    pace = turn.mind.pace * (SLOWER if wish == "slower" else FASTER)
    composer.changed(pace=min(FASTEST, max(SLOWEST, pace)))
    lines = composer.lines(f"wish-{wish}", tools.replies.wish[wish])
    return composer.plan("pace", lines, expected=turn.expected, step=turn.mind.step)
