"""Bulk export of everything that is published."""
