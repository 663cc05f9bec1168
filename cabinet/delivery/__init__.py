"""Sends messages of the outbox by SMS, e-mail and webhook. The worker runs it."""
