"""Measure pitch, loudness and pace, while the person speaks.

The one idea: sound is cut into frames as it comes, on a grid that does not
depend on how it was delivered, and all that is costly happens there. What is
left for the end of the turn is to walk back along the pitch path and to sum up.
Whole file or 20 ms at a time, the numbers are the same.

Pitch: P. Boersma, "Accurate short-term analysis of the fundamental frequency
and the harmonics-to-noise ratio of a sampled sound", IFA Proceedings 17 (1993),
97-110, with the defaults he recommends. Each window spans three periods of the
lowest pitch. Its autocorrelation is divided by that of the window (his eq. 9).
It is taken from the power spectrum below 4 kHz alone: the sound resampled to
8 kHz with no filter to run. Zeros above fill in every second lag, for between
the lags of 8 kHz the peaks of a high voice fall too low and lose to the octave.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.errors import SenseError
from companion.values import AudioChunk, Feature, Prosody, Quality, Samples, Transcript

Floats = NDArray[np.float64]

RATE = 16_000
"""Hertz"""
HOP = 160
"""Samples from one frame to the next: 10 ms"""
WINDOW = 640
"""Samples in a frame: three periods of the lowest pitch"""
BLOCK = 20
"""Frames measured at once. A fixed number, so that the size of chunks changes nothing"""
FFT = 1024
"""At least a window and the longest lag, so that the autocorrelation does not wrap around"""

LOWEST, HIGHEST = 75.0, 500.0
"""Hertz"""
PITCH_BAND = 4000.0
"""Hertz: the autocorrelation looks at nothing above"""

# Boersma (1993), section 5 and table 1: how a frame's candidates are weighed.
CANDIDATES = 5
VOICED_ABOVE = 0.45
QUIET_BELOW = 0.03
"""Share of the loudest peak so far"""
OCTAVE_COST = 0.01
"""For each octave below the highest pitch: of two equal peaks the shorter period wins"""
OCTAVE_JUMP_COST = 0.35
VOICING_CHANGE_COST = 0.14

# What the numbers rest on. Ours, tried on speech in noise: in the quiet and the
# rough frames an autocorrelation follows the noise, not the voice.
PITCH_WITHIN = 12.0
"""Decibels below the loud frames"""
PITCH_STRENGTH = 0.6
"""Height of the autocorrelation's peak, of 1"""
SPEECH_WITHIN = 30.0
"""Decibels below the loud frames"""
SPEECH_ABOVE = 6.0
"""Decibels above the background"""

# What a judgement needs.
LEAST_VOICE = 1.0
"""Seconds"""
LEAST_SNR = 15.0
"""Decibels"""
SNR_BIAS = 3.5
"""Decibels by which the quietest tenth of frames understates steady noise"""
MOST_CLIPPED = 0.001
"""Share of samples"""
CLIPPED = 0.998
SILENCE = -70.0
"""dBFS"""
BRIGHT_FROM, BRIGHT_TO = 4400.0, 7600.0
"""Hertz: where only a wide-band microphone hears anything"""
LEAST_BRIGHT = -55.0
"""Decibels of that band below the whole sound"""
TINY = 1e-12


@dataclass(frozen=True)
class Frames:
    """What was measured in each frame; a row a frame."""

    power: Floats
    """Mean square"""
    bright: Floats
    """Share of the power above 4.4 kHz"""
    pitch: Floats
    """Hertz; 0 where there is no voice"""
    strength: Floats
    """Height of the autocorrelation's peak, 0 to 1"""


