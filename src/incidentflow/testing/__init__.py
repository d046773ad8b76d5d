"""What test authors import: contracts, strategies, a clock to wind."""
