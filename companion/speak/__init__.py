"""Cleared text in, sound out."""

VOICES = {
    "espeak": "companion.speak.espeak:EspeakVoice",
    "silent": "companion.speak.silent:SilentVoice",
}
