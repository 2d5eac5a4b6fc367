"""Runs dbt as a whole, publishes what passed every test, and exports it."""
