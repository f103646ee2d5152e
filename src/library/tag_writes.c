/* tag_writes.c - see tag_writes.h. */
#include "library/tag_writes.h"

#include "base/clock.h"
#include "library/page_private.h"

const char *
tag_write_state_name(enum tag_write_state state)
{
	static const char *const names[TAG_WRITE_STATES] = {
		[TAG_WRITE_PREPARED] = "prepared",
		[TAG_WRITE_WRITTEN] = "written",
		[TAG_WRITE_CONFIRMED] = "confirmed",
		[TAG_WRITE_UNDONE] = "undone",
		[TAG_WRITE_REFUSED] = "refused",
	};

	return names[state];
}

#define COLUMNS \
	"select w.id, w.track_id, w.path, w.state, w.reason, " \
	"cast(w.asked as text), w.original, w.was_inode, w.was_size, " \
	"w.modified_ns, w.new_inode, w.new_size, w.created_by, " \
	"w.created_at, w.updated_at, t.title, t.artist from tag_writes w " \
	"join tracks t on t.id = w.track_id "

static void
write_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	struct tag_write *out = thing;

	*out = (struct tag_write){
		.id = sql_column_int(rows, 0),
		.track_id = sql_column_int(rows, 1),
		.path = sql_column_text(rows, 2, arena),
		.state = (enum tag_write_state)sql_column_int(rows, 3),
		.reason = sql_column_text(rows, 4, arena),
		.asked = sql_column_text(rows, 5, arena),
		.original = sql_column_text(rows, 6, arena),
		.was_inode = sql_column_int(rows, 7),
		.was_size = sql_column_int(rows, 8),
		.modified_ns = sql_column_int(rows, 9),
		.new_inode = sql_column_int(rows, 10),
		.new_size = sql_column_int(rows, 11),
		.created_by = sql_column_int(rows, 12),
		.created_at_ms = sql_column_int(rows, 13),
		.updated_at_ms = sql_column_int(rows, 14),
		.title = sql_column_text(rows, 15, arena),
		.artist = sql_column_text(rows, 16, arena),
	};
}

static struct sql_value
raw(const char *path)
{
	return sql_bytes(path, span_of(path).length);
}

enum status
tag_writes_add(struct store_session *session, const struct tag_write *write,
	       int64_t *id, struct fault *fault)
{
	return sql_query_int(
		session,
		"insert into tag_writes (track_id, path, state, asked, "
		"original, was_inode, was_size, modified_ns, new_inode, "
		"new_size, created_by, created_at, updated_at) values ($1, $2, "
		"0, $3, $4, $5, $6, $7, 0, 0, $8, $9, $10) returning id",
		SQL_ARGS(SQL_INT(write->track_id), raw(write->path),
			 sql_text(write->asked), raw(write->original),
			 SQL_INT(write->was_inode), SQL_INT(write->was_size),
			 SQL_INT(write->modified_ns),
			 sql_int_or_null(write->created_by,
					 write->created_by != 0),
			 SQL_INT(clock_now_ms()), SQL_INT(clock_now_ms())),
		id, fault);
}

enum status
tag_writes_set(struct store_session *session, const struct tag_write *write,
	       int64_t now_ms, struct fault *fault)
{
	return sql_exec(session,
			"update tag_writes set state = $1, reason = $2, "
			"new_inode = $3, new_size = $4, original = $5, "
			"updated_at = $6 where id = $7",
			SQL_ARGS(SQL_INT(write->state),
				 sql_text(write->reason),
				 SQL_INT(write->new_inode),
				 SQL_INT(write->new_size),
				 raw(write->original), SQL_INT(now_ms),
				 SQL_INT(write->id)),
			NULL, fault);
}

enum status
tag_writes_get(struct store_session *session, int64_t id, struct arena *arena,
	       struct tag_write *out, struct fault *fault)
{
	return row_find(session, COLUMNS "where w.id = $1",
			SQL_ARGS(SQL_INT(id)), write_read, arena, out, fault,
			"nothing was written under %lld", (long long)id);
}

enum status
tag_writes_beside(struct store_session *session, int64_t track_id,
		  int64_t *cover_id, int64_t *beside_key,
		  struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		"select t.cover_id, f.beside_key from tracks t "
		"join files f on f.track_id = t.id where t.id = $1",
		SQL_ARGS(SQL_INT(track_id)), &rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		*cover_id = sql_column_int(rows, 0);
		*beside_key = sql_column_int(rows, 1);
	}
	sql_end(rows);
	return status;
}

static enum status
writes_of_ids(struct store_session *session, const int64_t *ids, size_t count,
	      struct arena *arena, struct tag_write *out, struct fault *fault)
{
	return rows_of_ids(session,
			   COLUMNS "where w.id in ",
			   ids, count, write_read, sizeof *out, arena, out,
			   fault);
}

enum status
tag_writes_list(struct store_session *session,
		const struct tag_write_filter *filter,
		const struct page_request *page, struct arena *arena,
		struct tag_write_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "tag_writes t",
		.id = "t.id",
		.visible = "t.id > 0",
		.sorts = page_by_age,
		.sort = page->oldest_first,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct tag_write_list list = { 0 };
	enum status status;

	if (filter->state_given)
		page_filter(&query, "t.state = ?", "t.state = ?",
			    SQL_INT(filter->state));
	if (filter->track_id != 0)
		page_filter(&query, "t.track_id = ?", "t.track_id = ?",
			    SQL_INT(filter->track_id));
	status = page_read(session, &query, page, arena, ids, &list.count,
			   &list.page, fault);
	if (status != STATUS_OK)
		return status;
	list.items = arena_new(arena, struct tag_write, list.count);
	status = writes_of_ids(session, ids, list.count, arena, list.items,
			       fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}
