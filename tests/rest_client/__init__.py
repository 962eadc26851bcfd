"""Tests of the upstream calls, against servers that misbehave."""
