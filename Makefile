# Mistique: build, test, reproduce. `make help` lists the verbs.

SHELL := /bin/bash
.DEFAULT_GOAL := help

SCALE ?= small
RESULTS ?= Results
# Where make reproduce runs: here, or slurm for tasks of a cluster. Its flags go into FLAGS: FLAGS="--partition batch".
EXECUTOR ?= local
# Flags of the experiments command, e.g. FLAGS="--repetitions 5 --force".
FLAGS ?=

# Everything the build, the experiments and the figures need on Debian 12 beside the Swift toolchain.
PACKAGES := libgnuplot-iostream-dev gnuplot-nox libboost-iostreams-dev libsqlite3-dev libdnnl-dev libopenblas-dev libxgboost-dev \
  libzstd-dev libxxhash-dev zlib1g-dev libstdc++-12-dev pkg-config git curl ca-certificates python3

# What some tests need beside: without them they are skipped, and say so.
TEST_PACKAGES := slurm-wlm munge chromium locales
PYTHON_PACKAGES := python3-venv python3-torch

# The libraries that make bench-peers compares with, in an environment of their own.
PEERS := .build-peers
# What the tests of the Python package run in: an environment over a Python that has PyTorch, if there is one, since the one of the package index brings gigabytes.
PYTHON_ENVIRONMENT := .build-python
PYTHON ?= $(shell for one in python3 /usr/bin/python3; do $$one -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("torch") is None)' 2>/dev/null && echo $$one && exit; done; echo python3)
# Tests want @testable, experiments the plain release build: two folders, so that neither rebuilds the other.
TEST_FLAGS := --scratch-path .build-tests -c release -Xswiftc -enable-testing
# Where tests and experiments are both wanted and minutes count, ONE_BUILD=1 takes experiments and the library from the build of the tests.
ifdef ONE_BUILD
BUILD := .build-tests
BUILD_FLAGS := $(TEST_FLAGS)
else
BUILD := .build
BUILD_FLAGS := -c release
endif
EXPERIMENTS := $(BUILD)/release/experiments

# OpenMP's threads sleep while they wait; spinning ones slow everything else down (see Experiments/Commands).
export OMP_WAIT_POLICY ?= passive

.PHONY: help setup setup-tests build build-experiments library test test-python list experiment reproduce report figures regress baseline claims bench bench-peers torture torture-asan torture-asan-python torture-tsan data docs lint format clean

help: ## What can be made
	@echo "Usage: make VERB [NAME=experiment] [SCALE=smoke|ci|small|paper] [MISTIQUE_DATA=folder] [MODEL=your own]"
	@echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 14
	@echo
	@echo "Newcomers need two: make reproduce, make test."

setup: ## Check what is missing and install it with apt where that is allowed
	@command -v swift >/dev/null || { echo "swift is missing: install the Swift 6.3 toolchain (https://www.swift.org/install/linux/) and put it on the PATH."; exit 1; }
	@swift --version 2>/dev/null | grep -qE 'Swift version (6\.[3-9]|[7-9]|[1-9][0-9])' || { echo "Swift 6.3 or later is needed; this is: $$(swift --version 2>/dev/null | head -1)"; exit 1; }
	@missing=; for package in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	  line="apt-get install -y --no-install-recommends$$missing"; \
	  if [ "$$(id -u)" = 0 ]; then run=; elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then run="sudo -n"; \
	  else echo "These packages are missing and this user may not install them. As root, run:"; echo "  apt-get update && $$line"; exit 1; fi; \
	  echo "Installing:$$missing"; \
	  $$run apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$run $$line >/dev/null || { echo "Installing failed. As root, run: apt-get update && $$line"; exit 1; }; \
	fi

