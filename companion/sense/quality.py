"""Say whether a recording allows a judgement, and if not, the plainest reason why.

The limits are ours: round numbers, chosen with made sounds and recordings of people
in noise at hand (docs/prosody.md). Against a steady background even 7 dB leave the pitch
right; against other voices and barks the level says little, so the cepstrum must
agree about the pitch, and the pitch must not jump as two voices do.
"""

from companion.sense.summary import Summary
from companion.values import Quality

LEAST_VOICE = 1.0  # seconds
LEAST_SNR = 7.0  # decibels, for the pitch alone
CLEAR_SNR = 20.0  # decibels, for timbre as well
LEAST_AGREEMENT = 0.55  # share of frames
MOST_SPREAD = 5.5  # semitones: one voice spreads by 5 in a fit of anger
MOST_STEADY = 0.5  # share of frames; speech has 0.1, a melody 0.8
SHORT_SOUNDS, LONG_SOUNDS = 0.08, 1.0  # seconds, the mean run of voice; speech has 0.1 to 0.8
CLIPPED, MOST_CLIPPED = 0.998, 0.001  # height of a sample, share of samples
SILENCE = -70.0  # dBFS
LEAST_BRIGHT = -55.0  # decibels of the high band against the whole


def judge(summary: Summary, clipped: float, overheard: bool) -> Quality:
    """Say the first reason against a judgement, the plainest first."""
    voice, snr = summary.voice_seconds, summary.snr
    run = sum(summary.runs) / max(1, len(summary.runs))
    reasons = (
        (summary.loud < SILENCE, f"silence: nothing was louder than {SILENCE:.0f} dBFS"),
        (overheard, "our own voice: the companion was speaking at the same time"),
        (voice == 0, "no voice: only a whisper, breath or other sound was heard"),
        (clipped > MOST_CLIPPED, f"too loud: {clipped:.1%} of the sound is cut off"),
        (voice < LEAST_VOICE, f"too short: {voice:.1f} s of voice"),
        (not summary.has_pause, "no pause: the background could not be judged"),
        (run < SHORT_SOUNDS, "no flowing speech: short sounds, as in laughter"),
        (run > LONG_SOUNDS, "no flowing speech: long sounds, as in crying or singing"),
        (summary.steadiness > MOST_STEADY, "music: the pitch holds as notes do"),
        (snr < LEAST_SNR, f"too noisy: the voice is only {snr:.0f} dB above the background"),
        (
            summary.agreement < LEAST_AGREEMENT,
            "no clear pitch: a rough voice, or another sound beside it",
        ),
        (summary.pitch_spread > MOST_SPREAD, "the pitch jumps: perhaps a second voice"),
        (summary.bright < LEAST_BRIGHT, "narrow band: the sound of a telephone"),
    )
    why = next((reason for holds, reason in reasons if holds), "")
    return Quality(not why, why)
