"""A shop that manages its own incidents."""
