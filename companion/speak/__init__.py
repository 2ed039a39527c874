"""Cleared text in, sound out."""

VOICES = {
    "espeak": "companion.speak.espeak:EspeakVoice",
    "piper": "companion.speak.piper:PiperVoice",
    "silent": "companion.speak.silent:SilentVoice",
}
