"""Those to whom messages are delivered."""

from tests.servers import by_smtp, mailbox, rude, silence  # noqa: F401
