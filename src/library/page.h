/* page.h - one page of a long list: limit, offset or cursor, total.
 *
 * A cursor is opaque text that holds the sort values of the last row of the
 * page before, so that page 10,000 costs what page 1 costs (keyset paging). It
 * belongs to one sort and one set of filters; with others it is refused.
 *
 * Totals: lists without filters, and those by one artist, album or genre, know
 * theirs from kept counters. Other filters are counted, up to
 * PAGE_COUNT_MAX; past it the total is a lower bound. The total travels in the
 * cursor, so only the first page pays.
 *
 * Floor: 3 (library). Threads: no shared state.
 */
#ifndef OGMA_LIBRARY_PAGE_H
#define OGMA_LIBRARY_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"

#define PAGE_LIMIT_MAX 100
#define PAGE_LIMIT_PRESET 50
#define PAGE_OFFSET_MAX 10000 /* deeper: cursor */
#define PAGE_COUNT_MAX 10000

/* What the asker wants. */
struct page_request {
	uint32_t limit;     /* 1..PAGE_LIMIT_MAX; 0: PAGE_LIMIT_PRESET */
	uint32_t offset;    /* 0..PAGE_OFFSET_MAX; not with a cursor */
	const char *cursor; /* of the page before, or NULL */
	bool oldest_first;  /* of lists that are in order of time */
};

/* What belongs to the answer beside its items. */
struct page_info {
	int64_t total; /* below 0: not counted */
	bool total_is_lower_bound;
	const char *next_cursor; /* arena-owned; NULL: this was the last page */
	bool searches; /* it may stop before its page is full: */
	int64_t searched_to_ms; /* there, and next_cursor goes on; 0: no */
};

/* STATUS_INVALID with field "limit", "offset" or "cursor". Lists call it
 * themselves. */
enum status page_request_check(const struct page_request *request,
			       struct fault *fault);

#endif /* OGMA_LIBRARY_PAGE_H */
