"""``python -m denoise_core.instant.pretraining``."""

import sys

from denoise_core.instant.pretraining.trainer import main

if __name__ == "__main__":
    main(sys.argv[1:])
