.DEFAULT_GOAL := help
.PHONY: help run test browsers coverage check lint format types messages tree guide bench clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## start the demonstration, web server and worker; PORT=8000
	@tools/venv run && exec .venv/bin/python tools/run.py

test: ## all tests but the thorough and the slow ones (SLOW=1: those too, SLOW=only: the slow alone); installs a browser where possible
	@exec tools/test

browsers: ## all tests in real browsers; installs Firefox and WebKit where possible
	@-tools/engines
	@exec tools/test -q -m browser tests/browser

coverage: ## the tests of `make test` and the thorough ones, with their branch coverage of cabinet/; lists files below 100 %
	@THOROUGH=1 exec tools/test -n 3 -q --cov --cov-report=term-missing

check: ## everything but the tests: lint, formatting, types, dead code, security, import rules, pins, translations
	@tools/venv test
	@tools/venv scan
	@tools/node
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@.venv/bin/vulture
	@tools/scan
	@node_modules/.bin/biome check --error-on-warnings
	@node_modules/.bin/tsc
	@node_modules/.bin/tsc -p embed
	@.venv/bin/python -m pytest -q tests/test_imports.py tests/test_repository.py

lint: ## ruff; biome for scripts and style sheets
	@tools/venv test
	@tools/node
	@.venv/bin/ruff check
	@node_modules/.bin/biome lint --error-on-warnings

format: ## format the code with ruff and biome
	@tools/venv test
	@tools/node
	@.venv/bin/ruff format
	@node_modules/.bin/biome format --write

types: ## mypy; tsc for scripts
	@tools/venv test
	@tools/node
	@.venv/bin/mypy
	@node_modules/.bin/tsc
	@node_modules/.bin/tsc -p embed

messages: ## update the translation catalogues from the code; prints how many translations are missing
	@tools/venv test
	@.venv/bin/python -m cabinet.wording.catalogues

tree: ## update the README's tree of cabinet/ from the modules
	@tools/venv test
	@.venv/bin/python tools/tree.py --write

.PHONY: migration
migration: ## draft the migration for a changed model; NAME=what_it_does
	@tools/venv test
	@exec .venv/bin/python tools/new_migration.py $(NAME)

guide: ## retake the pictures of both guides and docs/tour.md from the running system; ONLY=staff
	@tools/venv test
	@CHROMIUM=$$(tools/browser) && export CHROMIUM && exec .venv/bin/python -m tools.guide $(ONLY)

bench: ## what is promised of speed, beside its goals, in a quarter of an hour; QUICK=1 in a minute
	@tools/venv test
	@exec .venv/bin/python bench/goals.py $(if $(QUICK),--quick)

.PHONY: simulate
simulate: ## schedules of people, workers, crashes and the clock, by seeds; N=100 SEED=0 ON=sqlite
	@tools/venv test
	@N=$(or $(N),100) SEED=$(or $(SEED),0) exec .venv/bin/python -m pytest -q -n 0 --timeout=0 "tests/simulation/test_simulation.py::test_whatever_happens[$(or $(ON),sqlite)]"

.PHONY: drill
drill: ## back up under writes, restore into an empty place, compare; RESIDENTS=20000 ON="sqlite postgres"
	@tools/venv test
	@exec .venv/bin/python tools/drill.py --residents $(or $(RESIDENTS),20000) --on $(or $(ON),sqlite postgres)

.PHONY: mutants
mutants: ## mutation testing of cabinet/models/; FILES="attempt code" for two of its modules, EVERY=5 for a fifth
	@tools/venv test
	@EVERY="$(EVERY)" PART="$(PART)" AGAIN="$(AGAIN)" JOBS="$(JOBS)" TESTS="$(TESTS)" exec .venv/bin/python -m tools.mutants $(FILES)

.PHONY: requirements sbom audit hooks
requirements: ## compile requirements*.in into requirements*.txt with hashes; UPGRADE=1 upgrades indirect ones
	@tools/venv tools
	@exec .venv-tools/bin/python tools/requirements.py

sbom: ## write var/sbom.json, the software bill of materials of production (CycloneDX)
	@tools/venv tools
	@exec .venv-tools/bin/python tools/sbom.py

audit: ## check pinned packages for known vulnerabilities; exit code 2 if the database is unreachable
	@tools/venv tools
	@exec .venv-tools/bin/python tools/audit.py

hooks: ## have git run `make check` before each commit, and check the commit message
	@tools/venv tools
	@.venv-tools/bin/pre-commit install

clean: ## remove what can be rebuilt: environment, caches, built files; keeps the database
	rm -rf .venv .venv-tools .venv-scan node_modules mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis var/static var/static.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
