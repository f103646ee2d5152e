/* page.c - see page.h and page_private.h.
 *
 * A filtered list can be read in two ways: gather all that match and sort them
 * (good when few match), or walk along the order's index and test each (good
 * when many match). Gathering n of t costs n, walking to fill a page costs
 * limit * t / n when matches are spread evenly, so the count decides. The choice
 * and the total are kept in the cursor. Matches that are not spread evenly (all
 * Russian titles sort last) are noticed after a short walk. */
#include "library/page_private.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"

#define CURSOR_VERSION 1
#define CURSOR_BYTES_MAX 256
#define WALK_FACTOR 4   /* how much dearer walking may turn out */
#define WALK_SHORTEST 500
#define GATHER_MOST 100000

enum cursor_flags { CURSOR_LOWER_BOUND = 1, CURSOR_WALK = 2 };

/* What a cursor says. */
struct cursor {
	uint8_t sort, flags;
	uint32_t filters; /* digest of the conditions */
	int64_t total, id;
	struct sql_value values[PAGE_SORT_COLUMNS];
	uint8_t room[PAGE_SORT_COLUMNS][255]; /* of values that are bytes */
};

const struct page_sort page_by_age[2] = { { "-id", { { 0 } }, true },
					  { "id", { { 0 } }, false } };

void
page_filter(struct page_query *query, const char *gather, const char *walk,
	    struct sql_value value)
{
	assert(query->condition_count < PAGE_ARGS_MAX);
	query->conditions[query->condition_count++] =
		(struct page_condition){ gather, walk, value };
}

bool
page_sort_parse(const struct page_sort *sorts, size_t count, const char *name,
		size_t *out)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(sorts[i].name, name) == 0) {
			*out = i;
			return true;
		}
	return false;
}

enum status
page_request_check(const struct page_request *request, struct fault *fault)
{
	if (request->limit > PAGE_LIMIT_MAX)
		return fault_field(fault, STATUS_INVALID, "limit",
				   "limit is 1 to %d", PAGE_LIMIT_MAX);
	if (request->offset > PAGE_OFFSET_MAX)
		return fault_field(fault, STATUS_INVALID, "offset",
				   "offset is at most %d: use the cursor to go "
				   "deeper",
				   PAGE_OFFSET_MAX);
	if (request->offset > 0 && request->cursor != NULL)
		return fault_field(fault, STATUS_INVALID, "offset",
				   "offset and cursor exclude each other");
	return STATUS_OK;
}

/* ---- cursors -------------------------------------------------------------- */

static const struct page_sort *
sort_of(const struct page_query *query)
{
	return &query->sorts[query->sort];
}

static size_t
column_count(const struct page_sort *sort)
{
	size_t count = 0;

	while (count < PAGE_SORT_COLUMNS && sort->columns[count].name != NULL)
		count++;
	return count;
}

/* Tells sets of filters apart. */
static uint32_t
filters_digest(const struct page_query *query)
{
	struct buffer text;
	uint8_t sum[SHA256_BYTES];
	uint32_t digest;

	buffer_init(&text, 0);
	buffer_add_text(&text, query->from);
	for (size_t i = 0; i < query->condition_count; i++) {
		const struct page_condition *one = &query->conditions[i];

		buffer_print(&text, "|%s|%lld|", one->gather,
			     (long long)one->value.number);
		buffer_add_span(&text, one->value.span);
	}
	sha256(text.bytes, text.length, sum);
	buffer_release(&text);
	memcpy(&digest, sum, sizeof digest);
	return digest;
}

static void
add_i64(struct buffer *out, int64_t value)
{
	buffer_add(out, &value, sizeof value);
}

static const char *
cursor_print(const struct page_query *query, const struct cursor *cursor,
	     struct arena *arena)
{
	const struct page_sort *sort = sort_of(query);
	uint8_t head[3] = { CURSOR_VERSION, cursor->sort, cursor->flags };
	struct buffer bytes, text;
	const char *printed;

