"""``python -m denoise_core.instant.pretraining``."""

import sys

from denoise_core.instant.pretraining.trainer import main

main(sys.argv[1:])
