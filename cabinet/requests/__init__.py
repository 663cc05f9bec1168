"""Connection requests: for residents whom billing does not know."""