setup-tests: ## As setup, and what only tests need: Slurm, whose daemons they start by themselves, Chromium, PyTorch
	@$(MAKE) --no-print-directory setup
	@failed=; \
	for packages in "$(TEST_PACKAGES)" "$(PYTHON_PACKAGES)"; do \
	  $(MAKE) --no-print-directory setup PACKAGES="$$packages" || failed="$$failed $$packages"; \
	done; \
	if [ -n "$$failed" ]; then echo "Not installed:$$failed. The tests that need them are skipped, and say so; the others run."; exit 1; fi

build: build-experiments ## Build the experiments and the command mistique, release
	swift build -c release --product mistique

# What every verb about experiments needs: the command is not among it.
build-experiments: setup
	swift build $(BUILD_FLAGS) --product experiments

library: setup ## Build libmistique.so, the C interface, into .build/release
	swift build $(BUILD_FLAGS) --product MistiqueC
	@cp -f $(BUILD)/release/libMistiqueC.so $(BUILD)/release/libmistique.so

test: setup ## Build and run all tests, release; those of the Python package too where there is a Python
	swift build --build-tests $(TEST_FLAGS)
	@swift test --skip-build $(TEST_FLAGS) 2>&1 | tee .build-tests/tests.log; status=$${PIPESTATUS[0]}; \
	if [ $$status != 0 ]; then \
	  echo; echo "What failed (.build-tests/tests.log has everything):"; grep -A 3 '^✘.* recorded an issue' .build-tests/tests.log; grep '^✘' .build-tests/tests.log | grep -v 'recorded an issue'; \
	  exit $$status; fi
	@$(MAKE) --no-print-directory test-python

# The environment sees the packages of the Python that it is made from; PyTorch's tests are skipped without it.
test-python: library $(PYTHON_ENVIRONMENT)/made ## Run the tests of the Python package in an environment that is made for them
	@if [ -e $(PYTHON_ENVIRONMENT)/made ]; then \
	  MISTIQUE_LIBRARY=$(CURDIR)/$(BUILD)/release/libmistique.so $(PYTHON_ENVIRONMENT)/bin/python -X faulthandler -m unittest discover -s Tests/PythonMistiqueTests; fi

$(PYTHON_ENVIRONMENT)/made: Tests/PythonMistiqueTests/requirements.txt
	@rm -rf $(PYTHON_ENVIRONMENT); \
	if ! $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null; then \
	  echo "The tests of the Python package are skipped: there is no python3 with venv (apt-get install -y $(PYTHON_PACKAGES))."; exit 0; fi; \
	$(PYTHON) -m venv --system-site-packages $(PYTHON_ENVIRONMENT) && $(PYTHON_ENVIRONMENT)/bin/pip install --quiet -r $< && touch $@ \
	  || { rm -rf $(PYTHON_ENVIRONMENT); echo "The Python environment could not be made: pip says above what it needs, a package index most of all."; exit 1; }; \
	$(PYTHON_ENVIRONMENT)/bin/python -c 'import torch' 2>/dev/null || echo "There is no PyTorch: its tests are skipped (apt-get install -y python3-torch)."

list: build-experiments ## List the experiments with what they take, and which fit this machine
	@$(EXPERIMENTS) list --scale $(SCALE) --results $(RESULTS)

experiment: build-experiments ## Run one experiment: NAME=fig6b-dnn-storage; NAME=policies MODEL=path for your own data
	@test -n "$(NAME)" || { echo "Which one? make experiment NAME=fig6b-dnn-storage SCALE=$(SCALE); make list shows all."; exit 1; }
	@test "$(EXECUTOR)" = local || { echo "make experiment runs here. One experiment as tasks of a cluster: $(EXPERIMENTS) submit $(NAME) --scale $(SCALE)"; exit 1; }
	@$(EXPERIMENTS) run $(NAME) --scale $(SCALE) --results $(RESULTS) $(if $(MODEL),--model "$(MODEL)") $(FLAGS)

