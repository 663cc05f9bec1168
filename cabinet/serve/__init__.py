"""The web server of production and demonstration: `python -m cabinet.serve`."""
