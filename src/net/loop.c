/* loop.c - one event loop; see loop.h.
 *
 * Invariant: a posted task is run by the loop exactly once, or loop_post() said
 * false. `posted` is the only field that other threads touch; the event
 * descriptor is written only when the list was empty, so that a burst of posts
 * costs one wake-up. */
#include "net/loop.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

#define EVENTS_PER_TURN 128

struct task_list {
	struct loop_task *first, **last;
};

struct loop {
	atomic_uint references;
	int epoll_fd, event_fd;
	struct loop_watch event_watch;
	int64_t now_ms;
	bool stopping;
	atomic_bool draining;
	struct task_list deferred;
	struct loop_timers *timers;

	pthread_mutex_t lock; /* of the two below */
	struct task_list posted;
	bool ended;
};

static _Thread_local const struct loop *current;

static void
task_list_init(struct task_list *list)
{
	list->first = NULL;
	list->last = &list->first;
}

static void
task_list_add(struct task_list *list, struct loop_task *task)
{
	task->next = NULL;
	*list->last = task;
	list->last = &task->next;
}

/* Runs what is in the list now; what is added meanwhile stays for later. */
static void
task_list_run(struct task_list *list)
{
	struct loop_task *task = list->first;

	task_list_init(list);
	while (task != NULL) {
		struct loop_task *next = task->next;

		task->run(task);
		task = next;
	}
}

static void
on_event_fd(struct loop_watch *watch, uint32_t events)
{
	struct loop *loop = container_of(watch, struct loop, event_watch);
	uint64_t count;
	ssize_t got;

	(void)events;
	got = read(loop->event_fd, &count, sizeof count);
	(void)got; /* EAGAIN: another wake-up took it */
}

enum status
loop_new(struct loop **out, struct fault *fault)
{
	struct loop *loop = mem_new(1, sizeof *loop);
	enum status status;

	atomic_init(&loop->references, 1);
	pthread_mutex_init(&loop->lock, NULL);
	task_list_init(&loop->posted);
	task_list_init(&loop->deferred);
	loop->event_watch.on_events = on_event_fd;
	loop->now_ms = clock_monotonic_ms();
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	loop->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->epoll_fd < 0 || loop->event_fd < 0) {
		status = fault_errno(fault, errno, "cannot make an event loop");
		goto out;
	}
	status = loop_watch_add(loop, &loop->event_watch, loop->event_fd,
				EPOLLIN | EPOLLET, fault);
	if (status == STATUS_OK)
		*out = loop;
out:
	if (status != STATUS_OK)
		loop_drop(loop);
	return status;
}

void
loop_hold(struct loop *loop)
{
	atomic_fetch_add_explicit(&loop->references, 1, memory_order_relaxed);
}

void
loop_drop(struct loop *loop)
{
	if (atomic_fetch_sub_explicit(&loop->references, 1,
				      memory_order_acq_rel) != 1)
		return;
	if (loop->epoll_fd >= 0)
		close(loop->epoll_fd);
	if (loop->event_fd >= 0)
		close(loop->event_fd);
	pthread_mutex_destroy(&loop->lock);
	free(loop);
}

bool
loop_is_current(const struct loop *loop)
{
	return current == loop;
}

bool
loop_post(struct loop *loop, struct loop_task *task)
{
	static const uint64_t one = 1;
	bool ended, wake;

	pthread_mutex_lock(&loop->lock);
	ended = loop->ended;
	wake = !ended && loop->posted.first == NULL;
	if (!ended)
		task_list_add(&loop->posted, task);
	if (wake) {
		/* Under the lock: the loop may not go away before. The only
		 * failure is a full counter, and then it is awake. */
		ssize_t written = write(loop->event_fd, &one, sizeof one);

		(void)written;
	}
	pthread_mutex_unlock(&loop->lock);
	return !ended;
}

void
loop_defer(struct loop *loop, struct loop_task *task)
{
	assert(loop_is_current(loop));
	task_list_add(&loop->deferred, task);
}

