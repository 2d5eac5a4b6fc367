"""Tests of what the packages have in common: settings, containers, documentation, set-up."""