reproduce: build-experiments ## Run every experiment, draw every figure, make the page of them; EXECUTOR=slurm: as tasks of a cluster
	@case "$(EXECUTOR)" in local|slurm) ;; *) echo "EXECUTOR is '$(EXECUTOR)': local or slurm."; exit 1;; esac
	@test -z "$(NAME)" || { echo "make reproduce runs everything. One: make experiment NAME=$(NAME) SCALE=$(SCALE)"; exit 1; }
	@test "$(EXECUTOR)" = local || test -z "$(MODEL)" || { echo "Your own data are measured here, not on a cluster: make experiment NAME=policies MODEL=$(MODEL)"; exit 1; }
	@$(EXPERIMENTS) $(if $(filter slurm,$(EXECUTOR)),submit,run) all --scale $(SCALE) --results $(RESULTS) $(if $(MODEL),--model "$(MODEL)") $(FLAGS)

report: build-experiments ## Make the page again from the measured rows alone: Results/runs/<scale>/index.html
	@$(EXPERIMENTS) report --scale $(SCALE) --results $(RESULTS)

figures: build-experiments ## Draw the figures again from the measured rows alone
	@$(EXPERIMENTS) figures $(NAME) --scale $(SCALE) --results $(RESULTS)

# Experiments of pipelines, whose baselines hold for every processor but for figure 5a's times, and those of networks, which are others with other instructions.
# Without AVX-512 networks take so much longer that they are run at scale smoke, VGG16 an eighth as wide, and held to the baselines there.
HAS_AVX512 = $(shell grep -m 1 -o avx512f /proc/cpuinfo)
PIPELINES := fig6a fig5a fig10 fig11a fig14 use-vizml
NETWORKS := fig6b fig5b fig7a fig7b fig8 fig9 table2 table3 fig11b similarity-cost use-activis use-netdissect reuse exact-topk

regress: build-experiments ## Run every experiment and hold it to Results/baselines: exit status 1 on a regression
	@test -z "$(NAME)" || { echo "make regress runs everything. One: make experiment NAME=$(NAME) SCALE=$(SCALE), then $(EXPERIMENTS) compare $(NAME) --scale $(SCALE)"; exit 1; }
	@$(if $(HAS_AVX512),,echo "This processor has no AVX-512: experiments of networks are run at scale smoke, and compared there.")
	@$(EXPERIMENTS) run $(if $(HAS_AVX512),all reuse exact-topk,$(PIPELINES)) --scale $(SCALE) --results $(RESULTS) $(FLAGS)
	@$(if $(HAS_AVX512),,$(EXPERIMENTS) run $(NETWORKS) --scale smoke --results $(RESULTS) $(FLAGS))
	@$(EXPERIMENTS) compare $(if $(HAS_AVX512),,$(PIPELINES)) --twice --scale $(SCALE) --results $(RESULTS)
	@$(if $(HAS_AVX512),,$(EXPERIMENTS) compare $(NETWORKS) --twice --scale smoke --results $(RESULTS))

baseline: build-experiments ## Make the last runs the baseline: REASON="why these numbers are right"
	@test -n "$(REASON)" || { echo 'A baseline changes only with a reason: make baseline SCALE=$(SCALE) REASON="..."'; exit 1; }
	@$(EXPERIMENTS) baseline $(NAME) --scale $(SCALE) --results $(RESULTS) --reason "$(REASON)" $(FLAGS)

claims: build-experiments ## Write Results/CLAIMS.md and the published pages anew from the published results
	@$(EXPERIMENTS) claims $(RESULTS)/published/2-cores > $(RESULTS)/CLAIMS.md.new && mv $(RESULTS)/CLAIMS.md.new $(RESULTS)/CLAIMS.md
	@for page in 2-cores 2-cores-paper; do $(EXPERIMENTS) report --results $(RESULTS)/published/$$page || exit 1; done

bench: build-experiments ## Measure the store itself: a table, and a run in Results/runs/bench
	@$(EXPERIMENTS) bench --scale $(SCALE) --results $(RESULTS) $(FLAGS)

