/* clock.c - the two clocks and their text forms; see clock.h. */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char day_names[7][4] = { "Sun", "Mon", "Tue", "Wed",
				      "Thu", "Fri", "Sat" };
static const char month_names[12][4] = { "Jan", "Feb", "Mar", "Apr",
					 "May", "Jun", "Jul", "Aug",
					 "Sep", "Oct", "Nov", "Dec" };

static int64_t
now_us(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_now_ms(void)
{
	return now_us(CLOCK_REALTIME) / 1000;
}

int64_t
clock_monotonic_ms(void)
{
	return now_us(CLOCK_MONOTONIC) / 1000;
}

int64_t
clock_monotonic_us(void)
{
	return now_us(CLOCK_MONOTONIC);
}

static struct tm
broken_down(int64_t unix_ms, int *milliseconds)
{
	int64_t seconds = unix_ms / 1000;
	struct tm parts;
	time_t time;

	*milliseconds = (int)(unix_ms % 1000);
	if (*milliseconds < 0) {
		*milliseconds += 1000;
		seconds--;
	}
	time = (time_t)seconds;
	gmtime_r(&time, &parts);
	return parts;
}

void
clock_print_rfc3339(int64_t unix_ms, char out[CLOCK_TEXT_BYTES])
{
	int milliseconds;
	struct tm t = broken_down(unix_ms, &milliseconds);
	char date[24];

	strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &t);
	snprintf(out, CLOCK_TEXT_BYTES, "%s.%03dZ", date, milliseconds);
}

void
clock_print_http(int64_t unix_ms, char out[CLOCK_TEXT_BYTES])
{
	int milliseconds;
	struct tm t = broken_down(unix_ms, &milliseconds);
	char rest[24];

	/* Not %a and %b: those follow the locale. */
	strftime(rest, sizeof rest, "%Y %H:%M:%S GMT", &t);
	snprintf(out, CLOCK_TEXT_BYTES, "%s, %02d %s %s",
		 day_names[t.tm_wday], t.tm_mday, month_names[t.tm_mon], rest);
}

static bool
parse_month(const char *name, int *month)
{
	for (int i = 0; i < 12; i++) {
		if (memcmp(name, month_names[i], 3) == 0) {
			*month = i;
			return true;
		}
	}
	return false;
}

static bool
fields_in_range(const struct tm *t)
{
	return t->tm_mday >= 1 && t->tm_mday <= 31 && t->tm_hour >= 0 &&
	       t->tm_hour <= 23 && t->tm_min >= 0 && t->tm_min <= 59 &&
	       t->tm_sec >= 0 && t->tm_sec <= 60 && t->tm_year >= -1900 &&
	       t->tm_year <= 8099 && t->tm_mon >= 0 && t->tm_mon <= 11;
}

/* Two-digit years: RFC 9110 wants the past century when the date would be more
 * than 50 years ahead. */
static int
century_year(int two_digits)
{
	int milliseconds;
	struct tm now = broken_down(clock_now_ms(), &milliseconds);
	int year = (now.tm_year + 1900) / 100 * 100 + two_digits;

	return year > now.tm_year + 1900 + 50 ? year - 100 : year;
}

bool
clock_parse_http(const char *text, size_t length, int64_t *unix_ms)
{
	char copy[48], month[4] = "", weekday[12] = "";
	struct tm t = { 0 };
	int year = 0, end = 0;

	if (length >= sizeof copy)
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (sscanf(copy, "%3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n",
		   weekday, &t.tm_mday, month, &year, &t.tm_hour, &t.tm_min,
		   &t.tm_sec, &end) == 7 &&
	    end == (int)length) {
		/* IMF-fixdate */
	} else if (end = 0, sscanf(copy,
				   "%9[A-Za-z], %2d-%3[A-Za-z]-%2d "
				   "%2d:%2d:%2d GMT%n",
				   weekday, &t.tm_mday, month, &year,
				   &t.tm_hour, &t.tm_min, &t.tm_sec,
				   &end) == 7 &&
			    end == (int)length) {
		year = century_year(year); /* RFC 850 */
	} else if (end = 0, sscanf(copy,
				   "%3[A-Za-z] %3[A-Za-z] %2d "
				   "%2d:%2d:%2d %4d%n",
				   weekday, month, &t.tm_mday, &t.tm_hour,
				   &t.tm_min, &t.tm_sec, &year, &end) == 7 &&
			    end == (int)length) {
		/* asctime */
	} else {
		return false;
	}
	t.tm_year = year - 1900;
	if (!parse_month(month, &t.tm_mon) || !fields_in_range(&t))
		return false;
	*unix_ms = (int64_t)timegm(&t) * 1000;
	return true;
}

/* "Z", "+03:00" or "-0800" in minutes. */
static bool
parse_zone(const char *zone, int *minutes)
{
	int hours, rest, end = 0;
	char sign;

	if (strcmp(zone, "Z") == 0 || strcmp(zone, "z") == 0) {
		*minutes = 0;
		return true;
	}
	if (sscanf(zone, "%c%2d:%2d%n", &sign, &hours, &rest, &end) != 3 ||
	    zone[end] != '\0' || (sign != '+' && sign != '-') || hours > 23 ||
	    rest > 59 || hours < 0 || rest < 0)
		return false;
	*minutes = (hours * 60 + rest) * (sign == '-' ? -1 : 1);
	return true;
}

bool
clock_parse_rfc3339(const char *text, int64_t *unix_ms)
{
	struct tm t = { 0 };
	int end = 0, year = 0, minutes = 0, milliseconds = 0, digits = 0;
	const char *rest;

	if (sscanf(text, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &year, &t.tm_mon,
		   &t.tm_mday, &t.tm_hour, &t.tm_min, &t.tm_sec, &end) != 6 ||
	    end == 0)
		return false;
	rest = text + end;
	if (*rest == '.') {
		for (rest++; *rest >= '0' && *rest <= '9'; rest++, digits++) {
			if (digits < 3)
				milliseconds = milliseconds * 10 + *rest - '0';
		}
		for (; digits < 3; digits++)
			milliseconds *= 10;
	}
	t.tm_year = year - 1900;
	t.tm_mon -= 1;
	if (!parse_zone(rest, &minutes) || !fields_in_range(&t))
		return false;
	*unix_ms = ((int64_t)timegm(&t) - (int64_t)minutes * 60) * 1000 +
		   milliseconds;
	return true;
}
