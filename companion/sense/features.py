"""Measure pitch, loudness and pace, while the person speaks.

The one idea: sound is cut into frames as it comes, on a grid that does not
depend on how it was delivered, and all that is costly happens there. What is
left for the end of the turn is to walk back along the pitch path and to sum up.
Whole file or 20 ms at a time, the numbers are the same.

Where the formulas come from:

- Pitch: P. Boersma, "Accurate short-term analysis of the fundamental frequency
  and the harmonics-to-noise ratio of a sampled sound", IFA Proceedings 17
  (1993), 97-110, with the weights his program Praat has by default. A window
  spans three periods of the lowest pitch; its autocorrelation is divided by the
  window's own. It is taken from the power spectrum below 4 kHz alone: the sound
  resampled to 8 kHz with no filter to run. Zeros above fill in every second
  lag, for between the lags of 8 kHz the peaks of a high voice fall too low and
  lose to the octave below.
- Semitones: 12 log2 of a ratio. Loudness: 10 log10 of the mean square, so that a
  full-scale sine has -3 dBFS.
- Signal to noise: 10 log10((V - N) / N), with V the mean power of voiced frames
  and N the quietest tenth of all. Ours: right for steady noise, too kind to
  clicks and to other voices.
"""

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

# How the candidates of a frame are weighed: Praat's defaults.
CANDIDATES = 5
VOICED_ABOVE = 0.45
QUIET_BELOW = 0.03  # of the loudest peak so far
OCTAVE_COST = 0.01  # of two equal peaks the shorter period wins
OCTAVE_JUMP_COST = 0.35
VOICING_CHANGE_COST = 0.14

# Which frames count, in decibels. In quiet and rough frames an autocorrelation
# follows the noise and not the voice, so the pitch rests on loud and clear ones.
PITCH_WITHIN, SPEECH_WITHIN = 12.0, 30.0  # of the loud frames
SPEECH_ABOVE = 6.0  # the background
PITCH_STRENGTH = 0.6  # height of the autocorrelation's peak, of 1

# What a judgement needs.
LEAST_VOICE = 1.0  # seconds
LEAST_SNR = 15.0  # decibels
SNR_BIAS = 3.5  # decibels by which the quietest tenth of frames understates steady noise
CLIPPED, MOST_CLIPPED = 0.998, 0.001  # height of a sample, share of samples
SILENCE = -70.0  # dBFS
BRIGHT_FROM, BRIGHT_TO = 4400.0, 7600.0  # hertz: only a wide-band microphone hears these
LEAST_BRIGHT = -55.0  # decibels of that band against the whole
TINY = 1e-12


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
        self._levels: list[Floats] = []
        self._path = _Path()
        self._samples = self._clipped = 0

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
        """Sum up. The next sound needs a `start` before it."""
        # At least one frame, so that no sound at all is silence like any other.
        short = max(WINDOW - len(self._rest), WINDOW // 2)
        self._measure(np.concatenate([self._rest, np.zeros(short, np.float32)]))
        summary = _Summary(np.concatenate(self._levels), *self._path.walk_back())
        features = _features(summary, transcript, self._samples / RATE)
        return Prosody(features, _quality(summary, self._clipped / max(1, self._samples)))

    def _measure(self, sound: Samples) -> None:
        levels, candidates = self._meter.measure(sound)
        self._levels.append(levels)
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

    def __init__(self, levels: Floats, pitch: Floats, strength: Floats) -> None:
        """Rows of `levels` are frames: mean square, and the share of it that is bright."""
        power, bright = levels.T
        level = _decibels(power)
        voiced = pitch > 0
        self.loud = float(np.percentile(level[voiced] if voiced.any() else level, 95))
        """dBFS"""
        near = level > self.loud - SPEECH_WITHIN
        voiced &= near
        background = float(np.percentile(power, 10))
        speech = near & (voiced | (level > _decibels(background) + SPEECH_ABOVE))
        self.level = level[speech]
        """dBFS, of each frame of speech"""
        firm = (strength >= PITCH_STRENGTH) & (level > self.loud - PITCH_WITHIN)
        self.pitch = pitch[voiced & firm]
        """Hertz, of the frames that can be trusted"""
        self.voice_seconds = int(voiced.sum()) * HOP / RATE
        self.voiced_share = float(voiced.sum() / speech.sum()) if speech.any() else None
        # The quietest moments tell of the background, unless even they are voice.
        self.has_pause = bool(np.mean(voiced[power <= background]) < 0.5)
        above = max(0.0, float(power[voiced].mean()) - background) if voiced.any() else 0.0
        self.snr = float(_decibels(above) - _decibels(background)) - SNR_BIAS
        """Decibels"""
        whole, high = float(power[speech].sum()), float((power * bright)[speech].sum())
        self.bright = float(_decibels(high) - _decibels(whole))
        """Decibels of the high band against the whole sound"""


def _decibels(power: Floats | float) -> Floats:
    return 10 * np.log10(np.asarray(power) + TINY)


def _features(summary: _Summary, transcript: Transcript, duration: float) -> dict[str, Feature]:
    """Name every feature, with None for what could not be measured."""
    pitch, level = summary.pitch, summary.level
    median = float(np.median(pitch)) if len(pitch) else None
    spread = float(np.std(12 * np.log2(pitch))) if len(pitch) else None
    return {
        "pitch_median": Feature(median, "Hz"),
        "pitch_spread": Feature(spread, "semitones"),
        "loudness": Feature(float(level.mean()) if len(level) else None, "dBFS"),
        "loudness_spread": Feature(float(level.std()) if len(level) else None, "dB"),
        "voiced_share": Feature(summary.voiced_share, "share"),
        "voiced": Feature(summary.voice_seconds, "seconds"),
        "duration": Feature(duration, "seconds"),
        "speech_rate": Feature(_speech_rate(transcript), "words per minute"),
    }


def _speech_rate(transcript: Transcript) -> float | None:
    words = transcript.words
    spoken = words[-1].end - words[0].start if words else 0.0
    return 60 * len(words) / spoken if spoken > 0 else None


def _quality(summary: _Summary, clipped: float) -> Quality:
    """Say the first reason against a judgement, the plainest first."""
    voice, snr = summary.voice_seconds, summary.snr
    reasons = (
        (summary.loud < SILENCE, f"silence: nothing was louder than {SILENCE:.0f} dBFS"),
        (voice == 0, "no voice: only other sound was heard"),
        (clipped > MOST_CLIPPED, f"too loud: {clipped:.1%} of the sound is cut off"),
        (voice < LEAST_VOICE, f"too short: {voice:.1f} s of voice"),
        (not summary.has_pause, "no pause: the background could not be judged"),
        (snr < LEAST_SNR, f"too noisy: the voice is only {snr:.0f} dB above the background"),
        (summary.bright < LEAST_BRIGHT, "narrow band: the sound of a telephone"),
    )
    why = next((reason for holds, reason in reasons if holds), "")
    return Quality(not why, why)
