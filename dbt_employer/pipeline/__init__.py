"""Runs the employer's dbt project as a whole, publishes it and writes its outputs."""
