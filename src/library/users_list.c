/* users_list.c - lists and counts of people; see users.h. */
#include "library/users.h"

#include <string.h>

#include "base/fold.h"
#include "library/page_private.h"
#include "library/users_private.h"

enum status
users_list(struct store_session *session, int64_t after_id, size_t limit,
	   struct arena *arena, struct user **out, size_t *count,
	   struct fault *fault)
{
	struct store_rows *rows = NULL;
	struct user *list = arena_new(arena, struct user, limit);
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select " USER_COLUMNS " from users u where "
		"u.left_at is null and u.id > $1 order by u.id limit $2",
		SQL_ARGS(SQL_INT(after_id), SQL_INT(limit)), &rows, fault);

	while (status == STATUS_OK && found < limit &&
	       sql_next(rows, &status, fault))
		user_row_read(rows, arena, &list[found++]);
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}

/* ---- pages ---------------------------------------------------------------- */

static const struct page_sort sorts[] = {
	{ "-created_at", { { "u.created_at", false } }, true },
	{ "created_at", { { "u.created_at", false } }, false },
	{ "username", { { "u.username_sort", true } }, false },
	{ "-last_login_at", { { "u.last_login_at", false } }, true },
	{ "last_login_at", { { "u.last_login_at", false } }, false },
	{ "id", { { 0 } }, false },
	{ "-id", { { 0 } }, true },
};

/* %text%, folded as the keys are. */
static const char *
pattern_of(const char *text, struct arena *arena)
{
	const char *folded = fold_identity(arena, text);
	struct buffer out;
	const char *pattern;

	buffer_init(&out, 0);
	buffer_add_char(&out, '%');
	for (; *folded != '\0'; folded++) {
		if (strchr("%_!", *folded) != NULL)
			buffer_add_char(&out, '!');
		buffer_add_char(&out, *folded);
	}
	buffer_add_char(&out, '%');
	pattern = arena_copy_text(arena, out.bytes);
	buffer_release(&out);
	return pattern;
}

static void
filter_add(struct page_query *query, const struct user_filter *filter,
	   struct arena *arena)
{
	static const char words[] =
		"(u.username_key || ' ' || coalesce(u.email_key, '') || ' ' "
		"|| coalesce(cast(u.telegram_id as text), '')) "
		"like ? escape '!'";

	if (filter->text != NULL)
		page_filter(query, words, words,
			    sql_text(pattern_of(filter->text, arena)));
	if (filter->role != NULL)
		page_filter(query, "u.role = ?", "u.role = ?",
			    sql_text(filter->role));
	if (filter->status != NULL)
		page_filter(query, "u.status = ?", "u.status = ?",
			    sql_text(filter->status));
	if (filter->is_active != NULL)
		page_filter(query, "u.is_active = ?", "u.is_active = ?",
			    SQL_INT(*filter->is_active));
}

static enum status
users_of_ids(struct store_session *session, const int64_t *ids, size_t count,
	     struct arena *arena, struct user *out, struct fault *fault)
{
	return rows_of_ids(session,
			   "select " USER_COLUMNS " from users u "
			   "where u.id in ",
			   ids, count, user_row_read, sizeof *out, arena, out,
			   fault);
}

enum status
users_page(struct store_session *session, const struct user_filter *filter,
	   const char *sort, const struct page_request *page,
	   struct arena *arena, struct user_page *out, struct fault *fault)
{
	struct page_query query = {
		.from = "users u",
		.id = "u.id",
		.visible = "u.left_at is null",
		.sorts = sorts,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct user_page list = { 0 };
	enum status status;

	if (sort != NULL && !page_sort_parse(sorts, ARRAY_LENGTH(sorts), sort,
					     &query.sort))
		return fault_field(fault, STATUS_INVALID, "sort",
				   "people are sorted by " USER_SORTS);
	filter_add(&query, filter, arena);
	status = page_read(session, &query, page, arena, ids, &list.count,
			   &list.page, fault);
	if (status != STATUS_OK)
		return status;
	list.items = arena_new(arena, struct user, list.count);
	status = users_of_ids(session, ids, list.count, arena, list.items,
			      fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

/* ---- counts --------------------------------------------------------------- */

static void
totals_add(struct user_totals *totals, const char *role, const char *word,
	   bool is_active, int64_t count)
{
	totals->total += count;
	totals->by_role[user_role_of(role)] += count;
	if (strcmp(word, "pending") == 0)
		totals->pending += count;
	else if (strcmp(word, "active") == 0 && is_active)
		totals->active += count;
	else
		totals->blocked += count;
}

enum status
users_totals(struct store_session *session, int64_t since_ms,
	     struct user_totals *out, struct fault *fault)
{
	struct user_totals totals = { 0 };
	struct store_rows *rows;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = sql_query(session,
			   "select role, status, is_active, count(*), "
			   "sum(case when created_at >= $1 then 1 else 0 end) "
			   "from users where left_at is null "
			   "group by role, status, is_active",
			   SQL_ARGS(SQL_INT(since_ms)), &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		totals_add(&totals, sql_column_text(rows, 0, &arena),
			   sql_column_text(rows, 1, &arena),
			   sql_column_int(rows, 2) != 0,
			   sql_column_int(rows, 3));
		totals.created_since += sql_column_int(rows, 4);
	}
	sql_end(rows);
	arena_release(&arena);
	if (status == STATUS_OK)
		*out = totals;
	return status;
}

enum status
users_names(struct store_session *session, const int64_t *ids, size_t count,
	    struct arena *arena, struct user_name **out, size_t *out_count,
	    struct fault *fault)
{
	struct user_name *list = arena_new(arena, struct user_name, count + 1);
	struct store_rows *rows;
	size_t found = 0;
	enum status status = STATUS_OK;

	if (count > 0) {
		status = query_by_ids(session,
				      "select u.id, u.username from users u "
				      "where u.id in ",
				      "", ids, count, &rows, fault);
		while (status == STATUS_OK && found < count &&
		       sql_next(rows, &status, fault))
			list[found++] = (struct user_name){
				sql_column_int(rows, 0),
				sql_column_text(rows, 1, arena)
			};
		sql_end(rows);
	}
	if (status == STATUS_OK) {
		*out = list;
		*out_count = found;
	}
	return status;
}
