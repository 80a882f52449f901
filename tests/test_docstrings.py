"""The examples in docstrings are true."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import denoise_core

PACKAGE = Path(denoise_core.__file__).parent
WITH_EXAMPLES = sorted(
    "denoise_core." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    for path in PACKAGE.glob("**/*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_the_examples_of_a_module_give_what_they_show(module):
    found = doctest.testmod(import_module(module))
    assert found.attempted > 0
    assert found.failed == 0


def test_modules_with_examples_are_found():
    assert {"denoise_core.series", "denoise_core.config.run", "denoise_core.assess.metrics"} <= set(WITH_EXAMPLES)
