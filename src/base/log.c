/* log.c - JSON lines for operators; see log.h.
 *
 * Invariant: `state.fd` is either -1 or open for appending, changed only under
 * `state.lock`. The level is atomic, so a line that is off costs one load. */
#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <errno.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

#define LINE_LIMIT_BYTES 16384

static struct {
	pthread_mutex_t lock;
	atomic_int level;
	int fd;
	char *path;
	uint64_t size_bytes;
	uint64_t rotate_bytes;
	uint32_t keep_files;
	bool to_stderr;
	log_sink *sink;
	void *sink_cookie;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER,
	    .level = LOG_INFO,
	    .fd = -1,
	    .to_stderr = true };

static _Thread_local char current_request[64];

static const char *const level_names[] = { "DEBUG", "INFO", "WARNING",
					   "ERROR" };

bool
log_level_on(enum log_level level)
{
	return (int)level >=
	       atomic_load_explicit(&state.level, memory_order_relaxed);
}

bool
log_level_parse(const char *name, enum log_level *out)
{
	for (size_t i = 0; i < ARRAY_LENGTH(level_names); i++) {
		if (strcasecmp(name, level_names[i]) == 0) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

static int
file_open(const char *path, uint64_t *size_bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	struct stat facts;

	*size_bytes = 0;
	if (fd >= 0 && fstat(fd, &facts) == 0)
		*size_bytes = (uint64_t)facts.st_size;
	return fd;
}

enum status
log_open(const struct log_settings *settings, struct fault *fault)
{
	int fd = -1;
	uint64_t size_bytes = 0;

	if (settings->path != NULL) {
		fd = file_open(settings->path, &size_bytes);
		if (fd < 0)
			return fault_errno(fault, errno,
					   "cannot open the log file %s",
					   settings->path);
	}
	log_close();
	pthread_mutex_lock(&state.lock);
	atomic_store(&state.level, (int)settings->level);
	state.fd = fd;
	state.path = settings->path != NULL ? mem_copy_text(settings->path) :
					      NULL;
	state.size_bytes = size_bytes;
	state.rotate_bytes = settings->rotate_bytes;
	state.keep_files = settings->keep_files;
	state.to_stderr = settings->to_stderr || fd < 0;
	pthread_mutex_unlock(&state.lock);
	return STATUS_OK;
}

static void
reopen_locked(void)
{
	if (state.path == NULL)
		return;
	if (state.fd >= 0)
		close(state.fd);
	state.fd = file_open(state.path, &state.size_bytes);
	state.to_stderr = state.to_stderr || state.fd < 0;
}

void
log_reopen(void)
{
	pthread_mutex_lock(&state.lock);
	reopen_locked();
	pthread_mutex_unlock(&state.lock);
}

void
log_close(void)
{
	pthread_mutex_lock(&state.lock);
	if (state.fd >= 0)
		close(state.fd);
	state.fd = -1;
	free(state.path);
	state.path = NULL;
	state.to_stderr = true;
	pthread_mutex_unlock(&state.lock);
}

void
log_set_request(const char *request_id)
{
	snprintf(current_request, sizeof current_request, "%s",
		 request_id != NULL ? request_id : "");
}

void
log_set_sink(log_sink *sink, void *cookie)
{
	pthread_mutex_lock(&state.lock);
	state.sink = sink;
	state.sink_cookie = cookie;
	pthread_mutex_unlock(&state.lock);
}

/* path.1 is the newest of the old files. */
static void
rotate_locked(void)
{
	char from[4096], to[4096];

	for (uint32_t i = state.keep_files; i >= 1; i--) {
		if (i == 1)
			snprintf(from, sizeof from, "%s", state.path);
		else
			snprintf(from, sizeof from, "%s.%u", state.path, i - 1);
		snprintf(to, sizeof to, "%s.%u", state.path, i);
		rename(from, to);
	}
	if (state.keep_files == 0)
		unlink(state.path);
	reopen_locked();
}

static void
write_whole(int fd, const char *bytes, size_t count)
{
	ssize_t wrote = write(fd, bytes, count);

	/* A full disk must not stop the program that reports it. */
	(void)wrote;
}

static void
line_print(struct buffer *line, enum log_level level, const char *component,
	   const char *message, const struct log_field *fields)
{
	struct json_writer json;
	char time[CLOCK_TEXT_BYTES];

	clock_print_rfc3339(clock_now_ms(), time);
	json_writer_init(&json, line);
	json_object_begin(&json);
	json_member_text(&json, "time", time);
	json_member_text(&json, "level", level_names[level]);
	json_member_text(&json, "component", component);
	json_member_text(&json, "message", message);
	for (; fields->name != NULL; fields++) {
		if (fields->text != NULL)
			json_member_text(&json, fields->name, fields->text);
		else
			json_member_double(&json, fields->name,
					   fields->number);
	}
	if (current_request[0] != '\0')
		json_member_text(&json, "request_id", current_request);
	json_object_end(&json);
	buffer_add_char(line, '\n');
}

void
log_write(enum log_level level, const char *component, const char *message,
	  const struct log_field *fields)
{
	struct buffer line;

	buffer_init(&line, LINE_LIMIT_BYTES);
	line_print(&line, level, component, message, fields);
	if (line.full) { /* keep lines whole: drop the fields */
		buffer_clear(&line);
		line_print(&line, level, component, "a log line was too long",
			   &(struct log_field){ 0 });
	}
	pthread_mutex_lock(&state.lock);
	if (state.fd >= 0) {
		write_whole(state.fd, line.bytes, line.length);
		state.size_bytes += line.length;
		if (state.rotate_bytes > 0 &&
		    state.size_bytes > state.rotate_bytes)
			rotate_locked();
	}
	if (state.to_stderr)
		write_whole(STDERR_FILENO, line.bytes, line.length);
	if (state.sink != NULL && level >= LOG_WARNING)
		state.sink(state.sink_cookie, level, component, message);
	pthread_mutex_unlock(&state.lock);
	buffer_release(&line);
}
