/* events_sqlite_mark.c - what is in each MARK_ROWS rows of the logs of requests,
 * searches and doings; see events_sqlite.h.
 *
 * A mark has the first and last time of its rows and, as sets, the listeners,
 * words and numbers in them. A look passes over what cannot hold a row it
 * wants, so that twenty million rows cost some milliseconds. Marks are made by
 * the append that fills their rows, in its transaction; by housekeeping for a
 * log that is older than they are. Rows may go later (somebody is forgotten):
 * a mark says what may be there. */
#include "driver/events_sqlite.h"

#include <stdlib.h>

#define NUMBERS_MAX 64 /* a set of more says nothing, and is not kept */

struct mark_facts {
	int64_t first_ms, last_ms;
	size_t counts[MARK_SETS];
	int64_t sets[MARK_SETS][MARK_ROWS];
};

/* The newest mark, and the rows. */
#define SPAN_SQL(table)                                           \
	"select (select max(number) from marks where number >= $1 " \
	"and number < $2), (select min(seq) from " table "), "    \
	"(select max(seq) from " table ")"

/* One column for each of enum mark_set, behind the time. */
#define FACTS_SQL(table, columns)                          \
	"select at, listener, " columns " from " table     \
	" where seq between $1 and $2"

/* Marks of rows that are gone. */
#define TRIM_SQL(table)                                         \
	"delete from marks where number >= $1 and number < $1 + " \
	"(select min(seq) from " table ") / $2"

static const struct {
	const char *span, *facts, *trim;
	bool has_texts; /* as words */
} logs[MARKED_LOGS] = {
	[MARKED_REQUESTS] = { SPAN_SQL("requests"),
			      FACTS_SQL("requests", "method, route, status"),
			      TRIM_SQL("requests"), true },
	[MARKED_SEARCHES] = { SPAN_SQL("searches"),
			      FACTS_SQL("searches", "surface, 0, results"),
			      TRIM_SQL("searches"), false },
	[MARKED_ACTIVITIES] = { SPAN_SQL("activities"),
				FACTS_SQL("activities",
					  "action, object, object_id"),
				TRIM_SQL("activities"), true },
};

/* ---- making --------------------------------------------------------------- */

static void
facts_take(struct mark_facts *facts, struct store_rows *rows)
{
	int64_t at_ms = sql_column_int(rows, 0);

	if (at_ms < facts->first_ms)
		facts->first_ms = at_ms;
	if (at_ms > facts->last_ms)
		facts->last_ms = at_ms;
	for (int i = 0; i < MARK_SETS; i++)
		if (!sql_column_null(rows, 1 + i))
			facts->sets[i][facts->counts[i]++] =
				sql_column_int(rows, 1 + i);
}

static int
number_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static size_t
unique(int64_t *items, size_t count)
{
	size_t kept = 0;

	qsort(items, count, sizeof *items, number_compare);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || items[i] != items[kept - 1])
			items[kept++] = items[i];
	return kept;
}

static void
facts_pack(struct mark_facts *facts, enum marked_log log, struct buffer *out)
{
	int64_t before = -1;

	for (int i = 0; i < MARK_SETS; i++) {
		size_t count = unique(facts->sets[i], facts->counts[i]);

		if ((i == MARK_TEXTS && !logs[log].has_texts) ||
		    (i == MARK_NUMBERS && count > NUMBERS_MAX))
			continue;
		pack_set(out, before, i, facts->sets[i], count);
		before = i;
	}
}

static enum status
mark_make(struct store_session *session, enum marked_log log, int64_t block,
	  struct mark_facts *facts, struct fault *fault)
{
	int64_t first = block * MARK_ROWS;
	struct store_rows *rows = NULL;
	struct buffer bytes;
	enum status status;

