"""The forms that several rooms read alike: an id, a bearer token, JSON. Each has one reader."""
