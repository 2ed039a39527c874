"""Ordinary talk: listen, reflect, ask one thing, and now and then offer something."""

from companion.think.composing import OPEN_QUESTION, SCALE, YES_NO, Composer, Tools
from companion.values import Plan, Turn

TURNS_BETWEEN_OFFERS = 5


def about_itself(tools: Tools, turn: Turn, composer: Composer) -> Plan | None:
    """Answer a question about the companion."""
    if question := tools.understanding.about(turn.transcript.text):
        lines = composer.lines(f"about-{question}", tools.replies.about[question])
        return composer.plan("about", lines, expected=turn.expected)
    return None


def talking(tools: Tools, turn: Turn, composer: Composer) -> Plan:
    """Choose one act for what was said."""
    text, mind, replies = turn.transcript.text, turn.mind, tools.replies
    feeling = tools.understanding.feeling(text) or ""
    topic = tools.understanding.topic(text) or ""
    composer.notice(feeling or mind.feeling, topic or mind.topic)
    if not feeling and not topic and len(text.split()) <= 2 and not mind.turns:
        return composer.say("greet", replies.greeting, expected=OPEN_QUESTION)
    lines = composer.reflection(feeling, topic)
    if (feeling or mind.feeling) == "grieving":
        lines += composer.lines("listen", replies.listen)
        return composer.plan("listen", lines, expected=OPEN_QUESTION, task="listen")
    if feeling == "better":
        lines += composer.lines("better", replies.better)
        return composer.plan("ask", lines, expected=OPEN_QUESTION, task="ask")
    if not mind.ratings and feeling and topic or mind.turns == 2 and not mind.ratings:
        lines += composer.lines("ask_rating", replies.ask_rating)
        return composer.plan("check_in", lines, expected=SCALE, step="rating")
    if mind.turns and mind.turns % TURNS_BETWEEN_OFFERS == 0:
        lines += composer.lines("offer_breathing", replies.offer_breathing)
        return composer.plan("offer", lines, expected=YES_NO, step="offered")
    if mind.turns % 3 == 2:
        # Reflections outnumber questions: now and then only listen.
        return composer.plan("reflect", lines, task="reflect")
    lines += composer.lines("ask", replies.ask)
    return composer.plan("ask", lines, expected=OPEN_QUESTION, task="ask")
