"""Tests of examples/web."""
