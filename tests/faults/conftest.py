"""The data folder, store and runs of the tests of the jobs room."""

from tests.jobs.conftest import home, owner, series, store, submit, supervise  # noqa: F401
