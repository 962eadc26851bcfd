"""What the gateway costs, measured next to what else could do its work: `make bench`."""
