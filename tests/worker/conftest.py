"""Those to whom the worker delivers."""

from tests.servers import by_smtp, mailbox, silence  # noqa: F401
