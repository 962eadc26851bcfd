"""The gateway between programs that nobody here wrote, as they come."""
