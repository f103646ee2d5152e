# Goals a person types; each installs what it needs (tools/setup) first.
BUILD ?= build
.PHONY: build run test bench lint fuzz demo train clean

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

# The models of src/media/analyse anew: make train DATA=FOLDER (tools/train.c).
train: build
	@ninja -C $(BUILD) --quiet tools/train
	@$(BUILD)/tools/train "$(DATA)" src/media/analyse

clean:
	rm -rf build build-* web/dist
