"""Addresses of no journey: legal texts, help, health, embedding, providers' callbacks."""
