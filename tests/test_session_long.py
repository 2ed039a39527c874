"""A long exercise keeps its time: twenty minutes, with a real voice."""

import numpy as np

from companion import paths
from companion.commands.leading import Lead, blocks
from companion.sessions.script import read_scripts
from companion.sessions.timing import Wishes
from companion.sessions.tones import RATE
from companion.settings import Settings, SpeakSettings

AUDIBLE = 0.004
"""Full scale is 1"""


def test_a_body_scan_of_twenty_minutes_does_not_drift():
    """Each sentence is heard where the timeline has it, the last as exactly as the first."""
    script = read_scripts(paths.content() / "en" / "sessions")["body-scan"]
    settings = Settings(speak=SpeakSettings(voice="espeak"))
    made = list(blocks(Lead("body-scan", script, Wishes(minutes=20)), settings))
    sound = np.abs(np.concatenate([block.chunk.samples for block in made]))
    said = [beat.at for block in made for beat in block.beats if beat.kind == "say"]
    late = []
    for at in said:
        before = round((at - 0.2) * RATE)
        late.append(np.argmax(sound[before : before + RATE] > AUDIBLE) / RATE - 0.2)

    assert 1_195 < len(sound) / RATE < 1_205
    assert said[-1] > 1_150 and len(said) > 20
    assert max(map(abs, late)) < 0.05
    assert max(late) - min(late) < 0.01