	facts->first_ms = INT64_MAX;
	facts->last_ms = INT64_MIN;
	for (int i = 0; i < MARK_SETS; i++)
		facts->counts[i] = 0;
	status = sql_query(session, logs[log].facts,
			   SQL_ARGS(SQL_INT(first),
				    SQL_INT(first + MARK_ROWS - 1)),
			   &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		facts_take(facts, rows);
	sql_end(rows);
	if (status != STATUS_OK)
		return status;
	buffer_init(&bytes, 0);
	facts_pack(facts, log, &bytes);
	status = sql_exec(session,
			  "insert into marks values ($1, $2, $3, $4)",
			  SQL_ARGS(SQL_INT(mark_number(log, block)),
				   SQL_INT(facts->first_ms),
				   SQL_INT(facts->last_ms),
				   sql_bytes(bytes.bytes, bytes.length)),
			  NULL, fault);
	buffer_release(&bytes);
	return status;
}

/* The blocks whose rows are all there; first == end: none. */
static enum status
unmarked(struct store_session *session, enum marked_log log, int64_t *first,
	 int64_t *end, struct fault *fault)
{
	int64_t zero = mark_number(log, 0);
	struct store_rows *rows = NULL;
	enum status status = sql_query(
		session, logs[log].span,
		SQL_ARGS(SQL_INT(zero),
			 SQL_INT(mark_number((enum marked_log)(log + 1), 0))),
		&rows, fault);

	*first = *end = 0;
	if (status == STATUS_OK && sql_next(rows, &status, fault) &&
	    !sql_column_null(rows, 2)) {
		*first = sql_column_null(rows, 0) ?
				 sql_column_int(rows, 1) / MARK_ROWS :
				 sql_column_int(rows, 0) - zero + 1;
		*end = (sql_column_int(rows, 2) + 1) / MARK_ROWS;
	}
	sql_end(rows);
	return status;
}

enum status
sqlite_log_mark(struct store_session *session, enum marked_log log,
		int64_t most, bool *more, struct fault *fault)
{
	struct mark_facts *facts;
	int64_t first, end;
	enum status status = unmarked(session, log, &first, &end, fault);

	if (status != STATUS_OK || first >= end)
		return status;
	if (end - first > most) {
		end = first + most;
		*more = true;
	}
	facts = mem_new(1, sizeof *facts);
	for (; first < end && status == STATUS_OK; first++)
		status = mark_make(session, log, first, facts, fault);
	free(facts);
	return status;
}

enum status
sqlite_log_marks_trim(struct store_session *session, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (int i = 0; i < MARKED_LOGS && status == STATUS_OK; i++)
		status = sql_exec(session, logs[i].trim,
				  SQL_ARGS(SQL_INT(mark_number(
						   (enum marked_log)i, 0)),
					   SQL_INT(MARK_ROWS)),
				  NULL, fault);
	return status;
}

/* ---- asking --------------------------------------------------------------- */

/* As set_next() reads it, in registers: this is most of the time of a look. */
static bool
set_has(struct span bytes, int64_t first, int64_t last)
{
	const unsigned char *at = (const unsigned char *)bytes.at;
	const unsigned char *end = at + bytes.length;
	uint64_t step = 0, number = 0;
	unsigned shift = 0;

	for (; at < end && shift < 64; at++) {
		step |= (uint64_t)(*at & 0x7f) << shift;
		shift += 7;
		if (*at >= 0x80)
			continue;
		number += step;
		if ((int64_t)number >= first)
			return (int64_t)number <= last;
		step = 0;
		shift = 0;
	}
	return false;
}

static bool
set_has_text(struct span bytes, const bool *texts, size_t text_count)
{
	struct set_reader set = { .rest = bytes };
	int64_t number;

	while (set_next(&set, &number))
		if ((size_t)number < text_count && texts[number])
			return true;
	return false;
}

static bool
set_wanted(int set, struct span bytes, const struct mark_wants *wants)
{
	switch (set) {
	case MARK_LISTENERS:
		return wants->listener == 0 ||
		       set_has(bytes, wants->listener, wants->listener);
	case MARK_WORDS:
		return wants->word == 0 ||
		       set_has(bytes, wants->word, wants->word);
	case MARK_TEXTS:
		return wants->texts == NULL ||
		       set_has_text(bytes, wants->texts, wants->text_count);
	default:
		return !wants->bounded ||
		       set_has(bytes, wants->least, wants->most);
	}
}

bool
mark_may_hold(struct span sets, const struct mark_wants *wants)
{
	struct set_block block = { .rest = sets, .id = -1 };

	while (set_block_next(&block))
		if (!set_wanted((int)block.id, block.listeners, wants))
			return false;
	return true;
}
