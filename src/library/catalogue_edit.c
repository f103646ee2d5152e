/* catalogue_edit.c - what people change of tracks; see edits.h. */
#include "library/catalogue_private.h"

#include <assert.h>
#include <string.h>

/* ---- stored tracks -------------------------------------------------------- */

enum status
track_load(struct catalogue *catalogue, int64_t id, struct stored_track *out,
	   struct fault *fault)
{
	struct arena *arena = &catalogue->arena;
	struct contribution *links = arena_new(arena, struct contribution, 1);
	struct track_state *state = &out->state;
	struct store_rows *rows;
	enum status status;

	*out = (struct stored_track){ 0 };
	status = sql_query(catalogue->session,
			   "select t.title, t.artist, t.composer, t.album_id, "
			   "t.track_no, t.disc_no, t.year, t.visible, "
			   "t.source_id, fo.path from tracks t "
			   "left join files f on f.track_id = t.id "
			   "left join folders fo on fo.id = f.folder_id "
			   "where t.id = $1",
			   SQL_ARGS(SQL_INT(id)), &rows, fault);
	if (status != STATUS_OK)
		return status;
	if (sql_next(rows, &status, fault)) {
		state->title = sql_column_text(rows, 0, arena);
		state->artist = sql_column_text(rows, 1, arena);
		state->composer = sql_column_text(rows, 2, arena);
		state->album_id = sql_column_int(rows, 3);
		state->track_no = (int32_t)sql_column_int(rows, 4);
		state->disc_no = (int32_t)sql_column_int(rows, 5);
		state->year = (int32_t)sql_column_int(rows, 6);
		out->visible = sql_column_int(rows, 7) != 0;
		out->source_id = sql_column_int(rows, 8);
		out->folder = sql_column_text(rows, 9, arena);
	} else if (status == STATUS_OK) {
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no track %lld", (long long)id);
	}
	sql_end(rows);
	if (status == STATUS_OK)
		status = contribution_load(catalogue, id, links, fault);
	if (status != STATUS_OK)
		return status;
	memcpy(state->artists, links->artists, sizeof state->artists);
	memcpy(state->genres, links->genres, sizeof state->genres);
	state->artist_count = links->artist_count;
	state->genre_count = links->genre_count;
	return STATUS_OK;
}

static enum status
known_load(struct catalogue *catalogue, const char *sql, int64_t id,
	   struct known *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	*out = (struct known){ 0 };
	if (id == 0)
		return STATUS_OK;
	status = sql_query(catalogue->session, sql, SQL_ARGS(SQL_INT(id)),
			   &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct span key = sql_column_span(rows, 0);

		if (key.length > NAME_KEY_BYTES)
			key.length = NAME_KEY_BYTES;
		out->id = id;
		known_set_sort(out, key);
	}
	sql_end(rows);
	return status;
}

enum status
known_artist(struct catalogue *catalogue, int64_t id, struct known *out,
	     struct fault *fault)
{
	return known_load(catalogue,
			  "select sort_key from artists where id = $1", id, out,
			  fault);
}

enum status
known_album(struct catalogue *catalogue, int64_t id, struct known *out,
	    struct fault *fault)
{
	return known_load(catalogue,
			  "select sort_key from albums where id = $1", id, out,
			  fault);
}

static struct sql_value
key_or_last(const struct known *known)
{
	if (known->id == 0)
		return sql_bytes("\xff", 1);
	return sql_bytes(known->sort_bytes, known->sort_length);
}

