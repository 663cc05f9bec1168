"""The worker process: delivery, imports, purging, alerts."""