int64_t
loop_now_ms(const struct loop *loop)
{
	return loop->now_ms;
}

enum status
loop_watch_add(struct loop *loop, struct loop_watch *watch, int fd,
	       uint32_t events, struct fault *fault)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };

	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
		return fault_errno(fault, errno, "cannot watch a descriptor");
	return STATUS_OK;
}

void
loop_watch_change(struct loop *loop, struct loop_watch *watch, int fd,
		  uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };

	epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, fd, &event);
}

void
loop_watch_end(struct loop *loop, int fd)
{
	epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

/* ---- timers ------------------------------------------------------------- */

void
loop_timers_init(struct loop *loop, struct loop_timers *timers,
		 uint32_t delay_ms)
{
	timers->delay_ms = delay_ms;
	timers->ring.next = timers->ring.previous = &timers->ring;
	timers->next = loop->timers;
	loop->timers = timers;
}

void
loop_timer_stop(struct loop_timer *timer)
{
	if (timer->next == NULL)
		return;
	timer->previous->next = timer->next;
	timer->next->previous = timer->previous;
	timer->next = timer->previous = NULL;
}

void
loop_timer_start(struct loop *loop, struct loop_timers *timers,
		 struct loop_timer *timer)
{
	struct loop_timer *ring = &timers->ring;

	loop_timer_stop(timer);
	timer->at_ms = loop->now_ms + timers->delay_ms;
	timer->next = ring;
	timer->previous = ring->previous;
	timer->previous->next = timer;
	ring->previous = timer;
}

static void
timers_expire(struct loop *loop)
{
	for (struct loop_timers *t = loop->timers; t != NULL; t = t->next) {
		while (t->ring.next != &t->ring &&
		       t->ring.next->at_ms <= loop->now_ms) {
			struct loop_timer *timer = t->ring.next;

			loop_timer_stop(timer);
			timer->expire(timer);
		}
	}
}

/* Milliseconds to wait for events: -1 is for ever. */
static int
timers_wait(const struct loop *loop)
{
	int64_t soonest = -1;

	for (struct loop_timers *t = loop->timers; t != NULL; t = t->next) {
		int64_t left = t->ring.next->at_ms - loop->now_ms;

		if (t->ring.next == &t->ring)
			continue;
		if (left < 0)
			left = 0;
		if (soonest < 0 || left < soonest)
			soonest = left;
	}
	return soonest > 3600000 ? 3600000 : (int)soonest;
}

/* ---- running ------------------------------------------------------------ */

static void
posted_run(struct loop *loop, bool ending)
{
	struct task_list taken;

	pthread_mutex_lock(&loop->lock);
	taken = loop->posted;
	task_list_init(&loop->posted);
	loop->ended = ending;
	pthread_mutex_unlock(&loop->lock);
	task_list_run(&taken);
}

static void
turn(struct loop *loop)
{
	struct epoll_event events[EVENTS_PER_TURN];
	int wait_ms = loop->deferred.first != NULL ? 0 : timers_wait(loop);
	int count = epoll_wait(loop->epoll_fd, events, EVENTS_PER_TURN,
			       wait_ms);

	loop->now_ms = clock_monotonic_ms();
	for (int i = 0; i < count; i++) {
		struct loop_watch *watch = events[i].data.ptr;

		watch->on_events(watch, events[i].events);
	}
	posted_run(loop, false);
	task_list_run(&loop->deferred);
	timers_expire(loop);
}

void
loop_run(struct loop *loop)
{
	current = loop;
	loop->now_ms = clock_monotonic_ms();
	while (!loop->stopping)
		turn(loop);
	posted_run(loop, true);
	while (loop->deferred.first != NULL)
		task_list_run(&loop->deferred);
	current = NULL;
}

void
loop_set_draining(struct loop *loop)
{
	atomic_store(&loop->draining, true);
}

bool
loop_is_draining(const struct loop *loop)
{
	return atomic_load_explicit(&loop->draining, memory_order_relaxed);
}

void
loop_stop(struct loop *loop)
{
	loop->stopping = true;
}
