"""A simulator: one seed drives people, workers, gateways, crashes and the clock, and replays them."""