	buffer_init(&bytes, 0);
	buffer_init(&text, 0);
	buffer_add(&bytes, head, sizeof head);
	buffer_add(&bytes, &cursor->filters, sizeof cursor->filters);
	add_i64(&bytes, cursor->total);
	add_i64(&bytes, cursor->id);
	for (size_t i = 0; i < column_count(sort); i++) {
		const struct sql_value *value = &cursor->values[i];

		if (sort->columns[i].is_bytes) {
			buffer_add_char(&bytes, (char)value->span.length);
			buffer_add_span(&bytes, value->span);
		} else {
			add_i64(&bytes, value->number);
		}
	}
	base64url_add(&text, bytes.bytes, bytes.length);
	printed = arena_copy_text(arena, text.bytes);
	buffer_release(&bytes);
	buffer_release(&text);
	return printed;
}

/* Cuts `count` bytes off; false when there are fewer. */
static bool
take(struct span *rest, void *out, size_t count)
{
	if (rest->length < count)
		return false;
	if (count > 0)
		memcpy(out, rest->at, count);
	rest->at += count;
	rest->length -= count;
	return true;
}

static bool
take_value(struct span *rest, bool is_bytes, uint8_t room[255],
	   struct sql_value *out)
{
	uint8_t length;
	int64_t number;

	if (!is_bytes) {
		if (!take(rest, &number, sizeof number))
			return false;
		*out = SQL_INT(number);
		return true;
	}
	if (!take(rest, &length, 1) || !take(rest, room, length))
		return false;
	*out = sql_bytes(room, length);
	return true;
}

static bool
cursor_decode(const struct page_query *query, struct span bytes,
	      struct cursor *out)
{
	const struct page_sort *sort = sort_of(query);
	uint8_t version;

	if (!take(&bytes, &version, 1) || version != CURSOR_VERSION ||
	    !take(&bytes, &out->sort, 1) || out->sort != query->sort ||
	    !take(&bytes, &out->flags, 1) ||
	    !take(&bytes, &out->filters, sizeof out->filters) ||
	    out->filters != filters_digest(query) ||
	    !take(&bytes, &out->total, sizeof out->total) ||
	    !take(&bytes, &out->id, sizeof out->id))
		return false;
	for (size_t i = 0; i < column_count(sort); i++)
		if (!take_value(&bytes, sort->columns[i].is_bytes,
				out->room[i], &out->values[i]))
			return false;
	return bytes.length == 0;
}

static enum status
cursor_parse(const struct page_query *query, const char *text,
	     struct cursor *out, struct fault *fault)
{
	struct buffer bytes;
	bool good;

	buffer_init(&bytes, CURSOR_BYTES_MAX);
	good = base64url_parse(span_of(text), &bytes) && !bytes.full &&
	       cursor_decode(query, (struct span){ bytes.bytes, bytes.length },
			     out);
	buffer_release(&bytes);
	if (!good)
		return fault_field(fault, STATUS_INVALID, "cursor",
				   "this cursor is not one of this list");
	return STATUS_OK;
}

/* ---- building the statement ----------------------------------------------- */

struct page_statement {
	struct buffer sql;
	struct sql_value args[PAGE_ARGS_MAX + 2 * (PAGE_SORT_COLUMNS + 1) + 2];
	size_t arg_count;
};

static void
add_parameter(struct page_statement *statement, struct sql_value value)
{
	statement->args[statement->arg_count++] = value;
	buffer_print(&statement->sql, "$%zu", statement->arg_count);
}

/* A condition with its parameter at every "?". */
static void
add_condition(struct page_statement *statement, const char *text,
	      struct sql_value value)
{
	const char *mark = strchr(text, '?');
	bool first = true;

	for (; mark != NULL; mark = strchr(text, '?')) {
		buffer_add(&statement->sql, text, (size_t)(mark - text));
		if (first)
			add_parameter(statement, value);
		else
			buffer_print(&statement->sql, "$%zu",
				     statement->arg_count);
		first = false;
		text = mark + 1;
	}
	buffer_add_text(&statement->sql, text);
}

