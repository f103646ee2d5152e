/* channel_plans.c - see channel_plans.h. */
#include "library/channel_plans.h"

#include "library/channel_queue.h"
#include "library/channel_rows_private.h"
#include "library/page_private.h"

/* ---- both kinds of rows --------------------------------------------------- */

enum status
channel_room_check(struct store_session *session, const char *count_sql,
		   int64_t channel_id, struct fault *fault)
{
	int64_t count = 0;
	enum status status = sql_query_int(
		session,
		"update channels set updated_at = updated_at where id = $1 "
		"returning id",
		SQL_ARGS(SQL_INT(channel_id)), &count, fault);

	if (status == STATUS_NOT_FOUND)
		return fault_set(fault, status, "there is no such channel");
	if (status == STATUS_OK)
		status = sql_query_int(session, count_sql,
				       SQL_ARGS(SQL_INT(channel_id)), &count,
				       fault);
	if (status == STATUS_OK && count >= CHANNEL_PLANS_MAX)
		return fault_set(fault, STATUS_FULL,
				 "a channel has %d of these at most",
				 CHANNEL_PLANS_MAX);
	return status;
}

static enum status
reference_check(struct store_session *session, const char *sql,
		const char *field, int64_t id, struct fault *fault)
{
	int64_t found = 0;
	enum status status = sql_query_int(session, sql,
					   SQL_ARGS(SQL_INT(id)), &found,
					   fault);

	if (status == STATUS_OK && found == 0)
		return fault_field(fault, STATUS_INVALID, field,
				   "there is no such thing");
	return status;
}

