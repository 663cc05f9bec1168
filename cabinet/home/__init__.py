"""The cabinet itself."""
