"""What always works, whatever goes on: stop, help, panic, breathing, say that again, goodbye."""

from companion.think.composing import Composer, Tools
from companion.values import Line, Plan, Turn


def standing(tools: Tools, turn: Turn, composer: Composer) -> Plan | None:
    """Follow a command; None where there is none."""
    replies = tools.replies
    match tools.answers.command(turn.transcript.text):
        case "stop":
            return composer.plan("stop", (Line(reviewed="stopped"),), step="quiet")
        case "help":
            numbers = Line(reviewed="help-numbers", essential=True)
            shown = Line(reviewed="numbers-screen", aloud=False)
            return composer.plan("help", (numbers, shown, Line(reviewed="help-me")))
        case "panic":
            flags = Line(reviewed="medical-flags", essential=True)
            return composer.lead("panic", (flags,))
        case "breathing":
            return composer.lead_breathing()
        case "goodbye":
            return composer.say("goodbye", replies.goodbye, step="start")
        case "thanks":
            return composer.say("thanks", replies.thanks)
        case "repeat":
            return say_again(tools, turn, composer)
    return None


def say_again(tools: Tools, turn: Turn, composer: Composer) -> Plan:
    """Say the last answer again; what it waited for is still waited for."""
    if not turn.history:
        return composer.say("repeat", tools.replies.nothing_to_repeat)
    lines = tuple(Line(sentence) for sentence in turn.history[-1].said)
    return composer.plan("repeat", lines, expected=turn.expected, step=turn.mind.step)
