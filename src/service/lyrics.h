/* lyrics.h - the words of a track, by line and, where known, by time.
 *
 * Words come from "name.lrc" beside "name.mp3", else from the file's tags.
 * LRC (https://en.wikipedia.org/wiki/LRC_(file_format)): several stamps before
 * one line repeat it, [offset:±ms] moves all of it (positive: earlier), the
 * stamps of single words <mm:ss.xx> are dropped, other [tag:…] lines are not
 * words. Text that is not UTF-8 is read as Windows-1251.
 *
 * Threads: lyrics_parse() has no state; lyrics_get() may block.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_LYRICS_H
#define OGMA_SERVICE_LYRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"

struct store;

#define LYRICS_LIMIT_BYTES ((size_t)512 * 1024)
#define LYRICS_LINES_MAX 10000

struct lyrics_line {
	int64_t time_ms;  /* -1: no time known */
	const char *text; /* "" is a pause */
};

struct lyrics {
	bool synced;
	struct lyrics_line *lines; /* by time when synced */
	size_t line_count;
	const char *text; /* all words without stamps, "\n" between lines */
};

/* Arena-owned. STATUS_NOT_FOUND when there is not one word in it;
 * STATUS_TOO_LARGE over the limits above. */
enum status lyrics_parse(struct arena *arena, struct span text,
			 struct lyrics *out, struct fault *fault);

/* The same text as UTF-8, checked by reading it, for keeping; *synced as above.
 * Arena-owned. Statuses as above. */
enum status lyrics_check(struct arena *arena, struct span raw,
			 const char **text, bool *synced,
			 struct fault *fault);

/* The words of a track. STATUS_NOT_FOUND: no such track, or no words. */
enum status lyrics_get(struct store *store, int64_t track_id,
		       struct arena *arena, struct lyrics *out,
		       struct fault *fault);

#endif /* OGMA_SERVICE_LYRICS_H */
