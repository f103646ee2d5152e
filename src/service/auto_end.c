/* auto_end.c - see auto_end.h. */
#include "service/auto_end.h"

#include "base/memory.h"

static const int64_t warnings[] = { 60, 30, 10 }; /* seconds left */

int64_t
auto_end_left_ms(const struct auto_end *machine, int64_t now_ms)
{
	int64_t left;

	if (machine->alone_since_ms == 0)
		return -1;
	left = machine->alone_since_ms + machine->timeout_ms - now_ms;
	return left > 0 ? left : 0;
}

void
auto_end_keep(struct auto_end *machine, int64_t now_ms)
{
	if (machine->alone_since_ms != 0)
		machine->alone_since_ms = now_ms;
	machine->warned_seconds = 0;
}

/* The nearest warning that is due with so much left; 0: none yet. */
static int64_t
warning_due(int64_t left_ms)
{
	int64_t due = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(warnings); i++) {
		if (left_ms <= warnings[i] * 1000)
			due = warnings[i];
	}
	return due;
}

/* How long until the next warning or the end. */
static int64_t
next_wait(int64_t left_ms)
{
	for (size_t i = 0; i < ARRAY_LENGTH(warnings); i++) {
		if (left_ms > warnings[i] * 1000)
			return left_ms - warnings[i] * 1000;
	}
	return left_ms;
}

static struct auto_end_advice
stand_still(struct auto_end *machine)
{
	struct auto_end_advice advice = { 0 };

	if (machine->warned_seconds != 0)
		advice.act = AUTO_END_CANCELLED;
	*machine = (struct auto_end){ 0 };
	return advice;
}

struct auto_end_advice
auto_end_step(struct auto_end *machine, const struct auto_end_state *state,
	      int64_t now_ms)
{
	struct auto_end_advice advice = { 0 };
	int64_t left, due;

	if (!state->enabled || state->paused || state->listeners > 0)
		return stand_still(machine);
	if (machine->alone_since_ms == 0)
		machine->alone_since_ms = now_ms;
	machine->timeout_ms = state->timeout_ms;
	left = auto_end_left_ms(machine, now_ms);
	if (left == 0) {
		advice.act = AUTO_END_NOW;
		return advice;
	}
	due = warning_due(left);
	/* A longer timeout takes a warning back. */
	if (due == 0 || due > machine->warned_seconds)
		machine->warned_seconds =
			due == 0 ? 0 : machine->warned_seconds;
	if (due != 0 && due != machine->warned_seconds) {
		machine->warned_seconds = due;
		advice.act = AUTO_END_WARN;
		advice.seconds = (left + 999) / 1000;
	}
	advice.look_again_ms = now_ms + next_wait(left);
	return advice;
}
