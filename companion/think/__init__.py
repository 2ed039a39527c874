"""A turn in, an act and its words out."""

MINDS = {
    "scripted": "companion.think.scripted:ScriptedMind",
    "written": "companion.think.written:WrittenMind",
}