bench-peers: build-experiments $(PEERS)/made ## Measure it beside HDF5, Zarr, Parquet, TensorStore, SZ3, ZFP, pcodec (makes a Python environment for them)
	@$(EXPERIMENTS) bench --scale $(SCALE) --results $(RESULTS) --peers $(PEERS)/bin/python $(FLAGS)

# Made anew when the list changes: an older one would lack peers.
$(PEERS)/made: Experiments/Bench/Peers/requirements.txt
	@rm -rf $(PEERS); { python3 -m venv $(PEERS) && $(PEERS)/bin/pip install --quiet -r $< && touch $@; } \
	  || { rm -rf $(PEERS); echo "The Python environment could not be made. It needs python3 with venv (apt-get install -y python3-venv) and a package index."; exit 1; }

# How long: FUZZ cases for each parser, STORES and SEQUENCES of the engine, PIPELINES beside pandas, KILLS of a process, all from SEED on.
# The testers and their own variables, each a number of cases (MISTIQUE_TORTURE multiplies them all, MISTIQUE_TORTURE_SEED and _FIRST say which
# cases, MISTIQUE_KNOWN_FAULTS=look makes them look at what is known to be broken):
#   MISTIQUE_FUZZ_CSV, _LONG_CSV, _SPECIFICATIONS, _STATES, _NETWORKS, _SAFETENSORS, _ARRAYS, _RECORDS, _PARTITIONS, _RECEIPTS, _KEYS   parsers
#   MISTIQUE_MUTANTS       partition files of whole stores      MISTIQUE_LINEAGES   columns that follow from each other
#   MISTIQUE_STORES        stores against plain arrays          MISTIQUE_SEQUENCES  sequences of everything against a dictionary
#   MISTIQUE_PIPELINES     pipelines against pandas             MISTIQUE_SPLITS     splits
#   MISTIQUE_REUSES        models that share what was computed  MISTIQUE_PIPELINE_REUSES   pipelines that do
#   MISTIQUE_CHANGED_PIPELINES   pipelines and files that change while they are logged   MISTIQUE_NETWORK_REUSES   networks that do
#   MISTIQUE_BOUNDS        65,536 values each under BOUND_QT
#   MISTIQUE_MAGNITUDES    multiples of tables                  MISTIQUE_DECIMALS   rounded numbers
# Every tester prints its cases, cases per second, seed and the variables that go on where it ended. One that ends the process has left the number
# of its case in the folder mistique-torture of the temporary folder. Ten million for each parser: make torture FUZZ=10000000 (hours).
FUZZ ?= 100000
STORES ?= 2000
SEQUENCES ?= 2000
PIPELINES ?= 2000
KILLS ?= 500
SEED ?= 1
# A Python with pandas and scikit-learn; without one, pipelines are not compared.
ORACLE_PYTHON ?= $(shell python3 -c 'import pandas, sklearn, sys; print(sys.executable)' 2>/dev/null)
PARSERS := CSV SPECIFICATIONS STATES NETWORKS SAFETENSORS ARRAYS RECORDS PARTITIONS RECEIPTS KEYS

