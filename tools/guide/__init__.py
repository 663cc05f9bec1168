"""The guides of residents and staff: every screen photographed from the running system."""
