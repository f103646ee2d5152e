/* worker.h - a fixed pool of threads for everything that can block.
 *
 * Floor: 0 (base). Threads: worker_pool_submit() from any thread.
 */
#ifndef OGMA_BASE_WORKER_H
#define OGMA_BASE_WORKER_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

struct worker_pool;

typedef void worker_job(void *cookie);

struct worker_pool_args {
	const char *name;    /* of the threads, at most 12 letters */
	uint32_t threads;
	uint32_t queue_max;  /* waiting jobs; more are refused */
};

/* STATUS_FAILED when threads cannot be started. */
enum status worker_pool_open(const struct worker_pool_args *args,
			     struct worker_pool **out, struct fault *fault);

/* Runs what is queued to its end, then ends the threads. */
void worker_pool_close(struct worker_pool *pool);

/* STATUS_FULL when queue_max jobs wait (answer 503 + Retry-After). */
enum status worker_pool_submit(struct worker_pool *pool, worker_job *job,
			       void *cookie);

/* Jobs that wait now, for metrics. */
uint32_t worker_pool_waiting(struct worker_pool *pool);

#endif /* OGMA_BASE_WORKER_H */
