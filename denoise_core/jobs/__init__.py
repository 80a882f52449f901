"""Long work outside the web process: run folders, queue, supervisor, worker.

The page uses `Store` and `ensure_supervisor`; neither imports torch.
"""

from __future__ import annotations

from denoise_core.jobs.request import Request
from denoise_core.jobs.scheduling.launch import ensure_supervisor
from denoise_core.jobs.spec import FINAL, Source
from denoise_core.jobs.storage.ids import new_id
from denoise_core.jobs.store import Store
from denoise_core.jobs.studies import Studies, StudyView
from denoise_core.jobs.view import RunView

__all__ = ["FINAL", "Request", "RunView", "Source", "Store", "Studies", "StudyView", "ensure_supervisor", "new_id"]