enum status
channel_row_remove(struct store_session *session, const char *sql,
		   int64_t channel_id, int64_t id, struct fault *fault)
{
	int64_t changed = 0;
	enum status status =
		sql_exec(session, sql,
			 SQL_ARGS(SQL_INT(channel_id), SQL_INT(id)), &changed,
			 fault);

	if (status == STATUS_OK && changed == 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no such row");
	return status;
}

/* ---- schedule ------------------------------------------------------------- */

static bool
on_day(const struct schedule_row *row, int weekday)
{
	return row->weekdays == 0 || (row->weekdays >> weekday & 1) != 0;
}

bool
schedule_covers(const struct schedule_row *row, int weekday, int minute)
{
	bool begun = minute >= row->starts_minute;
	bool before_end = minute < row->ends_minute;

	if (!row->enabled)
		return false;
	if (row->starts_minute < row->ends_minute)
		return begun && before_end && on_day(row, weekday);
	return (begun && on_day(row, weekday)) ||
	       (before_end && on_day(row, (weekday + 6) % 7));
}

enum status
channel_schedule_list(struct store_session *session, int64_t channel_id,
		      struct arena *arena, struct schedule_row **out,
		      size_t *count, struct fault *fault)
{
	struct schedule_row *list =
		arena_new(arena, struct schedule_row, CHANNEL_PLANS_MAX);
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select s.id, s.channel_id, s.playlist_id, p.title, "
		"s.weekdays, s.starts_minute, s.ends_minute, s.priority, "
		"s.enabled from channel_schedule s "
		"left join playlists p on p.id = s.playlist_id "
		"where s.channel_id = $1 order by s.priority desc, s.id",
		SQL_ARGS(SQL_INT(channel_id)), &rows, fault);

	while (status == STATUS_OK && found < CHANNEL_PLANS_MAX &&
	       sql_next(rows, &status, fault))
		list[found++] = (struct schedule_row){
			.id = sql_column_int(rows, 0),
			.channel_id = sql_column_int(rows, 1),
			.playlist_id = sql_column_int(rows, 2),
			.playlist_title = sql_column_text(rows, 3, arena),
			.weekdays = sql_column_int(rows, 4),
			.starts_minute = sql_column_int(rows, 5),
			.ends_minute = sql_column_int(rows, 6),
			.priority = sql_column_int(rows, 7),
			.enabled = sql_column_int(rows, 8) != 0,
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}

static enum status
schedule_update(struct store_session *session, const struct schedule_row *row,
		struct fault *fault)
{
	return sql_exec(session,
			"update channel_schedule set playlist_id = $1, "
			"weekdays = $2, starts_minute = $3, ends_minute = $4, "
			"priority = $5, enabled = $6 where id = $7",
			SQL_ARGS(SQL_INT(row->playlist_id),
				 SQL_INT(row->weekdays),
				 SQL_INT(row->starts_minute),
				 SQL_INT(row->ends_minute),
				 SQL_INT(row->priority), SQL_INT(row->enabled),
				 SQL_INT(row->id)),
			NULL, fault);
}

enum status
channel_schedule_save(struct store_session *session, struct schedule_row *row,
		      struct fault *fault)
{
	enum status status = reference_check(
		session, "select count(*) from playlists where id = $1",
		"playlist_id", row->playlist_id, fault);

	if (status != STATUS_OK || row->id != 0)
		return status != STATUS_OK ?
			       status :
			       schedule_update(session, row, fault);
	status = channel_room_check(session,
				    "select count(*) from channel_schedule "
				    "where channel_id = $1",
				    row->channel_id, fault);
	if (status == STATUS_OK)
		status = sql_query_int(
			session,
			"insert into channel_schedule (channel_id, "
			"playlist_id, weekdays, starts_minute, ends_minute, "
			"priority, enabled) values ($1, $2, $3, $4, $5, $6, "
			"$7) returning id",
			SQL_ARGS(SQL_INT(row->channel_id),
				 SQL_INT(row->playlist_id),
				 SQL_INT(row->weekdays),
				 SQL_INT(row->starts_minute),
				 SQL_INT(row->ends_minute),
				 SQL_INT(row->priority),
				 SQL_INT(row->enabled)),
			&row->id, fault);
	return status;
}

enum status
channel_schedule_remove(struct store_session *session, int64_t channel_id,
			int64_t id, struct fault *fault)
{
	return channel_row_remove(session,
				  "delete from channel_schedule "
				  "where channel_id = $1 and id = $2",
				  channel_id, id, fault);
}

/* ---- jingles -------------------------------------------------------------- */

bool
jingle_is_due(const struct jingle_row *row, int64_t more, int64_t now_ms)
{
	if (!row->enabled)
		return false;
	if (row->every_tracks != 0 &&
	    row->tracks_since + more >= row->every_tracks)
		return true;
	return row->every_minutes != 0 &&
	       now_ms - row->played_at_ms >= row->every_minutes * 60000;
}

enum status
channel_jingles_list(struct store_session *session, int64_t channel_id,
		     struct arena *arena, struct jingle_row **out,
		     size_t *count, struct fault *fault)
{
	struct jingle_row *list =
		arena_new(arena, struct jingle_row, CHANNEL_PLANS_MAX);
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select id, channel_id, track_id, title, every_tracks, "
		"every_minutes, enabled, tracks_since, played_at "
		"from channel_jingles where channel_id = $1 order by id",
		SQL_ARGS(SQL_INT(channel_id)), &rows, fault);

	while (status == STATUS_OK && found < CHANNEL_PLANS_MAX &&
	       sql_next(rows, &status, fault))
		list[found++] = (struct jingle_row){
			.id = sql_column_int(rows, 0),
			.channel_id = sql_column_int(rows, 1),
			.track_id = sql_column_int(rows, 2),
			.title = sql_column_text(rows, 3, arena),
			.every_tracks = sql_column_int(rows, 4),
			.every_minutes = sql_column_int(rows, 5),
			.enabled = sql_column_int(rows, 6) != 0,
			.tracks_since = sql_column_int(rows, 7),
			.played_at_ms = sql_column_int(rows, 8),
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}

static enum status
jingle_update(struct store_session *session, const struct jingle_row *row,
	      struct fault *fault)
{
	return sql_exec(session,
			"update channel_jingles set track_id = $1, "
			"title = $2, every_tracks = $3, every_minutes = $4, "
			"enabled = $5 where id = $6",
			SQL_ARGS(SQL_INT(row->track_id), sql_text(row->title),
				 SQL_INT(row->every_tracks),
				 SQL_INT(row->every_minutes),
				 SQL_INT(row->enabled), SQL_INT(row->id)),
			NULL, fault);
}

enum status
channel_jingle_save(struct store_session *session, struct jingle_row *row,
		    struct fault *fault)
{
	enum status status = reference_check(
		session,
		"select count(*) from tracks where id = $1 and visible = 1",
		"track_id", row->track_id, fault);

	if (status != STATUS_OK || row->id != 0)
		return status != STATUS_OK ? status :
					     jingle_update(session, row, fault);
	status = channel_room_check(session,
				    "select count(*) from channel_jingles "
				    "where channel_id = $1",
				    row->channel_id, fault);
	if (status == STATUS_OK)
		status = sql_query_int(
			session,
			"insert into channel_jingles (channel_id, track_id, "
			"title, every_tracks, every_minutes, enabled, "
			"tracks_since, played_at) values ($1, $2, $3, $4, "
			"$5, $6, 0, $7) returning id",
			SQL_ARGS(SQL_INT(row->channel_id),
				 SQL_INT(row->track_id), sql_text(row->title),
				 SQL_INT(row->every_tracks),
				 SQL_INT(row->every_minutes),
				 SQL_INT(row->enabled),
				 SQL_INT(row->played_at_ms)),
			&row->id, fault);
	return status;
}

enum status
channel_jingle_remove(struct store_session *session, int64_t channel_id,
		      int64_t id, struct fault *fault)
{
	return channel_row_remove(session,
				  "delete from channel_jingles "
				  "where channel_id = $1 and id = $2",
				  channel_id, id, fault);
}

/* ---- requests ------------------------------------------------------------- */

static const struct page_sort newest = { "-id", { { 0 } }, true };

/* In the order of the ids; a request whose track is gone stays empty. */
static enum status
requests_read(struct store_session *session, const int64_t *ids, size_t count,
	      struct arena *arena, struct request_row *out,
	      struct fault *fault)
{
	struct store_rows *rows;
	enum status status = query_by_ids(
		session,
		"select r.id, r.track_id, r.user_id, r.item_id, u.username, "
		"r.message, t.title, t.artist, q.id, r.created_at "
		"from channel_requests r join users u on u.id = r.user_id "
		"join tracks t on t.id = r.track_id "
		"left join queue_items q on q.id = r.item_id "
		"where r.id in ",
		"", ids, count, &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		size_t at = 0;

		while (ids[at] != sql_column_int(rows, 0))
			at++;
		out[at] = (struct request_row){
			.id = sql_column_int(rows, 0),
			.track_id = sql_column_int(rows, 1),
			.user_id = sql_column_int(rows, 2),
			.item_id = sql_column_text(rows, 3, arena),
			.username = sql_column_text(rows, 4, arena),
			.message = sql_column_text(rows, 5, arena),
			.title = sql_column_text(rows, 6, arena),
			.artist = sql_column_text(rows, 7, arena),
			.waits = !sql_column_null(rows, 8),
			.created_at_ms = sql_column_int(rows, 9),
		};
	}
	sql_end(rows);
	return status;
}

enum status
channel_requests_list(struct store_session *session, int64_t channel_id,
		      const struct page_request *page, struct arena *arena,
		      struct request_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "channel_requests t",
		.id = "t.id",
		.visible = "1 = 1",
		.sorts = &newest,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct request_list list = { 0 };
	enum status status;

	page_filter(&query, "t.channel_id = ?", "t.channel_id = ?",
		    SQL_INT(channel_id));
	status = page_read(session, &query, page, arena, ids, &list.count,
			   &list.page, fault);
	list.items = arena_new(arena, struct request_row, list.count + 1);
	if (status == STATUS_OK && list.count > 0)
		status = requests_read(session, ids, list.count, arena,
				       list.items, fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

/* Whether the channel takes requests, and this person's now. */
static enum status
request_check(struct store_session *session, int64_t channel_id,
	      int64_t user_id, int64_t now_ms, int64_t *wait_ms,
	      struct fault *fault)
{
	struct store_rows *rows;
	int64_t last = 0, cooldown = 0;
	bool taken = false;
	enum status status = sql_query(
		session,
		"update channels set updated_at = updated_at where id = $1 "
		"returning requests_enabled, request_cooldown",
		SQL_ARGS(SQL_INT(channel_id)), &rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		taken = sql_column_int(rows, 0) != 0;
		cooldown = sql_column_int(rows, 1) * 1000;
	}
	sql_end(rows);
	if (status == STATUS_OK && !taken)
		return fault_set(fault, STATUS_DENIED,
				 "this channel takes no requests");
	if (status == STATUS_OK)
		status = sql_query_int(
			session,
			"select coalesce(max(created_at), 0) "
			"from channel_requests where channel_id = $1 "
			"and user_id = $2",
			SQL_ARGS(SQL_INT(channel_id), SQL_INT(user_id)), &last,
			fault);
	*wait_ms = last == 0 ? 0 : last + cooldown - now_ms;
	if (status == STATUS_OK && *wait_ms > 0)
		return fault_set(fault, STATUS_AGAIN_LATER,
				 "another request is possible in %lld s",
				 (long long)(*wait_ms + 999) / 1000);
	return status;
}

enum status
channel_request_add(struct store_session *session, int64_t channel_id,
		    int64_t user_id, int64_t track_id, const char *item_id,
		    const char *message, int64_t now_ms, int64_t *id,
		    int64_t *wait_ms, struct fault *fault)
{
	const struct queue_item item = { .id = item_id,
					 .channel_id = channel_id,
					 .track_id = track_id,
					 .requested_by = user_id };
	int64_t waits = 0, version = 0;
	enum status status = request_check(session, channel_id, user_id,
					   now_ms, wait_ms, fault);

	if (status == STATUS_OK)
		status = sql_query_int(session,
				       "select count(*) from queue_items "
				       "where channel_id = $1 "
				       "and track_id = $2",
				       SQL_ARGS(SQL_INT(channel_id),
						SQL_INT(track_id)),
				       &waits, fault);
	if (status == STATUS_OK && waits != 0)
		return fault_field(fault, STATUS_CONFLICT, "track_id",
				   "this track is in the queue already");
	if (status == STATUS_OK)
		status = channel_queue_add(session, &item, QUEUE_AT_END, 0,
					   &version, fault);
	if (status == STATUS_OK)
		status = sql_query_int(
			session,
			"insert into channel_requests (channel_id, user_id, "
			"track_id, item_id, message, created_at) "
			"values ($1, $2, $3, $4, $5, $6) returning id",
			SQL_ARGS(SQL_INT(channel_id), SQL_INT(user_id),
				 SQL_INT(track_id), sql_text(item_id),
				 sql_text(message), SQL_INT(now_ms)),
			id, fault);
	return status;
}
