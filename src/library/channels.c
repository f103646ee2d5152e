/* channels.c - see channels.h. */
#include "library/channels.h"

#include <string.h>

#include "base/clock.h"
#include "library/page_private.h"

static const char *const level_names[] = { "off", "track", "album" };

const char *
channel_level_name(enum channel_level level)
{
	return level_names[level];
}

bool
channel_level_parse(const char *name, enum channel_level *out)
{
	for (size_t i = 0; i < ARRAY_LENGTH(level_names); i++) {
		if (strcmp(level_names[i], name) != 0)
			continue;
		*out = (enum channel_level)i;
		return true;
	}
	return false;
}

/* ---- reading -------------------------------------------------------------- */

#define COLUMNS \
	"select t.id, t.title, t.description, t.is_public, t.on_air, " \
	"t.paused, t.auto_end_enabled, t.auto_end_minutes, t.placeholder, " \
	"t.auto_dj, t.crossfade_ms, t.level_mode, t.listeners_max, " \
	"t.requests_enabled, t.request_cooldown, t.queue_version, " \
	"t.queue_size, t.current_id, t.run_id, r.started_at, t.active_at, " \
	"t.created_at, t.updated_at from channels t " \
	"left join channel_runs r on r.id = t.run_id "

static void
channel_read(struct store_rows *rows, struct arena *arena,
	     void *thing)
{
	struct channel *out = thing;

	*out = (struct channel){
		.id = sql_column_int(rows, 0),
		.settings = {
			.title = sql_column_text(rows, 1, arena),
			.description = sql_column_text(rows, 2, arena),
			.is_public = sql_column_int(rows, 3) != 0,
			.auto_end_enabled = sql_column_int(rows, 6) != 0,
			.auto_end_minutes = sql_column_int(rows, 7),
			.placeholder = sql_column_text(rows, 8, arena),
			.auto_dj = sql_column_text(rows, 9, arena),
			.crossfade_ms = sql_column_int(rows, 10),
			.level = (enum channel_level)sql_column_int(rows, 11),
			.listeners_max = sql_column_int(rows, 12),
			.requests_enabled = sql_column_int(rows, 13) != 0,
			.request_cooldown_seconds = sql_column_int(rows, 14),
		},
		.on_air = sql_column_int(rows, 4) != 0,
		.paused = sql_column_int(rows, 5) != 0,
		.queue_version = sql_column_int(rows, 15),
		.queue_size = sql_column_int(rows, 16),
		.current_id = sql_column_int(rows, 17),
		.run_id = sql_column_int(rows, 18),
		.run_started_at_ms = sql_column_int(rows, 19),
		.active_at_ms = sql_column_int(rows, 20),
		.created_at_ms = sql_column_int(rows, 21),
		.updated_at_ms = sql_column_int(rows, 22),
	};
}

enum status
channels_get(struct store_session *session, int64_t id, struct arena *arena,
	     struct channel *out, struct fault *fault)
{
	return row_find(session, COLUMNS "where t.id = $1",
			SQL_ARGS(SQL_INT(id)), channel_read, arena, out, fault,
			"there is no such channel");
}

static const struct page_sort by_id = { "id", { { 0 } }, false };

