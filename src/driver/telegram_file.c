/* telegram_file.c - the bytes of a post's file; see telegram_post.h.
 *
 * The library fetches one window of a file at a time, and another request for
 * the same file cancels it: so everybody who reads a file shares a watch, whose
 * `window` is held by the one that is served. Windows lie on a grid, so that
 * what is asked for ahead is what is asked for later. The bytes are read out of
 * the library's own sparse file, which it moves when it is complete. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "driver/telegram_post.h"
#include "driver/telegram_private.h"

#define WINDOW_BYTES (1 << 20)
#define PRIORITY 16   /* of 1..32 */
#define PATIENCE 2    /* helpers that may end while one piece is read */
#define SETTLE_MS 1000
#define READY_WAIT_MS 15000 /* for another helper */

struct reader {
	struct telegram *telegram;
	struct telegram_link link;
	char *unique_id;
	int64_t size_bytes;
	struct telegram_watch *watch; /* NULL: to be looked up (again) */
	int64_t ahead;		      /* window that was asked for last */
};

/* ---- watches ---- */

/* Lock held. */
static void
watch_note(struct telegram_watch *watch, const json_t *file)
{
	const char *path = telegram_text(file, "local.path");

	if (strcmp(watch->path, path) != 0) {
		free(watch->path);
		watch->path = mem_copy_text(path);
	}
	watch->from = telegram_int(file, "local.download_offset");
	watch->prefix = telegram_int(file, "local.downloaded_prefix_size");
	watch->downloaded = telegram_int(file, "local.downloaded_size");
	watch->active = json_is_true(
		telegram_at(file, "local.is_downloading_active"));
	watch->complete = json_is_true(
		telegram_at(file, "local.is_downloading_completed"));
	watch->told++;
}

void
telegram_file_note(struct telegram *telegram, const json_t *file)
{
	int64_t id = telegram_int(file, "id");

	pthread_mutex_lock(&telegram->lock);
	for (struct telegram_watch *one = telegram->watches; one != NULL;
	     one = one->next) {
		if (one->file_id == id && one->run == telegram->run) {
			watch_note(one, file);
			pthread_cond_broadcast(&telegram->change);
		}
	}
	pthread_mutex_unlock(&telegram->lock);
}

/* Lock held. */
static struct telegram_watch *
watch_make(struct telegram *telegram, int64_t file_id)
{
	struct telegram_watch *watch = mem_new(1, sizeof *watch);

	watch->file_id = file_id;
	watch->run = telegram->run;
	watch->path = mem_copy_text("");
	pthread_mutex_init(&watch->window, NULL);
	watch->next = telegram->watches;
	telegram->watches = watch;
	return watch;
}

/* A new one knows nothing of its file: what a post says of it may be older than
 * what was told since, and a download that is over would be waited for. */
static struct telegram_watch *
watch_hold(struct telegram *telegram, int64_t id)
{
	struct telegram_watch *watch;

	pthread_mutex_lock(&telegram->lock);
	watch = telegram->watches;
	while (watch != NULL &&
	       (watch->file_id != id || watch->run != telegram->run))
		watch = watch->next;
	if (watch == NULL)
		watch = watch_make(telegram, id);
	watch->holders++;
	pthread_mutex_unlock(&telegram->lock);
	return watch;
}

static void
watch_let_go(struct telegram *telegram, struct telegram_watch *watch)
{
	struct telegram_watch **at = &telegram->watches;
	bool last;

	if (watch == NULL)
		return;
	pthread_mutex_lock(&telegram->lock);
	last = --watch->holders == 0;
	while (last && *at != watch)
		at = &(*at)->next;
	if (last)
		*at = watch->next;
	pthread_mutex_unlock(&telegram->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&watch->window);
	free(watch->path);
	free(watch);
}

/* Is it of the helper that runs now? */
static bool
watch_is_current(struct reader *reader)
{
	bool current;

	pthread_mutex_lock(&reader->telegram->lock);
	current = reader->watch != NULL &&
		  reader->watch->run == reader->telegram->run &&
		  reader->telegram->socket >= 0;
	pthread_mutex_unlock(&reader->telegram->lock);
	return current;
}