static enum status
track_row_write(struct catalogue *catalogue, int64_t id,
		const struct track_state *state, struct fault *fault)
{
	struct known artist, album;
	enum status status = known_artist(
		catalogue,
		links_main_artist(state->artists, state->artist_count), &artist,
		fault);

	if (status == STATUS_OK)
		status = known_album(catalogue, state->album_id, &album, fault);
	if (status != STATUS_OK)
		return status;
	return sql_post(
		catalogue->session,
		"update tracks set title = $1, title_key = $2, artist = $3, "
		"artist_id = $4, artist_key = $5, album_id = $6, "
		"album_key = $7, genre_id = $8, track_no = $9, disc_no = $10, "
		"year = $11, year_rank = $12, composer = $13, "
		"updated_at = $14 where id = $15",
		SQL_ARGS(sql_text(state->title),
			 sql_span_bytes(sort_key_cut(&catalogue->arena,
						     state->title,
						     TITLE_KEY_BYTES)),
			 sql_text(state->artist), sql_id(artist.id),
			 key_or_last(&artist), sql_id(album.id),
			 key_or_last(&album),
			 sql_id(state->genre_count > 0 ? state->genres[0] : 0),
			 SQL_INT(state->track_no), SQL_INT(state->disc_no),
			 SQL_INT(state->year),
			 SQL_INT(state->year == 0 ? 9999 : state->year),
			 sql_text(state->composer), SQL_INT(catalogue->now_ms),
			 SQL_INT(id)),
		fault);
}

/* Makes the stored track be `state`, with links and counters. */
enum status
track_become(struct catalogue *catalogue, int64_t id, bool visible,
	     const struct track_state *state, struct fault *fault)
{
	struct contribution *before =
		arena_new(&catalogue->arena, struct contribution, 2);
	struct contribution *now = before + 1;
	enum status status = contribution_load(catalogue, id, before, fault);

	if (status != STATUS_OK)
		return status;
	*now = *before;
	now->album_id = state->album_id;
	now->artist_count = state->artist_count;
	now->genre_count = state->genre_count;
	memcpy(now->artists, state->artists, sizeof now->artists);
	memcpy(now->genres, state->genres, sizeof now->genres);
	if (visible)
		contribution_apply(catalogue, before, -1);
	status = track_row_write(catalogue, id, state, fault);
	if (status == STATUS_OK)
		status = links_write(catalogue, before, now, fault);
	if (status == STATUS_OK && visible)
		contribution_apply(catalogue, now, 1);
	return status;
}

/* ---- what a person says --------------------------------------------------- */

enum status
artist_of_json(struct catalogue *catalogue, const json_t *value,
	       const char *field, int64_t *id, struct fault *fault)
{
	const json_t *wanted = json_object_get(value, "id");
	const char *name = json_string_value(
		json_is_string(value) ? value : json_object_get(value, "name"));
	struct known artist;
	enum status status;

	if (wanted != NULL) {
		status = known_artist(catalogue, json_integer_value(wanted),
				      &artist, fault);
	} else {
		int64_t found = 0;

		/* Someone else's spelling stays as it is. */
		status = artist_find_named(catalogue, name, &found, fault);
		if (status == STATUS_OK && found == 0)
			status = artist_resolve(catalogue, name, NULL, &artist,
						fault);
		else
			artist.id = found;
	}
	if (status == STATUS_OK && artist.id == 0)
		return fault_field(fault, STATUS_INVALID, field,
				   "there is no such artist");
	if (status == STATUS_OK)
		*id = artist.id;
	return status;
}

static enum status
artists_take(struct catalogue *catalogue, const json_t *list, json_t *fields,
	     struct fault *fault)
{
	json_t *links = json_array();
	enum status status = STATUS_OK;
	const json_t *item;
	bool main = false;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
	{
		const char *word =
			json_string_value(json_object_get(item, "role"));
		enum credit_role role = CREDIT_MAIN;
		int64_t id = 0;

		if (word != NULL)
			credit_role_parse(word, &role);
		status = artist_of_json(catalogue, item, "artists", &id, fault);
		if (status != STATUS_OK)
			break;
		main = main || role == CREDIT_MAIN;
		json_array_append_new(
			links, json_pack("[I, i]", (json_int_t)id, role));
	}
	if (status == STATUS_OK && !main)
		status = fault_field(fault, STATUS_INVALID, "artists",
				     "one artist must be the main one");
	if (status == STATUS_OK)
		json_object_set(fields, "artists", links);
	json_decref(links);
	return status;
}

