"""Tests of the mission: contact groups."""