/* "where visible and condition and …" */
static void
add_where(struct page_statement *statement, const struct page_query *query,
	  bool walk)
{
	buffer_print(&statement->sql, " where %s", query->visible);
	for (size_t i = 0; i < query->condition_count; i++) {
		const struct page_condition *one = &query->conditions[i];

		buffer_add_text(&statement->sql, " and ");
		add_condition(statement, walk ? one->walk : one->gather,
			      one->value);
	}
}

static void
add_columns(struct page_statement *statement, const struct page_query *query,
	    const char *after_each)
{
	const struct page_sort *sort = sort_of(query);

	for (size_t i = 0; i < column_count(sort); i++)
		buffer_print(&statement->sql, "%s%s, ", sort->columns[i].name,
			     after_each);
	buffer_print(&statement->sql, "%s%s", query->id, after_each);
}

/* " and (a, b, id) > ($4, $5, $6)" */
static void
add_comparison(struct page_statement *statement, const struct page_query *query,
	       const char *how, const struct cursor *cursor)
{
	const struct page_sort *sort = sort_of(query);

	buffer_add_text(&statement->sql, " and (");
	add_columns(statement, query, "");
	buffer_print(&statement->sql, ") %s (", how);
	for (size_t i = 0; i < column_count(sort); i++) {
		add_parameter(statement, cursor->values[i]);
		buffer_add_text(&statement->sql, ", ");
	}
	add_parameter(statement, SQL_INT(cursor->id));
	buffer_add_char(&statement->sql, ')');
}

/* ---- totals --------------------------------------------------------------- */

static enum status
read_kept_total(struct store_session *session, const struct page_query *query,
		int64_t *out, struct fault *fault)
{
	return sql_query_int(session, "select value from totals where key = $1",
			     SQL_ARGS(sql_text(query->all_key)), out, fault);
}

static enum status
count_matches(struct store_session *session, const struct page_query *query,
	      int64_t *out, struct fault *fault)
{
	struct page_statement statement = { .arg_count = 0 };
	enum status status;

	buffer_init(&statement.sql, 0);
	buffer_print(&statement.sql,
		     "select count(*) from (select 1 as one from %s",
		     query->from);
	add_where(&statement, query, false);
	buffer_add_text(&statement.sql, " limit ");
	add_parameter(&statement, SQL_INT(PAGE_COUNT_MAX + 1));
	buffer_add_text(&statement.sql, ") matching");
	status = sql_query_int(session, statement.sql.bytes, statement.args,
			       statement.arg_count, out, fault);
	buffer_release(&statement.sql);
	return status;
}

/* Fills total and flags of a first page. */
static enum status
first_page(struct store_session *session, const struct page_query *query,
	   uint32_t limit, struct cursor *out, struct fault *fault)
{
	int64_t all = 0;
	enum status status = STATUS_OK;

	*out = (struct cursor){ .sort = (uint8_t)query->sort,
				.filters = filters_digest(query),
				.total = query->known_total };
	if (query->all_key != NULL)
		status = read_kept_total(session, query, &all, fault);
	if (status != STATUS_OK)
		return status;
	if (query->condition_count == 0 && query->all_key != NULL) {
		out->total = all;
		return STATUS_OK;
	}
	if (out->total < 0)
		status = count_matches(session, query, &out->total, fault);
	if (query->known_total < 0 && out->total > PAGE_COUNT_MAX) {
		out->total = PAGE_COUNT_MAX;
		out->flags |= CURSOR_LOWER_BOUND | CURSOR_WALK;
	}
	if (query->all_key != NULL &&
	    out->total * out->total > WALK_FACTOR * (int64_t)limit * all)
		out->flags |= CURSOR_WALK;
	return status;
}

/* ---- reading -------------------------------------------------------------- */