static enum status
composers_take(struct catalogue *catalogue, const json_t *value, json_t *fields,
	       struct fault *fault)
{
	struct span rest = { "", 0 }, name;
	json_t *ids = json_array();
	enum status status = STATUS_OK;

	if (json_is_string(value))
		rest = span_of(json_string_value(value));
	while (status == STATUS_OK && span_next(&rest, ';', &name)) {
		json_t *text;
		int64_t id = 0;

		name = span_trim(name);
		if (name.length == 0)
			continue;
		text = json_stringn(name.at, name.length);
		status =
			artist_of_json(catalogue, text, "composer", &id, fault);
		json_decref(text);
		json_array_append_new(ids, json_integer(id));
	}
	if (status == STATUS_OK)
		json_object_set(fields, "composers", ids);
	json_decref(ids);
	return status;
}

/* ---- the album a person names --------------------------------------------- */

struct album_words {
	const char *title; /* NULL: that of the album it is in */
	bool new_artists;  /* of the track, in the same change */
	bool artist_given;
	const char *artist; /* NULL: nobody's */
};

/* Title and tagged artists that the words leave open are those of the album
 * the track is in. */
static enum status
album_wish(struct catalogue *catalogue, const struct stored_track *track,
	   const struct album_words *words, int64_t *artists,
	   struct album_wanted *out, struct fault *fault)
{
	struct arena *arena = &catalogue->arena;
	int64_t main = links_main_artist(track->state.artists,
					 track->state.artist_count);
	struct store_rows *rows;
	enum status status;

	*out = (struct album_wanted){
		.source_id = track->source_id,
		.folder = track->folder == NULL ? "" : track->folder,
		.title = words->title,
		.main_artist_id = main,
		.artist_ids = artists,
	};
	status = sql_query(catalogue->session,
			   "select a.title, a.artist, l.artist_id "
			   "from albums a left join album_artists l "
			   "on l.album_id = a.id and a.tagged_artist = 1 "
			   "where a.id = $1 "
			   "order by l.position",
			   SQL_ARGS(SQL_INT(track->state.album_id)), &rows,
			   fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		int64_t id = sql_column_int(rows, 2);

		if (out->title == NULL)
			out->title = sql_column_text(rows, 0, arena);
		if (words->artist_given || words->new_artists || id == 0 ||
		    out->artist_count == MEDIA_CREDITS_MAX)
			continue;
		out->artist_text = sql_column_text(rows, 1, arena);
		artists[out->artist_count++] = id;
	}
	sql_end(rows);
	if (status == STATUS_OK && out->title == NULL)
		status = fault_field(fault, STATUS_INVALID, "album_artist",
				     "the track is on no album");
	return status;
}

static enum status
album_by_words(struct catalogue *catalogue, const struct stored_track *track,
	       const struct album_words *words, int64_t *id,
	       struct fault *fault)
{
	int64_t artists[MEDIA_CREDITS_MAX];
	struct album_wanted wanted;
	enum status status =
		album_wish(catalogue, track, words, artists, &wanted, fault);

	if (status != STATUS_OK)
		return status;
	if (words->artist != NULL) {
		json_t *name = json_string(words->artist);

		status = artist_of_json(catalogue, name, "album_artist",
					&artists[0], fault);
		json_decref(name);
		wanted.artist_count = 1;
		wanted.artist_text = words->artist;
	} else if (!words->artist_given && wanted.artist_count == 0 &&
		   wanted.main_artist_id != 0) {
		artists[0] = wanted.main_artist_id;
		wanted.artist_count = 1;
		status = name_of_artist(catalogue, artists[0],
					&wanted.artist_text, fault);
	}
	wanted.compilation = wanted.artist_count == 0;
	return status == STATUS_OK ? album_find_or_create(catalogue, &wanted,
							  id, NULL, fault)
				   : status;
}

