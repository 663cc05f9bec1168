.DEFAULT_GOAL := help
.PHONY: help run test browsers coverage check lint format types messages tree guide bench clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## start the demonstration: web server and delivery worker, PORT=8000
	@tools/venv run && exec .venv/bin/python tools/run.py

test: ## all tests but the slow ones (SLOW=1: these too); installs a browser where it can
	@exec tools/test

browsers: ## all tests in real browsers; installs Firefox and WebKit where it can
	@-tools/engines
	@exec tools/test -q -m browser tests/browser

coverage: ## how much of cabinet/ the quick tests reach, branches counted; what is below 100 % is listed
	@exec tools/test -n 2 -q -m 'not slow and not browser' --cov --cov-report=term-missing

check: ## everything short of the tests: lint, formatting, types, dead code, who imports whom, pins, translations
	@tools/venv test
	@tools/node
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@.venv/bin/vulture
	@node_modules/.bin/biome check --error-on-warnings
	@node_modules/.bin/tsc
	@.venv/bin/python -m pytest -q tests/test_imports.py tests/test_repository.py

lint: ## ruff; biome for scripts and style sheets
	@tools/venv test
	@tools/node
	@.venv/bin/ruff check
	@node_modules/.bin/biome lint --error-on-warnings

format: ## let ruff and biome format the code
	@tools/venv test
	@tools/node
	@.venv/bin/ruff format
	@node_modules/.bin/biome format --write

types: ## mypy; tsc for scripts
	@tools/venv test
	@tools/node
	@.venv/bin/mypy
	@node_modules/.bin/tsc

messages: ## bring the translations up to date with the code; says how many sentences lack one
	@tools/venv test
	@.venv/bin/python -m cabinet.wording.catalogues

tree: ## bring the README's tree of cabinet/ up to date with the modules
	@tools/venv test
	@.venv/bin/python tools/tree.py --write

.PHONY: migration
migration: ## draft the migration that a changed model needs, NAME=what_it_does
	@tools/venv test
	@exec .venv/bin/python tools/new_migration.py $(NAME)

guide: ## take the pictures of docs/guide and docs/tour.md anew, from the running system
	@tools/venv test
	@CHROMIUM=$$(tools/browser) && export CHROMIUM && exec .venv/bin/python -m tools.guide

bench: ## the benchmarks; each prints ratios of one run
	@tools/venv test
	@for script in bench/*.py; do echo "== $$script"; .venv/bin/python "$$script" || exit 1; done

.PHONY: mutants
mutants: ## how much of the domain the tests watch: break cabinet/models/ in every way; FILES="attempt code" for some
	@tools/venv test
	@tools/venv mutants
	@exec .venv/bin/python tools/mutants.py $(FILES)

.PHONY: requirements sbom audit hooks
requirements: ## compile requirements*.in into requirements*.txt with hashes; UPGRADE=1 moves the indirect ones
	@tools/venv tools
	@exec .venv-tools/bin/python tools/requirements.py

sbom: ## write var/sbom.json, the list of what production is made of (CycloneDX)
	@tools/venv tools
	@exec .venv-tools/bin/python tools/sbom.py

audit: ## known vulnerabilities of the pinned packages; exit code 2 when the database cannot be asked
	@tools/venv tools
	@exec .venv-tools/bin/python tools/audit.py

hooks: ## let git run `make check` before each commit, and judge the commit message
	@tools/venv tools
	@.venv-tools/bin/pre-commit install

clean: ## remove what can be made again: environment, caches, built files; the database stays
	rm -rf .venv .venv-tools node_modules mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis var/static var/static.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
