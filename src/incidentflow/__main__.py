"""The command line as a module: ``python -m incidentflow``."""

import sys

from incidentflow.cli import main

sys.exit(main())
