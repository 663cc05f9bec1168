"""Processes apart: limited, and of low priority, for what bytes of others decide."""
