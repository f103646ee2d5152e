/* channel_pushes.c - see channel_pushes.h. */
#include "library/channel_pushes.h"

#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/json.h"
#include "library/channel_rows_private.h"

static const char *const kind_names[] = { "rtmp", "icecast", NULL };
static const char *const format_names[] = { "mp3", "ogg", "opus", "aac",
					    NULL };
static const char *const picture_names[] = { "card", "cover", "none", NULL };

const char *
push_kind_name(enum push_kind kind)
{
	return kind_names[kind];
}

const char *
push_format_name(enum push_format format)
{
	return format_names[format];
}

const char *
push_picture_name(enum push_picture picture)
{
	return picture_names[picture];
}

/* -1: not among them. */
static int
name_find(const char *const *names, const char *name)
{
	for (int i = 0; name != NULL && names[i] != NULL; i++) {
		if (strcmp(names[i], name) == 0)
			return i;
	}
	return -1;
}

bool
push_kind_parse(const char *name, enum push_kind *out)
{
	int found = name_find(kind_names, name);

	if (found >= 0)
		*out = (enum push_kind)found;
	return found >= 0;
}

bool
push_format_parse(const char *name, enum push_format *out)
{
	int found = name_find(format_names, name);

	if (found >= 0)
		*out = (enum push_format)found;
	return found >= 0;
}

bool
push_picture_parse(const char *name, enum push_picture *out)
{
	int found = name_find(picture_names, name);

	if (found >= 0)
		*out = (enum push_picture)found;
	return found >= 0;
}

/* ---- addresses ------------------------------------------------------------ */

/* What follows the scheme; NULL: it is none of the kind's. */
static const char *
after_scheme(enum push_kind kind, const char *url)
{
	static const char *const schemes[][2] = {
		[PUSH_RTMP] = { "rtmp://", "rtmps://" },
		[PUSH_ICECAST] = { "http://", "https://" },
	};

	for (int i = 0; i < 2; i++) {
		const char *scheme = schemes[kind][i];

		if (strncasecmp(url, scheme, strlen(scheme)) == 0)
			return url + strlen(scheme);
	}
	return NULL;
}

/* Printable ASCII: it goes into the lines of a request. */
static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text <= ' ' || *text >= 0x7F || strchr("\"<>\\", *text))
			return false;
	}
	return true;
}

enum status
push_url_check(enum push_kind kind, const char *url, struct fault *fault)
{
	const char *host = after_scheme(kind, url);
	size_t length = host == NULL ? 0 : strcspn(host, "/?#");

	if (host == NULL || !is_plain(url) || length == 0 || *host == ':')
		return fault_field(fault, STATUS_INVALID, "url",
				   kind == PUSH_RTMP ?
					   "must be an address of rtmp or "
					   "rtmps" :
					   "must be an address of http or "
					   "https");
	if (memchr(host, '@', length) != NULL)
		return fault_field(fault, STATUS_INVALID, "url",
				   "takes no name and password: these have "
				   "fields of their own");
	if (host[length] != '/' || host[length + 1] == '\0' ||
	    strpbrk(host, "#") != NULL)
		return fault_field(fault, STATUS_INVALID, "url",
				   kind == PUSH_RTMP ?
					   "needs the path of an application" :
					   "needs the path of a mount");
	return STATUS_OK;
}

/* ---- settings: one member of the row -------------------------------------- */

static void
settings_print(const struct push_settings *settings, struct buffer *out)
{
	struct json_writer json;

	json_writer_init(&json, out);
	json_object_begin(&json);
	json_member_int(&json, "bitrate_kbps", settings->bitrate_kbps);
	json_member_text(&json, "format", format_names[settings->format]);
	json_member_text(&json, "picture", picture_names[settings->picture]);
	json_member_text(&json, "name", settings->name);
	json_member_text(&json, "username", settings->username);
	json_member_bool(&json, "counts_as_listener",
			 settings->counts_as_listener);
	json_object_end(&json);
}

static const char *
text_of(const json_t *given, const char *name)
{
	return json_string_value(json_object_get(given, name));
}

static void
settings_read(const char *text, struct arena *arena, struct push_settings *out)
{
	json_t *given = NULL;

	*out = (struct push_settings){ .counts_as_listener = true };
	if (text == NULL ||
	    json_parse(text, strlen(text), &given, NULL) != STATUS_OK)
		return;
	out->bitrate_kbps = (uint32_t)json_integer_value(
		json_object_get(given, "bitrate_kbps"));
	push_format_parse(text_of(given, "format"), &out->format);
	push_picture_parse(text_of(given, "picture"), &out->picture);
	out->name = arena_copy_text(arena, text_of(given, "name"));
	out->username = arena_copy_text(arena, text_of(given, "username"));
	out->counts_as_listener =
		!json_is_false(json_object_get(given, "counts_as_listener"));
	json_decref(given);
}