/* The post is asked for anew: that is how the library learns where its file may
 * be had. */
static enum status
watch_renew(struct reader *reader, struct fault *fault)
{
	json_t *message = NULL;
	const json_t *file;
	enum status status;

	watch_let_go(reader->telegram, reader->watch);
	reader->watch = NULL;
	reader->ahead = -1;
	status = telegram_message_get(reader->telegram, &reader->link,
				      &message, fault);
	if (status != STATUS_OK)
		return status;
	file = telegram_message_file(message);
	if (file == NULL || telegram_int(file, "size") != reader->size_bytes ||
	    strcmp(telegram_text(file, "remote.unique_id"),
		   reader->unique_id) != 0)
		status = fault_field(fault, STATUS_CORRUPT, "url",
				     "the post has another file by now");
	else
		reader->watch = watch_hold(reader->telegram,
					   telegram_int(file, "id"));
	json_decref(message);
	return status;
}

/* ---- windows ---- */

/* Lock held. */
static bool
watch_covers(const struct telegram_watch *watch, int64_t from, int64_t to)
{
	return watch->path[0] != '\0' &&
	       (watch->complete || (watch->from <= from &&
				    watch->from + watch->prefix >= to));
}

static bool
is_covered(struct reader *reader, int64_t from, int64_t to)
{
	const struct telegram_watch *watch = reader->watch;
	json_t *answer = NULL;
	bool covered;

	pthread_mutex_lock(&reader->telegram->lock);
	covered = watch_covers(watch, from, to);
	pthread_mutex_unlock(&reader->telegram->lock);
	if (covered || telegram_ask(reader->telegram,
				    json_pack("{s:s,s:I,s:I}", "@type",
					      "getFileDownloadedPrefixSize",
					      "file_id",
					      (json_int_t)watch->file_id,
					      "offset", (json_int_t)from),
				    0, &answer, NULL) != STATUS_OK)
		return covered;
	covered = telegram_int(answer, "size") >= to - from;
	json_decref(answer);
	return covered;
}

static json_t *
window_request(const struct reader *reader, int64_t window)
{
	int64_t left = reader->size_bytes - window;

	return json_pack("{s:s,s:I,s:i,s:I,s:I,s:b}", "@type", "downloadFile",
			 "file_id", (json_int_t)reader->watch->file_id,
			 "priority", PRIORITY, "offset", (json_int_t)window,
			 "limit",
			 (json_int_t)(left < WINDOW_BYTES ? left :
							    WINDOW_BYTES),
			 "synchronous", 0);
}

static void
window_cancel(struct reader *reader)
{
	telegram_tell(reader->telegram,
		      json_pack("{s:s,s:I}", "@type", "cancelDownloadFile",
				"file_id",
				(json_int_t)reader->watch->file_id));
}

enum window_end { WINDOW_COVERS, WINDOW_STOPPED, WINDOW_SILENT, WINDOW_LOST };

/* Lock held. A download that was only just asked for may not look active yet. */
static enum window_end
window_look(const struct telegram *telegram,
	    const struct telegram_watch *watch, int64_t from, int64_t to,
	    bool settled)
{
	if (watch_covers(watch, from, to))
		return WINDOW_COVERS;
	if (telegram->closing || watch->run != telegram->run ||
	    telegram->socket < 0)
		return WINDOW_LOST;
	return settled && !watch->active ? WINDOW_STOPPED : WINDOW_SILENT;
}

/* Until it is there, or nothing of it comes for too long. */
static enum window_end
window_wait(struct reader *reader, int64_t from, int64_t to)
{
	struct telegram *telegram = reader->telegram;
	struct telegram_watch *watch = reader->watch;
	int64_t timeout_ms = telegram->args.settings->timeout_ms;
	int64_t began_ms = clock_monotonic_ms(), now_ms = began_ms;
	int64_t until_ms = began_ms + timeout_ms, downloaded;
	enum window_end end;
	uint64_t told;

	pthread_mutex_lock(&telegram->lock);
	told = watch->told;
	downloaded = watch->downloaded;
	while ((end = window_look(telegram, watch, from, to,
				  watch->told != told ||
					  now_ms - began_ms > SETTLE_MS)) ==
		       WINDOW_SILENT &&
	       now_ms < until_ms) {
		telegram_change_wait(telegram, now_ms + SETTLE_MS < until_ms ?
						       now_ms + SETTLE_MS :
						       until_ms);
		now_ms = clock_monotonic_ms();
		if (watch->downloaded == downloaded)
			continue;
		downloaded = watch->downloaded;
		until_ms = now_ms + timeout_ms;
	}
	pthread_mutex_unlock(&telegram->lock);
	return end;
}

