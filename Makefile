# The lab's interface. `make help` prints what follows `##@`, `##` and `#=` in this file.
#
#= PROFILE=quick     how much to measure: smoke, quick, standard, paired, article
#=                   or nightly; default of bench-paired and -release: paired
#= SERVICES=<a,b>    services by name, default: the core contestants; all: every
#=                   contestant and reference; <name>+variants, all+variants:
#=                   with their variants; bench-paired takes one
#= WORKLOAD=<a,b>    loads by name: closed, closed-no-auth, list, open, open-50,
#=                   open-80, fixed, endpoints, capacity, session, interference
#=                   or overload; default: the profile's
#= OBJECTIVE=<limit> what capacity must meet: 'p95<200ms' (default), 'p99<500ms',
#=                   'errors<0.1%'
#= RATE=<n>          requests/s of WORKLOAD=fixed, and of size
#= P95=200ms         limit of the p95 latency of size
#= MIX=journey       weights of the endpoints: journey, uniform, no-auth or list
#= SEED=<n>          seed of the order and of the requests, default: random
#= SEEDS=8           hash seeds of a count, each in a fresh container; 3 where
#=                   count has more than two services
#= ENDPOINTS=<a,b>   endpoints that are counted, default: all five
#= SCALE=1           factor of the size of the dataset
#= ARRIVALS=even     how requests of open loads arrive: even or poisson
#= RATES=<run>       run whose calibrated rates are used, default: calibrate anew
#= PRECISION=<share> half-width of all ratios at which a run ends, such as 3%;
#=                   default: the profile's number of blocks
#= LIVE=0            1 serves a page on 127.0.0.1 that shows the run
#= RESUME=<run>      interrupted run to resume, default: start a new run
#= VERIFY=auto       force repeats equal-work checks even if they passed before
#= IMAGES=auto       where images come from: registry, standin, or auto (either)
#= BASE=<commit>     commit, branch or tag with which bench-paired compares
#= BY=both           what bench-paired and bench-release compare: instructions,
#=                   time or both
#= MARGIN=5%         slowdown that compare and these two tolerate
#= MARKDOWN=<file>   file that gets their outcome as Markdown, default: none
#= A=<run> B=<run>   earlier and later run of compare
#= FROM=<a> TO=<b>   the two services of diff; the two versions of bench-release
#= PACKAGE=<name>    the package of bench-release
#= SERVICE=<name>    the service of profile, sweep and size; of bench-release,
#=                   default: the contestant of that framework
#= VERSUS=<name>     the service with which profile compares it
#= OVER=<list>       setting and values of sweep, as in pool=2,4,8,12: pool,
#=                   workers or threads; PROFILE=standard by default
#= NAME=<a> LIKE=<b> the contestant that new makes, and the one that it copies
#= RUN=latest        run of report and publish; of size: the run that has the
#=                   capacity, default: measure it
#= PORT=8000         port of up on 127.0.0.1; if it is taken, a free one; of
#=                   site-serve

LEVELBENCH := .venv/bin/levelbench
PYTHON := .venv/bin/python
SETUP := bash scripts/bootstrap.sh

