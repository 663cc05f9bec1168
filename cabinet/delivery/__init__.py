"""Sends the outbox's messages by SMS, e-mail and webhook. The worker runs it."""
