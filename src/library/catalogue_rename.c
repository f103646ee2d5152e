/* catalogue_rename.c - what people change of albums and artists; see edits.h.
 *
 * An artist's name stands in the texts of tracks and albums too: those are
 * written anew, and the search documents with them. */
#include "library/catalogue_private.h"

#include <assert.h>
#include <string.h>

#include "driver/search.h"

#define TRACKS_AT_ONCE 500

static bool
resets(const struct edit_change *change, const char *name)
{
	const json_t *item;
	size_t i;

	json_array_foreach((json_t *)change->reset, i, item) {
		const char *word = json_string_value(item);

		if (word != NULL && strcmp(word, name) == 0)
			return true;
	}
	return false;
}

/* Every name that is reset must be one of `names`, "a|b". */
static enum status
resets_check(const struct edit_change *change, enum edit_kind kind,
	     struct fault *fault)
{
	const json_t *item;
	size_t i;

	json_array_foreach((json_t *)change->reset, i, item) {
		struct span names = span_of(edit_field_names(kind)), name;
		const char *word = json_string_value(item);
		bool known = false;

		while (word != NULL && span_next(&names, '|', &name))
			known = known || span_equal(name, span_of(word));
		if (!known)
			return fault_field(fault, STATUS_INVALID, "reset",
					   "no field that can be edited is "
					   "named so");
	}
	return STATUS_OK;
}

/* ---- albums --------------------------------------------------------------- */

struct album_stored {
	const char *title, *artist;
	bool tagged;
	int64_t credits[MEDIA_CREDITS_MAX];
	size_t credit_count;
};

