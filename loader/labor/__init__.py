"""Lands labour-market files beside the release: BLS wages and projections, and crosswalks between
classifications. Every vintage is kept; a build uses the newest of each."""
