# The lab's interface. `make help` prints the targets.
#
# Variables: PROFILE= smoke|quick|standard|article|nightly  SERVICES=a,b  SEED=n  SCALE=n
#            WORKLOAD= closed|open|open-50|open-80|endpoints|capacity|closed-no-auth|list
#            MIX= journey|uniform|no-auth|list
#            RATES=<run>  RESUME=<run>  VERIFY= auto|force  IMAGES= auto|registry|standin
#            PORT=n  RUN=<id>  A=<name> B=<name>  SERVICE=<name> BASE=<commit>
#            A=<run> B=<run> BY_RATIO=1 MARKDOWN=<file>

LEVELBENCH := .venv/bin/levelbench
PYTHON := .venv/bin/python
# A variable that is not set gives no option: the defaults are the command's own.
option = $(if $($(1)),--$(2)='$($(1))')
IMAGE_OPTIONS = $(call option,IMAGES,images)
BENCH_OPTIONS = $(call option,PROFILE,profile) $(call option,WORKLOAD,workload) \
	$(call option,SEED,seed) $(call option,MIX,mix) $(call option,SCALE,scale) \
	$(call option,RATES,rates) $(call option,RESUME,resume) \
	$(call option,VERIFY,verify) $(IMAGE_OPTIONS)

.DEFAULT_GOAL := help
.PHONY: help setup bench bench-as-published bench-paired verify doctor up down report compare diff images list clean test test-full browser evidence unit contract smoke lint lock

help: ## print this
	@awk -F ':.*## ' '/^[a-z%<>-]+:.*## / { sub("%", "<service>", $$1); printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nVariables:\n'; sed -n 's/^# \(Variables: \)\?  *\([A-Z]*=.*\)/  \2/p; s/^# Variables: /  /p' $(MAKEFILE_LIST)

setup: ## install what this machine lacks (every target does so first)
	@scripts/bootstrap.sh

bench: setup ## measure all contestants and write a report
	@$(LEVELBENCH) bench $(call option,SERVICES,services) $(BENCH_OPTIONS)

bench-as-published: setup ## the published list handlers beside the contestants', on the list alone
	@$(LEVELBENCH) bench --as-published $(call option,SERVICES,services) $(BENCH_OPTIONS)

bench-%: setup ## measure one contestant
	@$(LEVELBENCH) bench --services='$*' $(BENCH_OPTIONS)

bench-paired: setup ## measure SERVICE=<name> beside itself at BASE=<commit>
	@$(LEVELBENCH) bench-paired '$(SERVICE)' $(call option,BASE,base) $(call option,PROFILE,profile) \
		$(call option,WORKLOAD,workload) $(call option,SEED,seed) $(IMAGE_OPTIONS)

verify: setup ## hold the contract and every rule of equal work, without load figures
	@$(LEVELBENCH) verify $(call option,SERVICES,services) $(IMAGE_OPTIONS)

verify-%: setup ## the same for one service
	@$(LEVELBENCH) verify --services='$*' $(IMAGE_OPTIONS)

up-%: setup ## one contestant on 127.0.0.1; the last line is its base URL
	@$(LEVELBENCH) up '$*' $(call option,PORT,port) $(IMAGE_OPTIONS)

down: setup ## remove what up has started
	@$(LEVELBENCH) down

report: setup ## build a run's report again: RUN=<id>, the latest by default
	@$(LEVELBENCH) report $(RUN)

compare: setup ## hold run B=<id> against run A=<id>; BY_RATIO=1 judges by ratios between contestants
	@$(LEVELBENCH) compare '$(A)' '$(B)' $(if $(BY_RATIO),--by-ratio) $(call option,MARKDOWN,markdown)

diff: setup ## show the differences between the sources of two services: A=fastapi B=starlette
	@$(LEVELBENCH) diff '$(A)' '$(B)'

images: setup ## pull or build every image
	@$(LEVELBENCH) images $(call option,SERVICES,services) $(IMAGE_OPTIONS)

doctor: setup ## what this machine has and lacks for a trustworthy run
	@$(LEVELBENCH) doctor

list: setup ## name the services
	@$(LEVELBENCH) list

clean: setup ## remove every container, network, volume and image of the lab
	@$(LEVELBENCH) clean

test: lint unit contract smoke ## static checks, unit tests, the contract and a smoke bench in real containers

test-full: test browser ## then also cheats, faults, interruptions, the registry, the workflows (some three hours)
	@scripts/bootstrap-tests.sh
	@scripts/go-program.sh act
	@$(PYTHON) -m pytest tests/full

browser: setup ## reports in Chromium: figures, accessibility, screens, print
	@scripts/bootstrap-tests.sh browser
	@$(PYTHON) -m pytest tests/browser

evidence: images ## repeated runs that show what a figure is worth (hours)
	@$(PYTHON) -m pytest -s tests/evidence

unit: setup ## unit tests: no container
	@$(PYTHON) -m pytest tests/unit

contract: images ## the contract against every contestant in its containers
	@$(PYTHON) -m pytest tests/contract

smoke: images ## a smoke bench whose results are read back, and an interrupted one
	@$(PYTHON) -m pytest tests/e2e

lint: setup ## static checks only
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/shellcheck scripts/*.sh compose/images/*/*.sh services/*/bin/* .ci/run
	@scripts/go-program.sh actionlint
	@! [ -x .venv/bin/actionlint ] || .venv/bin/actionlint -shellcheck=.venv/bin/shellcheck
	@.venv/bin/zizmor --offline --quiet --no-progress .github/workflows/*.yml tests/full/standins/*/action.yml

lock: setup ## lock the harness and every contestant anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev \
		--custom-compile-command 'make lock' pyproject.toml -o requirements.lock --upgrade
	for asked in services/*/requirements.in; do uv pip compile --quiet --python-version 3.13 --generate-hashes \
		--custom-compile-command 'make lock' $$asked -o $${asked%.in}.lock --upgrade; done
