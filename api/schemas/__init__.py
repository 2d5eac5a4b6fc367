"""Pydantic models of the responses and of the profile: what OpenAPI documents."""
