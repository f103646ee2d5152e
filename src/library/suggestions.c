/* suggestions.c - see suggestions.h. */
#include "library/suggestions.h"

#include <string.h>

#include "library/page_private.h"

const char *
suggestion_state_name(enum suggestion_state state)
{
	static const char *const names[SUGGESTION_STATES] = {
		[SUGGESTION_OPEN] = "open",
		[SUGGESTION_ACCEPTED] = "accepted",
		[SUGGESTION_DISMISSED] = "dismissed",
		[SUGGESTION_UNDONE] = "undone",
	};

	return names[state];
}

/* ---- rows --------------------------------------------------------------------- */

#define PLAIN_COLUMNS \
	"s.id, s.kind, s.entity_id, s.rule, s.field, s.was, s.becomes, " \
	"s.change, s.undo, s.confidence, s.state, s.automatic, " \
	"s.created_at, s.decided_at, s.decided_by"

/* kind: enum edit_kind. */
#define NAMED_COLUMNS \
	PLAIN_COLUMNS ", u.username, coalesce(t.title, a.title, r.name), " \
		      "coalesce(t.artist, a.artist) " \
		      "from suggestions s " \
		      "left join users u on u.id = s.decided_by " \
		      "left join tracks t on s.kind = 4 and t.id = s.entity_id " \
		      "left join albums a on s.kind = 2 and a.id = s.entity_id " \
		      "left join artists r on s.kind = 1 and r.id = s.entity_id "

static void
suggestion_read(struct store_rows *rows, struct arena *arena, bool named,
		struct suggestion *out)
{
	*out = (struct suggestion){
		.id = sql_column_int(rows, 0),
		.kind = (enum edit_kind)sql_column_int(rows, 1),
		.thing_id = sql_column_int(rows, 2),
		.rule = sql_column_text(rows, 3, arena),
		.field = sql_column_text(rows, 4, arena),
		.was = sql_column_text(rows, 5, arena),
		.becomes = sql_column_text(rows, 6, arena),
		.change = sql_column_text(rows, 7, arena),
		.undo = sql_column_text(rows, 8, arena),
		.confidence = (int)sql_column_int(rows, 9),
		.state = (enum suggestion_state)sql_column_int(rows, 10),
		.automatic = sql_column_int(rows, 11) != 0,
		.created_at_ms = sql_column_int(rows, 12),
		.decided_at_ms = sql_column_int(rows, 13),
		.decided_by = sql_column_int(rows, 14),
	};
	if (!named)
		return;
	out->decider = sql_column_text(rows, 15, arena);
	out->title = sql_column_text(rows, 16, arena);
	out->artist = sql_column_text(rows, 17, arena);
}

enum status
suggestions_of(struct store_session *session, enum edit_kind kind,
	       const int64_t *ids, size_t count, struct arena *arena,
	       struct suggestion **out, size_t *out_count,
	       struct fault *fault)
{
	struct suggestion *list = NULL;
	struct store_rows *rows;
	struct buffer sql;
	size_t found = 0, room = 0;
	enum status status;

	*out_count = 0;
	if (count == 0)
		return STATUS_OK;
	buffer_init(&sql, 0);
	buffer_print(&sql,
		     "select " PLAIN_COLUMNS " from suggestions s "
		     "where s.kind = %d and s.entity_id in ",
		     (int)kind);
	status = query_by_ids(session, sql.bytes, " order by s.id", ids, count,
			      &rows, fault);
	buffer_release(&sql);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct suggestion one;

		suggestion_read(rows, arena, false, &one);
		if (found == room) {
			struct suggestion *more = arena_new(
				arena, struct suggestion, room * 2 + 16);

			if (found > 0)
				memcpy(more, list, found * sizeof *list);
			list = more;
			room = room * 2 + 16;
		}
		list[found++] = one;
	}
	sql_end(rows);
	*out = list;
	*out_count = status == STATUS_OK ? found : 0;
	return status;
}

enum status
suggestions_put(struct store_session *session,
		const struct suggestion *suggestion, int64_t now_ms,
		struct fault *fault)
{
	return sql_exec(
		session,
		"insert into suggestions (kind, entity_id, rule, field, was, "
		"becomes, change, confidence, state, automatic, created_at, "
		"decided_at) values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9, "
		"0) on conflict (kind, entity_id, rule) do update set "
		"field = excluded.field, was = excluded.was, "
		"becomes = excluded.becomes, change = excluded.change, "
		"confidence = excluded.confidence, undo = null, state = 0, "
		"automatic = 0, created_at = excluded.created_at, "
		"decided_at = 0, decided_by = null",
		SQL_ARGS(SQL_INT(suggestion->kind),
			 SQL_INT(suggestion->thing_id),
			 sql_text(suggestion->rule),
			 sql_text(suggestion->field),
			 sql_text(suggestion->was),
			 sql_text(suggestion->becomes),
			 sql_text(suggestion->change),
			 SQL_INT(suggestion->confidence), SQL_INT(now_ms)),
		NULL, fault);
}

