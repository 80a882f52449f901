"""A supervisor process that starts fake workers."""

from __future__ import annotations

import sys

from denoise_core.jobs.scheduling import supervisor
from tests.jobs.conftest import FAKE

if __name__ == "__main__":
    sys.exit(supervisor.main(command=FAKE))
