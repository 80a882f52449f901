"""What is sent of plotly.js is plotly.js, written so that a browser reads it once."""

from importlib.util import find_spec
from pathlib import Path

from pages.parts.plotly_js import compile_eagerly


def test_outer_function_of_the_shipped_library_gets_brackets_and_nothing_else_changes():
    source = (Path(find_spec("plotly").origin).parent / "package_data" / "plotly.min.js").read_bytes().rstrip()
    changed = compile_eagerly(source)
    assert len(changed) == len(source) + 2
    assert changed.endswith(b"return Plotly;\n})));")
    assert changed.replace(b"this, (() => {", b"this, () => {", 1).removesuffix(b")));") + b"));" == source


def test_program_of_another_shape_stays_as_it_is():
    assert compile_eagerly(b"window.Plotly = {};") == b"window.Plotly = {};"