/* Notes where the last row of the page stands. */
static void
cursor_at_row(const struct page_sort *sort, struct store_rows *rows,
	      struct cursor *out)
{
	size_t count = column_count(sort);

	for (size_t i = 0; i < count; i++) {
		struct span span;

		if (!sort->columns[i].is_bytes) {
			out->values[i] = SQL_INT(sql_column_int(rows, (int)i));
			continue;
		}
		span = sql_column_span(rows, (int)i);
		assert(span.length <= sizeof out->room[i]);
		if (span.length > 0)
			memcpy(out->room[i], span.at, span.length);
		out->values[i] = sql_bytes(out->room[i], span.length);
	}
	out->id = sql_column_int(rows, (int)count);
}

/* One page being read. */
struct page_reading {
	struct store_session *session;
	const struct page_query *query;
	const struct page_request *request;
	uint32_t limit;
	struct cursor start; /* what the asker's cursor says, or a first page */
	struct cursor end;   /* the last row of this page */
	int64_t *ids;
	size_t count;
	bool more; /* another row follows the page */
};

/* Runs the statement from its start and takes the page's rows. */
static enum status
read_rows(struct page_reading *reading, const struct page_statement *statement,
	  struct fault *fault)
{
	const struct page_sort *sort = sort_of(reading->query);
	int id_column = (int)column_count(sort);
	struct store_rows *rows;
	enum status status;

	reading->count = 0;
	reading->more = false;
	status = sql_query(reading->session, statement->sql.bytes,
			   statement->args, statement->arg_count, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		if (reading->count == reading->limit) {
			reading->more = true;
			break;
		}
		reading->ids[reading->count++] =
			sql_column_int(rows, id_column);
		if (reading->count == reading->limit)
			cursor_at_row(sort, rows, &reading->end);
	}
	sql_end(rows);
	return status;
}

static void
add_order(struct page_statement *statement, const struct page_query *query)
{
	buffer_add_text(&statement->sql, " order by ");
	add_columns(statement, query,
		    sort_of(query)->descending ? " desc" : "");
}

/* Where the order begins. Without a cursor the planner might take another index
 * of visible rows and sort; a bound that every row passes ties it to the index
 * of this order. */
static void
add_start(struct page_statement *statement, const struct page_reading *reading)
{
	const struct page_sort *sort = sort_of(reading->query);
	const struct page_column *first = &sort->columns[0];

	if (reading->request->cursor != NULL) {
		add_comparison(statement, reading->query,
			       sort->descending ? "<" : ">", &reading->start);
	} else if (first->name != NULL) {
		assert(!first->is_bytes || !sort->descending);
		buffer_print(&statement->sql, " and %s %s ", first->name,
			     sort->descending ? "<=" : ">=");
		add_parameter(statement,
			      first->is_bytes ? sql_bytes("", 0)
			      : sort->descending ? SQL_INT(INT64_MAX)
						 : SQL_INT(INT64_MIN));
	}
}

static void
statement_begin(struct page_statement *statement,
		const struct page_query *query)
{
	buffer_init(&statement->sql, 0);
	statement->arg_count = 0;
	buffer_add_text(&statement->sql, "select ");
	add_columns(statement, query, "");
	buffer_print(&statement->sql, " from %s", query->from);
}

/* Reads the page, gathering or walking; up to `bound` when there is one. */
static enum status
read_stretch(struct page_reading *reading, bool walk,
	     const struct cursor *bound, struct fault *fault)
{
	const struct page_query *query = reading->query;
	bool down = sort_of(query)->descending;
	struct page_statement statement;
	enum status status;

	statement_begin(&statement, query);
	add_where(&statement, query, walk);
	if (walk || reading->request->cursor != NULL)
		add_start(&statement, reading);
	if (bound != NULL)
		add_comparison(&statement, query, down ? ">" : "<", bound);
	add_order(&statement, query);
	buffer_add_text(&statement.sql, " limit ");
	add_parameter(&statement, SQL_INT(reading->limit + 1));
	if (reading->request->offset > 0) {
		buffer_add_text(&statement.sql, " offset ");
		add_parameter(&statement, SQL_INT(reading->request->offset));
	}
	status = read_rows(reading, &statement, fault);
	buffer_release(&statement.sql);
	return status;
}

