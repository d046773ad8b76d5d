"""The real clock, the real randomness, and a host's small files; nothing else reads these."""

from __future__ import annotations

import errno
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

from incidentflow.errors import InvalidInput

LARGEST = 1 << 20


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


class SystemEntropy:
    """The operating system's randomness."""

    def draw(self, size: int) -> bytes:
        """Return *size* random bytes."""
        return os.urandom(size)


def read_small(path: str | Path) -> str:
    """
    Read a small text file as a whole: a policy, a mapping; not what never ends.

    Args:
        path: The file, a regular one of at most 1 MiB.

    Raises:
        InvalidInput: It is no path.
        OSError: It cannot be read; its ``strerror`` says why.

    """
    if not isinstance(path, (str, Path)):
        raise InvalidInput.of("path", path, "path.none")
    try:
        found = Path(path).stat()
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "is no regular file")
        if found.st_size > LARGEST:
            raise OSError(errno.EFBIG, "is larger than 1 MiB")
        return Path(path).read_text("utf-8-sig")
    except ValueError as error:
        why = "is no UTF-8 text" if isinstance(error, UnicodeDecodeError) else "is no path"
        raise OSError(errno.EINVAL, why) from None