# The variables of the command line, by the targets that take them. Those of the environment are not
# taken: a PORT or a RUN in it is somebody else's.
BENCH_VARIABLES := PROFILE SERVICES WORKLOAD OBJECTIVE RATE MIX SEED SCALE ARRIVALS RATES PRECISION LIVE RESUME VERIFY IMAGES
IMAGE_VARIABLES := SERVICES IMAGES
takes_bench := $(BENCH_VARIABLES)
takes_bench- := $(filter-out SERVICES,$(BENCH_VARIABLES))
takes_bench-as-published := $(BENCH_VARIABLES)
PAIRED_VARIABLES := BY SEEDS ENDPOINTS PROFILE WORKLOAD SEED PRECISION MARGIN MARKDOWN IMAGES
takes_bench-paired := SERVICES SERVICE BASE $(PAIRED_VARIABLES)
takes_bench-release := PACKAGE FROM TO SERVICE $(PAIRED_VARIABLES)
takes_count := $(IMAGE_VARIABLES) SEEDS ENDPOINTS RESUME
takes_count- := IMAGES SEEDS ENDPOINTS RESUME
takes_verify := $(IMAGE_VARIABLES)
takes_verify- := IMAGES
takes_up- := PORT IMAGES
takes_report := RUN
takes_publish := RUN
takes_site-serve := PORT
takes_profile := SERVICE VERSUS WORKLOAD IMAGES
takes_sweep := SERVICE OVER PROFILE WORKLOAD MIX SEED RATES IMAGES
takes_size := SERVICE RATE P95 RUN PROFILE SEED IMAGES
takes_compare := A B MARGIN MARKDOWN
takes_diff := FROM TO A B
takes_new := NAME LIKE
$(foreach target,images contract smoke evidence test test-full,$(eval takes_$(target) := $(IMAGE_VARIABLES)))
VARIABLES := $(sort $(foreach target,bench bench-paired bench-release count up- report compare diff new profile sweep size,$(takes_$(target))))
given := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
takes = $(or $(takes_$(1)),$(takes_$(firstword $(subst -, ,$(1)))-))
taken := $(sort $(foreach target,$(MAKECMDGOALS),$(call takes,$(target))))
surplus := $(firstword $(filter-out $(taken) SHELL LEVELBENCH PYTHON,$(given)))
define newline


endef
ifdef surplus
$(error make $(firstword $(MAKECMDGOALS)) takes no $(surplus)=$(if $(taken),; it takes $(patsubst %,%=,$(taken)),); `make help` describes all variables)
endif
$(foreach name,$(filter $(VARIABLES),$(given)),$(if $(findstring $(newline),$(value $(name))),$(error $(name) contains a line break)))

# Other programs get none of them, and none that changes which code of the harness runs.
unexport $(VARIABLES) $(filter PYTHON%,$(.VARIABLES)) CDPATH BASH_ENV ENV

# Neither make nor a shell interprets a value: it is taken as it was given, and quoted.
quoted = '$(subst ','\'',$(1))'
value_of = $(if $(filter $(1),$(given)),$(value $(1)),$(if $(filter environment,$(origin $(1))),$(warning \
	$(1) of the environment is ignored: write make $(MAKECMDGOALS) $(1)=...)))
# The first of two names if it is given, else the second.
either = $(if $(filter $(1),$(given)),$(1),$(2))
# A variable that is not set is not passed: the command has the defaults.
option = $(if $(call value_of,$(1)),--$(2)=$(call quoted,$(value $(1))))
argument = $(if $(call value_of,$(1)),$(call quoted,$(value $(1))))
IMAGE_OPTIONS = $(call option,IMAGES,images)
COUNT_OPTIONS = $(call option,ENDPOINTS,endpoints) $(call option,SEEDS,seeds) $(call option,RESUME,resume)
# Without it, tests cover the core contestants and what differs from the main branch.
tested = $(or $(call value_of,SERVICES),$(if $(filter test-full,$(MAKECMDGOALS)),all+variants))
TESTED = $(if $(tested),LEVELBENCH_TEST_SERVICES=$(call quoted,$(tested)) )
OUTCOME_OPTIONS = $(call option,MARGIN,margin) $(call option,MARKDOWN,markdown)
BENCH_OPTIONS = $(call option,PROFILE,profile) $(call option,WORKLOAD,workload) \
	$(call option,SEED,seed) $(call option,MIX,mix) $(call option,SCALE,scale) \
	$(call option,OBJECTIVE,objective) $(call option,RATE,rate) $(call option,ARRIVALS,arrivals) \
	$(call option,RATES,rates) $(call option,PRECISION,precision) $(call option,LIVE,live) $(call option,RESUME,resume) $(call option,VERIFY,verify) $(IMAGE_OPTIONS)
