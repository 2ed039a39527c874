"""Ordinary talk: listen, say back, ask one thing, and now and then offer something.

Which act comes next follows from what was said and from what was done in the last turns: two
questions never follow on one another, nothing is advised or offered before the person has told
something twice, and a thought that may be a trap is only ever asked about. In grief, abuse and
injustice, and where someone may have lost touch with what is real, no thought is worked on.
"""

from dataclasses import dataclass, field

from companion.risk import Risk
from companion.skills import FORM_ACT, Need
from companion.think.composing import (
    BREATHING,
    OFFERED,
    OPEN_QUESTION,
    SCALE,
    STATEMENT,
    YES_NO,
    Composer,
    Tools,
)
from companion.think.mirror import Echo
from companion.think.moved import moved
from companion.think.understanding import Trap
from companion.values import Expected, Line, Plan, Turn

LISTENED = 2
"""Turns of telling before anything is offered or a thought is asked about"""
BETWEEN_OFFERS = 5
BETWEEN_PATTERNS = 6
BETWEEN_QUESTIONS = 3
SPARED = 3
"""Turns in which whoever was annoyed with us is asked nothing"""
BETWEEN_SUMMARIES = 8
BETWEEN_PERSONS = 12
"""Turns"""
SHORT = 3
"""Words up to which an answer is no story: nothing is offered on it"""
FEW = 5
"""Words up to which an answer to a question of ours is only taken in"""
QUESTIONS = frozenset({"ask", "check_in", "pattern", "offer", "summarise"})


@dataclass(frozen=True)
class Heard:
    """What was understood of one thing said."""

    feeling: str = field(repr=False)
    topic: str = field(repr=False)
    strength: str
    trap: Trap | None
    echoes: tuple[Echo, ...] = field(repr=False)
    named: tuple[str, ...] = field(repr=False)
    care: str


def talking(tools: Tools, turn: Turn, composer: Composer) -> Plan:
    """Choose one act for what was said."""
    text = turn.transcript.text
    heard = hear(tools, turn)
    if not heard.feeling and not heard.topic and len(text.split()) <= 2 and not turn.mind.turns:
        return composer.say("greet", tools.replies.greeting)
    notice(composer, heard)
    if plan := _bare(tools, turn, composer):
        return plan
    lines = reflection(tools, turn, composer, heard)
    if composer.mind.care:
        return _with_care(tools, composer, lines)
    if heard.feeling == "better":
        better = composer.lines("better", tools.replies.better)
        return composer.plan("ask", lines + better, expected=OPEN_QUESTION, task="ask")
    return _act(tools, turn, composer, heard, lines)


def _bare(tools: Tools, turn: Turn, composer: Composer) -> Plan | None:
    """Take a bare yes or no for what it is: nobody is pressed, and nothing is read into it."""
    text, replies = turn.transcript.text, tools.replies
    agreed = tools.answers.yes_no(text) if len(text.split()) <= SHORT else None
    if agreed is None:
        return None
    if agreed:
        return composer.say("reflect", replies.bare_yes, name="bare_yes")
    return composer.say("reflect", replies.bare_no, name="bare_no")


def hear(tools: Tools, turn: Turn) -> Heard:
    """Understand what was said; nothing is said back of words with a sign of danger in them."""
    text, reads = turn.transcript.text, tools.understanding
    traps = reads.traps(text)
    trap = traps[0] if traps and traps[0].is_likely else None
    calm = turn.assessment.level is Risk.NONE
    feeling = reads.feeling(text)
    care = reads.care(text) or ("grief" if feeling == "grieving" else "")
    return Heard(
        feeling,
        reads.topic(text),
        moved(reads.strength(text), feeling, turn.tone.weight),
        trap,
        tools.mirror.echoes(text, trap) if calm else (),
        tools.mirror.named(text) if calm else (),
        care,
    )


def notice(composer: Composer, heard: Heard) -> None:
    """Keep what the talk is about."""
    mind = composer.mind
    composer.named(heard.named)
    composer.changed(
        feeling=heard.feeling or mind.feeling,
        topic=heard.topic or mind.topic,
        care=heard.care or mind.care,
        told=mind.told + 1,
    )


