"""Cabinet: residents of a housing company register and log in by phone."""