PAIRED_OPTIONS = $(call option,BY,by) $(call option,ENDPOINTS,endpoints) $(call option,SEEDS,seeds) \
	$(call option,PROFILE,profile) $(call option,WORKLOAD,workload) $(call option,SEED,seed) \
	$(call option,PRECISION,precision) $(OUTCOME_OPTIONS) $(IMAGE_OPTIONS)

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.PHONY: help setup .harness bench- count- verify- up- bench count bench-as-published bench-paired bench-release profile sweep size verify doctor up down report compare diff publish site site-serve new images list variants clean test test-full browser evidence unit contract smoke lint lock

bench: setup ## measure contestants, write a report (10 minutes)
	@$(LEVELBENCH) bench $(call option,SERVICES,services) $(BENCH_OPTIONS)

report: .harness ## rebuild the report of a run
	@$(LEVELBENCH) report $(call argument,RUN)

compare: .harness ## show what changed between two runs: A=<run> B=<run>
	@$(LEVELBENCH) compare $(call argument,A) $(call argument,B) $(OUTCOME_OPTIONS)

##@ Measure

bench-%: setup ## measure one contestant or guest
	@$(LEVELBENCH) bench --services=$(call quoted,$*) $(BENCH_OPTIONS)

# SERVICE= of bench-paired, and A= and B= of diff, are earlier names that still work.
bench-paired: setup ## compare SERVICES=<name> with itself at BASE=<commit>
	@$(LEVELBENCH) bench-paired $(call argument,$(call either,SERVICES,SERVICE)) $(call option,BASE,base) $(PAIRED_OPTIONS)

bench-release: setup ## compare two releases: PACKAGE=<name> FROM= TO=
	@$(LEVELBENCH) bench-release $(call option,PACKAGE,package) $(call option,FROM,from) \
		$(call option,TO,to) $(call option,SERVICE,service) $(PAIRED_OPTIONS)

bench-as-published: setup ## measure the published article's list handlers
	@$(LEVELBENCH) bench --as-published $(call option,SERVICES,services) $(BENCH_OPTIONS)

count: setup ## count instructions per request
	@$(LEVELBENCH) count $(call option,SERVICES,services) $(COUNT_OPTIONS) $(IMAGE_OPTIONS)

count-%: setup ## count one service
	@$(LEVELBENCH) count --services=$(call quoted,$*) $(COUNT_OPTIONS) $(IMAGE_OPTIONS)

profile: setup ## show where SERVICE= spends CPU time, against VERSUS=
	@$(LEVELBENCH) profile $(call argument,SERVICE) $(call option,VERSUS,versus) $(call option,WORKLOAD,workload) $(IMAGE_OPTIONS)

sweep: setup ## measure SERVICE= at several values of OVER=
	@$(LEVELBENCH) sweep $(call argument,SERVICE) $(call option,OVER,over) $(call option,PROFILE,profile) \
		$(call option,WORKLOAD,workload) $(call option,MIX,mix) $(call option,SEED,seed) $(call option,RATES,rates) $(IMAGE_OPTIONS)

size: setup ## say what SERVICE= needs for RATE=<requests/s>
	@$(LEVELBENCH) size $(call argument,SERVICE) $(call option,RATE,rate) $(call option,P95,p95) \
		$(call option,RUN,run) $(call option,PROFILE,profile) $(call option,SEED,seed) $(IMAGE_OPTIONS)

verify: setup ## check that contestants do equal work (no load)
	@$(LEVELBENCH) verify $(call option,SERVICES,services) $(IMAGE_OPTIONS)

verify-%: setup ## check one service
	@$(LEVELBENCH) verify --services=$(call quoted,$*) $(IMAGE_OPTIONS)

doctor: setup ## check whether results of this machine can be trusted
	@$(LEVELBENCH) doctor

##@ Look

diff: .harness ## show how two services differ: FROM=<name> TO=<name>
	@$(LEVELBENCH) diff $(call argument,$(call either,FROM,A)) $(call argument,$(call either,TO,B))

