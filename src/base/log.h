/* log.h - JSON lines for operators.
 *
 * One line: {"time","level","component","message",…fields,"request_id"}. The
 * program has one log, because there is one standard error and one operator.
 * Lines are written whole by one write(), so that threads do not mix them.
 * Never pass a secret: there is no way to take a line back.
 *
 *	log_info("scan", "scan finished",
 *		 LOG_INT("added", n), LOG_TEXT("path", path));
 *
 * Floor: 0 (base). Threads: all functions may be called from any.
 */
#ifndef OGMA_BASE_LOG_H
#define OGMA_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log_field {
	const char *name; /* NULL ends the list */
	const char *text; /* NULL: `number` is the value */
	double number;
};

#define LOG_TEXT(name, value) \
	((struct log_field){ (name), (value) != NULL ? (value) : "", 0 })
#define LOG_INT(name, value) \
	((struct log_field){ (name), NULL, (double)(value) })

struct log_settings {
	enum log_level level;
	const char *path;       /* NULL: standard error only */
	uint64_t rotate_bytes;  /* start a new file past this size */
	uint32_t keep_files;    /* rotated files kept: path.1 … path.N */
	bool to_stderr;         /* also when there is a path */
};

/* Without log_open(), INFO and up go to standard error. */
enum status log_open(const struct log_settings *settings, struct fault *fault);

/* Closes and opens the file again, after an outside tool moved it. */
void log_reopen(void);
void log_close(void);

bool log_level_on(enum log_level level);
bool log_level_parse(const char *name, enum log_level *out);

/* Sets the request id put on every line of this thread; NULL clears it. The
 * text is copied. */
void log_set_request(const char *request_id);

/* A second reader of WARNING and ERROR lines (alerts, metrics). `sink` must be
 * fast and must not log. At most one. */
typedef void log_sink(void *cookie, enum log_level level,
		      const char *component, const char *message);
void log_set_sink(log_sink *sink, void *cookie);

void log_write(enum log_level level, const char *component,
	       const char *message, const struct log_field *fields);

#define log_at(level, component, message, ...)                               \
	do {                                                                 \
		if (log_level_on(level))                                     \
			log_write(level, component, message,                 \
				  (const struct log_field[]){                \
					  __VA_ARGS__ __VA_OPT__(, ){ 0 } }); \
	} while (0)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_at(LOG_INFO, __VA_ARGS__)
#define log_warning(...) log_at(LOG_WARNING, __VA_ARGS__)
#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)

#endif /* OGMA_BASE_LOG_H */
