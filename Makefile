# Everything runs from .venv, which `make setup` fills from requirements.lock.
PYTHON ?= python3
UV_VERSION := 0.13.9
RUN := .venv/bin/
# a certificate authority that only the system knows signs what a company's network lets through
AUTHORITIES := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt \
	/etc/ssl/ca-bundle.pem /etc/ssl/cert.pem))
export UV_SYSTEM_CERTS ?= 1
ifneq ($(AUTHORITIES),)
export PIP_CERT ?= $(AUTHORITIES)
export NODE_EXTRA_CA_CERTS ?= $(AUTHORITIES)
endif
COMPILE = $(RUN)uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate
# without a name, uv would take the environment that happens to be activated
INTO_VENV := --python .venv
# a file at a time, in the order that tests/conftest.py gives them
PYTEST = python -m pytest --numprocesses=4 --dist=loadfile --no-loadscope-reorder $(TEST)
PINS := src/contact_gateway/graphiql/pins.json
SERVERS := tests/interop/rest_servers
RECIPES := examples/clients
CLIENTS := $(RECIPES) examples/web tests/federation/supergraph
EXAMPLE := examples/tests-python

.DEFAULT_GOAL := help
.PHONY: help run setup test check schema lock format bench servers image clients pictures dist debian pythons lowest audit release named-python

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: .venv/installed ## start the sandbox and the gateway
	@$(RUN)contact-gateway demo

setup: .venv/installed ## install everything into .venv

# kept even where the environment says not to: tests start dozens of processes
test: export PYTHONDONTWRITEBYTECODE :=
test: .venv/installed ## run the tests (TEST=--cov: and measure their branch coverage)
	$(RUN)$(PYTEST)

check: .venv/installed ## lint, types, import layers, private names of others, spelling
	$(RUN)ruff format --check .
	$(RUN)ruff check .
	$(RUN)mypy
	$(RUN)lint-imports --no-cache
	$(RUN)python -m tests.private_names
	$(RUN)typos

format: .venv/installed ## format the code
	$(RUN)ruff format .
	$(RUN)ruff check --fix-only .

schema: .venv/installed ## write schema.graphql
	$(RUN)contact-gateway schema > schema.graphql

bench: .venv/installed ## measure against other gateways (BENCH=--quick or --alone: a short look)
	$(RUN)python -m benchmarks $(BENCH)

servers: $(SERVERS)/.venv/.installed $(SERVERS)/node_modules/.installed ## install the REST servers of tests/interop

image: .venv/installed ## build the image, as root on Debian, without a registry
	deploy/image.sh

clients: $(CLIENTS:=/node_modules/.installed) $(RECIPES)/gql/.venv/.installed $(RECIPES)/ariadne/.venv/.installed ## install the clients and the federated gateway of tests

pictures: .venv/installed ## take the pictures of docs/pictures/, in Chromium
	THOROUGH=1 $(RUN)python -m tests.graphiql.pictures

dist: .venv/installed releases/.venv/.installed ## build the sdist, the wheel and a bill of materials
	.ci/dist

debian: ## build an image of Debian testing, for the newest Python and kubectl, as root on Debian
	deploy/buildah.sh .ci/Dockerfile contact-gateway-ci .ci

pythons: debian ## run the tests of the sdist that make dist has built on the newest Python
	.ci/sdist-tests

# an environment of its own: the rest of what is needed, pytest among it, is as new as always
lowest: .venv/installed ## the tests with the lowest versions that pyproject.toml allows
	$(RUN)uv venv --quiet --clear --python .venv/bin/python .venv/lowest
	$(RUN)uv pip compile --quiet --resolution lowest-direct --extra redis --extra otel pyproject.toml --output-file .venv/lowest.txt
	$(RUN)uv pip install --quiet --python .venv/lowest --requirements .venv/lowest.txt --group dev \
		--constraints .venv/lowest.txt
	$(RUN)uv pip install --quiet --python .venv/lowest --no-deps --no-build-isolation --editable .
	.venv/lowest/bin/$(PYTEST)

audit: releases/.venv/.installed ## ask whether anything that is installed is known to be vulnerable
	releases/.venv/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements-runtime.lock

release: .venv/installed ## date what is unreleased in the CHANGELOG, and keep the schema
	.ci/release

lock: .venv/installed ## choose the newest versions that pyproject.toml allows
	$(COMPILE) --upgrade --all-extras --group pyproject.toml:dev pyproject.toml --output-file requirements.lock
	$(COMPILE) --constraints requirements.lock --all-extras pyproject.toml --output-file requirements-runtime.lock
	$(COMPILE) --constraints requirements.lock --group pyproject.toml:build --output-file requirements-build.lock
	$(COMPILE) --constraints requirements.lock --extra testing pyproject.toml $(EXAMPLE)/requirements.txt --output-file $(EXAMPLE)/requirements.lock
	$(COMPILE) --upgrade --group pyproject.toml:release --output-file releases/requirements.lock
	$(COMPILE) --upgrade --group pyproject.toml:servers --output-file $(SERVERS)/requirements.lock
	$(COMPILE) --upgrade --group pyproject.toml:gql --output-file $(RECIPES)/gql/requirements.lock
	$(COMPILE) --upgrade --group pyproject.toml:ariadne --output-file $(RECIPES)/ariadne/requirements.lock
	$(COMPILE) --upgrade --group pyproject.toml:batching-clients --output-file tests/interop/batching_clients/requirements.lock

# nobody is to take another Python for the one that they have named
named-python:
ifneq ($(origin PYTHON),file)
	@test ! -x .venv/bin/python || { \
		named=$$($(PYTHON) -V) && found=$$(.venv/bin/python -V) || exit 1; test "$$named" = "$$found" || { \
		echo "In .venv there is $$found: rm -r .venv to have $$named in it." >&2; exit 1; }; }
endif

.venv/installed: requirements.lock pyproject.toml hatch_build.py $(PINS) | named-python
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try: make PYTHON=python3.12")'
	test -x .venv/bin/uv || { $(PYTHON) -m venv .venv && \
		.venv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); }
	.venv/bin/uv pip sync $(INTO_VENV) --quiet --require-hashes --compile-bytecode requirements.lock
	.venv/bin/uv pip install $(INTO_VENV) --quiet --no-deps --no-build-isolation --editable .
	@touch $@

%/.venv/.installed: %/requirements.lock | .venv/installed
	$(RUN)uv venv --quiet --clear $*/.venv
	$(RUN)uv pip sync --python $*/.venv --quiet --require-hashes --compile-bytecode $<
	@touch $@

# no script of a package runs: all that has to be built is our own
$(SERVERS)/node_modules/.installed: $(SERVERS)/package-lock.json $(SERVERS)/nest_app.ts $(SERVERS)/tsconfig.json
	@node -e 'if (parseInt(process.versions.node) < 20) { console.error("Node 20 or newer is needed"); process.exit(1); }'
	npm --prefix $(SERVERS) ci --ignore-scripts --no-audit --no-fund --silent
	npm --prefix $(SERVERS) run build --silent
	@touch $@

$(CLIENTS:=/node_modules/.installed): %/node_modules/.installed: %/package-lock.json
	npm --prefix $* ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@
