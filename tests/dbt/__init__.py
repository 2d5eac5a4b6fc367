"""Tests of the dbt project and of publication."""