/* The place `rows` rows, matching or not, after the start; *found is false when
 * there are not that many. Only the index is read. */
static enum status
find_bound(struct page_reading *reading, int64_t rows, struct cursor *out,
	   bool *found, struct fault *fault)
{
	const struct page_query *query = reading->query;
	struct page_statement statement;
	struct store_rows *result;
	enum status status;

	*found = false;
	statement_begin(&statement, query);
	buffer_print(&statement.sql, " where %s", query->visible);
	add_start(&statement, reading);
	add_order(&statement, query);
	buffer_add_text(&statement.sql, " limit 1 offset ");
	add_parameter(&statement, SQL_INT(rows));
	status = sql_query(reading->session, statement.sql.bytes,
			   statement.args, statement.arg_count, &result, fault);
	if (status == STATUS_OK && sql_next(result, &status, fault)) {
		cursor_at_row(sort_of(query), result, out);
		*found = true;
	}
	sql_end(result);
	buffer_release(&statement.sql);
	return status;
}

/* What a page takes when matches are spread evenly, three times. */
static enum status
stretch_of(struct page_reading *reading, int64_t *out, struct fault *fault)
{
	int64_t all = reading->start.total; /* unless it is known better */
	enum status status = STATUS_OK;

	if (reading->query->all_key != NULL)
		status = read_kept_total(reading->session, reading->query,
					 &all, fault);
	*out = 3 * (reading->limit + reading->request->offset) * all /
	       (reading->start.total + 1);
	if (*out < WALK_SHORTEST)
		*out = WALK_SHORTEST;
	return status;
}

/* Walks the stretch in which a page of matches should lie. When it does not,
 * matches lie together further on: gather them, or walk there when there are
 * too many (the next page then begins beyond the desert). */
static enum status
read_walking(struct page_reading *reading, struct fault *fault)
{
	bool many = (reading->start.flags & CURSOR_LOWER_BOUND) != 0 ||
		    reading->start.total > GATHER_MOST;
	struct cursor bound;
	int64_t stretch = 0;
	bool bounded;
	enum status status = stretch_of(reading, &stretch, fault);

	if (status == STATUS_OK)
		status = find_bound(reading, stretch, &bound, &bounded, fault);
	if (status == STATUS_OK)
		status = read_stretch(reading, true, bounded ? &bound : NULL,
				      fault);
	if (status != STATUS_OK || reading->more || !bounded)
		return status;
	return read_stretch(reading, many, NULL, fault);
}

static enum status
read_start(struct page_reading *reading, struct fault *fault)
{
	enum status status = page_request_check(reading->request, fault);

	if (status != STATUS_OK || reading->query->nothing)
		return status;
	if (reading->request->cursor != NULL)
		return cursor_parse(reading->query, reading->request->cursor,
				    &reading->start, fault);
	return first_page(reading->session, reading->query, reading->limit,
			  &reading->start, fault);
}

enum status
page_read(struct store_session *session, const struct page_query *query,
	  const struct page_request *request, struct arena *arena,
	  int64_t *ids, size_t *count, struct page_info *info,
	  struct fault *fault)
{
	struct page_reading reading = {
		.session = session,
		.query = query,
		.request = request,
		.limit = request->limit == 0 ? PAGE_LIMIT_PRESET
					     : request->limit,
		.ids = ids,
	};
	struct cursor *start = &reading.start;
	enum status status = read_start(&reading, fault);

