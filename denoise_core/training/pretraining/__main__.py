"""``python -m denoise_core.training.pretraining``."""

import sys

from denoise_core.training.pretraining.trainer import main

if __name__ == "__main__":
    main(sys.argv[1:])