def reflection(tools: Tools, turn: Turn, composer: Composer, heard: Heard) -> tuple[Line, ...]:
    """Say what was heard: in the person's words where that is safe, else what was felt."""
    if heard.care == "grief":
        # News of a death is answered with sympathy, not said back.
        return _felt(tools, composer, heard)
    if heard.care in tools.replies.care:
        return _cared(tools, composer)
    if heard.echoes:
        said = _echo(composer, heard, turn.mind.used[-12:])
        return said + _felt(tools, composer, heard) if heard.feeling else said
    if heard.feeling or composer.mind.care == "grief":
        felt = _felt(tools, composer, heard)
        return felt + _about(tools, turn, composer, heard)
    return _plainly(tools, turn, composer, heard)


def _plainly(tools: Tools, turn: Turn, composer: Composer, heard: Heard) -> tuple[Line, ...]:
    """Answer what names no feeling."""
    replies = tools.replies
    few = len(turn.transcript.text.split()) <= FEW
    if composer.mind.care in replies.care:
        return composer.lines("short", replies.short) if few else _felt(tools, composer, heard)
    if heard.trap:
        harsh = heard.topic == "myself"
        name, variants = ("about-it-myself", replies.about_it["myself"])
        return composer.lines(*((name, variants) if harsh else ("painful", replies.painful)))
    if few and asked_last(composer):
        return composer.lines("short", replies.short)
    if about := _about(tools, turn, composer, heard):
        return about
    if heard.named:
        return composer.echo(tools.mirror.about(heard.named[0]))
    return _felt(tools, composer, heard)


def _felt(tools: Tools, composer: Composer, heard: Heard) -> tuple[Line, ...]:
    feeling = "grieving" if composer.mind.care == "grief" else heard.feeling
    if heard.strength == "strong" and feeling not in ("", "better", "grieving"):
        return composer.lines("understandable", tools.replies.understandable)
    return composer.lines(f"reflect-{feeling}", tools.replies.reflect[feeling or "none"])


def _about(tools: Tools, turn: Turn, composer: Composer, heard: Heard) -> tuple[Line, ...]:
    """Take up a new topic, unless it was only touched."""
    few = len(turn.transcript.text.split()) <= FEW
    if not heard.topic or heard.topic == turn.mind.topic or few or composer.mind.care == "grief":
        return ()
    return composer.lines(f"about-it-{heard.topic}", tools.replies.about_it[heard.topic])


def _echo(composer: Composer, heard: Heard, used: tuple[str, ...]) -> tuple[Line, ...]:
    """Say one thing back; what has not been said back lately first, so that a talk is no echo."""
    lately = {name.partition("/")[0] for name in used}
    fresh = [echo for echo in heard.echoes if f"echo-{echo.family}" not in lately]
    return composer.echo((fresh or list(heard.echoes))[0])


def _cared(tools: Tools, composer: Composer) -> tuple[Line, ...]:
    care = composer.mind.care
    return composer.lines(f"care-{care}", tools.replies.care[care])


def _with_care(tools: Tools, composer: Composer, lines: tuple[Line, ...]) -> Plan:
    """Listen. No thought is doubted, nothing is offered."""
    replies, care = tools.replies, composer.mind.care
    if care == "grief":
        more = composer.lines("listen", replies.listen)
        return composer.plan("listen", lines + more, expected=waiting(more), task="listen")
    questions = {"unfair": replies.ask_unfair, "strange": replies.ask_strange}.get(care)
    if questions is None or asked_last(composer) or waiting(lines).after_question:
        return composer.plan("validate", lines, expected=waiting(lines), task="validate")
    more = composer.lines(f"ask-{care}", questions)
    return composer.plan("ask", lines + more, expected=OPEN_QUESTION)


