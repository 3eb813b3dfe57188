# Thin on purpose: every target is a line or two, and `make` alone says what there is.
PYTHON ?= python3
UV := $(shell command -v uv || echo .uv/bin/uv)
KB := .venv/bin/kb
KB_PORT ?= 8000
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup accurate web demo test check fuzz bench fmt lock clean

help:
	@echo 'make demo    set up, read the seed articles and serve them on http://127.0.0.1:$(KB_PORT)/graphql'
	@echo 'make setup   install everything into .venv (leaves .venv/bin/kb)'
	@echo 'make accurate   install the accurate reader, which reads from then on (400 MB)'
	@echo 'make web     build GraphiQL and the explorer (needs npm; without it says so and goes on)'
	@echo 'make test    the whole suite        make check   linters, types, layers, ontology'
	@echo 'make fuzz    any order of merges, splits, undos, ingests and retractions, and thousands of GraphQL operations, for an hour'
	@echo 'make bench   how well it reads what others coded, where their data are, and how fast (benchmarks/)'
	@echo 'make fmt     format the code        make lock    pin the dependencies again        make clean'

setup: .venv/.installed

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet uv

.venv/.installed: requirements.lock pyproject.toml | $(UV)
	test -x .venv/bin/python || $(UV) venv --quiet --clear --no-python-downloads --python '>=3.11' .venv
	$(UV) pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
	@touch $@

accurate: setup
	$(UV) pip install --quiet --python .venv/bin/python --no-deps --require-hashes -r requirements.accurate.lock

web:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory kb/web/dist/.built; \
	else echo 'npm is not installed: going on without GraphiQL and the explorer (install Node.js, then: make web)' >&2; fi

kb/web/dist/.built: kb/web/package.json kb/web/package-lock.json $(shell find kb/web -type f -not -path '*/node_modules/*' -not -path '*/dist/*')
	cd kb/web && npm install --no-save --no-audit --no-fund --loglevel=error && npm run --silent build
	@touch $@

demo: export KB_DATABASE_URL ?= sqlite:///$(CURDIR)/.demo/kb.db
demo: setup
	@$(MAKE) --no-print-directory web || echo 'the web assets could not be built: going on without them' >&2
	@mkdir -p .demo && $(KB) db upgrade && $(KB) db reference && $(KB) ingest seeds/articles
	@$(KB) serve --port $(KB_PORT)

test: setup web
	.venv/bin/python -m pytest -n auto --maxprocesses 4 --dist loadfile

check: setup
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports
	.venv/bin/python -m pytest -q tests/test_house.py tests/api/test_contract.py

fuzz: setup
	KB_FUZZ_EXAMPLES=400 .venv/bin/python -m pytest -q tests/registry/test_any_order.py
	KB_FUZZ_OPERATIONS=2000 .venv/bin/python -m pytest -q tests/api/test_differential.py

bench: setup
	.venv/bin/python -m benchmarks.plover
	.venv/bin/python -m benchmarks.linking
	.venv/bin/python -m benchmarks.linking_speed
	.venv/bin/python -m benchmarks.ingest
	.venv/bin/python -m benchmarks.graphql
	.venv/bin/python -m benchmarks.graphql_load

fmt: setup
	.venv/bin/ruff check --fix-only --quiet . && .venv/bin/ruff format .

lock: | $(UV)
	$(UV) pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file requirements.lock

clean:
	rm -rf .demo dist build {kb/web,clients/typescript,benchmarks/graphql_bench/postgraphile}/{dist,node_modules} clients/typescript/src/gql .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
