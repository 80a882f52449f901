"""The command line: `python -m denoise_core`."""

import sys

from denoise_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
