"""Models made from a seed: no training, no download, the same bytes every time.

Tiny ones for tests, and stand-ins of true size that cost as much work as real
ones and say nothing of their quality.
"""
