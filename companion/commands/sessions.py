"""sessions, session: exercises that the companion leads, aloud or into a file."""

import argparse
import json
import sys
from collections.abc import Mapping

from companion import paths
from companion.commands.health import known
from companion.commands.leading import Lead, blocks, write
from companion.content import read
from companion.errors import SettingsError
from companion.exercise import Manner
from companion.records import Known
from companion.sessions.choosing import shortest, suited
from companion.sessions.health import NAMES, Health, choose, told
from companion.sessions.helped import Help, by_name, helped
from companion.sessions.obeying import Sentences
from companion.sessions.script import Script, Suits, read_scripts
from companion.sessions.timing import Wishes, usual_minutes
from companion.settings import Settings, read_settings


def sessions(options: argparse.Namespace) -> int:
    """Name the exercises."""
    settings = read_settings(options.settings)
    scripts = read_all(settings)
    there = known(options, settings) if options.state else Known(health=tuple(options.health))
    names, helps = _fitting(options, settings, scripts, there), by_name(helped(there.led))
    for name in names:
        script = scripts[name]
        minutes = usual_minutes(script)
        suits = [state.value for state in script.suits]
        if options.json:
            row = {"name": name, "title": script.title, "minutes": minutes, "for": suits}
            print(json.dumps(row, ensure_ascii=False))
        else:
            print(f"{name:<18} {minutes:>4g} min  {script.title}{_seems(helps.get(name))}")
    return 0


def _fitting(
    options: argparse.Namespace, settings: Settings, scripts: Mapping[str, Script], there: Known
) -> tuple[str, ...]:
    """Name what is asked for: of a state, what to offer first at the front."""
    health = told(there.health or ())
    if options.state:
        state = Suits(options.state)
        first = read(paths.content() / settings.language / "leading.yaml", Sentences).first[state]
        return suited(state, scripts, first, minutes=options.minutes, health=health, done=there.led)
    return tuple(
        name
        for name, script in scripts.items()
        if (options.minutes is None or shortest(script) <= options.minutes)
        and choose(name, scripts, health)[0] == name
    )


def _seems(help: Help | None) -> str:
    """Say how it was with an exercise before: a range, and no more than that."""
    if help is None:
        return ""
    return f" (after it, {-help.high:+.1f} to {-help.low:+.1f} points, {help.ratings} times)"


def session(options: argparse.Namespace) -> int:
    """Lead an exercise, or write it to a file."""
    if options.timeline and not options.out:
        raise SettingsError("--timeline needs --out.", fix="Give both, or neither.")
    settings = with_voice(read_settings(options.settings), options.voice)
    scripts = read_all(settings)
    name = _known(options.name, scripts)
    if options.out is None:
        return _aloud(name, scripts, options, settings)
    options.health = list(known(options, settings).health or ())
    name = allowed(name, scripts, told(options.health))
    return written(wanted(name, scripts, options), settings, options)


# --- which, and for whom ---------------------------------------------------------------


def read_all(settings: Settings) -> Mapping[str, Script]:
    """Read the exercises that ship, and those of the person's own. Raises SettingsError."""
    return read_scripts(
        paths.content() / settings.language / "sessions", paths.data_folder() / "sessions"
    )


def with_voice(settings: Settings, voice: str | None) -> Settings:
    """Take another voice than that of the settings, if one is named."""
    if not voice:
        return settings
    speak = settings.speak.model_copy(update={"voice": voice})
    return settings.model_copy(update={"speak": speak})


def _known(asked: str, scripts: Mapping[str, Script]) -> str:
    name = asked.strip().casefold().replace("_", "-")
    if name not in scripts:
        raise SettingsError(
            f"There is no exercise '{asked}'.", fix=f"Use one of: {', '.join(scripts)}."
        )
    return name


def allowed(name: str, scripts: Mapping[str, Script], health: Health) -> str:
    """Give the exercise that may be done, and say why it is another one. Raises SettingsError."""
    chosen, against = choose(name, scripts, health)
    why = ", ".join(sorted(NAMES[condition] for condition in against))
    if not chosen:
        raise SettingsError(
            f"'{scripts[name].title}' is not for now ({why}).",
            fix="Come back to it another time; if you need help now, call someone you trust.",
        )
    if chosen != name:
        print(
            f"'{scripts[name].title}' is not for you ({why}). "
            f"'{scripts[chosen].title}' takes its place.",
            file=sys.stderr,
        )
    return chosen


def wanted(name: str, scripts: Mapping[str, Script], options: argparse.Namespace) -> Lead:
    """Put together how the person wants it. Raises SettingsError for what it cannot be."""
    script = scripts[name]
    if options.minutes is not None and not script.minutes:
        raise SettingsError(f"'{name}' takes as long as it takes.", fix="Leave out --minutes.")
    if options.minutes is not None and options.minutes < min(script.minutes):
        raise SettingsError(
            f"'{name}' takes {min(script.minutes):g} minutes or more.", fix="Ask for more minutes."
        )
    if options.sounds_only and not script.is_paced:
        raise SettingsError(f"'{name}' is led by words.", fix="Leave out --sounds-only.")
    choice = getattr(options, "choice", None) or ""
    if choice and choice not in script.choices:
        offered = ", ".join(script.choices) or "there are none"
        raise SettingsError(f"'{name}' has no choice '{choice}'.", fix=f"Choices: {offered}.")
    wishes = Wishes(
        minutes=options.minutes,
        endless=options.out is None,
        words=not options.sounds_only,
        choice=choice,
        health=told(options.health),
    )
    return Lead(name, script, wishes, options.noise)


# --- aloud, or into a file ----------------------------------------------------------------


def written(lead: Lead, settings: Settings, options: argparse.Namespace) -> int:
    """Write an exercise to a file, faster than it is heard. Raises CompanionError."""
    seconds = write(blocks(lead, settings), options.out, options.timeline)
    print(f"{options.out}: '{lead.script.title}', {seconds / 60:.1f} minutes.")
    return 0


def _aloud(
    name: str, scripts: Mapping[str, Script], options: argparse.Namespace, settings: Settings
) -> int:
    """Lead it in a talk, which asks what has to be known, and puts another in its place."""
    from companion.commands import led  # loads all that a talk needs

    allowed(name, scripts, told(options.health))
    lead = wanted(name, scripts, options)
    manner = Manner(lead.wishes.choice, lead.wishes.words, lead.bed)
    return led.lead(name, options.minutes, manner, options, settings)
