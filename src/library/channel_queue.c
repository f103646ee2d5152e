/* channel_queue.c - see channel_queue.h.
 *
 * Invariants: an edit begins by moving the channel's version, which keeps other
 * edits of this channel out until it ends (a row lock on PostgreSQL); places of
 * a channel are 0, 1, 2, … again when it ends. */
#include "library/channel_queue.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "library/tracks.h"

static const char *const source_names[] = { "track", "file", "stream",
					    "telegram", "youtube" };

const char *
item_source_name(enum item_source source)
{
	return source_names[source];
}

bool
item_source_parse(const char *name, enum item_source *out)
{
	for (size_t i = 0; i < ARRAY_LENGTH(source_names); i++) {
		if (strcmp(source_names[i], name) != 0)
			continue;
		*out = (enum item_source)i;
		return true;
	}
	return false;
}

/* A UUID of version 4. */
void
queue_id_make(char out[QUEUE_ID_BYTES])
{
	uint8_t bytes[16];
	char hex[33];

	random_bytes(bytes, sizeof bytes);
	bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
	hex_print(bytes, sizeof bytes, hex);
	for (size_t i = 0, at = 0; at < 32; at++) {
		if (at == 8 || at == 12 || at == 16 || at == 20)
			out[i++] = '-';
		out[i++] = hex[at];
	}
	out[QUEUE_ID_BYTES - 1] = '\0';
}

/* ---- reading -------------------------------------------------------------- */

static void
item_read(struct store_rows *rows, struct arena *arena,
	  struct queue_item *out)
{
	*out = (struct queue_item){
		.id = sql_column_text(rows, 0, arena),
		.channel_id = sql_column_int(rows, 1),
		.position = sql_column_int(rows, 2),
		.title = sql_column_text(rows, 3, arena),
		.source = (enum item_source)sql_column_int(rows, 4),
		.track_id = sql_column_int(rows, 5),
		.url = sql_column_text(rows, 6, arena),
		.duration_ms = sql_column_int(rows, 7),
		.metadata = sql_column_text(rows, 8, arena),
		.requested_by = sql_column_int(rows, 9),
		.requester = sql_column_text(rows, 10, arena),
		.added_at_ms = sql_column_int(rows, 11),
	};
}

static enum status
version_get(struct store_session *session, int64_t channel_id, int64_t *out,
	    struct fault *fault)
{
	enum status status = sql_query_int(
		session, "select queue_version from channels where id = $1",
		SQL_ARGS(SQL_INT(channel_id)), out, fault);

	if (status == STATUS_NOT_FOUND)
		return fault_set(fault, status, "there is no such channel");
	return status;
}

enum status
channel_queue_get(struct store_session *session, int64_t channel_id,
		  struct arena *arena, struct channel_queue *out,
		  struct fault *fault)
{
	struct channel_queue queue = {
		.items = arena_new(arena, struct queue_item, QUEUE_ITEMS_MAX),
	};
	struct store_rows *rows;
	enum status status =
		version_get(session, channel_id, &queue.version, fault);

	if (status != STATUS_OK)
		return status;
	status = sql_query(session,
			   "select q.id, q.channel_id, q.place, q.title, "
			   "q.source, q.track_id, q.url, q.duration_ms, "
			   "q.metadata, q.requested_by, u.username, "
			   "q.added_at from queue_items q "
			   "left join users u on u.id = q.requested_by "
			   "where q.channel_id = $1 order by q.place, q.id",
			   SQL_ARGS(SQL_INT(channel_id)), &rows, fault);
	while (status == STATUS_OK && queue.count < QUEUE_ITEMS_MAX &&
	       sql_next(rows, &status, fault))
		item_read(rows, arena, &queue.items[queue.count++]);
	sql_end(rows);
	if (status == STATUS_OK)
		*out = queue;
	return status;
}

/* ---- edits ---------------------------------------------------------------- */

