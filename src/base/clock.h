/* clock.h - the two clocks and their text forms.
 *
 * Stored times are Unix milliseconds, UTC. Intervals are measured on the
 * monotonic clock, which no operator can set back.
 *
 * Floor: 0 (base). Threads: all functions may be called from any.
 */
#ifndef OGMA_BASE_CLOCK_H
#define OGMA_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_TEXT_BYTES 32

int64_t clock_now_ms(void);       /* Unix time */
int64_t clock_monotonic_ms(void); /* since some fixed moment */
int64_t clock_monotonic_us(void);

/* "2026-01-31T09:05:00.250Z" (RFC 3339). */
void clock_print_rfc3339(int64_t unix_ms, char out[CLOCK_TEXT_BYTES]);

/* "Sat, 31 Jan 2026 09:05:00 GMT" (IMF-fixdate, RFC 9110 5.6.7). */
void clock_print_http(int64_t unix_ms, char out[CLOCK_TEXT_BYTES]);

/* Reads all three HTTP date forms of RFC 9110 5.6.7; false on anything else. */
bool clock_parse_http(const char *text, size_t length, int64_t *unix_ms);

/* Reads RFC 3339 with any offset; false on anything else. */
bool clock_parse_rfc3339(const char *text, int64_t *unix_ms);

#endif /* OGMA_BASE_CLOCK_H */
