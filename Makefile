# Two commands: `make app` opens the app, `make test` runs every check. Both set up what they need.
PYTHON ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python

.PHONY: app test check setup setup-test

app: setup
	$(PY) -m streamlit run app.py

setup: $(VENV)/.runtime
setup-test: $(VENV)/.tests

$(VENV)/.runtime: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet -r requirements.txt
	touch $@

$(VENV)/.tests: tests/requirements.txt $(VENV)/.runtime
	$(VENV)/bin/pip install --quiet -r tests/requirements.txt
	touch $@

test: setup-test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(PY) -m pytest
