"""Tests of the project; `tests/support` is what they share."""