	if (status == STATUS_OK && !query->nothing)
		status = (start->flags & CURSOR_WALK) != 0
				 ? read_walking(&reading, fault)
				 : read_stretch(&reading,
						query->condition_count == 0,
						NULL, fault);
	if (status != STATUS_OK)
		return status;
	*count = reading.count;
	*info = (struct page_info){
		.total = start->total,
		.total_is_lower_bound =
			(start->flags & CURSOR_LOWER_BOUND) != 0,
	};
	if (reading.more) {
		reading.end.sort = start->sort;
		reading.end.flags = start->flags;
		reading.end.filters = start->filters;
		reading.end.total = start->total;
		info->next_cursor = cursor_print(query, &reading.end, arena);
	}
	return STATUS_OK;
}

/* ---- things by their ids -------------------------------------------------- */

size_t
id_list(struct buffer *sql, const int64_t *ids, size_t count,
	struct sql_value *args)
{
	static const size_t lengths[] = { 1, 5, 20, 50, IDS_AT_ONCE };
	size_t length = 0;

	assert(count > 0 && count <= IDS_AT_ONCE);
	for (size_t i = 0; length < count; i++)
		length = lengths[i];
	for (size_t i = 0; i < length; i++) {
		args[i] = SQL_INT(ids[i < count ? i : count - 1]);
		buffer_print(sql, "%s$%zu", i == 0 ? "" : ", ", i + 1);
	}
	return length;
}

enum status
query_by_ids(struct store_session *session, const char *before,
	     const char *after, const int64_t *ids, size_t count,
	     struct store_rows **out, struct fault *fault)
{
	struct sql_value args[IDS_AT_ONCE];
	struct buffer sql;
	size_t arg_count;
	enum status status;

	buffer_init(&sql, 0);
	buffer_add_text(&sql, before);
	buffer_add_char(&sql, '(');
	arg_count = id_list(&sql, ids, count, args);
	buffer_print(&sql, ") %s", after);
	status = sql_query(session, sql.bytes, args, arg_count, out, fault);
	buffer_release(&sql);
	return status;
}

enum status
row_find(struct store_session *session, const char *sql,
	 const struct sql_value *args, size_t count, row_reader *read,
	 struct arena *arena, void *thing, struct fault *fault,
	 const char *format, ...)
{
	struct store_rows *rows = NULL;
	char sentence[sizeof ((struct fault *)NULL)->message];
	va_list list;
	enum status status = sql_query(session, sql, args, count, &rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		read(rows, arena, thing);
	} else if (status == STATUS_OK) {
		va_start(list, format);
		vsnprintf(sentence, sizeof sentence, format, list);
		va_end(list);
		status = fault_set(fault, STATUS_NOT_FOUND, "%s", sentence);
	}
	sql_end(rows);
	return status;
}

enum status
rows_of_ids(struct store_session *session, const char *select,
	    const int64_t *ids, size_t count, row_reader *read, size_t size,
	    struct arena *arena, void *things, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	if (count == 0)
		return STATUS_OK;
	status = query_by_ids(session, select, "", ids, count, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		int64_t id = sql_column_int(rows, 0);

		for (size_t i = 0; i < count; i++)
			if (ids[i] == id)
				read(rows, arena, (char *)things + i * size);
	}
	sql_end(rows);
	return status;
}

enum status
links_load(struct store_session *session, const char *before,
	   const char *after, const int64_t *ids, size_t count,
	   struct arena *arena, struct link_row **out, size_t *out_count,
	   struct fault *fault)
{
	struct link_row *links = arena_new(arena, struct link_row, 64);
	size_t found = 0, room = 64;
	struct store_rows *rows;
	enum status status;

	status = query_by_ids(session, before, after, ids, count, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		if (found == room) {
			struct link_row *wider =
				arena_new(arena, struct link_row, room * 2);

			memcpy(wider, links, found * sizeof *links);
			links = wider;
			room *= 2;
		}
		links[found++] = (struct link_row){
			.owner_id = sql_column_int(rows, 0),
			.id = sql_column_int(rows, 1),
			.name = sql_column_text(rows, 2, arena),
			.role = (int32_t)sql_column_int(rows, 3),
		};
	}
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = links;
		*out_count = found;
	}
	return status;
}
