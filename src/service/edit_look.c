/* edit_look.c - things and their edits as JSON for people; see edit.h. */
#include "service/edit.h"

#include <string.h>

#include "library/users.h"
#include "service/edit_private.h"

/* ---- the thing as it is ----------------------------------------------------- */

struct look {
	const char *sql;
	const char *names; /* of the columns; "#" before a number */
	const char *genres; /* statement for their names; NULL: none */
};

static const struct look looks[] = {
	[EDIT_TRACK] = {
		.sql = "select t.title, t.artist, t.composer, a.title, "
		       "a.artist, t.track_no, t.disc_no, t.year, t.hidden "
		       "from tracks t left join albums a on a.id = t.album_id "
		       "where t.id = $1",
		.names = "title|artists|composer|album|album_artist|#track_no|"
			 "#disc_no|#year|#hidden",
		.genres = "select g.name from track_genres l join genres g "
			  "on g.id = l.genre_id where l.track_id = $1 "
			  "order by l.position",
	},
	[EDIT_ALBUM] = {
		.sql = "select title, artist, year, cover_id from albums "
		       "where id = $1",
		.names = "title|artists|#year|#cover_id",
		.genres = "select g.name from genre_albums l join genres g "
			  "on g.id = l.genre_id where l.album_id = $1 "
			  "order by l.tracks desc, l.genre_id limit 16",
	},
	[EDIT_ARTIST] = {
		.sql = "select name, sort_name, bio, cover_id from artists "
		       "where id = $1",
		.names = "name|sort_name|bio|#cover_id",
	},
	[EDIT_GENRE] = {
		.sql = "select name, merged_into from genres where id = $1",
		.names = "name|#merged_into",
	},
};

static json_t *
column_json(struct store_rows *rows, int column, bool number,
	    struct arena *arena)
{
	if (sql_column_null(rows, column))
		return json_null();
	if (number)
		return json_integer(sql_column_int(rows, column));
	return json_string(sql_column_text(rows, column, arena));
}

static enum status
genre_names(struct store_session *session, const char *sql, int64_t id,
	    struct arena *arena, json_t *thing, struct fault *fault)
{
	json_t *names = json_array();
	struct store_rows *rows;
	enum status status = sql_query(session, sql, SQL_ARGS(SQL_INT(id)),
				       &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault))
		json_array_append_new(names,
				      json_string(sql_column_text(rows, 0,
								  arena)));
	sql_end(rows);
	json_object_set_new(thing, "genres", names);
	return status;
}

enum status
thing_look(struct store_session *session, enum edit_kind kind, int64_t id,
	   json_t **out, struct fault *fault)
{
	const struct look *look = &looks[kind];
	struct span names = span_of(look->names), name;
	json_t *thing = json_object();
	struct store_rows *rows;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = sql_query(session, look->sql, SQL_ARGS(SQL_INT(id)), &rows,
			   fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		for (int i = 0; span_next(&names, '|', &name); i++) {
			bool number = name.at[0] == '#';

			json_object_set_new(
				thing,
				arena_copy_bytes(&arena, name.at + number,
						 name.length - number),
				column_json(rows, i, number, &arena));
		}
	} else if (status == STATUS_OK) {
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no %s %lld", edit_kind_name(kind),
				   (long long)id);
	}
	sql_end(rows);
	if (status == STATUS_OK && look->genres != NULL)
		status = genre_names(session, look->genres, id, &arena, thing,
				     fault);
	arena_release(&arena);
	if (status == STATUS_OK)
		*out = thing;
	else
		json_decref(thing);
	return status;
}

