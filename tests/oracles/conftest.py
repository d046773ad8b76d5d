"""Where real data lies: where INCIDENTFLOW_DATA says, or beside the checkout; never in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def data() -> Path:
    """Give the folder of real data; without it there is nothing to compare with."""
    folder = Path(os.environ.get("INCIDENTFLOW_DATA", BESIDE))
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; set INCIDENTFLOW_DATA")
    return folder
