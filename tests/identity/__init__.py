"""Tests of identity: who calls, and for which customer."""
