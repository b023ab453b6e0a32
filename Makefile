# Two commands: `make run` shows the product on the sample packets, `make test` proves it.
# Both install what is missing on a fresh Debian 12 (as root or with sudo) and are quick the next time.
PORT ?= 8000
BIN := .venv/bin

.PHONY: run test lint proofs bench lock clean

run: ## read the samples into cases and serve the review pages on localhost
	@scripts/setup.sh run
	@$(BIN)/haven demo --port $(PORT)

test: lint ## every test: real PostgreSQL, doccano and Chromium
	@scripts/with-services.sh $(BIN)/pytest

lint:
	@scripts/setup.sh test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy extract haven annotation models samples benchmarks

proofs: ## slower proofs, beyond `make test`, and a step of training with torch
	@scripts/setup.sh test
	@scripts/setup.sh train
	@scripts/with-services.sh $(BIN)/pytest -m slow tests
	@.venv-train/bin/pytest -W ignore::pytest.PytestConfigWarning tests/models

bench: ## speed beside the peers (pdfplumber, ocrmypdf, spaCy's small model) and of the case store
	@scripts/setup.sh bench
	@$(BIN)/python -m benchmarks.reading
	@$(BIN)/python -m benchmarks.narrative
	@$(BIN)/python -m benchmarks.store

lock: ## pin every dependency, with hashes
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile --quiet pyproject.toml --extra test --python-version 3.11 --generate-hashes -o requirements.lock

clean: ## remove what setup and tests made; never the data in $$HAVEN_HOME
	rm -rf .venv .venv-* .pytest_cache .mypy_cache .ruff_cache .hypothesis
