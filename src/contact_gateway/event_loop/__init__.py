"""Work on the event loop that several rooms share: done once for all who wait, or sent together."""
