"""Tests of the recipes in examples/clients, with the clients of others as they come."""
