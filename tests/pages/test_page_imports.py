"""The web process never pays for what only training needs."""

import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import sys
from streamlit.testing.v1 import AppTest
import denoise_core.jobs
denoise_core.jobs.ensure_supervisor = lambda _: None
app = AppTest.from_file("app.py", default_timeout=60).run()
for page in ("pages/train.py", "pages/result.py", "pages/compare.py", "pages/learn.py"):
    app.switch_page(page).run()
    assert not app.exception, app.exception
heavy = [name for name in ("torch", "skimage", "statsmodels", "optuna") if name in sys.modules]
sys.exit("imported: " + ", ".join(heavy) if heavy else 0)
"""


def test_opening_every_page_imports_no_torch(tmp_path):
    root = Path(__file__).parents[2]
    environment = {"DENOISE_HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", _SCRIPT], cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
