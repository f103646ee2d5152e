/* test_loop.c - what an event loop promises (net/loop.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/loop.h"

struct watched {
	struct loop_watch watch;
	struct loop_task end;
	struct loop *loop;
	unsigned events;
};

static void
on_events(struct loop_watch *watch, uint32_t events)
{
	(void)events;
	container_of(watch, struct watched, watch)->events++;
}

static void
on_end(struct loop_task *task)
{
	loop_stop(container_of(task, struct watched, end)->loop);
}

/* One turn with what has come, and the end. */
static void
turn(struct watched *watched)
{
	watched->end.run = on_end;
	assert_true(loop_post(watched->loop, &watched->end));
	loop_run(watched->loop);
}

static void
what_comes_to_a_watched_descriptor_is_told(void **state)
{
	struct watched watched = { .watch = { on_events } };
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(loop_new(&watched.loop, NULL), STATUS_OK);
	assert_int_equal(loop_watch_add(watched.loop, &watched.watch, pair[0],
					EPOLLIN, NULL),
			 STATUS_OK);
	assert_int_equal(write(pair[1], "x", 1), 1);
	turn(&watched);
	assert_int_equal(watched.events, 1);
	loop_drop(watched.loop);
	close(pair[0]);
	close(pair[1]);
}

/* As a process does that was forked and has not run its program yet. */
static void
a_watch_that_was_ended_tells_nothing_though_somebody_holds_the_file(void **state)
{
	struct watched watched = { .watch = { on_events } };
	int pair[2], held;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(loop_new(&watched.loop, NULL), STATUS_OK);
	assert_int_equal(loop_watch_add(watched.loop, &watched.watch, pair[0],
					EPOLLIN, NULL),
			 STATUS_OK);
	held = dup(pair[0]);
	loop_watch_end(watched.loop, pair[0]);
	close(pair[0]);
	assert_int_equal(write(pair[1], "x", 1), 1);
	turn(&watched);
	assert_int_equal(watched.events, 0);
	loop_drop(watched.loop);
	close(held);
	close(pair[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_to_a_watched_descriptor_is_told),
		cmocka_unit_test(
			a_watch_that_was_ended_tells_nothing_though_somebody_holds_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
