"""What is served of plotly.js is plotly.js, under an address that says what is in it."""

import gzip
import hashlib
from importlib.util import find_spec
from pathlib import Path

from pages.parts import plotly_js


def test_the_served_file_is_the_packages_own_library_and_may_be_kept_for_good():
    source = (Path(find_spec("plotly").origin).parent / "package_data" / "plotly.min.js").read_bytes()
    route = plotly_js.route()
    answer = route.endpoint(None)
    program = gzip.decompress(answer.body)
    assert source in program
    assert hashlib.sha256(program).hexdigest()[:16] in route.path
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
