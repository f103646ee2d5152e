/* channel_history.c - see channel_history.h. */
#include "library/channel_history.h"

#include <string.h>

#include "base/clock.h"
#include "library/page_private.h"

static const char *const kind_names[] = { "queue", "schedule", "auto_dj",
					  "jingle", "live" };
static const char *const reason_names[] = { "track_ended", "skip", "error",
					    "stopped" };

const char *
play_kind_name(enum play_kind kind)
{
	return kind_names[kind];
}

const char *
end_reason_name(enum end_reason reason)
{
	return reason_names[reason];
}

/* ---- reading -------------------------------------------------------------- */

#define PLAYED \
	"select h.id, h.kind, h.item_id, h.channel_id, h.title, h.source, " \
	"h.track_id, h.url, h.duration_ms, h.requested_by, u.username, " \
	"h.added_at, h.artist, h.started_at, h.ended_at, h.reason " \
	"from channel_history h left join users u on u.id = h.requested_by " \
	"where h.id in "

static void
row_read(struct store_rows *rows, struct arena *arena, struct played *out)
{
	*out = (struct played){
		.id = sql_column_int(rows, 0),
		.kind = (enum play_kind)sql_column_int(rows, 1),
		.item = {
			.id = sql_column_text(rows, 2, arena),
			.channel_id = sql_column_int(rows, 3),
			.title = sql_column_text(rows, 4, arena),
			.source = (enum item_source)sql_column_int(rows, 5),
			.track_id = sql_column_int(rows, 6),
			.url = sql_column_text(rows, 7, arena),
			.duration_ms = sql_column_int(rows, 8),
			.requested_by = sql_column_int(rows, 9),
			.requester = sql_column_text(rows, 10, arena),
			.added_at_ms = sql_column_int(rows, 11),
		},
		.artist = sql_column_text(rows, 12, arena),
		.started_at_ms = sql_column_int(rows, 13),
		.ended_at_ms = sql_column_int(rows, 14),
		.reason = (enum end_reason)sql_column_int(rows, 15),
	};
}

/* In the order of the ids; *found of them are there. */
static enum status
plays_of_ids(struct store_session *session, const int64_t *ids, size_t count,
	    struct arena *arena, struct played *out, size_t *found,
	    struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	*found = 0;
	if (count == 0)
		return STATUS_OK;
	status = query_by_ids(session, PLAYED, "", ids, count, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct played row;

		row_read(rows, arena, &row);
		for (size_t i = 0; i < count; i++) {
			if (ids[i] != row.id)
				continue;
			out[i] = row;
			++*found;
		}
	}
	sql_end(rows);
	return status;
}

enum status
channel_history_get(struct store_session *session, int64_t id,
		    struct arena *arena, struct played *out,
		    struct fault *fault)
{
	size_t found;
	enum status status = plays_of_ids(session, &id, 1, arena, out, &found,
					 fault);

	if (status == STATUS_OK && found == 0)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no such play");
	return status;
}

static const struct page_sort newest = { "-id", { { 0 } }, true };

