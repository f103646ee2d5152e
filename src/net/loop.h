/* loop.h - one event loop: descriptors, timers and work from other threads.
 *
 * Knows nothing of HTTP: what it watches are `struct loop_watch`es that get
 * epoll's events. A listener, an HTTP connection and (later) a WebSocket are
 * kinds of watch; one takes a descriptor over from another by replacing the
 * watch.
 *
 * A turn: events, posted tasks, deferred tasks, timers. Nothing runs inside
 * anything else, so that a watch may free itself in its own callback.
 *
 * Threads: everything belongs to the thread in loop_run(), but loop_post(),
 * loop_hold(), loop_drop() and the draining mark, which any thread may use.
 *
 * Floor: 1 (net).
 */
#ifndef OGMA_NET_LOOP_H
#define OGMA_NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "base/fault.h"

struct loop;

struct loop_watch {
	void (*on_events)(struct loop_watch *watch, uint32_t events);
};

/* In at most one list at a time; may be embedded and reused once it ran. */
struct loop_task {
	void (*run)(struct loop_task *task);
	struct loop_task *next;
};

struct loop_timer {
	void (*expire)(struct loop_timer *timer);
	struct loop_timer *previous, *next; /* NULL: not running */
	int64_t at_ms;
};

/* Timers of one length, which makes starting and stopping one O(1): the list
 * is in the order of their ends. */
struct loop_timers {
	struct loop_timers *next; /* of the loop's queues */
	struct loop_timer ring;
	uint32_t delay_ms;
};

/* One reference. The descriptors are closed with the last one. */
enum status loop_new(struct loop **out, struct fault *fault);
void loop_hold(struct loop *loop);
void loop_drop(struct loop *loop);

/* Runs until loop_stop(); then refuses posts and runs those that came before.
 * The caller's thread is the loop's. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* A mark for who works for the loop elsewhere: take nothing new. Any thread. */
void loop_set_draining(struct loop *loop);
bool loop_is_draining(const struct loop *loop);

/* True on the loop's own thread while it runs. */
bool loop_is_current(const struct loop *loop);

/* Runs the task on the loop; false when the loop has ended. */
bool loop_post(struct loop *loop, struct loop_task *task);

/* Runs the task in this loop's turn, or the next when tasks run already. */
void loop_defer(struct loop *loop, struct loop_task *task);

/* The time of this turn, monotonic. */
int64_t loop_now_ms(const struct loop *loop);

/* `events` as for epoll. */
enum status loop_watch_add(struct loop *loop, struct loop_watch *watch, int fd,
			   uint32_t events, struct fault *fault);
void loop_watch_change(struct loop *loop, struct loop_watch *watch, int fd,
		       uint32_t events);

/* Before the descriptor is closed. Closing alone does not end a watch: a process
 * that is being started holds a copy of every descriptor until it runs its
 * program, and what is watched is the open file, not its number. */
void loop_watch_end(struct loop *loop, int fd);

void loop_timers_init(struct loop *loop, struct loop_timers *timers,
		      uint32_t delay_ms);
void loop_timer_start(struct loop *loop, struct loop_timers *timers,
		      struct loop_timer *timer); /* again, if it runs */
void loop_timer_stop(struct loop_timer *timer);  /* harmless if it does not */

#endif /* OGMA_NET_LOOP_H */