enum status
channels_list(struct store_session *session, bool public_only,
	      const struct page_request *page, struct arena *arena,
	      struct channel_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "channels t",
		.id = "t.id",
		.visible = public_only ? "t.is_public = 1" : "1 = 1",
		.sorts = &by_id,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct channel_list list = { 0 };
	enum status status = sql_query_int(
		session,
		public_only ? "select count(*) from channels "
			      "where is_public = 1" :
			      "select count(*) from channels",
		SQL_NO_ARGS, &query.known_total, fault);

	if (status == STATUS_OK)
		status = page_read(session, &query, page, arena, ids,
				   &list.count, &list.page, fault);
	list.items = arena_new(arena, struct channel, list.count + 1);
	for (size_t i = 0; i < list.count && status == STATUS_OK; i++)
		status = channels_get(session, ids[i], arena, &list.items[i],
				      fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

enum status
channels_on_air(struct store_session *session, struct arena *arena,
		struct channel_pulse **out, size_t *count, struct fault *fault)
{
	struct channel_pulse *list =
		arena_new(arena, struct channel_pulse, CHANNELS_ON_AIR_MAX);
	struct store_rows *rows;
	size_t found = 0;
	enum status status =
		sql_query(session,
			  "select id, updated_at, queue_version, current_id, "
			  "paused from channels where on_air = 1 "
			  "order by id limit $1",
			  SQL_ARGS(SQL_INT(CHANNELS_ON_AIR_MAX)), &rows,
			  fault);

	while (status == STATUS_OK && found < CHANNELS_ON_AIR_MAX &&
	       sql_next(rows, &status, fault))
		list[found++] = (struct channel_pulse){
			.id = sql_column_int(rows, 0),
			.updated_at_ms = sql_column_int(rows, 1),
			.queue_version = sql_column_int(rows, 2),
			.current_id = sql_column_int(rows, 3),
			.paused = sql_column_int(rows, 4) != 0,
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}

enum status
channels_total(struct store_session *session, struct channel_totals *out,
	       struct fault *fault)
{
	struct store_rows *rows;
	struct channel_totals totals = { 0 };
	enum status status = sql_query(
		session,
		"select coalesce(sum(on_air), 0), "
		"coalesce(sum(queue_size), 0) from channels",
		SQL_NO_ARGS, &rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault))
		totals = (struct channel_totals){ sql_column_int(rows, 0),
						  sql_column_int(rows, 1) };
	sql_end(rows);
	if (status == STATUS_OK)
		*out = totals;
	return status;
}

/* ---- changing ------------------------------------------------------------- */

static enum status
id_choose(struct store_session *session, int64_t *id, struct fault *fault)
{
	int64_t there = 0;
	enum status status;

	if (*id == 0)
		return sql_query_int(session,
				     "select coalesce(max(id), 0) + 1 "
				     "from channels where id > 0",
				     SQL_NO_ARGS, id, fault);
	status = sql_query_int(session,
			       "select count(*) from channels where id = $1",
			       SQL_ARGS(SQL_INT(*id)), &there, fault);
	if (status == STATUS_OK && there != 0)
		return fault_field(fault, STATUS_CONFLICT, "id",
				   "there is a channel with this id");
	return status;
}

enum status
channels_add(struct store_session *session, int64_t id,
	     const struct channel_settings *settings, int64_t *out,
	     struct fault *fault)
{
	int64_t now = clock_now_ms();
	enum status status = sql_lock(session, "channels", fault);

	if (status == STATUS_OK)
		status = id_choose(session, &id, fault);
	if (status == STATUS_OK)
		status = sql_exec(
			session,
			"insert into channels (id, title, is_public, on_air, "
			"paused, auto_end_enabled, auto_end_minutes, "
			"crossfade_ms, level_mode, listeners_max, "
			"requests_enabled, request_cooldown, queue_version, "
			"queue_size, active_at, created_at, updated_at) "
			"values ($1, $2, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 1, 0, "
			"$3, $4, $5)",
			SQL_ARGS(SQL_INT(id), sql_text(settings->title),
				 SQL_INT(now), SQL_INT(now), SQL_INT(now)),
			NULL, fault);
	if (status == STATUS_OK)
		status = channels_change(session, id, settings, fault);
	if (status == STATUS_OK)
		*out = id;
	return status;
}

/* One row of channels, or STATUS_NOT_FOUND. */
static enum status
expect_changed(enum status status, int64_t changed, struct fault *fault)
{
	if (status == STATUS_OK && changed == 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no such channel");
	return status;
}

enum status
channels_change(struct store_session *session, int64_t id,
		const struct channel_settings *settings, struct fault *fault)
{
	int64_t changed = 0;
	enum status status = sql_exec(
		session,
		"update channels set title = $1, description = $2, "
		"is_public = $3, auto_end_enabled = $4, "
		"auto_end_minutes = $5, placeholder = $6, auto_dj = $7, "
		"crossfade_ms = $8, level_mode = $9, listeners_max = $10, "
		"requests_enabled = $11, request_cooldown = $12, "
		"updated_at = $13 where id = $14",
		SQL_ARGS(sql_text(settings->title),
			 sql_text(settings->description),
			 SQL_INT(settings->is_public),
			 SQL_INT(settings->auto_end_enabled),
			 SQL_INT(settings->auto_end_minutes),
			 sql_text(settings->placeholder),
			 sql_text(settings->auto_dj),
			 SQL_INT(settings->crossfade_ms),
			 SQL_INT(settings->level),
			 SQL_INT(settings->listeners_max),
			 SQL_INT(settings->requests_enabled),
			 SQL_INT(settings->request_cooldown_seconds),
			 SQL_INT(clock_now_ms()), SQL_INT(id)),
		&changed, fault);

	return expect_changed(status, changed, fault);
}

static const char *const owned[] = {
	"delete from channel_requests where channel_id = $1",
	"delete from channel_jingles where channel_id = $1",
	"delete from channel_schedule where channel_id = $1",
	"delete from channel_djs where channel_id = $1",
	"delete from channel_pushes where channel_id = $1",
	"delete from channel_listens where channel_id = $1",
	"delete from channel_runs where channel_id = $1",
	"delete from channel_history where channel_id = $1",
	"delete from queue_items where channel_id = $1",
};

enum status
channels_remove(struct store_session *session, int64_t id,
		struct fault *fault)
{
	int64_t on_air = 0;
	enum status status = sql_query_int(
		session,
		"update channels set updated_at = updated_at where id = $1 "
		"returning on_air",
		SQL_ARGS(SQL_INT(id)), &on_air, fault);

	if (status == STATUS_NOT_FOUND)
		return fault_set(fault, status, "there is no such channel");
	if (status == STATUS_OK && on_air != 0)
		return fault_field(fault, STATUS_CONFLICT, "on_air",
				   "a channel on the air has to be stopped "
				   "first");
	for (size_t i = 0; i < ARRAY_LENGTH(owned) && status == STATUS_OK; i++)
		status = sql_exec(session, owned[i], SQL_ARGS(SQL_INT(id)),
				  NULL, fault);
	if (status == STATUS_OK)
		status = sql_exec(session, "delete from channels where id = $1",
				  SQL_ARGS(SQL_INT(id)), NULL, fault);
	return status;
}

/* ---- on the air ----------------------------------------------------------- */

/* Sets it where it is otherwise; asks whether the channel is there else. */
static enum status
on_air_set(struct store_session *session, int64_t id, bool on_air,
	   bool *changed, struct fault *fault)
{
	int64_t rows = 0, there = 0;
	int64_t now = clock_now_ms();
	enum status status = sql_exec(
		session,
		"update channels set on_air = $1, paused = 0, active_at = $2, "
		"updated_at = $3 where id = $4 and on_air <> $5",
		SQL_ARGS(SQL_INT(on_air), SQL_INT(now), SQL_INT(now),
			 SQL_INT(id), SQL_INT(on_air)),
		&rows, fault);

	*changed = rows > 0;
	if (status != STATUS_OK || rows > 0)
		return status;
	status = sql_query_int(session,
			       "select count(*) from channels where id = $1",
			       SQL_ARGS(SQL_INT(id)), &there, fault);
	return expect_changed(status, there, fault);
}

enum status
channels_start(struct store_session *session, int64_t id, bool *changed,
	       struct fault *fault)
{
	int64_t run = 0;
	enum status status = on_air_set(session, id, true, changed, fault);

	if (status != STATUS_OK || !*changed)
		return status;
	status = sql_query_int(session,
			       "insert into channel_runs (channel_id, "
			       "started_at) values ($1, $2) returning id",
			       SQL_ARGS(SQL_INT(id), SQL_INT(clock_now_ms())),
			       &run, fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "update channels set run_id = $1 "
				  "where id = $2",
				  SQL_ARGS(SQL_INT(run), SQL_INT(id)), NULL,
				  fault);
	return status;
}

enum status
channels_stop(struct store_session *session, int64_t id, const char *reason,
	      bool *changed, struct fault *fault)
{
	int64_t now = clock_now_ms();
	enum status status = on_air_set(session, id, false, changed, fault);

	if (status != STATUS_OK || !*changed)
		return status;
	status = sql_exec(session,
			  "update channel_runs set ended_at = $1, reason = $2 "
			  "where channel_id = $3 and ended_at is null",
			  SQL_ARGS(SQL_INT(now), sql_text(reason),
				   SQL_INT(id)),
			  NULL, fault);
	if (status == STATUS_OK) /* 3: END_STOPPED of channel_history.h */
		status = sql_exec(
			session,
			"update channel_history set ended_at = $1, reason = 3 "
			"where id = (select current_id from channels "
			"where id = $2) and ended_at is null",
			SQL_ARGS(SQL_INT(now), SQL_INT(id)), NULL, fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "update channels set run_id = null, "
				  "current_id = null where id = $1",
				  SQL_ARGS(SQL_INT(id)), NULL, fault);
	return status;
}

enum status
channels_pause(struct store_session *session, int64_t id, bool paused,
	       struct fault *fault)
{
	int64_t on_air = 0;
	enum status status = sql_query_int(
		session,
		"update channels set paused = $1, active_at = $2 "
		"where id = $3 returning on_air",
		SQL_ARGS(SQL_INT(paused), SQL_INT(clock_now_ms()),
			 SQL_INT(id)),
		&on_air, fault);

	if (status == STATUS_NOT_FOUND)
		return fault_set(fault, status, "there is no such channel");
	if (status == STATUS_OK && on_air == 0)
		return fault_field(fault, STATUS_CONFLICT, "on_air",
				   "the channel is not on the air");
	return status;
}
