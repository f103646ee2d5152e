/* channel_djs.c - see channel_djs.h. */
#include "library/channel_djs.h"

#include <string.h>

#include "base/clock.h"
#include "library/channel_plans.h"
#include "library/channel_rows_private.h"

#define DJ_COLUMNS \
	"select id, channel_id, username, enabled, weekdays, starts_minute, " \
	"ends_minute, created_at from channel_djs "

bool
dj_may_play(const struct dj_row *row, int weekday, int minute)
{
	const struct schedule_row plan = {
		.enabled = row->enabled,
		.weekdays = row->weekdays,
		.starts_minute = row->starts_minute == DJ_NO_MINUTE ?
					 0 :
					 row->starts_minute,
		.ends_minute = row->ends_minute == DJ_NO_MINUTE ?
				       0 :
				       row->ends_minute,
	};

	return schedule_covers(&plan, weekday, minute);
}

static int64_t
minute_column(struct store_rows *rows, int column)
{
	return sql_column_null(rows, column) ? DJ_NO_MINUTE :
					       sql_column_int(rows, column);
}

static struct dj_row
row_read(struct store_rows *rows, struct arena *arena)
{
	return (struct dj_row){
		.id = sql_column_int(rows, 0),
		.channel_id = sql_column_int(rows, 1),
		.username = sql_column_text(rows, 2, arena),
		.enabled = sql_column_int(rows, 3) != 0,
		.weekdays = sql_column_int(rows, 4),
		.starts_minute = minute_column(rows, 5),
		.ends_minute = minute_column(rows, 6),
		.created_at_ms = sql_column_int(rows, 7),
	};
}

enum status
channel_djs_list(struct store_session *session, int64_t channel_id,
		 struct arena *arena, struct dj_row **out, size_t *count,
		 struct fault *fault)
{
	struct dj_row *list = arena_new(arena, struct dj_row, CHANNEL_DJS_MAX);
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(
		session,
		DJ_COLUMNS "where channel_id = $1 order by username, id",
		SQL_ARGS(SQL_INT(channel_id)), &rows, fault);

	while (status == STATUS_OK && found < CHANNEL_DJS_MAX &&
	       sql_next(rows, &status, fault))
		list[found++] = row_read(rows, arena);
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}

static enum status
no_dj(struct fault *fault)
{
	return fault_set(fault, STATUS_NOT_FOUND, "there is no such DJ");
}

enum status
channel_djs_get(struct store_session *session, int64_t channel_id, int64_t id,
		struct arena *arena, struct dj_row *out, struct fault *fault)
{
	struct store_rows *rows;
	bool found;
	enum status status = sql_query(
		session, DJ_COLUMNS "where channel_id = $1 and id = $2",
		SQL_ARGS(SQL_INT(channel_id), SQL_INT(id)), &rows, fault);

	found = status == STATUS_OK && sql_next(rows, &status, fault);
	if (found)
		*out = row_read(rows, arena);
	sql_end(rows);
	return status == STATUS_OK && !found ? no_dj(fault) : status;
}

enum status
channel_djs_password_hash(struct store_session *session, int64_t id,
			  struct arena *arena, const char **out,
			  struct fault *fault)
{
	struct store_rows *rows;
	bool found;
	enum status status = sql_query(
		session, "select password_hash from channel_djs where id = $1",
		SQL_ARGS(SQL_INT(id)), &rows, fault);

	found = status == STATUS_OK && sql_next(rows, &status, fault);
	if (found)
		*out = sql_column_text(rows, 0, arena);
	sql_end(rows);
	return status == STATUS_OK && !found ? no_dj(fault) : status;
}

/* The names of a channel differ; writers of it wait for each other. */
static enum status
name_check(struct store_session *session, const struct dj_row *row,
	   struct fault *fault)
{
	int64_t others = 0;
	enum status status;

	if (row->username[0] == '\0' || strchr(row->username, ':') != NULL)
		return fault_field(fault, STATUS_INVALID, "username",
				   "a DJ's name has no colon");
	status = sql_query_int(session,
			       "select count(*) from channel_djs where "
			       "channel_id = $1 and username = $2 and id <> $3",
			       SQL_ARGS(SQL_INT(row->channel_id),
					sql_text(row->username),
					SQL_INT(row->id)),
			       &others, fault);
	if (status == STATUS_OK && others > 0)
		return fault_field(fault, STATUS_CONFLICT, "username",
				   "the channel has a DJ of that name");
	return status;
}

static struct sql_value
minute_value(int64_t minute)
{
	return sql_int_or_null(minute, minute != DJ_NO_MINUTE);
}

static enum status
dj_update(struct store_session *session, const struct dj_row *row,
	  const char *password_hash, struct fault *fault)
{
	int64_t changed = 0;
	enum status status = sql_exec(
		session,
		"update channel_djs set username = $1, enabled = $2, "
		"weekdays = $3, starts_minute = $4, ends_minute = $5, "
		"password_hash = coalesce($6, password_hash) "
		"where channel_id = $7 and id = $8",
		SQL_ARGS(sql_text(row->username), SQL_INT(row->enabled),
			 SQL_INT(row->weekdays),
			 minute_value(row->starts_minute),
			 minute_value(row->ends_minute),
			 sql_text(password_hash), SQL_INT(row->channel_id),
			 SQL_INT(row->id)),
		&changed, fault);

	return status == STATUS_OK && changed == 0 ? no_dj(fault) : status;
}

static enum status
dj_insert(struct store_session *session, struct dj_row *row,
	  const char *password_hash, struct fault *fault)
{
	return sql_query_int(
		session,
		"insert into channel_djs (channel_id, username, "
		"password_hash, enabled, weekdays, starts_minute, "
		"ends_minute, created_at) values ($1, $2, $3, $4, $5, $6, $7, "
		"$8) returning id",
		SQL_ARGS(SQL_INT(row->channel_id), sql_text(row->username),
			 sql_text(password_hash), SQL_INT(row->enabled),
			 SQL_INT(row->weekdays),
			 minute_value(row->starts_minute),
			 minute_value(row->ends_minute),
			 SQL_INT(row->created_at_ms)),
		&row->id, fault);
}

enum status
channel_djs_save(struct store_session *session, struct dj_row *row,
		 const char *password_hash, struct fault *fault)
{
	enum status status = STATUS_OK;

	if (row->id == 0)
		status = channel_room_check(session,
					    "select count(*) from channel_djs "
					    "where channel_id = $1",
					    row->channel_id, fault);
	if (status == STATUS_OK)
		status = name_check(session, row, fault);
	if (status != STATUS_OK)
		return status;
	if (row->id != 0)
		return dj_update(session, row, password_hash, fault);
	row->created_at_ms = clock_now_ms();
	return dj_insert(session, row, password_hash, fault);
}

enum status
channel_djs_remove(struct store_session *session, int64_t channel_id,
		   int64_t id, struct fault *fault)
{
	return channel_row_remove(session,
				  "delete from channel_djs "
				  "where channel_id = $1 and id = $2",
				  channel_id, id, fault);
}
