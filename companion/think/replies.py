"""The written replies: `prompts/<lang>/replies.yaml`."""

from collections.abc import Sequence
from pathlib import Path

from companion.content import Content, read
from companion.errors import SettingsError
from companion.values import Line

Variant = tuple[str, ...]
"""The sentences of one reply"""

Variants = tuple[Variant, ...]

KEPT = 120
"""Ids of replies remembered, so that none comes back soon"""


class Replies(Content):
    """Every written reply, by act."""

    reflect: dict[str, Variants]
    about_it: dict[str, Variants]
    painful: Variants
    short: Variants
    bare_yes: Variants
    bare_no: Variants
    understandable: Variants
    invite: Variants
    summary: Variants
    summary_without: Variants
    ask: Variants
    ask_about: dict[str, Variants]
    listen: Variants
    pattern: dict[str, Variants]
    pattern_yes: Variants
    pattern_no: Variants
    care: dict[str, Variants]
    ask_unfair: Variants
    ask_strange: Variants
    ask_rating: Variants
    rating_high: Variants
    rating_middle: Variants
    rating_low: Variants
    rating_fell: Variants
    rating_rose: Variants
    rating_same: Variants
    offer_choice: Variants
    offer_breathing: Variants
    offer_declined: Variants
    talk_chosen: Variants
    after_breathing: Variants
    limited: Variants
    limited_next: Variants
    limited_no: Variants
    limited_done: Variants
    repair: Variants
    repair_number: Variants
    repair_choice: Variants
    repair_yes_no: Variants
    give_up_closed: Variants
    person: Variants
    goodbye: Variants
    thanks: Variants
    greeting: Variants
    better: Variants
    nothing_to_repeat: Variants
    wish: dict[str, Variants]
    what_is_it: Variants
    nothing_fits: Variants
    noise: Variants
    other_language: Variants
    rephrase: dict[str, Variants]


class _Plain(Content):
    idioms: tuple[str, ...]


def without_idioms(replies: Replies, folder: Path) -> Replies:
    """Leave out every variant with a turn of speech of `plain.yaml`. Raises SettingsError."""
    idioms = read(folder / "plain.yaml", _Plain).idioms

    def plain(variants: Variants) -> Variants:
        kept = [v for v in variants if not any(i in " ".join(v).casefold() for i in idioms)]
        return tuple(kept) or variants

    changed: dict[str, Variants | dict[str, Variants]] = {}
    for name in Replies.model_fields:
        value: Variants | dict[str, Variants] = getattr(replies, name)
        if isinstance(value, dict):
            changed[name] = {key: plain(variants) for key, variants in value.items()}
        else:
            changed[name] = plain(value)
    return replies.model_copy(update=changed)


def read_replies(
    folder: Path, feelings: frozenset[str], topics: frozenset[str], traps: frozenset[str]
) -> Replies:
    """Read the replies and check that none is missing. Raises SettingsError.

    Every feeling and topic has a reflection, every topic and thinking trap a question.
    """
    path = folder / "replies.yaml"
    replies = read(path, Replies)
    for name, needed, there in (
        ("reflect", feelings | {"none"}, replies.reflect),
        ("about_it", topics | {"none"}, replies.about_it),
        ("ask_about", topics, replies.ask_about),
        ("pattern", traps, replies.pattern),
    ):
        if missing := sorted(needed - there.keys()):
            raise SettingsError(
                f"{path.name}: '{name}' has no reply for '{missing[0]}'.", fix="Add one."
            )
    return replies


class Chooser:
    """Takes the variant that was used longest ago."""

    def __init__(self, used: Sequence[str]) -> None:
        """`used` are the ids of replies given before, oldest first."""
        self.used = list(used)

    def lines(self, name: str, variants: Variants, **slots: str) -> tuple[Line, ...]:
        """Give the sentences of one variant; `slots` fill what stands in braces."""
        ids = [f"{name}/{index}" for index in range(len(variants))]
        last = {used: at for at, used in enumerate(self.used)}
        best = min(range(len(ids)), key=lambda index: last.get(ids[index], -1))
        self.used = [*(used for used in self.used if used != ids[best]), ids[best]][-KEPT:]
        return tuple(Line(sentence.format(**slots)) for sentence in variants[best])
