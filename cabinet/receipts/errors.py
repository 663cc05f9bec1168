"""Why a file is refused, or not kept."""


class RefusedFileError(ValueError):
    """The file is refused; `code` is a machine word that the form turns into a sentence."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ForeignReceiptError(RefusedFileError):
    """The receipt is of another company, which calls itself `payee`, perhaps by nothing."""

    def __init__(self, payee: str) -> None:
        super().__init__("foreign")
        self.payee = payee


class NotKeptError(Exception):
    """The file cannot be written down now: no space, or no folder."""
