"""What leaves the process: the worker that empties the outbox, and the ways out (SMS, mail, webhooks)."""