static enum status
album_stored_load(struct catalogue *catalogue, int64_t id,
		  struct album_stored *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	status = sql_query(catalogue->session,
			   "select title, artist, tagged_artist from albums "
			   "where id = $1",
			   SQL_ARGS(SQL_INT(id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = (struct album_stored){
			.title = sql_column_text(rows, 0, &catalogue->arena),
			.artist = sql_column_text(rows, 1, &catalogue->arena),
			.tagged = sql_column_int(rows, 2) != 0,
		};
	else if (status == STATUS_OK)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no album %lld", (long long)id);
	sql_end(rows);
	if (status == STATUS_OK)
		status = album_credits_load(catalogue, id, out->credits,
					    &out->credit_count, fault);
	return status;
}

typedef enum status track_visit(struct catalogue *catalogue, int64_t track_id,
				void *cookie, struct fault *fault);

static enum status
album_tracks_each(struct catalogue *catalogue, int64_t album_id,
		  track_visit *visit, void *cookie, struct fault *fault)
{
	int64_t ids[TRACKS_AT_ONCE], after = 0;
	size_t count = TRACKS_AT_ONCE;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && count == TRACKS_AT_ONCE) {
		status = tracks_of_thing(catalogue->session, EDIT_ALBUM,
					 album_id, false, after, ids,
					 TRACKS_AT_ONCE, &count, fault);
		for (size_t i = 0; i < count && status == STATUS_OK; i++)
			status = visit(catalogue, ids[i], cookie, fault);
		if (count > 0)
			after = ids[count - 1];
	}
	return status;
}

static enum status
track_file_under(struct catalogue *catalogue, int64_t track_id, void *cookie,
		 struct fault *fault)
{
	const struct span *key = cookie;

	delta_of(catalogue, DELTA_TRACK_CHANGED, track_id, 0, 0);
	return sql_post(catalogue->session,
			"update tracks set album_key = $1, updated_at = $2 "
			"where id = $3",
			SQL_ARGS(sql_span_bytes(*key),
				 SQL_INT(catalogue->now_ms),
				 SQL_INT(track_id)),
			fault);
}

static enum status
album_set_title(struct catalogue *catalogue, int64_t id, const char *title,
		struct fault *fault)
{
	struct span key = sort_key_cut(&catalogue->arena, title,
				       TITLE_KEY_BYTES);
	struct span short_key = sort_key_cut(&catalogue->arena, title,
					     NAME_KEY_BYTES);
	enum status status = sql_exec(
		catalogue->session,
		"update albums set title = $1, sort_key = $2 where id = $3",
		SQL_ARGS(sql_text(title), sql_span_bytes(key), SQL_INT(id)),
		NULL, fault);

	if (status == STATUS_OK)
		status = album_tracks_each(catalogue, id, track_file_under,
					   &short_key, fault);
	return status;
}

static enum status
album_title_edit(struct catalogue *catalogue, const struct edit_change *change,
		 const struct album_stored *stored, struct edit *edit,
		 struct fault *fault)
{
	const char *title =
		json_string_value(json_object_get(change->set, "title"));
	enum status status;

	if (title != NULL) {
		if (json_object_get(edit->fields, "title") == NULL)
			json_object_set_new(edit->below, "title",
					    json_string(stored->title));
		json_object_set_new(edit->fields, "title", json_string(title));
	} else if (resets(change, "title") &&
		   json_object_get(edit->fields, "title") != NULL) {
		title = arena_copy_text(
			&catalogue->arena,
			json_string_value(
				json_object_get(edit->below, "title")));
		json_object_del(edit->fields, "title");
		json_object_del(edit->below, "title");
	} else {
		return STATUS_OK;
	}
	status = album_set_title(catalogue, change->id, title, fault);
	if (status == STATUS_OK)
		status = album_alias(
			catalogue, change->id,
			json_string_value(
				json_object_get(edit->fields, "title")),
			fault);
	return status;
}

static enum status
names_join(struct catalogue *catalogue, const int64_t *ids, size_t count,
	   const char **out, struct fault *fault)
{
	enum status status = STATUS_OK;

	*out = "";
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		const char *name = "";

		status = name_of_artist(catalogue, ids[i], &name, fault);
		*out = i == 0 ? name :
				arena_print(&catalogue->arena, "%s, %s", *out,
					    name);
	}
	return status;
}

static enum status
album_set_artists(struct catalogue *catalogue, int64_t id, const json_t *list,
		  struct fault *fault)
{
	int64_t ids[MEDIA_CREDITS_MAX];
	size_t count = 0;
	const char *text;
	enum status status;

	for (; count < json_array_size(list) && count < MEDIA_CREDITS_MAX;
	     count++)
		ids[count] = json_integer_value(json_array_get(list, count));
	status = names_join(catalogue, ids, count, &text, fault);
	if (status == STATUS_OK)
		status = sql_exec(catalogue->session,
				  "update albums set artist = $1, "
				  "artist_id = $2 where id = $3",
				  SQL_ARGS(sql_text(text),
					   sql_id(count > 0 ? ids[0] : 0),
					   SQL_INT(id)),
				  NULL, fault);
	if (status == STATUS_OK)
		status = album_set_credits(catalogue, id, ids, count, fault);
	return status;
}

static enum status
artists_of_json(struct catalogue *catalogue, const json_t *list, json_t **out,
		struct fault *fault)
{
	json_t *ids = json_array();
	enum status status = STATUS_OK;
	const json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item) {
		int64_t id = 0;
		bool seen = false;

		status = artist_of_json(catalogue, item, "artists", &id, fault);
		for (size_t k = 0; k < json_array_size(ids); k++)
			seen = seen || json_integer_value(
					       json_array_get(ids, k)) == id;
		if (status != STATUS_OK)
			break;
		if (!seen)
			json_array_append_new(ids, json_integer(id));
	}
	if (status == STATUS_OK)
		*out = ids;
	else
		json_decref(ids);
	return status;
}

static enum status
album_artists_edit(struct catalogue *catalogue,
		   const struct edit_change *change,
		   const struct album_stored *stored, struct edit *edit,
		   struct fault *fault)
{
	const json_t *given = json_object_get(change->set, "artists");
	json_t *ids = NULL;
	enum status status;

