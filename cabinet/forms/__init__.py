"""Forms that several journeys share."""
