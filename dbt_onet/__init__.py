"""The dbt project, and the one Python step that runs it as a whole and publishes what passed every
test.

Reads raw, writes the build and the live relations; knows nothing of the loader or the API.
"""