/* *size: how many items there are. */
static enum status
edit_begin(struct store_session *session, int64_t channel_id,
	   int64_t expected_version, int64_t *version, int64_t *size,
	   struct fault *fault)
{
	struct store_rows *rows;
	int64_t now = clock_now_ms();
	enum status status = sql_query(
		session,
		"update channels set queue_version = queue_version + 1, "
		"active_at = $1 where id = $2 "
		"returning queue_version, queue_size",
		SQL_ARGS(SQL_INT(now), SQL_INT(channel_id)), &rows, fault);

	if (status == STATUS_OK) {
		if (sql_next(rows, &status, fault)) {
			*version = sql_column_int(rows, 0);
			*size = sql_column_int(rows, 1);
		} else if (status == STATUS_OK) {
			status = fault_set(fault, STATUS_NOT_FOUND,
					   "there is no such channel");
		}
	}
	sql_end(rows);
	if (status == STATUS_OK && expected_version != 0 &&
	    expected_version != *version - 1)
		return fault_field(fault, STATUS_CONFLICT, "version",
				   "the queue is at version %lld by now",
				   (long long)*version - 1);
	return status;
}

static enum status
size_set(struct store_session *session, int64_t channel_id, int64_t size,
	 struct fault *fault)
{
	return sql_exec(session,
			"update channels set queue_size = $1 where id = $2",
			SQL_ARGS(SQL_INT(size), SQL_INT(channel_id)), NULL,
			fault);
}

/* Items from `from` on, but before `to`, stand `by` places further. */
static enum status
places_shift(struct store_session *session, int64_t channel_id, int64_t from,
	     int64_t to, int64_t by, struct fault *fault)
{
	return sql_exec(session,
			"update queue_items set place = place + $1 "
			"where channel_id = $2 and place >= $3 "
			"and place < $4",
			SQL_ARGS(SQL_INT(by), SQL_INT(channel_id),
				 SQL_INT(from), SQL_INT(to)),
			NULL, fault);
}

static enum status
place_of(struct store_session *session, int64_t channel_id,
	 const char *item_id, int64_t *out, struct fault *fault)
{
	enum status status =
		sql_query_int(session,
			      "select place from queue_items "
			      "where channel_id = $1 and id = $2",
			      SQL_ARGS(SQL_INT(channel_id), sql_text(item_id)),
			      out, fault);

	if (status == STATUS_NOT_FOUND)
		return fault_field(fault, status, "item_id",
				   "there is no such item in the queue");
	return status;
}

/* A track's own title and length where none are given. */
static enum status
item_fill(struct store_session *session, struct queue_item *item,
	  struct arena *arena, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	if (item->track_id == 0)
		return STATUS_OK;
	status = tracks_kept(session, item->track_id, &item->track_id, fault);
	if (status != STATUS_OK)
		return status;
	status = sql_query(session,
			   "select title, duration_ms from tracks "
			   "where id = $1 and visible = 1",
			   SQL_ARGS(SQL_INT(item->track_id)), &rows, fault);
	if (status == STATUS_OK) {
		if (sql_next(rows, &status, fault)) {
			if (item->title == NULL)
				item->title = sql_column_text(rows, 0, arena);
			item->duration_ms = sql_column_int(rows, 1);
		} else if (status == STATUS_OK) {
			status = fault_field(fault, STATUS_INVALID, "track_id",
					     "there is no such track");
		}
	}
	sql_end(rows);
	return status;
}

static enum status
item_insert(struct store_session *session, const struct queue_item *item,
	    int64_t place, struct fault *fault)
{
	return sql_exec(
		session,
		"insert into queue_items (id, channel_id, place, title, "
		"source, track_id, url, duration_ms, metadata, requested_by, "
		"added_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
		"$11)",
		SQL_ARGS(sql_text(item->id), SQL_INT(item->channel_id),
			 SQL_INT(place),
			 sql_text(item->title == NULL || *item->title == '\0' ?
					  "-" :
					  item->title),
			 SQL_INT(item->source),
			 sql_int_or_null(item->track_id, item->track_id != 0),
			 sql_text(item->url),
			 sql_int_or_null(item->duration_ms,
					 item->duration_ms != 0),
			 sql_text(item->metadata),
			 sql_int_or_null(item->requested_by,
					 item->requested_by != 0),
			 SQL_INT(clock_now_ms())),
		NULL, fault);
}

