"""What is computed of spans: prices, rollups. Pure."""
