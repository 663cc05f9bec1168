"""What keeps a billing file from being imported."""


class UnreadableFileError(ValueError):
    """The file as a whole cannot be an export of billing; the text says why."""
