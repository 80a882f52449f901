# Two commands: `make app` opens the app, `make test` runs every check. `make check`, for each change, takes a minute of it.
# All of them set up what they need.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

PYTEST := $(BIN)/pytest
SLOWEST := --durations 20
PARALLEL := --numprocesses 2 --dist worksteal $(SLOWEST)

.PHONY: app check style test bench bench-quality chromium

app: $(VENV)/.app
	$(BIN)/streamlit run app.py

test: style chromium
	$(PYTEST) $(PARALLEL) -m "not browser"
	$(PYTEST) $(SLOWEST) -m browser

# What a change must pass before it is committed: no browser, no training, no pretraining.
check: style
	$(PYTEST) $(PARALLEL) -m "not browser and not slow"

style: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Figures, not verdicts: nothing here fails for being slow.
bench: $(VENV)/.test chromium
	$(BIN)/python -m tests.benchmarks.gain
	$(BIN)/python -m tests.benchmarks.settings
	$(BIN)/python -m tests.benchmarks.throughput
	$(BIN)/python -m tests.benchmarks.instant
	$(BIN)/python -m tests.benchmarks.verdict
	$(BIN)/python -m tests.benchmarks.page_times
	$(BIN)/python -m tests.benchmarks.watched
	$(BIN)/python -m tests.benchmarks.compare
	$(BIN)/python -m tests.benchmarks.search_slots
	$(BIN)/python -m tests.benchmarks.cluster

# Noise removed where the truth is known, beside published methods; writes tests/benchmarks/RESULTS.md.
bench-quality: $(VENV)/.test
	$(BIN)/python -m tests.benchmarks.quality

$(VENV)/.app: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.test: tests/requirements.txt $(VENV)/.app
	$(BIN)/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	touch $@

# The browser tests use the system's Chromium or Chrome; where there is none it is installed, with sudo where that is needed.
chromium:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	echo "Installing Chromium for the browser tests"; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	if command -v apt-get >/dev/null; then $$sudo apt-get update -qq && $$sudo apt-get install -y -qq chromium >/dev/null; \
	else $(BIN)/playwright install --with-deps chromium; fi
