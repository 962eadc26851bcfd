"""Tests of sockets and processes."""
