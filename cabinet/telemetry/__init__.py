"""What the service tells of itself: log lines, events by name, the id of the request that caused them."""
