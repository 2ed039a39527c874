"""Exercises that the companion leads: read as data, placed in time, made into sound."""
