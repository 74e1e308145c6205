# Every target sets up what it needs: a clone, python3 with venv, make and git are enough.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
# Fails where there is no Go, or one that is older than go.mod asks for.
GO_READY := go list -m >/dev/null 2>&1

.DEFAULT_GOAL := help
.PHONY: help setup run demo test lint format generate contracts check-contracts release-contracts bench lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z%-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv with everything that is needed to run and develop

# The stamp is as new as the lock that was installed. Both import roots, the repository and the stubs, are put on the path
# by .pth files, which cost an import nothing; the first comes with the `innkeeper` command. xds-protos brings modules of
# other packages along, older ones; those whose they are are installed after it.
OVERWRITTEN := googleapis-common-protos|opentelemetry-proto
$(READY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@awk '/^[a-z]/ {theirs = /^($(OVERWRITTEN))==/} theirs' requirements.lock | $(BIN)/python -m pip install --quiet \
		--disable-pip-version-check --require-hashes --no-deps --force-reinstall --requirement /dev/stdin
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index \
		--editable .
	@echo '$(CURDIR)/generated/python' \
		> "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/innkeeper-stubs.pth"
	@touch $@

run: $(READY) ## Run the platform in one process, with made-up hotels at the first start
	@$(BIN)/innkeeper up $(ARGS)

demo: $(READY) ## Book and cancel a stay on a platform of its own (HOTELS=FILE.csv adds real hotels)
	@$(BIN)/innkeeper demo $(ARGS)

test: $(READY) ## Run the tests (ARGS="tests/unit -k money" for some of them)
	@$(BIN)/pytest -n 3 --dist loadscope $(ARGS)

lint: $(READY) ## Check style and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@if $(GO_READY); then test -z "$$(gofmt -l clients/go | tee /dev/stderr)" && go vet ./...; \
		else echo "clients/go is not checked: it needs the Go that go.mod asks for" >&2; fi

format: $(READY) ## Format the code and mend what can be mended by itself
	@$(BIN)/ruff check --fix-only
	@$(BIN)/ruff format
	@if $(GO_READY); then gofmt -w clients/go; fi

generate: $(READY) ## Write generated/ from protos/
	@$(BIN)/python -m contracts.generate

contracts: check-contracts ## Check the contracts: lint, breaking changes, drift, declarations
	@$(BIN)/pytest -n 2 tests/contract $(ARGS)

check-contracts: $(READY)
	@$(BIN)/python -m contracts.check

release-contracts: $(READY) ## Make today's contract the one that later changes are compared with
	@$(BIN)/python -m contracts.release

bench: $(READY) ## Measure speed, memory and starts (ARGS="start" for some of it)
	@$(BIN)/python -m benchmarks $(ARGS)

drill-%: $(READY) ## Rehearse failure and load on processes of its own: restart, kill, shift, overload, websocket, events, outage
	@GRPC_VERBOSITY=NONE $(BIN)/python -m drills $* $(ARGS)

lock: $(READY) ## Pin requirements.in with hashes (ARGS="--upgrade" to move to newer versions)
	@CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--output-file requirements.lock $(ARGS) requirements.in

clean: ## Remove .venv and every cache; generated/ and data stay
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .tools build dist *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