enum status
channel_history_list(struct store_session *session, int64_t channel_id,
		     const struct page_request *page, struct arena *arena,
		     struct played_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "channel_history t",
		.id = "t.id",
		.visible = "1 = 1",
		.sorts = &newest,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct played_list list = { 0 };
	size_t found;
	enum status status;

	page_filter(&query, "t.channel_id = ?", "t.channel_id = ?",
		    SQL_INT(channel_id));
	status = page_read(session, &query, page, arena, ids, &list.count,
			   &list.page, fault);
	list.items = arena_new(arena, struct played, list.count + 1);
	if (status == STATUS_OK)
		status = plays_of_ids(session, ids, list.count, arena,
				     list.items, &found, fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

enum status
channel_history_heard(struct store_session *session, int64_t channel_id,
		      int64_t track_id, int64_t track_after_ms,
		      int64_t artist_after_ms, bool *heard,
		      struct fault *fault)
{
	int64_t count = 0;
	enum status status = sql_query_int(
		session,
		"select count(*) from channel_history h "
		"where h.channel_id = $1 and ((h.track_id = $2 "
		"and h.started_at > $3) or (h.started_at > $4 "
		"and h.track_id in (select o.id from tracks o, tracks m "
		"where m.id = $5 and o.artist_id = m.artist_id)))",
		SQL_ARGS(SQL_INT(channel_id), SQL_INT(track_id),
			 SQL_INT(track_after_ms), SQL_INT(artist_after_ms),
			 SQL_INT(track_id)),
		&count, fault);

	*heard = count > 0;
	return status;
}

enum status
channel_history_tracks(struct store_session *session, int64_t channel_id,
		       uint32_t limit, int64_t *out, size_t *count,
		       struct fault *fault)
{
	struct store_rows *rows;
	size_t n = 0;
	enum status status = sql_query(
		session,
		"select track_id from channel_history where channel_id = $1 "
		"and track_id is not null and kind <> $2 "
		"order by id desc limit $3",
		SQL_ARGS(SQL_INT(channel_id), SQL_INT(PLAY_JINGLE),
			 SQL_INT(4 * (int64_t)limit)), &rows, fault);

	while (status == STATUS_OK && n < limit &&
	       sql_next(rows, &status, fault)) {
		int64_t id = sql_column_int(rows, 0);
		size_t k = 0;

		while (k < n && out[k] != id)
			k++;
		if (k == n)
			out[n++] = id;
	}
	sql_end(rows);
	*count = n;
	return status;
}

/* ---- beginning and ending ------------------------------------------------- */

/* Locks the channel's row; says what is current: "" for nothing. */
static enum status
current_lock(struct store_session *session, int64_t channel_id,
	     int64_t *current_id, char item_id[64], struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query_int(
		session,
		"update channels set active_at = $1 where id = $2 "
		"returning coalesce(current_id, 0)",
		SQL_ARGS(SQL_INT(clock_now_ms()), SQL_INT(channel_id)),
		current_id, fault);

	item_id[0] = '\0';
	if (status == STATUS_NOT_FOUND)
		return fault_set(fault, status, "there is no such channel");
	if (status != STATUS_OK || *current_id == 0)
		return status;
	status = sql_query(session,
			   "select item_id from channel_history where id = $1",
			   SQL_ARGS(SQL_INT(*current_id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct span id = sql_column_span(rows, 0);

		if (id.length < 64) {
			memcpy(item_id, id.at, id.length);
			item_id[id.length] = '\0';
		}
	}
	sql_end(rows);
	return status;
}

static enum status
queue_leave(struct store_session *session, const struct queue_item *item,
	    bool *left, struct fault *fault)
{
	int64_t there = 0, version = 0;
	enum status status = sql_query_int(
		session,
		"select count(*) from queue_items where channel_id = $1 "
		"and id = $2",
		SQL_ARGS(SQL_INT(item->channel_id), sql_text(item->id)),
		&there, fault);

	*left = there > 0;
	if (status != STATUS_OK || there == 0)
		return status;
	return channel_queue_remove(session, item->channel_id, item->id, 0,
				    &version, fault);
}

static enum status
play_insert(struct store_session *session, const struct queue_item *item,
	    enum play_kind kind, int64_t *id, struct fault *fault)
{
	return sql_query_int(
		session,
		"insert into channel_history (channel_id, item_id, kind, "
		"title, artist, source, track_id, url, duration_ms, "
		"requested_by, added_at, started_at) "
		"values ($1, $2, $3, $4, "
		"(select artist from tracks where id = $5), $6, $7, $8, $9, "
		"$10, $11, $12) returning id",
		SQL_ARGS(SQL_INT(item->channel_id), sql_text(item->id),
			 SQL_INT(kind), sql_text(item->title),
			 SQL_INT(item->track_id), SQL_INT(item->source),
			 sql_int_or_null(item->track_id, item->track_id != 0),
			 sql_text(item->url),
			 sql_int_or_null(item->duration_ms,
					 item->duration_ms != 0),
			 sql_int_or_null(item->requested_by,
					 item->requested_by != 0),
			 SQL_INT(item->added_at_ms), SQL_INT(clock_now_ms())),
		id, fault);
}

static enum status
play_end(struct store_session *session, int64_t id, enum end_reason reason,
	 struct fault *fault)
{
	return sql_exec(session,
			"update channel_history set ended_at = $1, "
			"reason = $2 where id = $3 and ended_at is null",
			SQL_ARGS(SQL_INT(clock_now_ms()), SQL_INT(reason),
				 SQL_INT(id)),
			NULL, fault);
}

static enum status
current_set(struct store_session *session, int64_t channel_id, int64_t id,
	    struct fault *fault)
{
	return sql_exec(session,
			"update channels set current_id = $1 where id = $2",
			SQL_ARGS(sql_int_or_null(id, id != 0),
				 SQL_INT(channel_id)),
			NULL, fault);
}

enum status
channel_history_live(struct store_session *session, int64_t channel_id,
		     const char *item_id, const char *artist,
		     const char *title, struct fault *fault)
{
	int64_t now_ms = clock_now_ms();
	enum status status = sql_exec(
		session,
		"update channel_history set ended_at = $1, reason = $2 "
		"where channel_id = $3 and kind = $4 and ended_at is null",
		SQL_ARGS(SQL_INT(now_ms), SQL_INT(END_TRACK_ENDED),
			 SQL_INT(channel_id), SQL_INT(PLAY_LIVE)),
		NULL, fault);

	if (status != STATUS_OK || title == NULL)
		return status;
	return sql_exec(session,
			"insert into channel_history (channel_id, item_id, "
			"kind, title, artist, source, added_at, started_at) "
			"values ($1, $2, $3, $4, $5, $6, $7, $7)",
			SQL_ARGS(SQL_INT(channel_id), sql_text(item_id),
				 SQL_INT(PLAY_LIVE), sql_text(title),
				 sql_text(artist), SQL_INT(ITEM_STREAM),
				 SQL_INT(now_ms)),
			NULL, fault);
}

static enum status
jingles_count(struct store_session *session, int64_t channel_id,
	      int64_t jingle_id, struct fault *fault)
{
	if (jingle_id == 0)
		return sql_exec(session,
				"update channel_jingles set "
				"tracks_since = tracks_since + 1 "
				"where channel_id = $1",
				SQL_ARGS(SQL_INT(channel_id)), NULL, fault);
	return sql_exec(session,
			"update channel_jingles set tracks_since = 0, "
			"played_at = $1 where id = $2",
			SQL_ARGS(SQL_INT(clock_now_ms()), SQL_INT(jingle_id)),
			NULL, fault);
}

enum status
channel_history_begin(struct store_session *session,
		      const struct queue_item *item, enum play_kind kind,
		      int64_t jingle_id, bool resumed, bool *left_queue,
		      struct fault *fault)
{
	char current[64];
	int64_t current_id = 0, id = 0;
	enum status status = current_lock(session, item->channel_id,
					  &current_id, current, fault);

	*left_queue = false;
	if (status != STATUS_OK || strcmp(current, item->id) == 0)
		return status;
	if (current_id != 0)
		status = play_end(session, current_id, END_TRACK_ENDED, fault);
	if (status == STATUS_OK)
		status = queue_leave(session, item, left_queue, fault);
	if (status == STATUS_OK && !*left_queue &&
	    (resumed || kind == PLAY_QUEUE))
		return fault_set(fault, STATUS_CONFLICT,
				 "it was taken out before it began");
	if (status == STATUS_OK)
		status = play_insert(session, item, kind, &id, fault);
	if (status == STATUS_OK)
		status = current_set(session, item->channel_id, id, fault);
	if (status == STATUS_OK)
		status = jingles_count(session, item->channel_id, jingle_id,
				       fault);
	return status;
}

enum status
channel_history_end(struct store_session *session,
		    const struct queue_item *item, enum play_kind kind,
		    enum end_reason reason, bool *left_queue,
		    struct fault *fault)
{
	char current[64];
	int64_t id = 0;
	enum status status = current_lock(session, item->channel_id, &id,
					  current, fault);
	bool is_current = strcmp(current, item->id) == 0;

	*left_queue = false;
	if (status != STATUS_OK)
		return status;
	if (!is_current) {
		status = queue_leave(session, item, left_queue, fault);
		if (status != STATUS_OK || !*left_queue)
			return status;
		status = play_insert(session, item, kind, &id, fault);
	}
	if (status == STATUS_OK)
		status = play_end(session, id, reason, fault);
	if (status == STATUS_OK && is_current)
		status = current_set(session, item->channel_id, 0, fault);
	return status;
}
