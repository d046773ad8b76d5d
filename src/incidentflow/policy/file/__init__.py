"""A policy as a file: read strictly from TOML, every problem at once, and written back."""

from incidentflow.policy.file.reading import read_part, read_policy, read_toml
from incidentflow.policy.file.spans import read_span
from incidentflow.policy.file.writing import write_policy

__all__ = ["read_part", "read_policy", "read_span", "read_toml", "write_policy"]
