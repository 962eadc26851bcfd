"""Tests of the subgraph."""
