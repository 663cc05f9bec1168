"""MAX as a way of codes and notices."""
