"""Lead an exercise as a talk that begins with it: heard, steered by voice and keys, rated."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from companion import app, paths
from companion.commands.begun import Begun, UntilDone
from companion.commands.holding import goes_on, hold
from companion.commands.keeping import Memory, begin, memory
from companion.commands.now import local_now
from companion.conversation import Conversation
from companion.errors import EngineError, SettingsError
from companion.exercise import Manner
from companion.hear.typed import TypedRecogniser
from companion.live import Opening
from companion.memory import keys
from companion.parts import Parts, build_recogniser, read_parts
from companion.sessions.leader import SessionLeader
from companion.settings import Settings
from companion.stages import Recogniser
from companion.values import Plan, State

ELSEWHERE = "A talk goes on in another window, which listens: here the keys lead."


def lead(
    name: str,
    minutes: float | None,
    manner: Manner,
    options: argparse.Namespace,
    settings: Settings,
) -> int:
    """Lead it until it is over. Raises CompanionError."""
    parts = read_parts(without_model(settings))
    conversation, hears = build(parts, {name: manner})
    with closing(conversation), _diary(options, parts, conversation) as kept:
        state = with_health(begin(kept.state, settings, local_now()), options.health)
        plan = app.opening_plan(parts, conversation, name, minutes, state)
        script = _leader(conversation).scripts[name]
        title = f"{script.title}. {script.evidence}"
        return talk(parts, conversation, state, kept.take, options, (title, _begins(plan), hears))


def talk(
    parts: Parts,
    conversation: Conversation,
    state: State,
    take: Callable[..., None],
    options: argparse.Namespace,
    begun: tuple[str, Callable[[Conversation], Opening], bool],
) -> int:
    """Hold the talk that begins so: a title, what it begins with, and whether there is an ear."""
    title, opening, hears = begun
    options.quiet = options.json = False
    is_over = UntilDone(stays_stopped=sys.stdin.isatty())
    beginning = Begun(title, opening(conversation), is_over, hears)
    return hold(parts, conversation, state, take, options, beginning)


def build(parts: Parts, manners: dict[str, Manner]) -> tuple[Conversation, bool]:
    """Load the engines, and say whether anybody can be heard: an ear that fails ends nothing."""
    hears = not goes_on()
    if not hears:
        print(ELSEWHERE, file=sys.stderr)
    recogniser: Recogniser = TypedRecogniser()
    if hears:
        try:
            recogniser = build_recogniser(parts)
        except (EngineError, SettingsError) as error:
            hears = False
            print(f"{error} The keys lead.", file=sys.stderr)
    conversation = app.build_conversation(parts, recogniser, aloud=True)
    leader = replace(_leader(conversation), manners=manners)
    return replace(conversation, leader=leader), hears


def without_model(settings: Settings) -> Settings:
    """Leave the language model out: it takes seconds, and an exercise has its own words."""
    think = settings.think.model_copy(update={"mind": "written"})
    return settings.model_copy(update={"think": think})


def with_health(state: State, health: list[str]) -> State:
    """Add for once what rules exercises out."""
    if not health:
        return state
    known = (*(state.known.health or ()), *health)
    return replace(state, known=replace(state.known, health=known))


def _begins(plan: Plan) -> Callable[[Conversation], Opening]:
    return lambda conversation: lambda id, state: conversation.begin(id, plan, state)


def _leader(conversation: Conversation) -> SessionLeader:
    assert isinstance(conversation.leader, SessionLeader)
    return conversation.leader


@contextmanager
def _diary(
    options: argparse.Namespace, parts: Parts, conversation: Conversation
) -> Iterator[Memory]:
    """Open the diary where there is one; nobody is asked now whether they want one."""
    if not keys.exists(paths.profile_folder(options.person)):
        yield Memory(None, parts.settings)
        return
    with memory(options, parts.settings, conversation.recogniser.name) as kept:
        yield kept