class PitchReader:
    """Reads pitch, loudness and pace from 16 kHz sound."""

    name = "pitch"

    def __init__(self) -> None:
        self._meter = _Meter()
        self.start()

    def start(self) -> None:
        """Forget the last utterance."""
        # Half a window of nothing puts the first frame's middle on the first sample.
        self._rest: Samples = np.zeros(WINDOW // 2, np.float32)
        self._measured: list[Floats] = []
        self._path = _Path()
        self._samples = 0
        self._clipped = 0

    def accept(self, chunk: AudioChunk) -> None:
        """Take the next sound. Raises SenseError for any rate but 16 kHz."""
        if chunk.rate != RATE:
            raise SenseError(f"The tone of voice needs sound at {RATE} Hz, not {chunk.rate} Hz.")
        sound = np.nan_to_num(chunk.samples, posinf=1.0, neginf=-1.0)
        self._samples += len(sound)
        self._clipped += int(np.count_nonzero(np.abs(sound) >= CLIPPED))
        self._rest = np.concatenate([self._rest, np.clip(sound, -1, 1)], dtype=np.float32)
        span = (BLOCK - 1) * HOP + WINDOW
        at = 0
        while at + span <= len(self._rest):
            self._measure(self._rest[at : at + span])
            at += BLOCK * HOP
        self._rest = self._rest[at:]

    def finish(self, transcript: Transcript) -> Prosody:
        """Sum up. Sound accepted after this belongs to the next utterance: call `start`."""
        tail = np.concatenate([self._rest, np.zeros(WINDOW // 2, np.float32)])
        if len(tail) >= WINDOW:
            self._measure(tail)
        self._rest = tail[:0]
        if not self._measured:
            return Prosody(_features(None, transcript, 0.0), Quality(False, "silence: no sound"))
        columns = np.concatenate(self._measured)
        pitch, strength = self._path.walk_back()
        frames = Frames(columns[:, 0], columns[:, 1], pitch, strength)
        summary = _Summary(frames)
        clipped = self._clipped / max(1, self._samples)
        return Prosody(
            _features(summary, transcript, self._samples / RATE), _quality(summary, clipped)
        )

    def _measure(self, sound: Samples) -> None:
        levels, candidates = self._meter.measure(sound)
        self._measured.append(levels)
        self._path.extend(*candidates)


class _Meter:
    """Measures frames, each by itself. Holds tables, no state."""

    def __init__(self) -> None:
        self._window = np.hanning(WINDOW + 2)[1:-1]
        lags = int(RATE / LOWEST) + 2
        self._first = int(RATE / HIGHEST)
        own = self._autocorrelation(np.abs(np.fft.rfft(self._window[None], FFT)) ** 2)
        self._shape = (own / own[:, :1])[:, :lags]
        hertz = np.fft.rfftfreq(FFT, 1 / RATE)
        self._bright = (hertz >= BRIGHT_FROM) & (hertz <= BRIGHT_TO)

    def measure(self, sound: Samples) -> tuple[Floats, tuple[Floats, Floats, Floats]]:
        """Measure levels, and pitch candidates: hertz, strength and the highest sample."""
        frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP].astype(np.float64)
        frames = frames - frames.mean(axis=1, keepdims=True)
        power = np.mean(frames**2, axis=1)
        spectrum = np.abs(np.fft.rfft(frames * self._window, FFT)) ** 2
        bright = spectrum[:, self._bright].sum(axis=1) / (spectrum.sum(axis=1) + TINY)
        middle = frames[:, WINDOW // 3 : 2 * WINDOW // 3]
        hertz, strength = self._candidates(spectrum)
        return np.stack([power, bright], axis=1), (hertz, strength, np.abs(middle).max(axis=1))

    def _autocorrelation(self, spectrum: Floats) -> Floats:
        return np.fft.irfft(spectrum[:, : int(FFT * PITCH_BAND / RATE) + 1], FFT)

    def _candidates(self, spectrum: Floats) -> tuple[Floats, Floats]:
        lags = self._shape.shape[1]
        r = self._autocorrelation(spectrum)[:, :lags]
        r = r / (r[:, :1] + TINY) / self._shape
        before, here, after = (
            r[:, self._first - 1 : -2],
            r[:, self._first : -1],
            r[:, self._first + 1 :],
        )
        peak = (here > before) & (here >= after) & (here > VOICED_ABOVE / 2)
        # The parabola through three points has its top within half a sample of the
        # middle one; rounding may say otherwise, and a wild top would never be a pitch.
        bend = before - 2 * here + after
        offset = np.where(peak, 0.5 * (before - after) / np.where(peak, bend, -1.0), 0.0)
        offset = np.clip(offset, -0.5, 0.5)
        height = here - 0.25 * (before - after) * offset
        height = np.where(height > 1, 1 / np.maximum(height, 1), height)
        hertz = RATE / (self._first + np.arange(here.shape[1]) + offset)
        worth = np.where(peak, height - OCTAVE_COST * np.log2(LOWEST / hertz), -np.inf)
        best = np.argpartition(-worth, CANDIDATES, axis=1)[:, :CANDIDATES]
        found = np.take_along_axis(peak, best, axis=1)
        return (
            np.where(found, np.take_along_axis(hertz, best, axis=1), 0.0),
            np.where(found, np.take_along_axis(height, best, axis=1), 0.0),
        )


class _Path:
    """Follows the most likely pitch from frame to frame (Viterbi), forwards as sound comes."""

    def __init__(self) -> None:
        self._hertz = [np.zeros((1, CANDIDATES + 1))]
        self._strength = [np.zeros((1, CANDIDATES + 1))]
        self._links: list[NDArray[np.intp]] = []
        self._scores = np.full(CANDIDATES + 1, -np.inf)
        self._scores[0] = 0.0
        self._loudest = 0.0

    def extend(self, hertz: Floats, strength: Floats, peaks: Floats) -> None:
        """Go on by some frames. The first candidate of each is silence."""
        loudest = np.maximum.accumulate(np.append(self._loudest, peaks))
        self._loudest = float(loudest[-1])
        loud = peaks / (loudest[1:] + TINY) * (1 + VOICED_ABOVE) / QUIET_BELOW
        unvoiced = VOICED_ABOVE + np.maximum(0.0, 2 - loud)
        bonus = OCTAVE_COST * np.log2(np.maximum(hertz, LOWEST) / LOWEST)
        voiced = np.where(hertz > 0, strength + bonus, -np.inf)
        worth = np.column_stack([unvoiced, voiced])
        hertz = np.pad(hertz, ((0, 0), (1, 0)))
        for cost, gain in zip(self._changes(hertz), worth, strict=True):
            reach = self._scores - cost
            self._links.append(reach.argmax(axis=1))
            self._scores = reach.max(axis=1) + gain
        self._hertz.append(hertz)
        self._strength.append(np.pad(strength, ((0, 0), (1, 0))))

    def walk_back(self) -> tuple[Floats, Floats]:
        """Give the pitch (hertz, 0 where unvoiced) and strength of each frame."""
        frames = len(self._links)
        chosen = np.zeros(frames, np.intp)
        at = self._scores.argmax()
        for frame in range(frames - 1, -1, -1):
            chosen[frame] = at
            at = self._links[frame][at]
        rows = np.arange(1, frames + 1)
        return np.vstack(self._hertz)[rows, chosen], np.vstack(self._strength)[rows, chosen]

    def _changes(self, hertz: Floats) -> Floats:
        """Weigh each step to a candidate (rows) from one of the frame before (columns)."""
        line = np.vstack([self._hertz[-1][-1:], hertz])
        octave = np.log2(np.maximum(line, 1.0))
        voiced = line > 0
        now, then = voiced[1:, :, None], voiced[:-1, None, :]
        jump = OCTAVE_JUMP_COST * np.abs(octave[1:, :, None] - octave[:-1, None, :])
        change = np.where(now != then, VOICING_CHANGE_COST, 0.0)
        return np.where(now & then, jump, change)


class _Summary:
    """Tells voice from speech from background, by level and pitch."""

    def __init__(self, frames: Frames) -> None:
        level = _decibels(frames.power)
        sung = frames.pitch > 0
        self.loud = float(np.percentile(level[sung] if sung.any() else level, 95))
        """dBFS"""
        near = level > self.loud - SPEECH_WITHIN
        background = float(np.percentile(frames.power, 10))
        self.voiced = sung & near
        above = level > _decibels(background) + SPEECH_ABOVE
        self.speech = near & (self.voiced | above)
        self.level = level[self.speech]
        firm = (frames.strength >= PITCH_STRENGTH) & (level > self.loud - PITCH_WITHIN)
        self.pitch = frames.pitch[self.voiced & firm]
        """Hertz, of the frames that can be trusted"""
        self.voice_seconds = int(self.voiced.sum()) * HOP / RATE
        self.voiced_share = float(self.voiced.sum() / self.speech.sum()) if len(self.level) else None
        self.snr = _snr(frames.power[self.voiced], background)
        """Decibels"""
        quietest = frames.power <= background
        self.has_pause = bool(np.mean(self.voiced[quietest]) < 0.5)
        """False: even the quietest moments are voice, and tell nothing of the background"""
        total = float(frames.power[self.speech].sum())
        bright = float((frames.power * frames.bright)[self.speech].sum())
        self.bright = float(_decibels(bright) - _decibels(total))
        """Decibels of the high band below the whole sound"""


def _decibels(power: Floats | float) -> Floats:
    return 10 * np.log10(np.asarray(power) + TINY)


def _snr(voice: Floats, background: float) -> float:
    above = float(voice.mean()) - background if len(voice) else 0.0
    return float(_decibels(max(above, 0.0)) - _decibels(background)) - SNR_BIAS


def _features(
    summary: _Summary | None, transcript: Transcript, duration: float
) -> dict[str, Feature]:
    """Name every feature, with None for what could not be measured."""
    pitch = summary.pitch if summary else np.zeros(0)
    level = summary.level if summary else np.zeros(0)
    median = float(np.median(pitch)) if len(pitch) else None
    spread = float(np.std(12 * np.log2(pitch))) if len(pitch) else None
    return {
        "pitch_median": Feature(median, "Hz"),
        "pitch_spread": Feature(spread, "semitones"),
        "loudness": Feature(float(level.mean()) if len(level) else None, "dBFS"),
        "loudness_spread": Feature(float(level.std()) if len(level) else None, "dB"),
        "voiced_share": Feature(summary.voiced_share if summary else None, "share"),
        "voiced": Feature(summary.voice_seconds if summary else 0.0, "seconds"),
        "duration": Feature(duration, "seconds"),
        "speech_rate": Feature(_speech_rate(transcript), "words per minute"),
    }


def _speech_rate(transcript: Transcript) -> float | None:
    words = transcript.words
    spoken = words[-1].end - words[0].start if words else 0.0
    return 60 * len(words) / spoken if spoken > 0 else None


def _quality(summary: _Summary, clipped: float) -> Quality:
    """Say the first reason against a judgement, the plainest first."""
    reasons = (
        (summary.loud < SILENCE, f"silence: nothing was louder than {SILENCE:.0f} dBFS"),
        (summary.voice_seconds == 0, "no voice was heard, only other sound"),
        (clipped > MOST_CLIPPED, f"too loud: {clipped:.1%} of the sound is cut off"),
        (
            summary.voice_seconds < LEAST_VOICE,
            f"too short: {summary.voice_seconds:.1f} s of voice",
        ),
        (not summary.has_pause, "no pause: the background could not be judged"),
        (
            summary.snr < LEAST_SNR,
            f"too noisy: the voice stands only {summary.snr:.0f} dB above the background",
        ),
        (summary.bright < LEAST_BRIGHT, "narrow band: a telephone-quality microphone"),
    )
    why = next((text for holds, text in reasons if holds), "")
    return Quality(not why, why)
