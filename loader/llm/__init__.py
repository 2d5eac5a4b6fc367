"""Levels by language models: the prompts, the endpoint, the run."""
