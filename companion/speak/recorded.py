"""The sentences of safety, spoken beforehand: a voice for when the voice is broken.

They are made by `scripts/make_sounds.py`, name no country's numbers but how to
find one's own, and are chosen by the id of the reviewed sentence.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import soundfile

from companion.errors import SpeakError
from companion.values import AudioChunk, Cleared, Style


class RecordedVoice:
    """Knows the most needed sentences of danger, and nothing else."""

    name = "recorded"

    def __init__(self, folder: Path, reviewed: Mapping[str, str]) -> None:
        """`reviewed` are the reviewed sentences by id; `folder` holds `<id>.ogg`."""
        self._files = {
            text: file
            for line_id, text in reviewed.items()
            if (file := folder / f"{line_id}.ogg").is_file()
        }

    def synthesize(self, text: Cleared, style: Style) -> Iterator[AudioChunk]:
        """Yield the recording. Raises SpeakError where there is none."""
        file = self._files.get(text)
        if file is None:
            raise SpeakError("This sentence was not recorded beforehand.")
        sound, rate = soundfile.read(file, dtype="float32")
        yield AudioChunk(sound * style.volume, rate)
