"""Incident management that you embed."""
