"""How things are put into words and shown."""