enum status
channel_queue_add(struct store_session *session,
		  const struct queue_item *given, int64_t position,
		  int64_t expected_version, int64_t *version,
		  struct fault *fault)
{
	struct queue_item item = *given;
	struct arena arena;
	int64_t size = 0;
	enum status status = edit_begin(session, item.channel_id,
					expected_version, version, &size,
					fault);

	if (status != STATUS_OK)
		return status;
	if (size >= QUEUE_ITEMS_MAX)
		return fault_set(fault, STATUS_FULL,
				 "a queue holds %d items at most",
				 QUEUE_ITEMS_MAX);
	if (position < 0 || position > size)
		position = size;
	arena_init(&arena);
	status = item_fill(session, &item, &arena, fault);
	if (status == STATUS_OK)
		status = places_shift(session, item.channel_id, position,
				      QUEUE_ITEMS_MAX, 1, fault);
	if (status == STATUS_OK)
		status = item_insert(session, &item, position, fault);
	if (status == STATUS_OK)
		status = size_set(session, item.channel_id, size + 1, fault);
	arena_release(&arena);
	return status;
}

enum status
channel_queue_remove(struct store_session *session, int64_t channel_id,
		     const char *item_id, int64_t expected_version,
		     int64_t *version, struct fault *fault)
{
	int64_t size = 0, place = 0;
	enum status status = edit_begin(session, channel_id, expected_version,
					version, &size, fault);

	if (status == STATUS_OK)
		status = place_of(session, channel_id, item_id, &place, fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "delete from queue_items where id = $1",
				  SQL_ARGS(sql_text(item_id)), NULL, fault);
	if (status == STATUS_OK)
		status = places_shift(session, channel_id, place,
				      QUEUE_ITEMS_MAX, -1, fault);
	if (status == STATUS_OK)
		status = size_set(session, channel_id, size - 1, fault);
	return status;
}

enum status
channel_queue_move(struct store_session *session, int64_t channel_id,
		   const char *item_id, int64_t position,
		   int64_t expected_version, int64_t *version,
		   struct fault *fault)
{
	int64_t size = 0, place = 0;
	enum status status = edit_begin(session, channel_id, expected_version,
					version, &size, fault);

	if (status == STATUS_OK)
		status = place_of(session, channel_id, item_id, &place, fault);
	if (status != STATUS_OK)
		return status;
	if (position >= size)
		position = size - 1;
	if (position > place)
		status = places_shift(session, channel_id, place + 1,
				      position + 1, -1, fault);
	else if (position < place)
		status = places_shift(session, channel_id, position, place, 1,
				      fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "update queue_items set place = $1 "
				  "where id = $2",
				  SQL_ARGS(SQL_INT(position),
					   sql_text(item_id)),
				  NULL, fault);
	return status;
}

enum status
channel_queue_clear(struct store_session *session, int64_t channel_id,
		    int64_t expected_version, int64_t *removed,
		    int64_t *version, struct fault *fault)
{
	int64_t size = 0;
	enum status status = edit_begin(session, channel_id, expected_version,
					version, &size, fault);

	if (status == STATUS_OK)
		status = sql_exec(session,
				  "delete from queue_items "
				  "where channel_id = $1",
				  SQL_ARGS(SQL_INT(channel_id)), removed,
				  fault);
	if (status == STATUS_OK)
		status = size_set(session, channel_id, 0, fault);
	return status;
}

enum status
channel_queue_check(struct store_session *session, struct fault *fault)
{
	int64_t wrong = 0;
	enum status status = sql_query_int(
		session,
		"select count(*) from (select c.id from channels c "
		"left join queue_items q on q.channel_id = c.id "
		"group by c.id, c.queue_size "
		"having count(q.id) <> c.queue_size "
		"or count(distinct q.place) <> count(q.id) "
		"or coalesce(min(q.place), 0) <> 0 "
		"or coalesce(max(q.place) + 1, 0) <> count(q.id)) w",
		SQL_NO_ARGS, &wrong, fault);

	if (status == STATUS_OK && wrong != 0)
		return fault_set(fault, STATUS_CORRUPT,
				 "%lld queues have wrong places or sizes",
				 (long long)wrong);
	return status;
}