static enum status
album_take(struct catalogue *catalogue, const struct stored_track *track,
	   const json_t *set, json_t *fields, struct fault *fault)
{
	const json_t *title = json_object_get(set, "album");
	const json_t *given = json_object_get(set, "album_id");
	const json_t *artist = json_object_get(set, "album_artist");
	struct album_words words = {
		.title = json_string_value(title),
		.new_artists = json_object_get(set, "artists") != NULL,
		.artist_given = artist != NULL,
		.artist = json_string_value(artist),
	};
	struct known album = { 0 };
	enum status status = STATUS_OK;

	if (title == NULL && given == NULL && artist == NULL)
		return STATUS_OK;
	if (given != NULL) {
		status = known_album(catalogue, json_integer_value(given),
				     &album, fault);
		if (status == STATUS_OK && album.id == 0)
			status = fault_field(fault, STATUS_INVALID, "album_id",
					     "there is no such album");
	} else if (!json_is_null(title)) {
		status = album_by_words(catalogue, track, &words, &album.id,
					fault);
	}
	if (status == STATUS_OK)
		json_object_set_new(fields, "album_id", json_integer(album.id));
	return status;
}

/* ---- one change of one track ---------------------------------------------- */

static void
numbers_take(const json_t *set, json_t *fields)
{
	static const char *const names[] = { "track_no", "disc_no", "year" };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const json_t *value = json_object_get(set, names[i]);

		if (value != NULL) /* null: unknown */
			json_object_set_new(
				fields, names[i],
				json_integer(json_integer_value(value)));
	}
}

/* Artists first: the album's may follow from them. */
static enum status
track_fields_take(struct catalogue *catalogue, const struct stored_track *track,
		  const json_t *set, json_t *fields, struct fault *fault)
{
	struct stored_track *seen =
		arena_new(&catalogue->arena, struct stored_track, 1);
	enum status status = STATUS_OK;
	json_t *genres = NULL;

	if (set == NULL)
		return STATUS_OK;
	*seen = *track;
	if (json_object_get(set, "title") != NULL)
		json_object_set(fields, "title", json_object_get(set, "title"));
	numbers_take(set, fields);
	if (json_object_get(set, "artists") != NULL)
		status =
			artists_take(catalogue, json_object_get(set, "artists"),
				     fields, fault);
	if (status == STATUS_OK && json_object_get(set, "composer") != NULL)
		status = composers_take(catalogue,
					json_object_get(set, "composer"),
					fields, fault);
	if (status == STATUS_OK && json_object_get(set, "genres") != NULL) {
		status = genres_of_json(catalogue,
					json_object_get(set, "genres"), &genres,
					fault);
		if (status == STATUS_OK) {
			json_object_set_new(fields, "genres", genres);
			json_object_del(fields, "genres_of");
		}
	}
	if (json_object_get(fields, "artists") != NULL)
		track_state_read_links(&seen->state,
				       json_object_get(fields, "artists"));
	if (status == STATUS_OK)
		status = album_take(catalogue, seen, set, fields, fault);
	return status;
}

/* Names of `reset`, in `kept`: under what name each is kept. */
static enum status
track_fields_reset(const json_t *reset, json_t *fields, struct fault *fault)
{
	static const struct {
		const char *name, *kept, *also;
	} rows[] = {
		{ "title", "title", "" },
		{ "artists", "artists", "" },
		{ "composer", "composers", "" },
		{ "album", "album_id", "" },
		{ "track_no", "track_no", "" },
		{ "disc_no", "disc_no", "" },
		{ "year", "year", "" },
		{ "genres", "genres", "genres_of" },
	};
	const json_t *item;
	size_t i;

	json_array_foreach((json_t *)reset, i, item)
	{
		const char *name = json_string_value(item);
		size_t row = 0;

		while (row < ARRAY_LENGTH(rows) && name != NULL &&
		       strcmp(rows[row].name, name) != 0)
			row++;
		if (name == NULL || row == ARRAY_LENGTH(rows))
			return fault_field(fault, STATUS_INVALID, "reset",
					   "no field of a track is named so");
		json_object_del(fields, rows[row].kept);
		json_object_del(fields, rows[row].also);
	}
	return STATUS_OK;
}

