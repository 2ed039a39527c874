"""Sound in, words out."""

RECOGNISERS = {
    "sphinx": "companion.hear.sphinx:SphinxRecogniser",
    "typed": "companion.hear.typed:TypedRecogniser",
    "vosk": "companion.hear.vosk:VoskRecogniser",
}

DETECTORS = {
    "energy": "companion.hear.energy:EnergyDetector",
    "silero": "companion.hear.silero:SileroDetector",
}
