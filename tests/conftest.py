"""
How many examples Hypothesis tries, by the environment variable ``INCIDENTFLOW_PROFILE``.

Examples are never derandomised: every run explores further, and prints what repeats it.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

EXAMPLES = {"smoke": 10, "ci": 60, "soak": 5_000}

for profile, examples in EXAMPLES.items():
    settings.register_profile(
        profile,
        deadline=None,
        max_examples=examples,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("INCIDENTFLOW_PROFILE", "ci"))
