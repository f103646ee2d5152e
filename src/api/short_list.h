/* short_list.h - a list that is bounded by design and in memory as a whole
 * (settings, schedules, backups, sources): searched, put in order and cut into
 * pages here, with the parameters and answers of every other list.
 *
 * A cursor names the row that its page ended with and the place of it, so that
 * nothing is told twice or passed over when other rows come or go. It belongs
 * to one order and one set of filters; with others it is refused.
 *
 * Floor: 5 (api). Threads: a call's.
 */
#ifndef OGMA_API_SHORT_LIST_H
#define OGMA_API_SHORT_LIST_H

#include "api/call.h"
#include "library/page.h"

#define SHORT_ORDERS_MAX 6

/* As for qsort(). No two rows are equal: the last thing it compares is the
 * row's key. */
typedef int short_compare(const void *a, const void *b);

struct short_kind {
	size_t size; /* of a row */

	/* What tells a row from all others. */
	const char *(*key)(const void *row, struct arena *arena);

	/* What `q` is looked for in: any case, accents or not. */
	const char *(*words)(const void *row, struct arena *arena);

	/* Whether the other filters let it pass. */
	bool (*passes)(const void *row, const struct call *call);

	/* By the words of `sort`; "-name" is `name` from its end. */
	struct {
		const char *name;
		short_compare *compare; /* NULL: as the rows came */
	} orders[SHORT_ORDERS_MAX];
};

/* For passes(): whether the parameter is absent, or says this. */
bool short_choice(const struct call *call, const char *name,
		  const char *value);
bool short_flag(const struct call *call, const char *name, bool value);

/* For the comparing of rows. */
int short_by_number(int64_t a, int64_t b);

/* Leaves the rows of the page the call asks for, *count of them, at the
 * beginning of `rows`. STATUS_INVALID with field "offset" or "cursor". */
enum status short_list_cut(const struct call *call,
			   const struct short_kind *kind, void *rows,
			   size_t *count, struct page_info *info,
			   struct fault *fault);

#endif /* OGMA_API_SHORT_LIST_H */
