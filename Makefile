# Goals a person types; each installs what it needs (tools/setup) first.
BUILD ?= build
.PHONY: build run test bench lint fuzz demo clean

build:
	@tools/setup build
	@tools/build $(BUILD)

run: build
	@tools/run $(BUILD)

demo:
	@tools/setup run
	@tools/demo-library data/demo-music

test:
	@tools/setup test
	@tools/test

bench:
	@tools/setup bench
	@tools/bench

lint:
	@tools/setup lint
	@tools/lint

fuzz:
	@tools/setup fuzz
	@tools/fuzz

clean:
	rm -rf build build-* web/dist