/* Somebody asked for it already, and it comes. */
static bool
window_comes(struct reader *reader, int64_t window)
{
	const struct telegram_watch *watch = reader->watch;
	bool comes;

	pthread_mutex_lock(&reader->telegram->lock);
	comes = watch->active && watch->from == window;
	pthread_mutex_unlock(&reader->telegram->lock);
	return comes;
}

static enum status
window_fetch(struct reader *reader, int64_t window, int64_t from, int64_t to,
	     struct fault *fault)
{
	struct telegram *telegram = reader->telegram;
	enum status status = STATUS_OK;
	enum window_end end;

	if (is_covered(reader, from, to))
		return STATUS_OK;
	if (!window_comes(reader, window))
		status = telegram_ask(telegram, window_request(reader, window),
				      0, NULL, fault);
	if (status != STATUS_OK)
		return status;
	end = window_wait(reader, from, to);
	if (end == WINDOW_COVERS)
		return STATUS_OK;
	if (end == WINDOW_LOST)
		return fault_field(fault, STATUS_UNAVAILABLE, "telegram",
				   "Telegram's library ended unexpectedly");
	if (end == WINDOW_SILENT)
		window_cancel(reader);
	else if (is_covered(reader, from, to))
		return STATUS_OK;
	return fault_field(fault,
			   end == WINDOW_SILENT ? STATUS_TIMED_OUT :
						  STATUS_AGAIN_LATER,
			   "telegram",
			   end == WINDOW_SILENT ?
				   "Telegram sent nothing for too long" :
				   "Telegram stopped sending the file");
}

/* So that the next read need not wait. It would cancel what is on its way, so
 * that has to be there before. */
static void
window_ahead(struct reader *reader, int64_t to)
{
	int64_t next = (to + WINDOW_BYTES / 2) / WINDOW_BYTES * WINDOW_BYTES;
	int64_t end = next + WINDOW_BYTES < reader->size_bytes ?
			      next + WINDOW_BYTES :
			      reader->size_bytes;

	if (next < to || next >= end || next <= reader->ahead ||
	    !is_covered(reader, to, next))
		return;
	reader->ahead = next;
	if (!is_covered(reader, next, end))
		telegram_tell(reader->telegram, window_request(reader, next));
}

/* ---- reading ---- */

