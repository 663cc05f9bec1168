"""Why there is no backup, or why it is not restored."""


class BackupError(Exception):
    """A sentence for the operator. Nothing was changed."""