/* ---- rows ----------------------------------------------------------------- */

static void
row_read(struct store_rows *rows, struct arena *arena,
	 struct channel_push *out)
{
	*out = (struct channel_push){
		.id = sql_column_int(rows, 0),
		.channel_id = sql_column_int(rows, 1),
		.url = sql_column_text(rows, 3, arena),
		.secret = sql_column_text(rows, 4, arena),
		.enabled = sql_column_int(rows, 5) != 0,
		.created_at_ms = sql_column_int(rows, 7),
	};
	push_kind_parse(sql_column_text(rows, 2, arena), &out->kind);
	settings_read(sql_column_text(rows, 6, arena), arena, &out->settings);
}

enum status
channel_pushes_list(struct store_session *session, int64_t channel_id,
		    struct arena *arena, struct channel_push **out,
		    size_t *count, struct fault *fault)
{
	struct channel_push *list =
		arena_new(arena, struct channel_push, CHANNEL_PUSHES_MAX);
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select id, channel_id, kind, url, secret, enabled, settings, "
		"created_at from channel_pushes where channel_id = $1 "
		"order by id",
		SQL_ARGS(SQL_INT(channel_id)), &rows, fault);

	while (status == STATUS_OK && found < CHANNEL_PUSHES_MAX &&
	       sql_next(rows, &status, fault))
		row_read(rows, arena, &list[found++]);
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}

/* The channel is there and has room for one more; its writers wait for each
 * other. */
static enum status
room_check(struct store_session *session, int64_t channel_id,
	   struct fault *fault)
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
		status = sql_query_int(session,
				       "select count(*) from channel_pushes "
				       "where channel_id = $1",
				       SQL_ARGS(SQL_INT(channel_id)), &count,
				       fault);
	if (status == STATUS_OK && count >= CHANNEL_PUSHES_MAX)
		return fault_set(fault, STATUS_FULL,
				 "a channel is sent to %d servers at most",
				 CHANNEL_PUSHES_MAX);
	return status;
}

static enum status
row_add(struct store_session *session, struct channel_push *push,
	const char *settings, struct fault *fault)
{
	enum status status = room_check(session, push->channel_id, fault);

	push->created_at_ms = clock_now_ms();
	return status != STATUS_OK ?
		       status :
		       sql_query_int(session,
				     "insert into channel_pushes (channel_id, "
				     "kind, url, secret, enabled, settings, "
				     "created_at) values ($1, $2, $3, $4, $5, "
				     "$6, $7) returning id",
				     SQL_ARGS(SQL_INT(push->channel_id),
					      sql_text(kind_names[push->kind]),
					      sql_text(push->url),
					      sql_text(push->secret),
					      SQL_INT(push->enabled),
					      sql_text(settings),
					      SQL_INT(push->created_at_ms)),
				     &push->id, fault);
}

enum status
channel_push_save(struct store_session *session, struct channel_push *push,
		  struct fault *fault)
{
	struct buffer settings;
	int64_t changed = 0;
	enum status status;

	buffer_init(&settings, 0);
	settings_print(&push->settings, &settings);
	if (push->id == 0) {
		status = row_add(session, push, settings.bytes, fault);
	} else {
		status = sql_exec(session,
				  "update channel_pushes set url = $1, "
				  "secret = $2, enabled = $3, settings = $4 "
				  "where channel_id = $5 and id = $6",
				  SQL_ARGS(sql_text(push->url),
					   sql_text(push->secret),
					   SQL_INT(push->enabled),
					   sql_text(settings.bytes),
					   SQL_INT(push->channel_id),
					   SQL_INT(push->id)),
				  &changed, fault);
		if (status == STATUS_OK && changed == 0)
			status = fault_set(fault, STATUS_NOT_FOUND,
					   "there is no such row");
	}
	buffer_release(&settings);
	return status;
}

enum status
channel_push_remove(struct store_session *session, int64_t channel_id,
		    int64_t id, struct fault *fault)
{
	return channel_row_remove(session,
				  "delete from channel_pushes "
				  "where channel_id = $1 and id = $2",
				  channel_id, id, fault);
}
