"""News for other systems: what triggers noted becomes deliveries, and deliveries leave."""
