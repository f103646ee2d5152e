/* listing.h - an admin's list: a page of it, or all that matches as a file.
 *
 * A list says how its rows are read and written once, in a constant
 * `listing_kind`; listing_answer() gives the page, or with `format` in the
 * address a file, which is noted in the audit log.
 *
 * Floor: 5 (api). Threads: a call's.
 */
#ifndef OGMA_API_LISTING_H
#define OGMA_API_LISTING_H

#include "api/call.h"
#include "api/csv.h"
#include "library/page.h"

struct listing; /* embedded first in the list's own struct */

struct listing_kind {
	const char *file;  /* "ogma-users" */
	const char *model; /* in the audit log: "user" */
	const char *head;  /* names of the CSV's columns */

	bool elsewhere; /* the rows are not in the store: no session */

	/* Reads listing->page; fills count, info and rows of its own. */
	enum status (*read)(struct store_session *session,
			    struct listing *listing, struct fault *fault);
	void (*json)(struct json_writer *json, const struct listing *listing,
		     size_t i);
	void (*csv)(struct csv_writer *csv, const struct listing *listing,
		    size_t i); /* one row, with its end */
};

struct listing {
	const struct listing_kind *kind;
	struct call *call;
	struct page_request page;
	size_t count;
	struct page_info info;
	struct arena arena; /* of the page's rows */
	struct buffer file;
	char cursor[1200]; /* of a file's next page */
};

/* The answer releases it. A listing outlives its call, which is gone once it is
 * answered: it belongs on the stack of the handler. */
void listing_init(struct listing *listing, const struct listing_kind *kind,
		  struct call *call, const struct page_request *page);

/* A page of it. */
void listing_answer_page(struct listing *listing);

/* That, or a file when the address has a `format`. */
void listing_answer(struct listing *listing);

/* What became of each of many: {"changed":[…],"refused":[…]}. */
struct listing_outcome {
	int64_t id;
	enum status status;
	const char *reason; /* when it was not done */
};
void listing_answer_outcomes(struct call *call,
			     const struct listing_outcome *outcomes,
			     size_t count);

#endif /* OGMA_API_LISTING_H */
