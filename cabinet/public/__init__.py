"""Pages outside the journeys: legal texts, help, health, embedding, provider callbacks."""