static bool
bytes_read(struct reader *reader, uint64_t offset, char *room, size_t count)
{
	char *path;
	size_t done = 0;
	int fd;

	pthread_mutex_lock(&reader->telegram->lock);
	path = mem_copy_text(reader->watch->path);
	pthread_mutex_unlock(&reader->telegram->lock);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	while (fd >= 0 && done < count) {
		ssize_t got = pread(fd, room + done, count - done,
				    (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	if (fd >= 0)
		close(fd);
	return done == count;
}

/* The library moved its file, or dropped it. */
static void
path_ask(struct reader *reader)
{
	telegram_ask(reader->telegram,
		     json_pack("{s:s,s:I}", "@type", "getFile", "file_id",
			       (json_int_t)reader->watch->file_id),
		     0, NULL, NULL);
}

/* The watch's window is held. */
static enum status
piece_read(struct reader *reader, uint64_t offset, char *room, size_t count,
	   struct fault *fault)
{
	int64_t from = (int64_t)offset, to = from + (int64_t)count;

	for (int64_t at = from; at < to;) {
		int64_t window = at / WINDOW_BYTES * WINDOW_BYTES;
		int64_t end = window + WINDOW_BYTES < to ?
				      window + WINDOW_BYTES :
				      to;
		enum status status =
			window_fetch(reader, window, at, end, fault);

		if (status != STATUS_OK)
			return status;
		at = end;
	}
	if (!bytes_read(reader, offset, room, count)) {
		path_ask(reader);
		if (!bytes_read(reader, offset, room, count))
			return fault_field(fault, STATUS_UNAVAILABLE,
					   "telegram",
					   "a file of Telegram's went away "
					   "while it was read");
	}
	window_ahead(reader, to);
	return STATUS_OK;
}

/* The helper begins, or another one does; others than these states last. */
static void
ready_wait(struct telegram *telegram)
{
	int64_t until_ms = clock_monotonic_ms() + READY_WAIT_MS;
	const enum telegram_state *state = &telegram->look.state;

	pthread_mutex_lock(&telegram->lock);
	while (!telegram->closing &&
	       (*state == TELEGRAM_STARTING || *state == TELEGRAM_BROKEN) &&
	       telegram_change_wait(telegram, until_ms))
		;
	pthread_mutex_unlock(&telegram->lock);
}

static enum status
read_once(struct reader *reader, uint64_t offset, char *room, size_t count,
	  struct fault *fault)
{
	struct telegram_watch *watch;
	enum status status = STATUS_OK;

	if (!watch_is_current(reader)) {
		ready_wait(reader->telegram);
		status = watch_renew(reader, fault);
	}
	if (status != STATUS_OK)
		return status;
	watch = reader->watch;
	pthread_mutex_lock(&watch->window);
	status = piece_read(reader, offset, room, count, fault);
	pthread_mutex_unlock(&watch->window);
	return status;
}

static enum status
reader_read(void *cookie, uint64_t offset, char *room, size_t count,
	    struct fault *fault)
{
	struct reader *reader = cookie;
	enum status status = STATUS_UNAVAILABLE;

	for (int i = 0; i <= PATIENCE && (status == STATUS_UNAVAILABLE ||
					  status == STATUS_AGAIN_LATER);
	     i++)
		status = read_once(reader, offset, room, count, fault);
	return status;
}

/* Parts that somebody reads are kept for an hour in any case. */
static void
reader_release(void *cookie)
{
	struct reader *reader = cookie;
	struct telegram *telegram = reader->telegram;
	uint64_t bound = telegram->args.settings->cache_bytes / 4;
	bool tidy;

	watch_let_go(telegram, reader->watch);
	pthread_mutex_lock(&telegram->lock);
	telegram->fetched_since_tidy += (uint64_t)reader->size_bytes;
	tidy = telegram->fetched_since_tidy > bound;
	if (tidy)
		telegram->fetched_since_tidy = 0;
	pthread_mutex_unlock(&telegram->lock);
	if (tidy)
		telegram_cache_tidy(telegram);
	free(reader->unique_id);
	free(reader);
}

static uint64_t
mark_of(const char *unique_id)
{
	uint8_t digest[SHA256_BYTES];
	uint64_t mark;

	sha256(unique_id, strlen(unique_id), digest);
	memcpy(&mark, digest, sizeof mark);
	return mark;
}

enum status
telegram_post_open(struct telegram *telegram, const struct telegram_link *link,
		   int *out_fd, struct fault *fault)
{
	struct far_file file = { .read = reader_read,
				 .release = reader_release };
	struct telegram_post post;
	struct reader *reader;
	struct arena arena;
	enum status status;

	if (telegram != NULL)
		ready_wait(telegram);
	arena_init(&arena);
	status = telegram_post_get(telegram, link, &arena, &post, fault);
	if (status == STATUS_OK) {
		reader = mem_new(1, sizeof *reader);
		*reader = (struct reader){ .telegram = telegram,
					   .link = *link,
					   .unique_id = mem_copy_text(
						   post.unique_id),
					   .size_bytes = post.size_bytes,
					   .ahead = -1 };
		file.cookie = reader;
		file.size_bytes = (uint64_t)post.size_bytes;
		file.modified_ns = post.date_ms * 1000000;
		file.mark = mark_of(post.unique_id);
		status = far_files_open(telegram->files, &file, out_fd, fault);
	}
	arena_release(&arena);
	return status;
}