def _act(
    tools: Tools, turn: Turn, composer: Composer, heard: Heard, lines: tuple[Line, ...]
) -> Plan:
    replies, told = tools.replies, composer.mind.told
    short = len(turn.transcript.text.split()) <= SHORT and not heard.feeling
    if plan := _pattern(tools, composer, heard, lines):
        return plan
    plainly = told == 1 and heard.feeling and heard.topic
    annoyed = since(composer, "hostile") <= SPARED
    due = not turn.mind.ratings and since(composer, "check_in") > 9 and not annoyed
    if due and (plainly or told == 3 and not short):
        lines += composer.lines("ask_rating", replies.ask_rating)
        return composer.plan("check_in", lines, expected=SCALE, step="rating")
    if not short and (plan := _offer(tools, composer, heard, lines)):
        return plan
    if asked_last(composer) or since(composer, "hostile") <= SPARED:
        # Reflections outnumber questions: after an answer we only listen.
        if told > 8 and since(composer, "person") >= BETWEEN_PERSONS:
            person = composer.lines("person", replies.person)
            return composer.plan("person", lines + person)
        invite = composer.lines("invite", replies.invite)
        return composer.plan("reflect", lines + invite, task="reflect")
    if told > 5 and since(composer, "summarise") >= BETWEEN_SUMMARIES:
        return _summary(tools, composer)
    about = replies.ask_about.get(heard.topic, ())
    if about and composer.mind.acts.count("ask") % 2:
        lines += composer.lines(f"ask-about-{heard.topic}", about)
    else:
        lines += composer.lines("ask", replies.ask)
    return composer.plan("ask", lines, expected=OPEN_QUESTION, task="ask")


def _pattern(
    tools: Tools, composer: Composer, heard: Heard, lines: tuple[Line, ...]
) -> Plan | None:
    """Ask about a thought that may be a trap. It is never named, and never called wrong."""
    due = composer.mind.told > LISTENED and since(composer, "pattern") >= BETWEEN_PATTERNS
    if not due or heard.trap is None:
        return None
    questions = tools.replies.pattern[heard.trap.kind]
    lines = lines[:2] + composer.lines(f"pattern-{heard.trap.kind}", questions)
    return composer.plan("pattern", lines, expected=YES_NO, step="pattern")


def _offer(tools: Tools, composer: Composer, heard: Heard, lines: tuple[Line, ...]) -> Plan | None:
    """Offer one exercise that fits; with a racing body, breathing comes first."""
    mind = composer.mind
    if mind.told <= LISTENED or since(composer, "offer") < BETWEEN_OFFERS:
        return None
    if since(composer, "pattern") < BETWEEN_QUESTIONS:
        return None
    if since(composer, FORM_ACT) < BETWEEN_OFFERS or since(composer, "lead") < BETWEEN_OFFERS:
        return None
    if mind.feeling in ("anxious", "panicking", "overwhelmed") and BREATHING not in mind.offered:
        composer.changed(offered=(*mind.offered, BREATHING))
        lines = lines[:2] + composer.lines("offer_breathing", tools.replies.offer_breathing)
        return composer.plan("offer", lines, expected=YES_NO, step=OFFERED)
    need = Need(mind.feeling, heard.topic, heard.trap is not None, mind.care, mind.offered)
    name = tools.skills.fitting(need)
    return composer.offer(tools.skills, name, lines[:1]) if name else None


def _summary(tools: Tools, composer: Composer) -> Plan:
    replies, named = tools.replies, composer.mind.named[-3:]
    if len(named) < 2:
        lines = composer.lines("summary_without", replies.summary_without)
    else:
        things = f"{', '.join(named[:-1])} and {named[-1]}"
        lines = composer.lines("summary", replies.summary, things=things)
    return composer.plan("summarise", lines, expected=OPEN_QUESTION, task="summarise")


def waiting(lines: tuple[Line, ...]) -> Expected:
    """Say what the last of these sentences waits for."""
    asks = bool(lines) and lines[-1].text.endswith("?")
    return OPEN_QUESTION if asks else STATEMENT


def asked_last(composer: Composer) -> bool:
    """Tell whether the last thing we did was to ask."""
    return bool(composer.mind.acts) and composer.mind.acts[-1] in QUESTIONS


def since(composer: Composer, act: str) -> int:
    """Count the turns since an act; one that was never done is long ago."""
    acts = composer.mind.acts
    return next((back for back, name in enumerate(reversed(acts), 1) if name == act), 99)