	if (given != NULL) {
		status = artists_of_json(catalogue, given, &ids, fault);
		if (status != STATUS_OK)
			return status;
		if (json_object_get(edit->fields, "artists") == NULL) {
			json_t *before = json_array();

			for (size_t i = 0; i < stored->credit_count; i++)
				json_array_append_new(
					before,
					json_integer(stored->credits[i]));
			json_object_set_new(edit->below, "artists", before);
		}
		json_object_set_new(edit->fields, "artists", ids);
		return album_set_artists(catalogue, change->id, ids, fault);
	}
	if (!resets(change, "artists") ||
	    json_object_get(edit->fields, "artists") == NULL)
		return STATUS_OK;
	json_object_del(edit->fields, "artists");
	/* Untagged albums find theirs by their tracks when they are settled. */
	status = album_set_artists(catalogue, change->id,
				   json_object_get(edit->below, "artists"),
				   fault);
	json_object_del(edit->below, "artists");
	return status;
}

static enum status
track_take_genres(struct catalogue *catalogue, int64_t track_id, void *cookie,
		  struct fault *fault)
{
	const struct edit_change *change = cookie; /* set: the genres */

	return track_take_album_genres(catalogue, track_id, change->id,
				       change->set, change->by, fault);
}

static enum status
album_genres_edit(struct catalogue *catalogue,
		  const struct edit_change *change, struct edit *edit,
		  struct fault *fault)
{
	const json_t *given = json_object_get(change->set, "genres");
	struct edit_change spread = { .id = change->id, .by = change->by };
	json_t *ids = NULL;
	enum status status;

	if (given == NULL && (!resets(change, "genres") ||
			      json_object_get(edit->fields, "genres") == NULL))
		return STATUS_OK;
	if (given != NULL) {
		status = genres_of_json(catalogue, given, &ids, fault);
		if (status != STATUS_OK)
			return status;
		json_object_set_new(edit->fields, "genres", ids);
		spread.set = ids;
	} else {
		json_object_del(edit->fields, "genres");
	}
	return album_tracks_each(catalogue, change->id, track_take_genres,
				 &spread, fault);
}

/* Numbers that album_settle() lays over the album's row. */
static void
number_edit(const struct edit_change *change, const char *name,
	    const char *kept, struct edit *edit)
{
	const json_t *value = json_object_get(change->set, kept);

	if (value != NULL)
		json_object_set_new(edit->fields, kept,
				    json_integer(json_integer_value(value)));
	else if (resets(change, name))
		json_object_del(edit->fields, kept);
}

static enum status
album_fields_edit(struct catalogue *catalogue,
		  const struct edit_change *change,
		  const struct album_stored *stored, struct edit *edit,
		  struct fault *fault)
{
	enum status status =
		album_artists_edit(catalogue, change, stored, edit, fault);

	if (status == STATUS_OK)
		status = album_title_edit(catalogue, change, stored, edit,
					  fault);
	if (status == STATUS_OK)
		status = album_genres_edit(catalogue, change, edit, fault);
	number_edit(change, "year", "year", edit);
	number_edit(change, "cover", "cover_id", edit);
	return status;
}

enum status
album_edit(struct catalogue *catalogue, const struct edit_change *change,
	   struct fault *fault)
{
	struct album_stored stored = { 0 };
	struct edit edit = { 0 };
	enum status status;

	assert(catalogue->session != NULL);
	status = album_stored_load(catalogue, change->id, &stored, fault);
	if (status == STATUS_OK)
		status = resets_check(change, EDIT_ALBUM, fault);
	if (status != STATUS_OK)
		return status;
	status = edit_load(catalogue->session, EDIT_ALBUM, change->id, &edit,
			   fault);
	if (status == STATUS_OK)
		status = album_fields_edit(catalogue, change, &stored, &edit,
					   fault);
	if (status == STATUS_OK)
		status = edit_store(catalogue, EDIT_ALBUM, change->id, &edit,
				    change->by, fault);
	delta_of(catalogue, DELTA_ALBUM, change->id, 0, 0);
	delta_of(catalogue, DELTA_ALBUM_CHANGED, change->id, 0, 0);
	edit_release(&edit);
	return status;
}

