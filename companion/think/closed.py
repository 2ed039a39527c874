"""Answers to our own closed questions: a number, yes or no, one of two things."""

from dataclasses import replace

from companion.skills import Need
from companion.think.composing import (
    BREATHING,
    CHOICE,
    OFFERED,
    OPEN_QUESTION,
    SCALE,
    TALK,
    YES_NO,
    Composer,
    Tools,
)
from companion.values import AnswerKind, Line, Plan, Turn

HIGH, LOW = 7, 3
"""Ratings from which, and up to which, a feeling counts as strong and as light"""
IN_THE_BODY = frozenset({"anxious", "panicking", "overwhelmed", "tired", "angry"})
"""Feelings for which a minute of breathing is worth naming at once, beside talking"""
MOST_REPAIRS = 2


def closed(tools: Tools, turn: Turn, composer: Composer) -> Plan | None:
    """Take the answer that was asked for; None where none was, or the person goes on freely."""
    text, kind = turn.transcript.text, turn.expected.kind
    if kind is AnswerKind.SCALE and (rating := tools.answers.scale(text)) is not None:
        return _rated(tools, turn, composer, rating)
    if kind is AnswerKind.CHOICE:
        picked = tools.answers.choice(text, turn.expected.choices)
        if picked == BREATHING:
            return composer.lead_breathing()
        agreed = tools.answers.yes_no(text)
        if picked is None and agreed is False:
            return composer.say("ask", tools.replies.offer_declined, name="offer_declined")
        if picked == TALK or picked is None and agreed:
            return composer.say("ask", tools.replies.talk_chosen, expected=OPEN_QUESTION)
    if kind is AnswerKind.YES_NO and (agreed := tools.answers.yes_no(text)) is not None:
        return _agreed(tools, turn, composer, agreed)
    # In free talk any other answer is as good: the person goes on in their own words.
    in_own_words = turn.free_talk and text and not turn.transcript.rejected
    if not turn.expected.is_closed or in_own_words:
        return None
    return _ask_again(tools, turn, composer)


def nothing_heard(tools: Tools, turn: Turn, composer: Composer) -> Plan | None:
    """Answer silence, noise, and an ear that may carry no free talk."""
    if not turn.free_talk:
        return _limited(tools, turn, composer)
    if turn.transcript.text and not turn.transcript.rejected:
        return None
    plan = composer.say("repair", tools.replies.repair, expected=turn.expected)
    return replace(plan, mind=replace(plan.mind, step=turn.mind.step))


def _ask_again(tools: Tools, turn: Turn, composer: Composer) -> Plan:
    replies = tools.replies
    if turn.mind.repairs >= MOST_REPAIRS:
        return composer.say("repair", replies.give_up_closed, expected=OPEN_QUESTION)
    variants = {
        AnswerKind.SCALE: replies.repair_number,
        AnswerKind.CHOICE: replies.repair_choice,
    }.get(turn.expected.kind, replies.repair_yes_no)
    plan = composer.say("repair", variants, expected=turn.expected, step=turn.mind.step)
    return replace(plan, mind=replace(plan.mind, repairs=turn.mind.repairs + 1))


def _rated(tools: Tools, turn: Turn, composer: Composer, rating: int) -> Plan:
    replies, before = tools.replies, turn.mind.ratings
    composer.rate(rating)
    if turn.mind.step == "after":
        name, variants = "rating_same", replies.rating_same
        if before and rating != before[-1]:
            name = "rating_fell" if rating < before[-1] else "rating_rose"
            variants = replies.rating_fell if rating < before[-1] else replies.rating_rose
        words = composer.lines(name, variants, number=tools.number(rating))
        after = () if turn.free_talk else composer.lines("limited_done", replies.limited_done)
        return composer.plan("check_in", words + after, step="start")
    name, variants = "rating_middle", replies.rating_middle
    if rating >= HIGH:
        name, variants = "rating_high", replies.rating_high
    elif rating <= LOW:
        name, variants = "rating_low", replies.rating_low
    lines = composer.lines(name, variants, number=tools.number(rating))
    if not turn.free_talk:
        offer = composer.lines("limited_next", replies.limited_next)
        return composer.plan("offer", lines + offer, expected=YES_NO, step="offered")
    if rating < HIGH and turn.mind.feeling not in IN_THE_BODY:
        ask = composer.lines("ask", replies.ask)
        return composer.plan("ask", lines + ask, expected=OPEN_QUESTION)
    offer = composer.lines("offer_choice", replies.offer_choice)
    return composer.plan("offer", lines + offer, expected=CHOICE, step="offered")


def _agreed(tools: Tools, turn: Turn, composer: Composer, agreed: bool) -> Plan | None:
    step, _, name = turn.mind.step.partition(":")
    if step == "pattern":
        return _about_the_thought(tools, composer, agreed)
    if step != OFFERED:
        return None
    if agreed and name in tools.skills:
        return composer.begin(tools.skills, name)
    if agreed:
        return composer.lead_breathing()
    if turn.free_talk:
        return composer.say("ask", tools.replies.offer_declined, name="offer_declined")
    return composer.say("close", tools.replies.limited_no)


def _about_the_thought(tools: Tools, composer: Composer, agreed: bool) -> Plan:
    """After a yes offer to look at it; after a no believe it."""
    if not agreed:
        return composer.say("ask", tools.replies.pattern_no, name="pattern_no")
    mind = composer.mind
    need = Need(mind.feeling, mind.topic, trap=True, care=mind.care, offered=mind.offered)
    before = composer.lines("pattern_yes", tools.replies.pattern_yes)
    if name := tools.skills.fitting(need):
        return composer.offer(tools.skills, name, before)
    more = composer.lines("ask", tools.replies.ask)
    return composer.plan("ask", before + more, expected=OPEN_QUESTION)


def _limited(tools: Tools, turn: Turn, composer: Composer) -> Plan:
    """Offer closed answers and exercises where free talk would not be safe."""
    replies = tools.replies
    lines: tuple[Line, ...] = ()
    if not turn.transcript.typed:
        lines = (Line(reviewed="ear-limited", essential=True),)
        lines += composer.lines("limited", replies.limited)
    lines += composer.lines("ask_rating", replies.ask_rating)
    return composer.plan("check_in", lines, expected=SCALE, step="rating")
