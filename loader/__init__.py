"""Lands O*NET releases: every row as published, all text, into the raw tables of DuckDB or
MySQL."""
