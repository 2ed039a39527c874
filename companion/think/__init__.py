"""A turn in, an act and its words out."""

MINDS = {
    "llama": "companion.think.llama:LlamaMind",
    "scripted": "companion.think.scripted:ScriptedMind",
    "written": "companion.think.written:WrittenMind",
}
