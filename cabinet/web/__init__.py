"""What every request passes: sessions, security, pages and the way from step to step."""