/* What the tags say: kept beneath, or what is shown while nothing is edited. */
static void
below_of(struct catalogue *catalogue, const struct edit *edit,
	 const struct stored_track *track, struct track_state *out)
{
	if (json_object_size(edit->below) > 0) {
		track_state_read(&catalogue->arena, edit->below, out);
	} else {
		*out = track->state;
		track_state_rename(catalogue, out, true);
	}
}

static enum status
track_edit_as(struct catalogue *catalogue, const struct edit_change *change,
	      int64_t genres_of, struct fault *fault)
{
	struct arena *arena = &catalogue->arena;
	struct stored_track *track = arena_new(arena, struct stored_track, 1);
	struct track_state *state = arena_new(arena, struct track_state, 1);
	struct edit edit = { 0 };
	enum status status;

	assert(catalogue->session != NULL);
	status = track_load(catalogue, change->id, track, fault);
	if (status != STATUS_OK)
		return status;
	status = edit_load(catalogue->session, EDIT_TRACK, change->id, &edit,
			   fault);
	if (status == STATUS_OK)
		status = track_fields_reset(change->reset, edit.fields, fault);
	if (status == STATUS_OK)
		status = track_fields_take(catalogue, track, change->set,
					   edit.fields, fault);
	if (status != STATUS_OK)
		goto out;
	if (genres_of != 0)
		json_object_set_new(edit.fields, "genres_of",
				    json_integer(genres_of));
	below_of(catalogue, &edit, track, state);
	json_decref(edit.below);
	edit.below = track_state_json(state);
	status = edit_store(catalogue, EDIT_TRACK, change->id, &edit,
			    change->by, fault);
	if (status == STATUS_OK)
		status = track_state_lay_over(catalogue, edit.fields, state,
					      fault);
	if (status == STATUS_OK)
		status = track_become(catalogue, change->id, track->visible,
				      state, fault);
out:
	edit_release(&edit);
	return status;
}

enum status
track_edit(struct catalogue *catalogue, const struct edit_change *change,
	   struct fault *fault)
{
	return track_edit_as(catalogue, change, 0, fault);
}

/* ---- genres of an album ---------------------------------------------------- */

enum status
track_take_album_genres(struct catalogue *catalogue, int64_t track_id,
			int64_t album_id, const json_t *genres, int64_t by,
			struct fault *fault)
{
	struct edit_change change = { .id = track_id, .by = by };
	struct edit edit;
	int64_t of;
	bool own;
	enum status status = edit_load(catalogue->session, EDIT_TRACK, track_id,
				       &edit, fault);

	of = json_integer_value(json_object_get(edit.fields, "genres_of"));
	own = json_object_get(edit.fields, "genres") != NULL && of == 0;
	edit_release(&edit);
	if (status != STATUS_OK || own)
		return status;
	if (genres != NULL) {
		json_t *set = json_pack("{s:O}", "genres", (json_t *)genres);

		change.set = set;
		status = track_edit_as(catalogue, &change, album_id, fault);
		json_decref(set);
	} else if (of == album_id && of != 0) {
		json_t *reset = json_pack("[s]", "genres");

		change.reset = reset;
		status = track_edit_as(catalogue, &change, 0, fault);
		json_decref(reset);
	}
	return status;
}

enum status
track_follow_album(struct catalogue *catalogue, int64_t track_id,
		   int64_t album_id, struct fault *fault)
{
	struct edit edit;
	const json_t *genres;
	enum status status;

	if (!catalogue->edited || album_id == 0)
		return STATUS_OK;
	status = edit_load(catalogue->session, EDIT_ALBUM, album_id, &edit,
			   fault);
	genres = json_object_get(edit.fields, "genres");
	if (status == STATUS_OK && genres != NULL)
		status =
			track_take_album_genres(catalogue, track_id, album_id,
						genres, edit.updated_by, fault);
	edit_release(&edit);
	return status;
}
