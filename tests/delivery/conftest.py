"""Those to whom messages are delivered."""

from tests.servers import by_smtp, mailbox, silence  # noqa: F401
