"""Sum up an utterance: which frames are voice, which are speech, how far to trust them.

Signal to noise: 10 log10((V - N) / N), with V the mean power of voiced frames and
N the quietest tenth of all. Ours: right for steady noise, too kind to clicks and
to other voices; so two methods must agree on the pitch as well (`agreement`).

Echo: no sound in a room can fade faster than the room does, so the fastest fades of an
utterance tell of it (J. Y. C. Wen, E. A. P. Habets and P. A. Naylor, "Blind estimation of
reverberation time based on the distribution of signal decay rates", ICASSP 2008, 329-332).
Where the room is dry they tell of the speaker; so it is held against the usual alone.
"""

import numpy as np

from companion.sense.frames import (
    MEASURES,
    SMOOTHED_FRAMES,
    STEP,
    VOICED_ABOVE,
    Floats,
    decibels,
)
from companion.sense.pace import Pace, pace
from companion.sense.pitch import silence
from companion.sense.pulses import Regularity
from companion.sense.voicing import Stretch

# Which frames count, in decibels. In quiet and rough frames an autocorrelation
# follows the noise and not the voice, so the pitch rests on loud and clear ones.
PITCH_WITHIN, SPEECH_WITHIN = 12.0, 30.0  # of the loud frames
SPEECH_ABOVE = 6.0  # the background
PITCH_STRENGTH = 0.6  # height of the autocorrelation's peak, of 1
NOTE, HELD = 5, 0.05  # frames, semitones
SNR_BIAS = 3.5  # decibels by which the quietest tenth of frames understates steady noise
REFERENCE_PITCH = 100.0  # hertz: pitch in semitones is counted from here
FADE, FASTEST = 6, 5  # frames of a fade; percentile of their slopes
FADE_WITHIN, FADE_ABOVE = 25.0, 5.0  # decibels: it begins near the loud frames, ends above noise
LEAST_FADES = 10
MOST_SNR = 90.0  # decibels: above, the background is digital silence


class Summary:
    """The frames of one utterance, sorted."""

    def __init__(self, measures: Floats, path: Floats, stretches: list[Stretch]) -> None:
        """Rows are frames; `path` has their pitch in hertz (0: unvoiced) and its strength."""
        self.columns = dict(zip(MEASURES, measures.T, strict=True))
        for name in ("cpps", "cepstral_hertz"):  # smoothed over time: a frame late
            self.columns[name] = np.roll(self.columns[name], -(SMOOTHED_FRAMES // 2))
        power = self.columns["power"]
        level = decibels(power)
        pitch, strength = path.T
        # Only now is it known how loud the loudest is: what is silence beside it was no voice.
        peak = self.columns["peak"]
        voiced = (pitch > 0) & (
            silence(peak, float(peak.max())) <= np.maximum(strength, VOICED_ABOVE)
        )
        self.loud = float(np.percentile(level[voiced] if voiced.any() else level, 95))
        """dBFS"""
        near = level > self.loud - SPEECH_WITHIN
        self.voiced = voiced & near
        background = float(np.percentile(power, 10))
        self.speech = near & (self.voiced | (level > decibels(background) + SPEECH_ABOVE))
        firm = (strength >= PITCH_STRENGTH) & (level > self.loud - PITCH_WITHIN)
        self.firm = self.voiced & firm
        """Frames whose pitch can be trusted"""
        self.pitch = pitch
        self.strength = strength
        self.level = level
        self.noise_level = float(decibels(background))
        """dBFS"""
        # The quietest moments tell of the background, unless even they are voice.
        self.has_pause = bool(np.mean(self.voiced[power <= background]) < 0.5)
        above = max(0.0, float(power[self.voiced].mean()) - background) if voiced.any() else 0.0
        snr = float(decibels(above) - decibels(background)) - SNR_BIAS
        self.snr = min(snr, MOST_SNR)
        """Decibels"""
        self.stretches = [s for s in stretches if near[s.first : s.first + s.frames].any()]
        self.pace: Pace | None = pace(power, self.voiced, self.noise_level + SPEECH_ABOVE)

    @property
    def voice_seconds(self) -> float:
        """Seconds of voice."""
        return int(self.voiced.sum()) * STEP

    @property
    def runs(self) -> list[float]:
        """Seconds of each run of voice."""
        edges = np.diff(np.concatenate([[0], self.voiced.astype(int), [0]]))
        lengths = np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
        return [STEP * frames for frames in lengths.tolist()]

    @property
    def semitones(self) -> Floats:
        """Pitch of the trusted frames, above 100 Hz."""
        above: Floats = 12 * np.log2(self.pitch[self.firm] / REFERENCE_PITCH)
        return above

    @property
    def pitch_spread(self) -> float:
        """Standard deviation, in semitones; 0 where there is no pitch."""
        return float(self.semitones.std()) if self.firm.any() else 0.0

    @property
    def agreement(self) -> float:
        """Give the share of trusted frames on whose pitch the cepstrum agrees, within 1 semitone.

        Of a high voice it may show two periods for one: that is the same pitch.
        """
        if not self.firm.any():
            return 0.0
        apart = 12 * np.log2(self.columns["cepstral_hertz"][self.firm] / self.pitch[self.firm])
        return float(np.mean((np.abs(apart) <= 1) | (np.abs(apart + 12) <= 1)))

    @property
    def steadiness(self) -> float:
        """Give the share of trusted pitch that holds within 5 cents for 50 ms, as a note does."""
        late, early = slice(NOTE, None), slice(None, -NOTE)
        both = self.firm[late] & self.firm[early]
        if not both.any():
            return 0.0
        ratio = self.pitch[late][both] / self.pitch[early][both]
        return float(np.mean(np.abs(12 * np.log2(ratio)) < HELD))

    @property
    def echo(self) -> float | None:
        """Seconds that the fastest fades would take to fall by 60 dB; None: too few of them."""
        if len(self.level) < FADE:
            return None
        at = np.arange(FADE) - (FADE - 1) / 2
        slopes = np.convolve(self.level, -at / (at @ at) / STEP, "valid")
        begins, ends = self.level[: len(slopes)], self.level[FADE - 1 :]
        fades = slopes[
            (begins > self.loud - FADE_WITHIN)
            & (ends > self.noise_level + FADE_ABOVE)
            & (slopes < 0)
        ]
        return -60 / float(np.percentile(fades, FASTEST)) if len(fades) >= LEAST_FADES else None

    @property
    def regularity(self) -> Regularity:
        """Jitter and shimmer of all stretches together."""
        return sum((stretch.regularity for stretch in self.stretches), Regularity())

    @property
    def bright(self) -> float:
        """Decibels of the high band against the whole of the speech."""
        power, bright = self.columns["power"][self.speech], self.columns["bright"][self.speech]
        return float(decibels(float(power @ bright)) - decibels(float(power.sum())))

    def mean(self, name: str) -> float | None:
        """Give the mean of a measure over the voiced frames."""
        return float(self.columns[name][self.voiced].mean()) if self.voiced.any() else None
