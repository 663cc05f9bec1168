"""What every request passes through: sessions, security, pages and moving between steps."""
