/* account_data.c - see account_data.h. */
#include "service/account_data.h"

#include <string.h>

#include "service/access_private.h"
#include "service/account.h"
#include "service/listening.h"

#define EXPORT_LIMIT_BYTES ((size_t)256 << 20)

struct part {
	const char *name;
	/* $1 is the person. Columns stand in the order of `columns`: a name and
	 * one of i number, b yes or no, t text, m time, j JSON, s scopes. */
	const char *query;
	const char *columns;
	const char *remove; /* statement with $1; NULL: stays or goes by itself */
};

static const struct part parts[] = {
	{ "account",
	  "select id, username, email, full_name, role, status, is_active, "
	  "telegram_id, last_login_at, created_at, updated_at from users "
	  "where id = $1",
	  "id:i username:t email:t full_name:t role:t status:t is_active:b "
	  "telegram_id:i last_login_at:m created_at:m updated_at:m",
	  NULL },
	{ "sessions",
	  "select id, address, user_agent, created_at, used_at, expires_at, "
	  "revoked_at from sessions where user_id = $1 order by id",
	  "id:i address:t user_agent:t created_at:m used_at:m expires_at:m "
	  "revoked_at:m",
	  "delete from sessions where user_id = $1" },
	{ "keys",
	  "select id, name, prefix, scopes, created_at, expires_at, "
	  "last_used_at, revoked_at from api_keys where user_id = $1 "
	  "order by id",
	  "id:i name:t prefix:t scopes:i created_at:m expires_at:m "
	  "last_used_at:m revoked_at:m",
	  "delete from api_keys where user_id = $1" },
	{ "logins",
	  "select provider, subject, name, created_at, used_at from "
	  "user_logins where user_id = $1 order by created_at",
	  "provider:t subject:t name:t created_at:m used_at:m",
	  "delete from user_logins where user_id = $1" },
	{ "links",
	  "select purpose, created_at, expires_at, used_at from "
	  "one_time_links where user_id = $1 order by id",
	  "purpose:t created_at:m expires_at:m used_at:m",
	  "delete from one_time_links where user_id = $1" },
	{ "invitations",
	  "select id, role, note, uses, uses_max, created_at from invitations "
	  "where created_by = $1 order by id",
	  "id:i role:t note:t uses:i uses_max:i created_at:m",
	  "update invitations set note = null where created_by = $1" },
	{ "artists",
	  "select artist_id, created_at from artist_owners where "
	  "user_id = $1 order by artist_id",
	  "artist_id:i created_at:m",
	  "delete from artist_owners where user_id = $1" },
	{ "playlists",
	  "select id, title, description, visibility, rules, track_count, "
	  "play_count, created_at, updated_at from playlists "
	  "where owner_id = $1 order by id",
	  "id:i title:t description:t visibility:i rules:t track_count:i "
	  "play_count:i created_at:m updated_at:m",
	  NULL },
	{ "playlist_tracks",
	  "select e.playlist_id, e.track_id, t.title, t.artist, e.added_at "
	  "from playlist_tracks e join playlists p on p.id = e.playlist_id "
	  "join tracks t on t.id = e.track_id where p.owner_id = $1 "
	  "order by e.playlist_id, e.place, e.id",
	  "playlist_id:i track_id:i title:t artist:t added_at:m", NULL },
	{ "added_to_playlists",
	  "select playlist_id, track_id, added_at from playlist_tracks "
	  "where added_by = $1 order by id",
	  "playlist_id:i track_id:i added_at:m",
	  "update playlist_tracks set added_by = null where added_by = $1" },
	{ "favorites",
	  "select kind, entity_id, created_at from favorites "
	  "where user_id = $1 order by id",
	  "kind:i entity_id:i created_at:m",
	  "delete from favorites where user_id = $1" },
	{ "ratings",
	  "select kind, entity_id, rating, updated_at from ratings "
	  "where user_id = $1 order by kind, entity_id",
	  "kind:i entity_id:i rating:i updated_at:m",
	  "delete from ratings where user_id = $1" },
	{ "plays",
	  "select p.track_id, t.title, t.artist, p.plays, p.last_played_at "
	  "from user_tracks p join tracks t on t.id = p.track_id "
	  "where p.user_id = $1 order by p.track_id",
	  "track_id:i title:t artist:t plays:i last_played_at:m",
	  "delete from user_tracks where user_id = $1" },
	{ "play_queue",
	  "select current_index, position_ms, track_count, device, updated_at "
	  "from play_queues where user_id = $1",
	  "current_index:i position_ms:i track_count:i device:t updated_at:m",
	  "delete from play_queues where user_id = $1" },
	{ "play_queue_tracks",
	  "select track_ids from play_queue_tracks where user_id = $1",
	  "track_ids:t", "delete from play_queue_tracks where user_id = $1" },
	{ "play_contexts",
	  "select kind, entity_id, track_id, position_ms, updated_at from "
	  "play_contexts where user_id = $1 order by updated_at",
	  "kind:t entity_id:i track_id:i position_ms:i updated_at:m",
	  "delete from play_contexts where user_id = $1" },
	{ "song_requests",
	  "select r.channel_id, r.track_id, t.title, t.artist, r.message, "
	  "r.created_at from channel_requests r "
	  "join tracks t on t.id = r.track_id where r.user_id = $1 "
	  "order by r.id",
	  "channel_id:i track_id:i title:t artist:t message:t created_at:m",
	  "delete from channel_requests where user_id = $1" },
	{ "channel_listens",
	  "select channel_id, format, client, started_at, ended_at, bytes "
	  "from channel_listens where user_id = $1 order by id",
	  "channel_id:i format:t client:t started_at:m ended_at:m bytes:i",
	  "update channel_listens set user_id = null, client = null, "
	  "address_hash = null where user_id = $1" },
	{ "channel_queue",
	  "select channel_id, title, track_id, added_at from queue_items "
	  "where requested_by = $1 order by added_at",
	  "channel_id:i title:t track_id:i added_at:m",
	  "update queue_items set requested_by = null "
	  "where requested_by = $1" },
	{ "channel_history",
	  "select channel_id, title, track_id, added_at, started_at from "
	  "channel_history where requested_by = $1 order by id",
	  "channel_id:i title:t track_id:i added_at:m started_at:m",
	  "update channel_history set requested_by = null "
	  "where requested_by = $1" },
	{ "audit",
	  "select id, action, model_name, model_id, ip_address, user_agent, "
	  "created_at from admin_audit_logs where admin_user_id = $1 "
	  "order by id",
	  "id:i action:t model_name:t model_id:i ip_address:t user_agent:t "
	  "created_at:m",
	  NULL },
};

