/* transcode_cache.c - transcodes that are running, and those that are kept; see
 * transcode_cache.h.
 *
 * Who asks for one that does not run puts it into the list under the same lock,
 * and starts it afterwards: whoever asks for it meanwhile waits for that, and
 * shares what becomes of it. Each has a thread that waits for news of the media
 * pool and wakes readers. A `struct running` is shared by its thread and its
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
	bool starting;  /* the next three are still of who starts it */
	bool in_memory; /* not kept */
	struct cache_new entry; /* its fd is read by all */
	struct media_transcode *transcode; /* of the thread */
	uint32_t users;                    /* readers and the thread */
	uint64_t written_bytes;
	bool done, failed, stop;
	struct fault fault; /* why it could not be started */
	struct stream_reader *readers;
};

struct transcode_cache {
	struct transcode_cache_args args;
	struct cache_folder *folder;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t change;   /* one started or ended */
	struct running *running; /* those that start or have a thread */
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
	pthread_cond_init(&cache->change, NULL);
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
		pthread_cond_wait(&cache->change, &cache->lock);
	pthread_mutex_unlock(&cache->lock);
	cache_folder_close(cache->folder);
	pthread_cond_destroy(&cache->change);
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

/* Takes it off the list, for its thread. */
static void
running_end_locked(struct running *running)
{
	struct transcode_cache *cache = running->cache;
	struct running **link = &cache->running;

	while (*link != running)
		link = &(*link)->next;
	*link = running->next;
	cache->running_count--;
	running_drop_locked(running);
	pthread_cond_broadcast(&cache->change);
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
	running_end_locked(running);
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

static void
reader_remove_locked(struct stream_reader *reader)
{
	struct running *running = reader->running;
	struct stream_reader **link = &running->readers;

	while (*link != reader)
		link = &(*link)->next;
	*link = reader->next;
	running->cache->reader_count--;
	/* Of no use to anybody who asks later. */
	if (running->readers == NULL &&
	    (running->name[0] == '\0' || running->in_memory))
		running->stop = true;
	running_drop_locked(running);
	free(reader);
}

enum status
transcode_cache_get(struct transcode_cache *cache, const char *name, int *fd,
		    uint64_t *size_bytes, struct fault *fault)
{
	return cache_folder_get(cache->folder, name, fd, size_bytes, fault);
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

/* A place for one more is there, or will be, from one that nobody reads: then
 * waits for a change, after which all has to be looked at again (*again). */
static bool
place_find_locked(struct transcode_cache *cache, bool *again)
{
	struct running *unread = NULL;

	*again = false;
	if (cache->closing)
		return false;
	if (cache->running_count < cache->args.running_max)
		return true;
	for (struct running *at = cache->running; at != NULL; at = at->next) {
		if (at->readers == NULL)
			unread = at;
	}
	if (unread == NULL)
		return false;
	unread->stop = true;
	pthread_cond_wait(&cache->change, &cache->lock);
	*again = true;
	return false;
}

/* A reader of the transcode of this name (NULL: of none that runs), which the
 * caller has to start when *mine. */
static enum status
reader_place(struct transcode_cache *cache, const char *name,
	     struct stream_reader **out, bool *mine, struct fault *fault)
{
	struct running *running;
	bool place, again;

	pthread_mutex_lock(&cache->lock);
	do {
		place = again = false;
		running = name == NULL ? NULL :
					 running_find_locked(cache, name);
		if (running == NULL)
			place = place_find_locked(cache, &again);
	} while (again);
	if (place) {
		running = mem_new(1, sizeof *running);
		running->cache = cache;
		running->starting = true;
		running->entry.fd = -1;
		running->users = 1;
		snprintf(running->name, sizeof running->name, "%s",
			 name == NULL ? "" : name);
		running->next = cache->running;
		cache->running = running;
		cache->running_count++;
	}
	*mine = place;
	*out = running == NULL ? NULL : reader_add_locked(running);
	pthread_mutex_unlock(&cache->lock);
	return running != NULL ? STATUS_OK :
				 fault_set(fault, STATUS_AGAIN_LATER,
					   "all transcode workers are busy");
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
	return STATUS_OK;
}

static enum status
thread_start(struct running *running, struct fault *fault)
{
	pthread_attr_t detached;
	pthread_t thread;
	int failed;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	failed = pthread_create(&thread, &detached, running_run, running);
	pthread_attr_destroy(&detached);
	return failed == 0 ? STATUS_OK :
			     fault_set(fault, STATUS_FAILED,
				       "cannot start a thread");
}

static enum status
running_start(struct running *running, const struct transcode_order *order,
	      struct fault *fault)
{
	enum status status = output_open(running, order->expected_bytes, fault);

	if (status != STATUS_OK)
		return status;
	status = media_transcode_begin(running->cache->args.media,
				       order->input_fd, &order->target,
				       order->offset_ms, running->entry.fd,
				       &running->transcode, fault);
	if (status == STATUS_FULL)
		status = fault_set(fault, STATUS_AGAIN_LATER,
				   "all transcode workers are busy");
	if (status == STATUS_OK) {
		status = thread_start(running, fault);
		if (status != STATUS_OK)
			media_transcode_end(running->transcode);
	}
	if (status != STATUS_OK)
		running_forget(running);
	return status;
}

/* Tells all who wait what became of the start. */
static void
start_tell(struct running *running, enum status status,
	   const struct fault *fault)
{
	struct transcode_cache *cache = running->cache;

	pthread_mutex_lock(&cache->lock);
	running->starting = false;
	if (status == STATUS_OK) {
		pthread_cond_broadcast(&cache->change);
	} else {
		running->fault = *fault;
		running->fault.status = status;
		running_end_locked(running);
	}
	pthread_mutex_unlock(&cache->lock);
}

static enum status
start_wait(struct stream_reader *reader, struct fault *fault)
{
	struct running *running = reader->running;
	struct transcode_cache *cache = running->cache;
	enum status status = STATUS_OK;

	pthread_mutex_lock(&cache->lock);
	while (running->starting)
		pthread_cond_wait(&cache->change, &cache->lock);
	if (running->fault.status != STATUS_OK) {
		status = running->fault.status;
		if (fault != NULL)
			*fault = running->fault;
		reader_remove_locked(reader);
	}
	pthread_mutex_unlock(&cache->lock);
	return status;
}

enum status
transcode_cache_start(struct transcode_cache *cache,
		      const struct transcode_order *order,
		      struct stream_reader **out, struct fault *fault)
{
	struct stream_reader *reader;
	struct fault why = { 0 };
	enum status status;
	bool mine;

	status = reader_place(cache, order->name, &reader, &mine, fault);
	if (status != STATUS_OK)
		return status;
	if (mine) {
		status = running_start(reader->running, order, &why);
		start_tell(reader->running, status, &why);
	}
	status = start_wait(reader, fault);
	if (status == STATUS_OK)
		*out = reader;
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
	struct transcode_cache *cache = reader->running->cache;

	pthread_mutex_lock(&cache->lock);
	reader_remove_locked(reader);
	pthread_mutex_unlock(&cache->lock);
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
