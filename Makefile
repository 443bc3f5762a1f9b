# Two commands do all the set-up: `make demo` and `make test`. Both bootstrap .venv from the lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.locked

.PHONY: demo test long check bench lock samples man pictures clean
.DEFAULT_GOAL := test

$(STAMP): requirements/dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(STAMP)
	$(BIN)/agentwatch demo

test: $(STAMP)
	$(BIN)/python -m pytest -q

long: $(STAMP)
	$(BIN)/python -m pytest -q -m long

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_shape.py

bench: $(STAMP)
	$(BIN)/python -m benchmarks

samples: $(STAMP)
	$(BIN)/python -m agentwatch.demo.samples

man: $(STAMP)
	$(BIN)/python -m agentwatch.cli.manual > docs/agentwatch.1

pictures: $(STAMP)
	$(BIN)/python -m tools.pictures

lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header -q \
		pyproject.toml -o requirements/runtime.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header -q \
		--group dev pyproject.toml -o requirements/dev.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