/* ---- printing ------------------------------------------------------------- */

static void
column_print(struct json_writer *json, struct store_rows *rows, int column,
	     char kind)
{
	if (sql_column_null(rows, column))
		json_null_value(json);
	else if (kind == 'i')
		json_int(json, sql_column_int(rows, column));
	else if (kind == 'b')
		json_bool(json, sql_column_int(rows, column) != 0);
	else if (kind == 'm')
		json_time(json, sql_column_int(rows, column));
	else if (kind == 'j')
		json_raw(json, sql_column_span(rows, column));
	else
		json_text_span(json, sql_column_span(rows, column));
}

static void
row_print(struct json_writer *json, struct store_rows *rows,
	  const char *columns)
{
	struct span rest = span_of(columns), one, name;
	char text[40];

	json_object_begin(json);
	for (int column = 0; span_next(&rest, ' ', &one); column++) {
		span_next(&one, ':', &name);
		memcpy(text, name.at, name.length);
		text[name.length] = '\0';
		json_name(json, text);
		column_print(json, rows, column, *one.at);
	}
	json_object_end(json);
}

static enum status
part_print(struct store_session *session, const struct part *part,
	   int64_t user_id, struct json_writer *json, struct fault *fault)
{
	struct store_rows *rows = NULL;
	enum status status = sql_query(session, part->query,
				       SQL_ARGS(SQL_INT(user_id)), &rows,
				       fault);

	json_member_array_begin(json, part->name);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		row_print(json, rows, part->columns);
	json_array_end(json);
	sql_end(rows);
	return status;
}

enum status
account_data_print(struct store_session *session, int64_t user_id,
		   struct json_writer *json, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < ARRAY_LENGTH(parts) && status == STATUS_OK; i++)
		status = part_print(session, &parts[i], user_id, json, fault);
	return status;
}

struct export_work {
	struct listening *listening;
	int64_t user_id;
	struct buffer *out;
	struct json_writer json;
};

static bool
listen_print(void *cookie, int64_t seq, const struct event_listen *listen)
{
	struct export_work *work = cookie;
	struct json_writer *json = &work->json;

	(void)seq;
	json_object_begin(json);
	json_member_time(json, "at", listen->at_ms);
	json_member_int(json, "track_id", listen->track_id);
	json_member_text(json, "action", event_action_name(listen->action));
	json_member_text(json, "source", event_source_name(listen->source));
	json_member_int(json, "heard_ms", listen->heard_ms);
	json_member_int(json, "position_ms", listen->position_ms);
	json_member_text(json, "platform", listen->platform);
	json_member_text(json, "device", listen->device);
	json_member_text(json, "client", listen->client);
	json_member_text(json, "country", listen->country);
	json_object_end(json);
	return !work->out->full;
}

