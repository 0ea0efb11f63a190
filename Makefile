# affectd: every task has a name here; `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# What other machines than those with ARM build for ARM besides.
ARM64 := $(if $(filter x86_64,$(shell uname -m)),arm64)
SAMPLES := $(sort $(wildcard Models/samples/*.wav))

.PHONY: help setup build library run test test-sanitized test-service deb arm64 test-arm64 test-vm test-vm-arm64 soak fuzz test-training bench bench-arm64 footprint fidelity format lint layers clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile

setup: ## install what the build needs (says what; sudo only where needed)
	@.ci/setup

build: setup ## release build of affectd, affectctl and affect-model
	swift build -c release --static-swift-stdlib --product affectd
	swift build -c release --static-swift-stdlib --product affectctl
	swift build -c release --static-swift-stdlib --product affect-model

library: setup ## build libAffectFeatures.so, self-contained
	.ci/build-library

run: build ## the main job: sample speech in, emotions out
	@.ci/run-samples

test: setup ## the tests, in debug and in release; what needs root or an emulator has a target of its own
	.ci/test

# Long tests try one case in twenty: five minutes of processor time beside two builds, else hours. Left out: the allocation
# probe has a malloc of its own, as the sanitizer has, and what checks a model does so under a limit of address space, which
# shadow memory exceeds. Leaks are those of XCTest. One test at a time where threads are watched: daemons share what ALSA
# writes, and a process has one. Swift's backtrace may wait for ever.
UNWATCHED := aReloadTakesAllThatLiesInTheFolder aModelIsInstalledWhileSomebodySpeaks aRollbackByHandLeavesNoStain \
    unsignedModelsNeedASettingThatTheStateShows aPairThatIsRenamedIntoTheFolderIsTaken

test-sanitized: setup ## the Swift tests in debug, watched for memory errors, undefined behaviour and races of threads
	AFFECT_TEST_STRIDE=20 ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no \
	    swift test --sanitize address --scratch-path .build-sanitized \
	    --skip AllocationTests --skip DaemonCoreTests.ModelTests --skip DaemonCoreTests.ModelCheckTests \
	    -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined
	SWIFT_BACKTRACE=enable=no swift test --no-parallel --sanitize thread --scratch-path .build-thread \
	    --filter 'BackgroundWorkTests|DaemonTests|ModelCardsTests|ModelTests|MuteStoreTests' $(UNWATCHED:%=--skip %)

test-service: build ## the service under a real systemd, in a container (needs root)
	@.ci/setup-service
	@((EUID != 0)) || .ci/setup-deb
	Tests/Service/run .build/release

deb: build $(ARM64) ## the Debian packages of this machine and, on x86-64, of 64-bit ARM (ARM64= leaves that out)
	@.ci/setup-deb
	@.ci/build-deb .build/release
	@[[ -z "$(ARM64)" ]] || .ci/build-deb-arm64

arm64: setup ## the commands and libAffectFeatures.so for 64-bit ARM, built on x86-64 (needs root)
	.ci/build-arm64

test-arm64: build arm64 ## the same answers on 64-bit ARM, emulated, as on x86-64
	@.ci/setup-emulation
	@.ci/setup-deb
	Tests/Arm/run .build/release "$$(.ci/build-arm64-tests)"
	Tests/Arm/package "$$(.ci/build-deb-arm64)"

test-training: ## the training package with PyTorch, which it downloads
	.ci/test-training-torch

soak: build ## hours of speech and faults in the container: SOAK_SECONDS=14400 (needs root)
	@.ci/setup-service
	SOAK_SECONDS=$${SOAK_SECONDS:-14400} Tests/Service/run .build/release

fuzz: setup ## damaged input for every parser: FUZZ_SECONDS=600 each
	AFFECT_FUZZ_SECONDS=$${FUZZ_SECONDS:-600} AFFECT_FUZZ_SEED=$${FUZZ_SEED:-1} \
	    swift test -c release --filter FuzzTests

test-vm: build ## real sound drivers and loss of power, in a virtual machine (needs root)
	Tests/Machine/run .build/release
	swift build -c release --static-swift-stdlib --product store-steps
	Tests/Machine/power .build/release

test-vm-arm64: build arm64 ## the package on an ARM kernel with a sound card, in a virtual machine (needs root)
	@.ci/setup-emulation
	@.ci/setup-deb
	Tests/Machine/run-arm64 "$$(.ci/build-deb-arm64)" .build/release

bench: setup ## nanoseconds of every step, beside the peers, which it downloads
	Benchmarks/run

bench-arm64: arm64 ## instructions on emulated 64-bit ARM, beside the peers, which it downloads
	@.ci/setup-emulation
	Benchmarks/run-arm64

footprint: build ## memory, wake-ups, size and start of the daemon against their budgets
	Tests/Footprint/run .build/release

fidelity: setup ## front end against double precision on all corpora; writes Documentation/Fidelity.md
	Tests/Fidelity/run-librosa
	Tests/Fidelity/run --write

layers: ## hold the floors of the house
	.ci/check-layers

format: ## format all Swift sources in place
	swift format --configuration .swift-format -i -r -p Benchmarks Sources Tests Package.swift

lint: ## check format and documentation comments
	swift format lint --strict --configuration .swift-format -r -p Benchmarks Sources Tests Package.swift

clean: ## remove what was built
	rm -rf .build .build-*
