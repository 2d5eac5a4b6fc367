"""Breaks the system on purpose, again and again, and counts what was lost. Whatever it makes is
thrown away."""