torture: build-experiments ## Random parsers' inputs, stores, sequences, pipelines; a logging process killed 500 times: minutes
	@$(EXPERIMENTS) torture --kills $(KILLS) --seed $(SEED)
	swift build --build-tests $(TEST_FLAGS)
	MISTIQUE_TORTURE_SEED=$(SEED) $(foreach parser,$(PARSERS),MISTIQUE_FUZZ_$(parser)=$(FUZZ)) MISTIQUE_FUZZ_LONG_CSV=1000 MISTIQUE_SPLITS=10000 MISTIQUE_MAGNITUDES=20000 \
	  MISTIQUE_DECIMALS=1000000 MISTIQUE_BOUNDS=2000 \
	  MISTIQUE_STORES=$(STORES) MISTIQUE_SEQUENCES=$(SEQUENCES) MISTIQUE_MUTANTS=100000 MISTIQUE_LINEAGES=20 \
	  MISTIQUE_REUSES=$(SEQUENCES) MISTIQUE_PIPELINE_REUSES=$(SEQUENCES) \
	  MISTIQUE_CHANGED_PIPELINES=$(SEQUENCES) MISTIQUE_NETWORK_REUSES=$(SEQUENCES) \
	  $(if $(ORACLE_PYTHON),MISTIQUE_PIPELINES=$(PIPELINES) MISTIQUE_ORACLE_PYTHON=$(ORACLE_PYTHON)) \
	  swift test --skip-build $(TEST_FLAGS) --filter 'FuzzTests|StoreDifferentialTests|StoreCanaryTests|SequenceTests|PipelineOracleTests|PipelineReuseTests|MutationTests'
	MISTIQUE_MEMORY_TESTS=1 swift test --skip-build $(TEST_FLAGS) --filter EdgeTests
	@echo
	@echo "Longer: make torture FUZZ=10000000 STORES=100000 SEQUENCES=100000 PIPELINES=100000. Elsewhere: SEED=2. One tester from where it ended: see the lines above."
	@$(if $(ORACLE_PYTHON),true,echo "Pipelines were not compared: set ORACLE_PYTHON to a Python with pandas and scikit-learn.")

torture-asan: ## The same testers, small, under the address sanitizer
	swift build --build-tests --sanitize=address --scratch-path .build-asan
	swift test --skip-build --sanitize=address --scratch-path .build-asan --filter 'FuzzTests|StoreDifferentialTests|StoreCanaryTests|SequenceTests|PipelineReuseTests|MutationTests|CMistiqueTests'
	@$(MAKE) --no-print-directory torture-asan-python

# Python itself is not instrumented: the sanitizer is loaded before it. What Python keeps until its end is no leak.
torture-asan-python: $(PYTHON_ENVIRONMENT)/made
	@if [ -e $(PYTHON_ENVIRONMENT)/made ]; then \
	  runtime=$$(find $$(dirname $$(readlink -f $$(command -v swift)))/../lib/clang -name "libclang_rt.asan-$$(uname -m).so" | head -1); \
	  ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD=$$runtime MISTIQUE_LIBRARY=$(CURDIR)/.build-asan/debug/libMistiqueC.so \
	  $(PYTHON_ENVIRONMENT)/bin/python -X faulthandler -m unittest discover -s Tests/PythonMistiqueTests; fi

# The thread sanitizer does not know the Mutex of Synchronization: what two threads do one after the other under one, it calls a race.
torture-tsan: ## The testers of the engine, small, under the thread sanitizer
	swift build --build-tests --sanitize=thread --scratch-path .build-tsan
	printf 'race:FrameWorkerC4lend\n' > .build-tsan/suppressions
	TSAN_OPTIONS=suppressions=$(CURDIR)/.build-tsan/suppressions swift test --skip-build --sanitize=thread --scratch-path .build-tsan --filter 'StoreDifferentialTests|SequenceTests|CSVFuzzTests|LineageFuzzTests'

data: build-experiments ## Download CIFAR-10 into Data/ (162 MB, needs a network)
	@$(EXPERIMENTS) data

# Without targets the plugin would document the dependencies too, and fails on targets of C.
DOCUMENTED := Mistique MistiqueStorage ConvolutionalNetworks TabularPipelines Diagnosis

docs: setup ## Build the libraries' documentation; a warning is an error
	@for target in $(DOCUMENTED); do swift package generate-documentation --target $$target --warnings-as-errors || exit 1; done

lint: setup ## Check the formatting, the arrows between folders, and that every public symbol is documented
	@swift format lint --strict --recursive Package.swift Sources Tests Experiments
	@python3 Tests/House/check_arrows.py
	@python3 Tests/House/check_documentation.py

format: ## Format everything
	@swift format --in-place --recursive Package.swift Sources Tests Experiments

clean: ## Remove what was built and the runs; baselines, checkpoints and data stay
	rm -rf .build .build-tests $(PYTHON_ENVIRONMENT) $(RESULTS)/runs $(RESULTS)/slurm
