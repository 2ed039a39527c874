"""Sound in, tone of voice out. It measures a voice; it never names a feeling."""

READERS = {
    "loudness": "companion.sense.loudness:LoudnessReader",
    "pitch": "companion.sense.features:PitchReader",
    "pitch+swift": "companion.sense.second:TwoPitchReader",
}
