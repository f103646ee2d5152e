/* transcode_cache.c - transcodes that are running, and those that are kept; see
 * transcode_cache.h.
 *
 * Each running transcode has a thread that waits for news of the media pool
 * and wakes readers. A `struct running` is shared by its thread and its
 * readers and freed by the last of them. One lock guards the list of running
 * ones and all that changes in them; bytes are read outside of it. */
#include "service/transcode_cache.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/counter.h"
#include "base/log.h"
#include "base/memory.h"
#include "service/cache_folder.h"

#define NAME_BYTES 96
#define NEWS_WAIT_MS 100
#define MEMORY_MAX_BYTES ((uint64_t)64 << 20) /* of one that is not kept */

static struct metric metric_transcodes = METRIC_COUNTER(
	"ogma_transcodes_total", "Transcodes ended, by result.", "result");

struct stream_reader {
	struct stream_reader *next; /* of its transcode */
	struct running *running;
	uint64_t at;
	bool waiting; /* was told STREAM_WAIT and not woken since */
	stream_wake *wake;
	void *cookie;
};

struct running {
	struct running *next;
	struct transcode_cache *cache;
	char name[NAME_BYTES]; /* "": not shared, not kept */
	bool in_memory;
	struct cache_new entry; /* its fd is read by all */
	struct media_transcode *transcode; /* of the thread */
	uint32_t users;                    /* readers and the thread */
	uint64_t written_bytes;
	bool done, failed, stop;
	struct stream_reader *readers;
};

struct transcode_cache {
	struct transcode_cache_args args;
	struct cache_folder *folder;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t ended;
	struct running *running; /* those whose thread lives */
	uint32_t running_count;
	uint32_t reader_count;
	bool closing;
};

enum status
transcode_cache_open(const struct transcode_cache_args *args,
		     struct transcode_cache **out, struct fault *fault)
{
	struct transcode_cache *cache;
	struct cache_folder *folder;
	enum status status;

	status = cache_folder_open(args->folder, args->limit_bytes, &folder,
				   fault);
	if (status != STATUS_OK)
		return status;
	cache = mem_new(1, sizeof *cache);
	cache->args = *args;
	cache->folder = folder;
	metric_register(&metric_transcodes);
	pthread_mutex_init(&cache->lock, NULL);
	pthread_cond_init(&cache->ended, NULL);
	*out = cache;
	return STATUS_OK;
}

