/* pool.h - the media processes: started on demand, lent out, ended after idling.
 *
 * media.c borrows a process for one question (or one transcode) and gives it
 * back sound or broken. One thread of the pool, the keeper, starts and ends
 * processes: they ask the kernel to die with the thread that started them, so
 * that thread has to live as long as the pool.
 *
 * Floor: 1 (media). Threads: any.
 */
#ifndef OGMA_MEDIA_POOL_H
#define OGMA_MEDIA_POOL_H

#include "media/media.h"

enum pool_use {
	POOL_QUICK,
	POOL_ANALYSIS,
	POOL_TRANSCODE,
	POOL_LIVE,
	POOL_PUSH, /* a process that may reach the network: always a new one,
		    * which is used once; counts as live */
	POOL_USES
};

struct pool_child;

/* STATUS_FULL for a transcode or a live use when all its places are taken; a
 * quick use and an analysis wait for their turn. STATUS_UNAVAILABLE: no process
 * could be started. */
enum status pool_borrow(struct media_pool *pool, enum pool_use use,
			struct pool_child **out, struct fault *fault);

/* `sound` is false when the process may not be used again; then it is ended at
 * once and *how is one word on what became of it. */
enum pool_end { POOL_ENDED, POOL_CRASHED, POOL_OUT_OF_TIME };
enum pool_end pool_return(struct media_pool *pool, struct pool_child *child,
			  bool sound);

int pool_child_socket(const struct pool_child *child);
uint32_t pool_timeout_ms(const struct media_pool *pool);
void pool_count_timeout(struct media_pool *pool);

#endif /* OGMA_MEDIA_POOL_H */
