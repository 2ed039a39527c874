"""Scripted persons, what is measured of talks with them, and the page about it."""
