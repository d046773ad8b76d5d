"""The example packages can be installed, and pass their own tests for whoever installs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
PACKAGES = sorted(file.parent for file in EXAMPLES.glob("*/pyproject.toml"))

MEMORY = {"TMPDIR": "/dev/shm"} if os.access("/dev/shm", os.W_OK) else {}  # noqa: S108 - faster


def run(*command: str | Path, site: Path) -> str:
    """Run Python with what is installed in *site*, and return what it prints."""
    path = os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH"))))
    outer = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-m", *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=site,
        env={**outer, **MEMORY, "PYTHONPATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


def test_there_is_one_for_each_kind_of_user() -> None:
    """Authors of stores, of notifiers, and hosts."""
    assert ["flask-host", "folder-store", "webhook-notifier"] == [
        package.name for package in PACKAGES
    ]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_package_is_installed_and_passes_its_tests(package: Path, tmp_path: Path) -> None:
    """From a wheel built of it, with its entry point."""
    install = ("pip", "install", "--quiet", "--no-deps", "--no-build-isolation")
    run(*install, "--target", tmp_path, package, site=tmp_path)
    said = run(
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        package / "tests",
        site=tmp_path,
    )

    assert " passed" in said.splitlines()[-1]
    assert "skipped" not in said