static enum status
listens_print(struct export_work *work, struct fault *fault)
{
	const struct events_walk walk = { .user_id = work->user_id,
					  .until_ms = INT64_MAX };
	enum status status = STATUS_OK;

	json_member_array_begin(&work->json, "listens");
	if (work->listening != NULL)
		status = events_listens(listening_log(work->listening), &walk,
					listen_print, work, fault);
	json_array_end(&work->json);
	return status;
}

static bool
search_print(void *cookie, int64_t seq, const struct event_search *search)
{
	struct export_work *work = cookie;
	struct json_writer *json = &work->json;

	(void)seq;
	json_object_begin(json);
	json_member_time(json, "at", search->at_ms);
	json_member_text(json, "query", search->query);
	json_member_text(json, "surface", search->surface);
	json_member_int(json, "results", search->results);
	json_member_text(json, "clicked_type", search->clicked);
	json_member_int(json, "clicked_id", search->clicked_id);
	json_object_end(json);
	return !work->out->full;
}

static bool
activity_print(void *cookie, int64_t seq, const struct event_activity *activity)
{
	struct export_work *work = cookie;
	struct json_writer *json = &work->json;

	(void)seq;
	json_object_begin(json);
	json_member_time(json, "at", activity->at_ms);
	json_member_text(json, "action", activity->action);
	json_member_text(json, "object_type", activity->object);
	json_member_int(json, "object_id", activity->object_id);
	if (activity->sums_up) {
		json_member_int(json, "session_duration_minutes",
				activity->visit_minutes);
		json_member_int(json, "tracks_played",
				activity->tracks_played);
		json_member_int(json, "searches_made",
				activity->searches_made);
	}
	json_object_end(json);
	return !work->out->full;
}

static bool
request_print(void *cookie, int64_t seq, const struct event_request *request)
{
	struct export_work *work = cookie;
	struct json_writer *json = &work->json;

	(void)seq;
	json_object_begin(json);
	json_member_time(json, "at", request->at_ms);
	json_member_text(json, "method", request->method);
	json_member_text(json, "path", request->route);
	json_member_int(json, "status", request->status);
	json_member_text(json, "ip_address", request->address);
	json_member_text(json, "user_agent", request->client);
	json_object_end(json);
	return !work->out->full;
}

/* The log of events is a store of its own. */
static enum status
logs_print(struct export_work *work, struct fault *fault)
{
	const struct events_look look = { .user_id = work->user_id,
					  .oldest_first = true };
	struct json_writer *json = &work->json;
	struct events_log *log;
	enum status status = listens_print(work, fault);

	if (status != STATUS_OK || work->listening == NULL)
		return status;
	log = listening_log(work->listening);
	json_member_array_begin(json, "searches");
	status = events_searches(log, &look, search_print, work, fault);
	json_array_end(json);
	json_member_array_begin(json, "activity");
	if (status == STATUS_OK)
		status = events_activities(log, &look, activity_print, work,
					   fault);
	json_array_end(json);
	json_member_array_begin(json, "requests");
	if (status == STATUS_OK)
		status = events_requests(log, &look, request_print, work,
					 fault);
	json_array_end(json);
	return status;
}

static enum status
export_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct export_work *work = cookie;

	buffer_clear(work->out);
	json_writer_init(&work->json, work->out);
	json_object_begin(&work->json);
	return account_data_print(session, work->user_id, &work->json, fault);
}

enum status
account_export(struct access *access, struct listening *listening,
	       int64_t user_id, struct buffer *out, struct fault *fault)
{
	struct export_work work = { .listening = listening,
				    .user_id = user_id,
				    .out = out };
	enum status status;

	out->limit_bytes = EXPORT_LIMIT_BYTES;
	status = store_read(access->store, export_work, &work, fault);
	if (status == STATUS_OK)
		status = logs_print(&work, fault);
	if (status == STATUS_OK)
		json_object_end(&work.json);
	if (status == STATUS_OK && out->full)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "there is more than one file can hold");
	return status;
}

/* ---- removing ------------------------------------------------------------- */

enum status
account_data_remove(struct store_session *session, int64_t user_id,
		    struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < ARRAY_LENGTH(parts) && status == STATUS_OK;
	     i++) {
		if (parts[i].remove != NULL)
			status = sql_exec(session, parts[i].remove,
					  SQL_ARGS(SQL_INT(user_id)), NULL,
					  fault);
	}
	return status;
}
