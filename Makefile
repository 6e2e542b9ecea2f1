# Everything a person types. Python 3.11 or newer is enough: Node.js comes from a wheel.

PYTHON ?= $(shell for name in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	if $$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo $$name; break; fi; done)
BIN := .venv/bin
STAMP := .venv/.kaskad-stamp
PACKAGES := scenario_engine console connectors
# test processes; each starts a PostgreSQL, a browser and a demo site of its own
WORKERS ?= 2

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup run frontend test check format bench bench-smoke bench-builder lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements.lock setup.cfg pyproject.toml
	@test -n "$(PYTHON)" || { echo "Kaskad needs Python 3.11 or newer with venv: install it, or name it: make PYTHON=/path/to/python setup"; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv .venv
	@echo "Installing the Python packages ..."
	@$(BIN)/python -m pip install --quiet -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

setup: $(STAMP) ## the environment: Python packages, Node.js and the front-end's packages
	@$(BIN)/python static/build.py install

frontend: setup ## build the browser's bundle when its sources changed
	@$(BIN)/python static/build.py build

run: frontend ## set up, build and serve the demo; prints the address and the logins
	@exec $(BIN)/kaskad serve --demo

test: frontend ## the whole test suite, with a real PostgreSQL and a real browser
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

check: setup ## format, lint, types, import contracts, front-end, then the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python static/build.py check
	@$(MAKE) --no-print-directory test

format: setup ## rewrite the Python sources in the house's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## the engine beside the raw limit of the database
	$(BIN)/kaskad bench

bench-smoke: setup ## a short benchmark that fails when the engine is far from its limit
	$(BIN)/kaskad bench --loans 100000 --smoke
	$(BIN)/kaskad bench --sending --smoke

bench-builder: frontend ## how fast a large scenario opens and moves in the browser
	$(BIN)/python -m tests.bench.builder

lock: ## refresh requirements.lock from setup.cfg
	@test -x build/lock/bin/uv || { "$(PYTHON)" -m venv build/lock && build/lock/bin/pip install --quiet uv; }
	build/lock/bin/uv pip compile setup.cfg --extra build --extra test --extra celery --universal --python-version 3.11 \
		--no-header --no-emit-index-url --no-emit-find-links --quiet --upgrade -o requirements.lock

clean: ## remove what setup, builds and tests left (not the databases)
	rm -rf .venv build dist *.egg-info static/node_modules static/dist test-results
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