enum status
album_create(struct catalogue *catalogue, const char *title,
	     const json_t *artists, int64_t *id, struct fault *fault)
{
	int64_t ids[MEDIA_CREDITS_MAX];
	struct album_wanted wanted = { .folder = "", .title = title,
				       .artist_ids = ids };
	json_t *list = NULL;
	bool created = false;
	enum status status = artists_of_json(catalogue, artists, &list, fault);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < json_array_size(list) && i < MEDIA_CREDITS_MAX;
	     i++)
		ids[wanted.artist_count++] =
			json_integer_value(json_array_get(list, i));
	json_decref(list);
	status = names_join(catalogue, ids, wanted.artist_count,
			    &wanted.artist_text, fault);
	wanted.compilation = wanted.artist_count == 0;
	if (status == STATUS_OK)
		status = album_find_or_create(catalogue, &wanted, id, &created,
					      fault);
	if (status == STATUS_OK && !created)
		return fault_field(fault, STATUS_CONFLICT, "title",
				   "album %lld has this title and artist",
				   (long long)*id);
	return status;
}

/* ---- artists -------------------------------------------------------------- */

struct artist_stored {
	const char *name, *sort_name;
};

static enum status
artist_stored_load(struct catalogue *catalogue, int64_t id,
		   struct artist_stored *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	status = sql_query(catalogue->session,
			   "select name, sort_name from artists "
			   "where id = $1",
			   SQL_ARGS(SQL_INT(id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = (struct artist_stored){
			sql_column_text(rows, 0, &catalogue->arena),
			sql_column_text(rows, 1, &catalogue->arena),
		};
	else if (status == STATUS_OK)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no artist %lld", (long long)id);
	sql_end(rows);
	return status;
}

/* A track or album in whose texts the name stands. */
struct named_row {
	int64_t id;
	const char *artist, *composer; /* composer: of tracks only */
	bool visible, is_main;
};

static enum status
named_rows(struct catalogue *catalogue, const char *sql, int64_t artist_id,
	   struct named_row **out, size_t *count, struct fault *fault)
{
	struct arena *arena = &catalogue->arena;
	struct store_rows *rows;
	size_t room = 0;
	enum status status = sql_query(catalogue->session, sql,
				       SQL_ARGS(SQL_INT(artist_id)), &rows,
				       fault);

	*out = NULL;
	*count = 0;
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		if (*count == room) {
			struct named_row *wider;

			room = room == 0 ? 64 : room * 2;
			wider = arena_new(arena, struct named_row, room);
			if (*count > 0)
				memcpy(wider, *out, *count * sizeof *wider);
			*out = wider;
		}
		(*out)[(*count)++] = (struct named_row){
			.id = sql_column_int(rows, 0),
			.artist = sql_column_text(rows, 1, arena),
			.composer = sql_column_text(rows, 2, arena),
			.visible = sql_column_int(rows, 3) != 0,
			.is_main = sql_column_int(rows, 4) == artist_id,
		};
	}
	sql_end(rows);
	return status;
}

struct renaming {
	int64_t id;
	const char *from, *to;
	struct known filed; /* as the artist is filed now */
};

static enum status
track_rename(struct catalogue *catalogue, const struct renaming *renaming,
	     const struct named_row *row, struct fault *fault)
{
	struct arena *arena = &catalogue->arena;
	struct sql_value key = sql_bytes(renaming->filed.sort_bytes,
					 renaming->filed.sort_length);
	const char *artist =
		name_replace(arena, row->artist, renaming->from, renaming->to);
	const char *composer = name_replace(arena, row->composer,
					    renaming->from, renaming->to);

	if (row->visible)
		delta_of(catalogue, DELTA_TRACK_CHANGED, row->id, 0, 0);
	return sql_post(catalogue->session,
			"update tracks set artist = $1, composer = $2, "
			"artist_key = coalesce($3, artist_key), "
			"updated_at = $4 where id = $5",
			SQL_ARGS(sql_text(artist), sql_text(composer),
				 row->is_main ? key : SQL_NULL,
				 SQL_INT(catalogue->now_ms), SQL_INT(row->id)),
			fault);
}

static enum status
tracks_rename(struct catalogue *catalogue, const struct renaming *renaming,
	      struct fault *fault)
{
	struct named_row *rows;
	size_t count;
	enum status status = named_rows(
		catalogue,
		"select distinct t.id, t.artist, t.composer, t.visible, "
		"t.artist_id from track_artists l "
		"join tracks t on t.id = l.track_id where l.artist_id = $1",
		renaming->id, &rows, &count, fault);

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = track_rename(catalogue, renaming, &rows[i], fault);
	return status;
}

static enum status
albums_rename(struct catalogue *catalogue, const struct renaming *renaming,
	      struct fault *fault)
{
	struct named_row *rows;
	size_t count;
	enum status status = named_rows(
		catalogue,
		"select a.id, a.artist, null, 1, a.artist_id "
		"from album_artists l join albums a on a.id = l.album_id "
		"where l.artist_id = $1",
		renaming->id, &rows, &count, fault);

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = sql_post(catalogue->session,
				  "update albums set artist = $1 "
				  "where id = $2",
				  SQL_ARGS(sql_text(name_replace(
						   &catalogue->arena,
						   rows[i].artist,
						   renaming->from,
						   renaming->to)),
					   SQL_INT(rows[i].id)),
				  fault);
		/* Settling files it under the artist's new name. */
		delta_of(catalogue, DELTA_ALBUM, rows[i].id, 0, 0);
		delta_of(catalogue, DELTA_ALBUM_CHANGED, rows[i].id, 0, 0);
	}
	return status;
}

/* Writes name and filing of the artist, and whatever repeats them. */
static enum status
artist_set_names(struct catalogue *catalogue, int64_t id, const char *from,
		 const char *to, const char *sort_name, struct fault *fault)
{
	struct arena *arena = &catalogue->arena;
	const char *filed = sort_name != NULL ? sort_name : to;
	struct renaming renaming = { .id = id, .from = from, .to = to };
	enum status status = sql_exec(
		catalogue->session,
		"update artists set name = $1, sort_name = $2, sort_key = $3, "
		"letter = $4, updated_at = $5 where id = $6",
		SQL_ARGS(sql_text(to),
			 sql_text(sort_name != NULL ?
					  sort_name :
					  name_for_sorting(arena, to)),
			 sql_span_bytes(
				 sort_key_cut(arena, filed, NAME_KEY_BYTES)),
			 sql_text(name_letter(arena, filed)),
			 SQL_INT(catalogue->now_ms), SQL_INT(id)),
		NULL, fault);

	delta_of(catalogue, DELTA_ARTIST_CHANGED, id, 0, 0);
	if (status == STATUS_OK)
		status = known_artist(catalogue, id, &renaming.filed, fault);
	if (status == STATUS_OK)
		status = tracks_rename(catalogue, &renaming, fault);
	if (status == STATUS_OK)
		status = albums_rename(catalogue, &renaming, fault);
	return status;
}

/* Both names are free, or this artist's. */
static enum status
artist_name_free(struct catalogue *catalogue, int64_t id, const char *name,
		 struct fault *fault)
{
	int64_t other = 0;
	enum status status = artist_find_named(catalogue, name, &other, fault);

	if (status == STATUS_OK && other != 0 && other != id)
		return fault_field(fault, STATUS_CONFLICT, "name",
				   "artist %lld has this name",
				   (long long)other);
	return status;
}

static enum status
artist_alias(struct catalogue *catalogue, int64_t id, const char *name,
	     struct fault *fault)
{
	struct identity identity;
	enum status status =
		aliases_remove(catalogue, IDENTITY_ARTIST, id, fault);

	if (status != STATUS_OK || name == NULL)
		return status;
	identity = artist_name_identity(&catalogue->arena, name);
	return alias_add(catalogue, IDENTITY_ARTIST, &identity, id, fault);
}

static const char *
kept_text(struct catalogue *catalogue, const json_t *object, const char *name)
{
	return arena_copy_text(&catalogue->arena,
			       json_string_value(json_object_get(object, name)));
}

static enum status
artist_names_edit(struct catalogue *catalogue,
		  const struct edit_change *change,
		  const struct artist_stored *stored, struct edit *edit,
		  struct fault *fault)
{
	const char *name = kept_text(catalogue, change->set, "name");
	const char *sort_name = kept_text(catalogue, change->set, "sort_name");
	const char *tagged = kept_text(catalogue, edit->below, "name");
	enum status status = STATUS_OK;

	if (name == NULL && sort_name == NULL && !resets(change, "name") &&
	    !resets(change, "sort_name"))
		return STATUS_OK;
	if (tagged == NULL)
		tagged = stored->name;
	json_object_set_new(edit->below, "name", json_string(tagged));
	if (resets(change, "name"))
		json_object_del(edit->fields, "name");
	if (resets(change, "sort_name"))
		json_object_del(edit->fields, "sort_name");
	if (name != NULL) {
		status = artist_name_free(catalogue, change->id, name, fault);
		json_object_set_new(edit->fields, "name", json_string(name));
	}
	if (sort_name != NULL)
		json_object_set_new(edit->fields, "sort_name",
				    json_string(sort_name));
	name = kept_text(catalogue, edit->fields, "name");
	if (status == STATUS_OK)
		status = artist_alias(catalogue, change->id, name, fault);
	if (status == STATUS_OK)
		status = artist_set_names(
			catalogue, change->id, stored->name,
			name != NULL ? name : tagged,
			kept_text(catalogue, edit->fields, "sort_name"),
			fault);
	return status;
}

static enum status
artist_bio_edit(struct catalogue *catalogue, const struct edit_change *change,
		struct fault *fault)
{
	const json_t *bio = json_object_get(change->set, "bio");

	if (bio == NULL && !resets(change, "bio"))
		return STATUS_OK;
	return sql_exec(catalogue->session,
			"update artists set bio = $1, updated_at = $2 "
			"where id = $3",
			SQL_ARGS(sql_text(json_string_value(bio)),
				 SQL_INT(catalogue->now_ms),
				 SQL_INT(change->id)),
			NULL, fault);
}

static enum status
artist_cover_edit(struct catalogue *catalogue,
		  const struct edit_change *change, struct edit *edit,
		  struct fault *fault)
{
	const json_t *cover = json_object_get(change->set, "cover_id");

	number_edit(change, "cover", "cover_id", edit);
	if (cover != NULL)
		return sql_exec(catalogue->session,
				"update artists set cover_id = $1, "
				"updated_at = $2 where id = $3",
				SQL_ARGS(sql_id(json_integer_value(cover)),
					 SQL_INT(catalogue->now_ms),
					 SQL_INT(change->id)),
				NULL, fault);
	if (resets(change, "cover"))
		return artist_choose_cover(catalogue, change->id, fault);
	return STATUS_OK;
}

enum status
artist_edit(struct catalogue *catalogue, const struct edit_change *change,
	    struct fault *fault)
{
	struct artist_stored stored = { 0 };
	struct edit edit = { 0 };
	enum status status;

	assert(catalogue->session != NULL);
	status = artist_stored_load(catalogue, change->id, &stored, fault);
	if (status == STATUS_OK)
		status = resets_check(change, EDIT_ARTIST, fault);
	if (status != STATUS_OK)
		return status;
	status = edit_load(catalogue->session, EDIT_ARTIST, change->id, &edit,
			   fault);
	if (status == STATUS_OK)
		status = artist_names_edit(catalogue, change, &stored, &edit,
					   fault);
	if (status == STATUS_OK)
		status = artist_bio_edit(catalogue, change, fault);
	if (status == STATUS_OK)
		status = artist_cover_edit(catalogue, change, &edit, fault);
	if (status == STATUS_OK)
		status = edit_store(catalogue, EDIT_ARTIST, change->id, &edit,
				    change->by, fault);
	edit_release(&edit);
	return status;
}

enum status
artist_create(struct catalogue *catalogue, const char *name, int64_t *id,
	      struct fault *fault)
{
	struct known artist;
	enum status status;

	*id = 0;
	status = artist_find_named(catalogue, name, id, fault);
	if (status != STATUS_OK)
		return status;
	if (*id != 0)
		return fault_field(fault, STATUS_CONFLICT, "name",
				   "artist %lld has this name",
				   (long long)*id);
	status = artist_resolve(catalogue, name, NULL, &artist, fault);
	if (status == STATUS_OK && artist.id == 0)
		return fault_field(fault, STATUS_INVALID, "name",
				   "nothing is left of this name");
	*id = artist.id;
	return status;
}
