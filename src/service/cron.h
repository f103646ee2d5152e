/* cron.h - times that come again, in the words of cron(5).
 *
 * Five fields: minute, hour, day of the month, month, day of the week (0 and 7:
 * Sunday), each a star, numbers, ranges, lists and steps; names of months and
 * days in English; or @hourly, @daily, @weekly, @monthly, @yearly. As with
 * Vixie's cron, when both kinds of days are given, either will do.
 *
 * Times are of the server's zone. When clocks are put forward, what was due in
 * the hour that is left out comes an hour off; when they are put back, what has
 * its own hours comes once and what has every hour comes in both.
 *
 * Floor: 4 (service). Threads: pure functions.
 * Source: POSIX crontab; Debian crontab(5).
 */
#ifndef OGMA_SERVICE_CRON_H
#define OGMA_SERVICE_CRON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

#define CRON_TEXT_MAX 200

struct cron { /* a bit for each value */
	uint64_t minutes;
	uint32_t hours, days, months, weekdays;
	bool any_day, any_weekday; /* the field is a star */
};

/* STATUS_INVALID with a sentence that names the field. */
enum status cron_parse(const char *text, struct cron *out,
		       struct fault *fault);

/* The first such time after `after_ms`; 0 when none comes in eight years (30
 * February). */
int64_t cron_next(const struct cron *cron, int64_t after_ms);

#endif /* OGMA_SERVICE_CRON_H */