/* Some fields are kept, or asked for, under another name. */
static const char *
name_shown(const char *name)
{
	static const char *const others[][2] = {
		{ "album_id", "album" },
		{ "composers", "composer" },
		{ "cover", "cover_id" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
		if (strcmp(name, others[i][0]) == 0)
			return others[i][1];
	return name;
}

static void
pick_one(const json_t *thing, const char *name, json_t *out)
{
	const char *shown = name_shown(name);

	if (json_object_get(thing, shown) != NULL)
		json_object_set(out, shown, json_object_get(thing, shown));
}

json_t *
thing_pick(const json_t *thing, const json_t *set, const json_t *reset)
{
	json_t *out = json_object();
	const char *name;
	const json_t *value;
	size_t i;

	json_object_foreach((json_t *)set, name, value)
		pick_one(thing, name, out);
	json_array_foreach((json_t *)reset, i, value)
		if (json_is_string(value))
			pick_one(thing, json_string_value(value), out);
	return out;
}

/* ---- edits, with names for ids ------------------------------------------------ */

static enum status
name_of(struct store_session *session, const char *table, const char *column,
	const json_t *id, json_t **out, struct fault *fault)
{
	struct store_rows *rows;
	struct buffer sql;
	struct arena arena;
	enum status status;

	*out = NULL;
	arena_init(&arena);
	buffer_init(&sql, 0);
	buffer_print(&sql, "select %s from %s where id = $1", column, table);
	status = sql_query(session, sql.bytes,
			   SQL_ARGS(SQL_INT(json_integer_value(id))), &rows,
			   fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = json_pack("{s:O, s:s}", "id", (json_t *)id, column,
				 sql_column_text(rows, 0, &arena));
	sql_end(rows);
	buffer_release(&sql);
	arena_release(&arena);
	return status;
}

/* Items are ids, or [id, role]. */
static enum status
names_of(struct store_session *session, const char *table, const json_t *list,
	 json_t **out, struct fault *fault)
{
	json_t *names = json_array();
	enum status status = STATUS_OK;
	const json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item) {
		const json_t *id = json_is_array(item) ?
					   json_array_get(item, 0) :
					   item;
		const json_t *role = json_array_get(item, 1);
		json_t *one = NULL;

		if (status == STATUS_OK)
			status = name_of(session, table, "name", id, &one,
					 fault);
		if (one == NULL)
			continue;
		if (role != NULL)
			json_object_set_new(
				one, "role",
				json_string(credit_role_name(
					(enum credit_role)
						json_integer_value(role))));
		json_array_append_new(names, one);
	}
	*out = names;
	return status;
}

static enum status
value_shown(struct store_session *session, const char *name,
	    const json_t *value, json_t **out, struct fault *fault)
{
	static const struct {
		const char *name, *table;
	} lists[] = {
		{ "artists", "artists" },
		{ "composers", "artists" },
		{ "genres", "genres" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
		if (strcmp(name, lists[i].name) == 0)
			return names_of(session, lists[i].table, value, out,
					fault);
	if (strcmp(name, "album_id") == 0) {
		enum status status = name_of(session, "albums", "title",
					     value, out, fault);

		if (*out == NULL)
			*out = json_null();
		return status;
	}
	*out = json_incref((json_t *)value);
	return STATUS_OK;
}

/* All of `values` that `fields` names too. */
static enum status
values_shown(struct store_session *session, const json_t *values,
	     const json_t *fields, json_t **out, struct fault *fault)
{
	json_t *shown = json_object();
	enum status status = STATUS_OK;
	const char *name;
	const json_t *value;

	json_object_foreach((json_t *)values, name, value) {
		json_t *one = NULL;

		if (json_object_get(fields, name) == NULL ||
		    strcmp(name, "genres_of") == 0 || status != STATUS_OK)
			continue;
		status = value_shown(session, name, value, &one, fault);
		json_object_set_new(shown, name_shown(name), one);
	}
	*out = shown;
	return status;
}

static enum status
person_shown(struct store_session *session, int64_t id, json_t **out,
	     struct fault *fault)
{
	struct store_rows *rows;
	struct arena arena;
	enum status status;

	*out = json_null();
	arena_init(&arena);
	status = sql_query(session, "select username from users where id = $1",
			   SQL_ARGS(SQL_INT(id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = json_pack("{s:I, s:s}", "id", (json_int_t)id,
				 "username",
				 sql_column_text(rows, 0, &arena));
	sql_end(rows);
	arena_release(&arena);
	return status;
}

struct looking {
	const struct caller *caller;
	enum edit_kind kind;
	int64_t id;
	json_t *out;
	int64_t updated_at_ms;
};

/* The text an artist wrote is no tag's rival; it is kept with the artist. */
static enum status
bio_add(struct store_session *session, const struct looking *looking,
	json_t *fields, struct fault *fault)
{
	const char *bio = NULL;
	struct arena arena;
	enum status status;

	if (looking->kind != EDIT_ARTIST)
		return STATUS_OK;
	arena_init(&arena);
	status = artist_bio(session, looking->id, &arena, &bio, fault);
	if (status == STATUS_OK && bio != NULL)
		json_object_set_new(fields, "bio", json_string(bio));
	arena_release(&arena);
	return status;
}

static enum status
edit_shown(struct store_session *session, struct looking *looking,
	   const struct edit *edit, struct fault *fault)
{
	json_t *fields = NULL, *tags = NULL, *person = NULL;
	bool hidden = false;
	enum status status = values_shown(session, edit->fields, edit->fields,
					  &fields, fault);

	if (status == STATUS_OK)
		status = values_shown(session, edit->below, edit->fields,
				      &tags, fault);
	if (status == STATUS_OK)
		status = bio_add(session, looking, fields, fault);
	if (status == STATUS_OK)
		status = person_shown(session, edit->updated_by, &person,
				      fault);
	if (status == STATUS_OK && looking->kind == EDIT_TRACK)
		status = track_hidden(session, looking->id, &hidden, fault);
	looking->updated_at_ms = edit->updated_at_ms;
	looking->out = json_pack("{s:o?, s:o?, s:b, s:o?}", "fields", fields,
				 "tags", tags, "hidden", hidden, "updated_by",
				 person);
	return status;
}

static enum status
look_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct looking *looking = cookie;
	struct edit edit = { 0 };
	json_t *thing = NULL;
	enum status status = thing_look(session, looking->kind, looking->id,
					&thing, fault);

	json_decref(thing);
	json_decref(looking->out);
	looking->out = NULL;
	if (status == STATUS_OK)
		status = edit_allowed(session, looking->caller, looking->kind,
				      looking->id, fault);
	if (status == STATUS_OK)
		status = edit_load(session, looking->kind, looking->id, &edit,
				   fault);
	if (status == STATUS_OK)
		status = edit_shown(session, looking, &edit, fault);
	edit_release(&edit);
	return status;
}

enum status
edit_look(const struct editor *editor, const struct caller *caller,
	  enum edit_kind kind, int64_t id, json_t **out, struct fault *fault)
{
	struct looking looking = { .caller = caller, .kind = kind, .id = id };
	struct buffer text;
	struct json_writer json;
	enum status status =
		store_read(editor->store, look_work, &looking, fault);

	if (status != STATUS_OK) {
		json_decref(looking.out);
		return status;
	}
	buffer_init(&text, 0);
	json_writer_init(&json, &text);
	json_time(&json, looking.updated_at_ms);
	json_object_set_new(looking.out, "updated_at",
			    json_loadb(text.bytes, text.length,
				       JSON_DECODE_ANY, NULL));
	buffer_release(&text);
	*out = looking.out;
	return STATUS_OK;
}