enum status
suggestions_remove(struct store_session *session, int64_t id,
		   struct fault *fault)
{
	return sql_exec(session, "delete from suggestions where id = $1",
			SQL_ARGS(SQL_INT(id)), NULL, fault);
}

enum status
suggestions_decide(struct store_session *session,
		   const struct suggestion_decision *decision,
		   struct fault *fault)
{
	return sql_exec(session,
			"update suggestions set state = $1, automatic = $2, "
			"undo = $3, decided_by = $4, decided_at = $5 "
			"where id = $6",
			SQL_ARGS(SQL_INT(decision->state),
				 SQL_INT(decision->automatic),
				 sql_text(decision->undo),
				 sql_int_or_null(decision->by,
						 decision->by != 0),
				 SQL_INT(decision->at_ms),
				 SQL_INT(decision->id)),
			NULL, fault);
}

enum status
suggestions_get(struct store_session *session, int64_t id,
		struct arena *arena, struct suggestion *out,
		struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(session,
				       "select " NAMED_COLUMNS
				       "where s.id = $1",
				       SQL_ARGS(SQL_INT(id)), &rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault))
		suggestion_read(rows, arena, true, out);
	else if (status == STATUS_OK)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no suggestion %lld",
				   (long long)id);
	sql_end(rows);
	return status;
}

/* ---- lists ---------------------------------------------------------------------- */

static void
named_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	suggestion_read(rows, arena, true, thing);
}

static enum status
suggestions_of_ids(struct store_session *session, const int64_t *ids,
		   size_t count, struct arena *arena, struct suggestion *out,
		   struct fault *fault)
{
	return rows_of_ids(session,
			   "select " NAMED_COLUMNS "where s.id in ",
			   ids, count, named_read, sizeof *out, arena, out,
			   fault);
}

enum status
suggestions_list(struct store_session *session,
		 const struct suggestion_filter *filter,
		 const struct page_request *page, struct arena *arena,
		 struct suggestion_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "suggestions t",
		.id = "t.id",
		.visible = "t.id > 0",
		.sorts = page_by_age,
		.sort = page->oldest_first,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct suggestion_list list = { 0 };
	enum status status;

	if (filter->rule != NULL)
		page_filter(&query, "t.rule = ?", "t.rule = ?",
			    sql_text(filter->rule));
	if (filter->kind != 0)
		page_filter(&query, "t.kind = ?", "t.kind = ?",
			    SQL_INT(filter->kind));
	if (filter->state_given)
		page_filter(&query, "t.state = ?", "t.state = ?",
			    SQL_INT(filter->state));
	if (filter->automatic)
		page_filter(&query, "t.automatic = ?", "t.automatic = ?",
			    SQL_INT(1));
	status = page_read(session, &query, page, arena, ids, &list.count,
			   &list.page, fault);
	if (status != STATUS_OK)
		return status;
	list.items = arena_new(arena, struct suggestion, list.count);
	status = suggestions_of_ids(session, ids, list.count, arena,
				    list.items, fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

enum status
suggestions_open(struct store_session *session, const char *rule,
		 int64_t after, int64_t *ids, size_t room, size_t *count,
		 struct fault *fault)
{
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select id from suggestions where state = 0 and rule = $1 "
		"and change is not null and id > $2 order by id limit $3",
		SQL_ARGS(sql_text(rule), SQL_INT(after), SQL_INT(room)),
		&rows, fault);

	while (status == STATUS_OK && found < room &&
	       sql_next(rows, &status, fault))
		ids[found++] = sql_column_int(rows, 0);
	sql_end(rows);
	if (status == STATUS_OK)
		*count = found;
	return status;
}

#define COUNTS_MAX 512

enum status
suggestions_count(struct store_session *session, struct arena *arena,
		  struct suggestion_count **out, size_t *count,
		  struct fault *fault)
{
	struct suggestion_count *list =
		arena_new(arena, struct suggestion_count, COUNTS_MAX);
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select rule, state, automatic, count(*) from suggestions "
		"group by rule, state, automatic",
		SQL_NO_ARGS, &rows, fault);

	while (status == STATUS_OK && found < COUNTS_MAX &&
	       sql_next(rows, &status, fault))
		list[found++] = (struct suggestion_count){
			.rule = sql_column_text(rows, 0, arena),
			.state = (enum suggestion_state)sql_column_int(rows, 1),
			.automatic = sql_column_int(rows, 2) != 0,
			.count = sql_column_int(rows, 3),
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}
