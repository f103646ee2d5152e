/* cron.c - see cron.h. */
#include "service/cron.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/memory.h"
#include "base/text.h"

#define DAYS_MAX (8 * 366 + 1)

struct cron_field {
	const char *name;
	long min, max;
	const char *words; /* three letters each, of min and what follows */
};

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };

static const struct cron_field fields[FIELDS] = {
	[MINUTE] = { "minute", 0, 59, "" },
	[HOUR] = { "hour", 0, 23, "" },
	[DAY] = { "day of the month", 1, 31, "" },
	[MONTH] = { "month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec" },
	[WEEKDAY] = { "day of the week", 0, 7, "sunmontuewedthufrisat" },
};

static const struct {
	const char *name, *text;
} nicknames[] = {
	{ "@hourly", "0 * * * *" },    { "@daily", "0 0 * * *" },
	{ "@midnight", "0 0 * * *" },  { "@weekly", "0 0 * * 0" },
	{ "@monthly", "0 0 1 * *" },   { "@yearly", "0 0 1 1 *" },
	{ "@annually", "0 0 1 1 *" },
};

/* ---- reading -------------------------------------------------------------- */

static bool
number_read(const char **at, const struct cron_field *field, long *out)
{
	long value = 0;
	int digits = 0;

	while (isdigit((unsigned char)**at) && digits++ < 3)
		value = value * 10 + (*(*at)++ - '0');
	if (digits > 0) {
		*out = value;
		return digits <= 2;
	}
	for (const char *word = field->words; *word != '\0'; word += 3) {
		if (strncasecmp(*at, word, 3) != 0)
			continue;
		*at += 3;
		*out = field->min + (word - field->words) / 3;
		return true;
	}
	return false;
}

/* "*", "5", "1-5", each with "/2" or not. */
static bool
range_read(const char **at, const struct cron_field *field, uint64_t *bits)
{
	long first = field->min, last = field->max, step = 1;

	if (**at == '*') {
		(*at)++;
	} else {
		if (!number_read(at, field, &first))
			return false;
		last = first;
		if (**at == '-') {
			(*at)++;
			if (!number_read(at, field, &last))
				return false;
		} else if (**at == '/') {
			last = field->max;
		}
	}
	if (**at == '/') {
		const struct cron_field plain = { .words = "" };

		(*at)++;
		if (!number_read(at, &plain, &step) || step == 0)
			return false;
	}
	if (first < field->min || last > field->max || first > last)
		return false;
	for (long value = first; value <= last; value += step)
		*bits |= UINT64_C(1) << value;
	return true;
}

static bool
field_read(const char *text, const struct cron_field *field, uint64_t *bits)
{
	*bits = 0;
	for (;;) {
		if (!range_read(&text, field, bits))
			return false;
		if (*text == '\0')
			return true;
		if (*text++ != ',')
			return false;
	}
}

static const char *
nickname_resolve(const char *text)
{
	for (size_t i = 0; i < ARRAY_LENGTH(nicknames); i++)
		if (strcasecmp(text, nicknames[i].name) == 0)
			return nicknames[i].text;
	return text;
}

enum status
cron_parse(const char *text, struct cron *out, struct fault *fault)
{
	char words[CRON_TEXT_MAX + 1], *rest = NULL, *word;
	uint64_t bits[FIELDS];
	bool star[FIELDS];
	int count = 0;

	text = nickname_resolve(text);
	if (strlen(text) > CRON_TEXT_MAX)
		return fault_set(fault, STATUS_INVALID,
				 "a time is at most %d characters",
				 CRON_TEXT_MAX);
	memcpy(words, text, strlen(text) + 1);
	for (word = strtok_r(words, " \t", &rest);
	     word != NULL && count < FIELDS;
	     word = strtok_r(NULL, " \t", &rest), count++) {
		star[count] = *word == '*';
		if (!field_read(word, &fields[count], &bits[count]))
			return fault_set(fault, STATUS_INVALID,
					 "\"%.40s\" is no %s", word,
					 fields[count].name);
	}
	if (count != FIELDS || word != NULL)
		return fault_set(fault, STATUS_INVALID,
				 "a time has five fields: minute, hour, day "
				 "of the month, month, day of the week");
	*out = (struct cron){
		.minutes = bits[MINUTE],
		.hours = (uint32_t)bits[HOUR],
		.days = (uint32_t)bits[DAY],
		.months = (uint32_t)bits[MONTH],
		.weekdays = (uint32_t)((bits[WEEKDAY] | bits[WEEKDAY] >> 7) &
				       0x7f),
		.any_day = star[DAY],
		.any_weekday = star[WEEKDAY],
	};
	return STATUS_OK;
}

/* ---- reckoning -------------------------------------------------------------- */

static bool
day_fits(const struct cron *cron, const struct tm *day)
{
	bool by_day = (cron->days >> day->tm_mday & 1) != 0;
	bool by_weekday = (cron->weekdays >> day->tm_wday & 1) != 0;

	if ((cron->months >> (day->tm_mon + 1) & 1) == 0)
		return false;
	if (cron->any_day || cron->any_weekday)
		return by_day && by_weekday;
	return by_day || by_weekday;
}

/* Midnight of the day that is `days` later; noon tells which day it is, as not
 * every day has a midnight. */
static struct tm
day_after(const struct tm *day, int days)
{
	struct tm next = { .tm_year = day->tm_year, .tm_mon = day->tm_mon,
			   .tm_mday = day->tm_mday + days, .tm_hour = 12,
			   .tm_isdst = -1 };

	mktime(&next);
	next.tm_hour = next.tm_min = next.tm_sec = 0;
	next.tm_isdst = -1;
	return next;
}

/* The times of one day by its own clock; 0: none after `after`. */
static time_t
by_hours(const struct cron *cron, const struct tm *day, time_t after)
{
	for (int hour = 0; hour < 24; hour++) {
		if ((cron->hours >> hour & 1) == 0)
			continue;
		for (int minute = 0; minute < 60; minute++) {
			struct tm at = *day;
			time_t when;

			if ((cron->minutes >> minute & 1) == 0)
				continue;
			at.tm_hour = hour;
			at.tm_min = minute;
			when = mktime(&at);
			if (when > after)
				return when;
		}
	}
	return 0;
}

/* Every hour: by the clock that never jumps. */
static time_t
by_minutes(const struct cron *cron, const struct tm *day, time_t after)
{
	struct tm first = *day, next = day_after(day, 1);
	time_t at = mktime(&first), end = mktime(&next);

	if (at <= after)
		at = after - after % 60 + 60;
	for (; at < end; at += 60) {
		struct tm parts;

		localtime_r(&at, &parts);
		if (cron->minutes >> parts.tm_min & 1)
			return at;
	}
	return 0;
}

int64_t
cron_next(const struct cron *cron, int64_t after_ms)
{
	const uint32_t all_hours = 0xffffff;
	time_t after = (time_t)(after_ms / 1000), found;
	struct tm today;

	localtime_r(&after, &today);
	for (int i = 0; i < DAYS_MAX; i++) {
		struct tm day = day_after(&today, i);

		if (!day_fits(cron, &day))
			continue;
		found = cron->hours == all_hours ?
				by_minutes(cron, &day, after) :
				by_hours(cron, &day, after);
		if (found != 0)
			return (int64_t)found * 1000;
	}
	return 0;
}