list: .harness ## list the services
	@$(LEVELBENCH) list

publish: .harness ## add a run to the store of results, a branch
	@$(LEVELBENCH) publish $(call argument,RUN)

site: .harness ## build static pages of all published runs
	@$(LEVELBENCH) site

site-serve: site ## serve them on 127.0.0.1
	@$(PYTHON) -m http.server --bind=127.0.0.1 --directory=site $(call argument,PORT)

variants: .harness ## list the variants with what each changes
	@$(LEVELBENCH) variants

##@ Try one

up-%: setup ## start one service on 127.0.0.1; prints its base URL
	@$(LEVELBENCH) up $(call quoted,$*) $(call option,PORT,port) $(IMAGE_OPTIONS)

down: setup ## remove the containers that up started
	@$(LEVELBENCH) down

##@ Develop

setup: ## install what is missing, as every target does
	@$(SETUP)

# For what needs no container engine.
.harness:
	@$(SETUP) --harness

# Without a name make would look for a rule of its own.
bench- count- verify- up-:
	@echo "make: name the service: make $@<service>; make list shows all" >&2; exit 2

new: .harness ## copy a service as a new contestant: NAME= LIKE=
	@$(LEVELBENCH) new $(call argument,NAME) $(call option,LIKE,like)

images: setup ## pull or build every missing image
	@$(LEVELBENCH) images $(call option,SERVICES,services) $(IMAGE_OPTIONS)

clean: setup ## remove all containers, volumes and images of the lab
	@$(LEVELBENCH) clean

test: lint unit smoke ## run lint, unit and smoke

lint: .harness ## run the static checks
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/shellcheck scripts/*.sh compose/images/*/*.sh services/*/bin/* .ci/run
	@bash scripts/go-program.sh actionlint
	@! [ -x .venv/bin/actionlint ] || .venv/bin/actionlint -shellcheck=.venv/bin/shellcheck
	@.venv/bin/zizmor --offline --quiet --no-progress .github/workflows/*.yml tests/full/standins/*/action.yml

unit: .harness ## run the unit tests, without containers
	@$(PYTHON) -m pytest -n auto tests/unit

contract: images ## check the contract, a test for each case
	@$(TESTED)$(PYTHON) -m pytest tests/contract

smoke: images ## verify contestants, run short benchmarks
	@$(TESTED)$(PYTHON) -m pytest tests/e2e

browser: .harness ## check reports in Chromium
	@bash scripts/bootstrap-tests.sh browser
	@$(PYTHON) -m pytest tests/browser

test-full: test contract browser ## run them, then fault tests (three hours)
	@bash scripts/bootstrap-tests.sh
	@bash scripts/go-program.sh act
	@$(PYTHON) -m pytest tests/full

evidence: images ## repeat runs to measure the noise of the lab (hours)
	@$(PYTHON) -m pytest -s tests/evidence

# A variant is locked after the contestant whose versions it has.
lock: .harness ## lock all dependencies again (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev \
		--custom-compile-command 'make lock' pyproject.toml -o requirements.lock --upgrade
	for asked in $$(grep -L '^-c' services/*/requirements.in) $$(grep -l '^-c' services/*/requirements.in) \
			compose/images/*/requirements.in; do \
		python=$$(sed -n 's/^python = "\([0-9.]*\).*/\1/p' "$${asked%/*}/service.toml" 2>/dev/null); \
		uv pip compile --quiet --python-version "$${python:-3.14}" --generate-hashes \
			--custom-compile-command 'make lock' "$$asked" -o "$${asked%.in}.lock" --upgrade; done

help: ## print this help
	@awk -F ':.*## ' '/^##@ / { print "\n" substr($$0, 5) } \
		/^[a-z%-]+:.*## / { sub("%", "<service>", $$1); printf "  make %-19s %s\n", $$1, $$2 }' Makefile
	@printf '\nVariables, with their defaults\n'; sed -n 's/^#= /  /p' Makefile
