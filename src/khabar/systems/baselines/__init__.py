"""Baselines that people know: each a few dozen lines, without tuning, to say how much of a score needs no more.

What each is and where it fails: eval/cards/.
"""
