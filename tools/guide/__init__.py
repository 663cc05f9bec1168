"""The residents' guide: every screen of the system, photographed from the running one."""
