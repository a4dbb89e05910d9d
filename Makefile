# Two commands do everything: `make play` and `make test`.
PYTHON ?= python3
LAB := .venv/bin/lab
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

.PHONY: play test lint unit prove-slices prove bench transcript bank screenshots install-dev locks clean

play: ## set everything up, open the company, say what to do next
	@$(PYTHON) setup/install.py play
	@$(LAB) start

test: install-dev lint unit prove-slices ## set everything up and run every check

install-dev:
	@$(PYTHON) setup/install.py dev
	@sh setup/services.sh
	@$(LAB) author schema --write scenarios/schema

lint:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

unit:
	.venv/bin/pytest -n $(CORES) --dist worksteal

prove-slices: ## per stage: one solution's whole day with one seed, the second and every trap by the scenes they need
	$(LAB) author prove company-evolution --slices

prove: ## everything, with two seeds; writes docs/proof.md; ended, it goes on where it was
	$(LAB) author prove company-evolution --write docs/proof.md

bench: ## medians of ten, ratios within one run; writes docs/benchmarks.md
	.venv/bin/python benchmarks/run.py --write docs/benchmarks.md

transcript: ## plays C0 to C2 for real and writes docs/transcript.md
	.venv/bin/python setup/transcript.py docs/transcript.md

bank: ## holds every change of the team against every solution's tree, as it is and reworked; writes docs/bank.md
	.venv/bin/python setup/bank.py docs/bank.md

screenshots: ## opens a company, plays its first minutes, and takes a picture of every page of the dashboard into docs/pictures
	.venv/bin/python setup/screenshots.py docs/pictures

locks: ## compile the hashed lock files anew (that of the company: see the head of requirements/company.txt)
	for name in play dashboard monitoring dev; do \
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    requirements/$$name.in -o requirements/$$name.txt || exit 1; done

clean:
	rm -rf .venv .cache build dist