void
transcode_cache_close(struct transcode_cache *cache)
{
	if (cache == NULL)
		return;
	pthread_mutex_lock(&cache->lock);
	cache->closing = true;
	for (struct running *at = cache->running; at != NULL; at = at->next)
		at->stop = true;
	while (cache->running_count > 0)
		pthread_cond_wait(&cache->ended, &cache->lock);
	pthread_mutex_unlock(&cache->lock);
	cache_folder_close(cache->folder);
	pthread_cond_destroy(&cache->ended);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

/* ---- a running transcode -------------------------------------------------- */

static void
running_drop_locked(struct running *running)
{
	if (--running->users > 0)
		return;
	if (running->entry.fd >= 0)
		close(running->entry.fd);
	free(running);
}

static void
readers_wake_locked(struct running *running)
{
	for (struct stream_reader *reader = running->readers; reader != NULL;
	     reader = reader->next) {
		if (!reader->waiting || reader->wake == NULL)
			continue;
		reader->waiting = false;
		reader->wake(reader->cookie);
	}
}

static void
running_unlink_locked(struct running *running)
{
	struct running **link = &running->cache->running;

	while (*link != running)
		link = &(*link)->next;
	*link = running->next;
}

/* Follows the transcode to its end; OK when the output is whole. */
static enum status
news_follow(struct running *running, struct fault *fault)
{
	struct transcode_cache *cache = running->cache;

	for (;;) {
		struct media_progress progress = { 0 };
		enum status status;
		bool stop;

		status = media_transcode_wait(running->transcode, NEWS_WAIT_MS,
					      &progress, fault);
		pthread_mutex_lock(&cache->lock);
		stop = running->stop;
		if (status == STATUS_OK && !progress.done &&
		    progress.written_bytes > running->written_bytes) {
			running->written_bytes = progress.written_bytes;
			readers_wake_locked(running);
		}
		pthread_mutex_unlock(&cache->lock);
		if (stop)
			return fault_set(fault, STATUS_CANCELLED,
					 "the transcode is not wanted");
		if (status == STATUS_OK && progress.done)
			return STATUS_OK;
		if (status != STATUS_OK && status != STATUS_AGAIN_LATER)
			return status;
	}
}

/* Names the finished file; one that is not kept has no name to give. */
static void
running_keep(struct running *running)
{
	struct transcode_cache *cache = running->cache;
	struct fault fault;

	if (running->in_memory)
		return;
	if (running->name[0] == '\0') {
		struct cache_new entry = running->entry;

		/* Its readers hold the file, so the name may go; the
		 * descriptor stays ours. */
		entry.fd = dup(entry.fd);
		cache_folder_abort(cache->folder, &entry);
		return;
	}
	if (cache_folder_commit(cache->folder, &running->entry, running->name,
				true, &fault) != STATUS_OK)
		log_warning("stream", "a transcode could not be kept",
			    LOG_TEXT("reason", fault.message));
}

static void
running_forget(struct running *running)
{
	struct cache_new entry = running->entry;

	if (running->in_memory)
		return;
	entry.fd = dup(entry.fd);
	cache_folder_abort(running->cache->folder, &entry);
}

static void
result_tell(enum status status, const struct fault *fault)
{
	if (status != STATUS_OK && status != STATUS_CANCELLED)
		log_warning("stream", "a transcode failed",
			    LOG_TEXT("reason", fault->message));
	counter_add(metric_cell(&metric_transcodes,
				status == STATUS_OK	   ? "done" :
				status == STATUS_CANCELLED ? "cancelled" :
							     "failed"),
		    1);
}

static void *
running_run(void *cookie)
{
	struct running *running = cookie;
	struct transcode_cache *cache = running->cache;
	struct fault fault = { 0 };
	enum status status = news_follow(running, &fault);
	struct stat facts;

	media_transcode_end(running->transcode);
	if (status == STATUS_OK && fstat(running->entry.fd, &facts) != 0)
		status = fault_errno(&fault, errno, "cannot read a transcode");
	/* Readers get the last bytes at once; keeping them takes a while. */
	pthread_mutex_lock(&cache->lock);
	if (status == STATUS_OK) {
		running->written_bytes = (uint64_t)facts.st_size;
		running->done = true;
	} else {
		running->failed = true;
	}
	readers_wake_locked(running);
	pthread_mutex_unlock(&cache->lock);
	if (status == STATUS_OK)
		running_keep(running);
	else
		running_forget(running);
	result_tell(status, &fault);
	pthread_mutex_lock(&cache->lock);
	running_unlink_locked(running);
	cache->running_count--;
	running_drop_locked(running);
	pthread_cond_broadcast(&cache->ended);
	pthread_mutex_unlock(&cache->lock);
	return NULL;
}

/* ---- joining and starting ------------------------------------------------- */

static struct stream_reader *
reader_add_locked(struct running *running)
{
	struct stream_reader *reader = mem_new(1, sizeof *reader);

	reader->running = running;
	reader->next = running->readers;
	running->readers = reader;
	running->users++;
	running->cache->reader_count++;
	return reader;
}

static struct running *
running_find_locked(struct transcode_cache *cache, const char *name)
{
	struct running *at = cache->running;

	while (at != NULL && (at->failed || at->stop ||
			      strcmp(at->name, name) != 0))
		at = at->next;
	return at;
}

enum status
transcode_cache_get(struct transcode_cache *cache, const char *name, int *fd,
		    uint64_t *size_bytes, struct fault *fault)
{
	return cache_folder_get(cache->folder, name, fd, size_bytes, fault);
}

enum status
transcode_cache_join(struct transcode_cache *cache, const char *name,
		     struct stream_reader **out, struct fault *fault)
{
	struct running *running;

	pthread_mutex_lock(&cache->lock);
	running = running_find_locked(cache, name);
	if (running != NULL)
		*out = reader_add_locked(running);
	pthread_mutex_unlock(&cache->lock);
	return running != NULL ? STATUS_OK :
				 fault_set(fault, STATUS_NOT_FOUND,
					   "no such transcode runs");
}

/* Takes a place, if need be from a transcode that nobody reads. */
static bool
place_take(struct transcode_cache *cache)
{
	struct running *idle = NULL;
	bool taken = false;

	pthread_mutex_lock(&cache->lock);
	for (struct running *at = cache->running; at != NULL; at = at->next) {
		if (at->readers == NULL)
			idle = at;
	}
	if (cache->running_count >= cache->args.running_max && idle != NULL) {
		uint32_t before = cache->running_count;

		idle->stop = true;
		while (!cache->closing && cache->running_count >= before)
			pthread_cond_wait(&cache->ended, &cache->lock);
	}
	if (!cache->closing &&
	    cache->running_count < cache->args.running_max) {
		cache->running_count++;
		taken = true;
	}
	pthread_mutex_unlock(&cache->lock);
	return taken;
}

static void
place_give(struct transcode_cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	cache->running_count--;
	pthread_cond_broadcast(&cache->ended);
	pthread_mutex_unlock(&cache->lock);
}

/* The file that grows: on the disk, or in memory when the disk is full. */
static enum status
output_open(struct running *running, uint64_t expected_bytes,
	    struct fault *fault)
{
	enum status status = cache_folder_begin(running->cache->folder,
						expected_bytes, &running->entry,
						fault);

	if (status != STATUS_FULL || expected_bytes > MEMORY_MAX_BYTES)
		return status;
	running->entry.fd = memfd_create("ogma-transcode", MFD_CLOEXEC);
	if (running->entry.fd < 0)
		return status;
	running->in_memory = true;
	running->name[0] = '\0';
	return STATUS_OK;
}

static enum status
running_start(struct running *running, const struct transcode_order *order,
	      struct stream_reader **out, struct fault *fault)
{
	struct transcode_cache *cache = running->cache;
	pthread_attr_t detached;
	enum status status;
	pthread_t thread;
	int failed;

	status = media_transcode_begin(cache->args.media, order->input_fd,
				       &order->target, order->offset_ms,
				       running->entry.fd, &running->transcode,
				       fault);
	if (status == STATUS_FULL)
		status = fault_set(fault, STATUS_AGAIN_LATER,
				   "all transcode workers are busy");
	if (status != STATUS_OK)
		return status;
	pthread_mutex_lock(&cache->lock);
	running->users = 1;
	running->next = cache->running;
	cache->running = running;
	*out = reader_add_locked(running);
	pthread_mutex_unlock(&cache->lock);

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	failed = pthread_create(&thread, &detached, running_run, running);
	pthread_attr_destroy(&detached);
	if (failed == 0)
		return STATUS_OK;
	pthread_mutex_lock(&cache->lock);
	running->readers = (*out)->next;
	running_unlink_locked(running);
	cache->reader_count--;
	pthread_mutex_unlock(&cache->lock);
	free(*out);
	*out = NULL;
	media_transcode_end(running->transcode);
	return fault_set(fault, STATUS_FAILED, "cannot start a thread");
}

enum status
transcode_cache_start(struct transcode_cache *cache,
		      const struct transcode_order *order,
		      struct stream_reader **out, struct fault *fault)
{
	struct running *running;
	enum status status;

	if (order->name != NULL &&
	    transcode_cache_join(cache, order->name, out, NULL) == STATUS_OK)
		return STATUS_OK;
	if (!place_take(cache))
		return fault_set(fault, STATUS_AGAIN_LATER,
				 "all transcode workers are busy");
	/* Somebody may have started the same while we waited. */
	if (order->name != NULL &&
	    transcode_cache_join(cache, order->name, out, NULL) == STATUS_OK) {
		place_give(cache);
		return STATUS_OK;
	}
	running = mem_new(1, sizeof *running);
	running->cache = cache;
	running->entry.fd = -1;
	if (order->name != NULL)
		snprintf(running->name, sizeof running->name, "%s",
			 order->name);
	status = output_open(running, order->expected_bytes, fault);
	if (status == STATUS_OK) {
		status = running_start(running, order, out, fault);
		if (status != STATUS_OK) {
			running_forget(running);
			close(running->entry.fd);
		}
	}
	if (status != STATUS_OK) {
		free(running);
		place_give(cache);
	}
	return status;
}

/* ---- reading -------------------------------------------------------------- */

void
stream_reader_on_ready(struct stream_reader *reader, stream_wake *wake,
		       void *cookie)
{
	struct transcode_cache *cache = reader->running->cache;

	pthread_mutex_lock(&cache->lock);
	reader->wake = wake;
	reader->cookie = cookie;
	pthread_mutex_unlock(&cache->lock);
}

ssize_t
stream_read(struct stream_reader *reader, void *room, size_t room_bytes)
{
	struct running *running = reader->running;
	struct transcode_cache *cache = running->cache;
	ssize_t answer = 0;
	uint64_t left;
	ssize_t got;

	pthread_mutex_lock(&cache->lock);
	left = running->written_bytes - reader->at;
	if (running->failed) {
		answer = STREAM_FAILED;
	} else if (left == 0 && !running->done) {
		reader->waiting = true;
		answer = STREAM_WAIT;
	}
	pthread_mutex_unlock(&cache->lock);
	if (answer != 0 || left == 0)
		return answer;
	if (left < room_bytes)
		room_bytes = (size_t)left;
	do {
		got = pread(running->entry.fd, room, room_bytes,
			    (off_t)reader->at);
	} while (got < 0 && errno == EINTR);
	if (got <= 0)
		return STREAM_FAILED;
	reader->at += (uint64_t)got;
	return got;
}

void
stream_reader_close(struct stream_reader *reader)
{
	struct running *running = reader->running;
	struct transcode_cache *cache = running->cache;
	struct stream_reader **link;

	pthread_mutex_lock(&cache->lock);
	for (link = &running->readers; *link != reader;)
		link = &(*link)->next;
	*link = reader->next;
	cache->reader_count--;
	/* One from the middle is of no use to anybody else. */
	if (running->readers == NULL && running->name[0] == '\0')
		running->stop = true;
	running_drop_locked(running);
	pthread_mutex_unlock(&cache->lock);
	free(reader);
}

void
transcode_cache_count(struct transcode_cache *cache,
		      struct stream_counts *out)
{
	uint64_t bytes, entries;

	cache_folder_count(cache->folder, &bytes, &entries);
	pthread_mutex_lock(&cache->lock);
	*out = (struct stream_counts){
		.transcodes_running = cache->running_count,
		.transcode_readers = cache->reader_count,
		.cache_bytes = bytes,
		.cache_entries = entries,
	};
	pthread_mutex_unlock(&cache->lock);
}
