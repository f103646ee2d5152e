/* page_private.h - how lists of the library are read: first the ids of one
 * page, in order, then the things of these ids.
 *
 * Floor: 3 (library); private.
 */
#ifndef OGMA_LIBRARY_PAGE_PRIVATE_H
#define OGMA_LIBRARY_PAGE_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "driver/store.h"
#include "library/page.h"

#define PAGE_SORT_COLUMNS 4
#define PAGE_ARGS_MAX 16

struct page_column {
	const char *name; /* "t.title_key"; NULL ends them */
	bool is_bytes;    /* else a whole number */
};

/* One order of a list. All columns and, last, the id run the same way. An
 * index must have exactly these columns and the id. */
struct page_sort {
	const char *name; /* as askers write it */
	struct page_column columns[PAGE_SORT_COLUMNS];
	bool descending;
};

/* One condition in two forms. `gather` lets the engine start from it; `walk`
 * only tests it while the engine walks along the order's index. Both use the
 * same parameter, whose places are written as "?" (or none). */
struct page_condition {
	const char *gather;
	const char *walk;
	struct sql_value value;
};

/* Of lists in order of time: the newest first, or with the request's
 * oldest_first as `sort` the other way round. */
extern const struct page_sort page_by_age[2];

struct page_query {
	const char *from;    /* "tracks t" */
	const char *id;      /* "t.id" */
	const char *visible; /* "t.visible = 1", as the indexes have it */
	const char *all_key; /* in totals: how many there are unfiltered */
	const struct page_sort *sorts;
	size_t sort; /* index in sorts */
	struct page_condition conditions[PAGE_ARGS_MAX];
	size_t condition_count;
	int64_t known_total; /* -1: not known */
	bool nothing;        /* a filter names what is not there */
};

void page_filter(struct page_query *query, const char *gather,
		 const char *walk, struct sql_value value);

/* Reads the ids of one page. `ids` has room for PAGE_LIMIT_MAX. */
enum status page_read(struct store_session *session,
		      const struct page_query *query,
		      const struct page_request *request, struct arena *arena,
		      int64_t *ids, size_t *count, struct page_info *info,
		      struct fault *fault);

/* False when no sort has the name. */
bool page_sort_parse(const struct page_sort *sorts, size_t count,
		     const char *name, size_t *out);

/* ---- things by their ids -------------------------------------------------- */

#define IDS_AT_ONCE 100

/* Writes "$1, $2, …" for one of a few list lengths, so that few statements are
 * prepared, and fills args (room for IDS_AT_ONCE), repeating the last id.
 * Returns how many args. count is 1..IDS_AT_ONCE. */
size_t id_list(struct buffer *sql, const int64_t *ids, size_t count,
	       struct sql_value *args);

/* Runs `before` + "(ids)" + `after`. */
enum status query_by_ids(struct store_session *session, const char *before,
			 const char *after, const int64_t *ids, size_t count,
			 struct store_rows **out, struct fault *fault);

/* Makes a thing of the row that is being looked at. */
typedef void row_reader(struct store_rows *rows, struct arena *arena,
			void *thing);

/* Reads the query's one row. Without it STATUS_NOT_FOUND, with the sentence of
 * `format` as in printf. */
enum status row_find(struct store_session *session, const char *sql,
		     const struct sql_value *args, size_t count,
		     row_reader *read, struct arena *arena, void *thing,
		     struct fault *fault, const char *format, ...)
	__attribute__((format(printf, 9, 10)));

/* What a page names: runs `select` + "(ids)", whose first column is the id, and
 * reads each row to the place of its id in `things`, an array of things of `size`
 * bytes. The place of an id without a row stays as it was. */
enum status rows_of_ids(struct store_session *session, const char *select,
			const int64_t *ids, size_t count, row_reader *read,
			size_t size, struct arena *arena, void *things,
			struct fault *fault);

/* A thing linked to one of the ids: an artist with a role, or a genre. */
struct link_row {
	int64_t owner_id, id;
	const char *name;
	int32_t role;
};

/* The query's columns: owner id, id, name, role; ordered by owner. */
enum status links_load(struct store_session *session, const char *before,
		       const char *after, const int64_t *ids, size_t count,
		       struct arena *arena, struct link_row **out,
		       size_t *out_count, struct fault *fault);

#endif /* OGMA_LIBRARY_PAGE_PRIVATE_H */
