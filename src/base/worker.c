/* worker.c - the thread pool; see worker.h. The queue is a ring of queue_max
 * jobs under one lock. */
#include "base/worker.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

struct queued_job {
	worker_job *job;
	void *cookie;
};

struct worker_pool {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct queued_job *ring;
	uint32_t queue_max, first, count;
	bool ending;
	uint32_t sleeping; /* threads that wait for `wake` */
	bool waking;       /* one of them was signalled and has not run yet */
	uint32_t thread_count;
	pthread_t threads[];
};

/* Called with the lock: whether the caller is to signal after it let go.
 *
 * One sleeper at a time is woken, and wakes the next one when it finds more
 * than it takes: a burst of jobs costs as many switches as threads can really
 * run, not one for each job. Signalling without the lock spares the woken
 * thread a second sleep. */
static bool
wake_wanted(struct worker_pool *pool)
{
	if (pool->count == 0 || pool->sleeping == 0 || pool->waking)
		return false;
	pool->waking = true;
	return true;
}

/* Whoever hands jobs over goes on with its turn where cores are few: a thread
 * that sleeps as SCHED_BATCH (sched(7)) does not push the one that wakes it off
 * its core, so the jobs of a turn cost one switch and not two each. Awake it is
 * as it was: what a job starts has its policy. */
static void
sleep_behind_others(struct worker_pool *pool)
{
	const struct sched_param none = { 0 };
	struct sched_param own;
	int policy = SCHED_OTHER;
	bool usual = pthread_getschedparam(pthread_self(), &policy, &own) ==
			     0 &&
		     policy == SCHED_OTHER;

	if (usual)
		pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
	pthread_cond_wait(&pool->wake, &pool->lock);
	if (usual)
		pthread_setschedparam(pthread_self(), SCHED_OTHER, &none);
}

static void *
worker_run(void *cookie)
{
	struct worker_pool *pool = cookie;

	for (;;) {
		struct queued_job next;
		bool wake;

		pthread_mutex_lock(&pool->lock);
		while (pool->count == 0 && !pool->ending) {
			pool->sleeping++;
			sleep_behind_others(pool);
			pool->sleeping--;
			pool->waking = false;
		}
		if (pool->count == 0) {
			pthread_mutex_unlock(&pool->lock);
			return NULL;
		}
		next = pool->ring[pool->first];
		pool->first = (pool->first + 1) % pool->queue_max;
		pool->count--;
		wake = wake_wanted(pool);
		pthread_mutex_unlock(&pool->lock);
		if (wake)
			pthread_cond_signal(&pool->wake);
		next.job(next.cookie);
	}
}

enum status
worker_pool_open(const struct worker_pool_args *args,
		 struct worker_pool **out, struct fault *fault)
{
	struct worker_pool *pool;

	assert(args->threads > 0 && args->queue_max > 0);
	pool = mem_new(1, sizeof *pool + args->threads * sizeof(pthread_t));
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->wake, NULL);
	pool->queue_max = args->queue_max;
	pool->ring = mem_new(args->queue_max, sizeof *pool->ring);
	for (uint32_t i = 0; i < args->threads; i++) {
		char name[16];

		if (pthread_create(&pool->threads[i], NULL, worker_run,
				   pool) != 0) {
			worker_pool_close(pool);
			return fault_set(fault, STATUS_FAILED,
					 "cannot start %s thread %u",
					 args->name, i);
		}
		snprintf(name, sizeof name, "%.12s-%u", args->name, i % 100);
		pthread_setname_np(pool->threads[i], name);
		pool->thread_count++;
	}
	*out = pool;
	return STATUS_OK;
}

void
worker_pool_close(struct worker_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	pool->ending = true;
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
	for (uint32_t i = 0; i < pool->thread_count; i++)
		pthread_join(pool->threads[i], NULL);
	pthread_cond_destroy(&pool->wake);
	pthread_mutex_destroy(&pool->lock);
	free(pool->ring);
	free(pool);
}

enum status
worker_pool_submit(struct worker_pool *pool, worker_job *job, void *cookie)
{
	enum status status = STATUS_OK;
	bool wake = false;

	pthread_mutex_lock(&pool->lock);
	if (pool->count == pool->queue_max || pool->ending) {
		status = STATUS_FULL;
	} else {
		uint32_t last = (pool->first + pool->count) % pool->queue_max;

		pool->ring[last] = (struct queued_job){ job, cookie };
		pool->count++;
		wake = wake_wanted(pool);
	}
	pthread_mutex_unlock(&pool->lock);
	if (wake)
		pthread_cond_signal(&pool->wake);
	return status;
}

uint32_t
worker_pool_waiting(struct worker_pool *pool)
{
	uint32_t count;

	pthread_mutex_lock(&pool->lock);
	count = pool->count;
	pthread_mutex_unlock(&pool->lock);
	return count;
}
