/* catalogue_overlay.c - edited fields laid over what the tags of a track say.
 *
 * A track as its file has it and a track as it is shown are both a struct
 * track_state: the second is the first with the edited fields laid over it.
 * The first is kept beneath the edit, so one function makes the shown track
 * after a scan, after an edit and after an edit was taken back. */
#include "library/catalogue_private.h"

#include <ctype.h>
#include <string.h>

#include "base/fold.h"

/* ---- names in texts ------------------------------------------------------ */

static bool
is_letter(char c)
{
	return isalnum((unsigned char)c) || (c & 0x80) != 0;
}

/* Whether `name`, in whatever case, stands at `at` and no word goes on before
 * or after it. */
static bool
name_stands(struct arena *arena, const char *text, const char *at,
	    struct span name, const char *folded)
{
	const char *after = at + name.length;

	if ((at != text && is_letter(at[-1]) && is_letter(*at)) ||
	    strnlen(at, name.length) < name.length ||
	    (is_letter(*after) && is_letter(after[-1])))
		return false;
	return memcmp(at, name.at, name.length) == 0 ||
	       (utf8_valid(at, name.length) &&
		strcmp(fold_identity(arena,
				     arena_copy_bytes(arena, at, name.length)),
		       folded) == 0);
}

const char *
name_replace(struct arena *arena, const char *text, const char *from,
	     const char *to)
{
	struct span name = span_of(from);
	const char *folded = fold_identity(arena, from), *result;
	struct buffer out;

	if (text == NULL || name.length == 0 || strcmp(from, to) == 0)
		return text;
	if (strcmp(fold_identity(arena, text), folded) == 0)
		return to;
	buffer_init(&out, 0);
	for (const char *at = text; *at != '\0';) {
		if (name_stands(arena, text, at, name, folded)) {
			buffer_add_text(&out, to);
			at += name.length;
		} else {
			buffer_add_char(&out, *at++);
		}
	}
	result = arena_copy_bytes(arena, out.bytes, out.length);
	buffer_release(&out);
	return result;
}

void
track_state_rename(struct catalogue *catalogue, struct track_state *state,
		   bool back)
{
	struct arena *arena = &catalogue->arena;

	for (size_t i = 0; i < state->artist_count; i++) {
		const struct artist_edited *edited = artist_edited_find(
			catalogue, state->artists[i].artist_id);
		bool composer = state->artists[i].role == CREDIT_COMPOSER;
		const char **text =
			composer ? &state->composer : &state->artist;

		if (edited == NULL || edited->name == NULL ||
		    edited->tagged == NULL)
			continue;
		*text = name_replace(arena, *text,
				     back ? edited->name : edited->tagged,
				     back ? edited->tagged : edited->name);
	}
}

/* ---- a state as JSON ----------------------------------------------------- */

static json_t *
links_json(const struct track_link *links, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list,
				      json_pack("[I, i]",
						(json_int_t)links[i].artist_id,
						(int)links[i].role));
	return list;
}

static json_t *
ids_json(const int64_t *ids, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_integer(ids[i]));
	return list;
}

json_t *
track_state_json(const struct track_state *state)
{
	return json_pack("{s:s, s:s, s:s?, s:o, s:o, s:I, s:i, s:i, s:i}",
			 "title", state->title, "artist", state->artist,
			 "composer", state->composer, "artists",
			 links_json(state->artists, state->artist_count),
			 "genres", ids_json(state->genres, state->genre_count),
			 "album_id", (json_int_t)state->album_id, "track_no",
			 (int)state->track_no, "disc_no", (int)state->disc_no,
			 "year", (int)state->year);
}

static void
link_add(struct track_state *state, int64_t artist_id, int32_t role)
{
	for (size_t i = 0; i < state->artist_count; i++)
		if (state->artists[i].artist_id == artist_id &&
		    state->artists[i].role == role)
			return;
	if (artist_id != 0 && state->artist_count < MEDIA_CREDITS_MAX)
		state->artists[state->artist_count++] =
			(struct track_link){ artist_id, role };
}

void
track_state_read_links(struct track_state *state, const json_t *list)
{
	const json_t *item;
	size_t i;

	state->artist_count = 0;
	json_array_foreach((json_t *)list, i, item)
		link_add(state, json_integer_value(json_array_get(item, 0)),
			 (int32_t)json_integer_value(json_array_get(item, 1)));
}

static void
genres_read(struct track_state *state, const json_t *list)
{
	const json_t *item;
	size_t i;

	state->genre_count = 0;
	json_array_foreach((json_t *)list, i,
			   item) if (state->genre_count < MEDIA_GENRES_MAX)
		state->genres[state->genre_count++] = json_integer_value(item);
}

static int32_t
number_of(const json_t *object, const char *name, int32_t preset)
{
	const json_t *value = json_object_get(object, name);

	return json_is_integer(value) ? (int32_t)json_integer_value(value)
				      : preset;
}

static const char *
text_of(struct arena *arena, const json_t *object, const char *name)
{
	return arena_copy_text(
		arena, json_string_value(json_object_get(object, name)));
}

void
track_state_read(struct arena *arena, const json_t *below,
		 struct track_state *out)
{
	*out = (struct track_state){
		.title = text_of(arena, below, "title"),
		.artist = text_of(arena, below, "artist"),
		.composer = text_of(arena, below, "composer"),
		.album_id =
			json_integer_value(json_object_get(below, "album_id")),
		.track_no = number_of(below, "track_no", 0),
		.disc_no = number_of(below, "disc_no", 0),
		.year = number_of(below, "year", 0),
	};
	track_state_read_links(out, json_object_get(below, "artists"));
	genres_read(out, json_object_get(below, "genres"));
}

/* ---- laying edits over ---------------------------------------------------- */

int64_t
links_main_artist(const struct track_link *links, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (links[i].role == CREDIT_MAIN)
			return links[i].artist_id;
	return 0;
}

enum status
name_of_artist(struct catalogue *catalogue, int64_t id, const char **out,
	       struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	*out = "";
	status = sql_query(catalogue->session,
			   "select name from artists where id = $1",
			   SQL_ARGS(SQL_INT(id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = sql_column_text(rows, 0, &catalogue->arena);
	sql_end(rows);
	return status;
}

/* Names of one role, ", " between; NULL: none. */
static enum status
names_of_links(struct catalogue *catalogue, const struct track_state *state,
	       int32_t role, const char **out, struct fault *fault)
{
	enum status status = STATUS_OK;

	*out = NULL;
	for (size_t i = 0; i < state->artist_count && status == STATUS_OK;
	     i++) {
		const char *name;

		if (state->artists[i].role != role)
			continue;
		status = name_of_artist(catalogue, state->artists[i].artist_id,
					&name, fault);
		*out = *out == NULL ? name
				    : arena_print(&catalogue->arena, "%s, %s",
						  *out, name);
	}
	return status;
}

/* The shown artist of edited credits: "A, B feat. C". */
static enum status
artist_text_make(struct catalogue *catalogue, struct track_state *state,
		 struct fault *fault)
{
	const char *mains, *featured = NULL;
	enum status status =
		names_of_links(catalogue, state, CREDIT_MAIN, &mains, fault);

	if (status == STATUS_OK)
		status = names_of_links(catalogue, state, CREDIT_FEATURED,
					&featured, fault);
	if (status != STATUS_OK)
		return status;
	state->artist = mains == NULL ? "" : mains;
	if (mains != NULL && featured != NULL)
		state->artist = arena_print(&catalogue->arena, "%s feat. %s",
					    mains, featured);
	return STATUS_OK;
}

static bool
has_link_role(const struct track_state *state, int32_t role)
{
	for (size_t i = 0; i < state->artist_count; i++)
		if (state->artists[i].role == role)
			return true;
	return false;
}

/* Credits without composers leave those of the tags. */
static enum status
artists_lay_over(struct catalogue *catalogue, const json_t *fields,
		 struct track_state *state, struct fault *fault)
{
	const struct track_state *tagged;
	struct track_state *copy;
	enum status status;

	if (json_object_get(fields, "artists") == NULL)
		return STATUS_OK;
	copy = arena_new(&catalogue->arena, struct track_state, 1);
	*copy = *state;
	tagged = copy;
	track_state_read_links(state, json_object_get(fields, "artists"));
	if (has_link_role(state, CREDIT_COMPOSER)) {
		status = names_of_links(catalogue, state, CREDIT_COMPOSER,
					&state->composer, fault);
		if (status != STATUS_OK)
			return status;
	} else {
		for (size_t i = 0; i < tagged->artist_count; i++)
			if (tagged->artists[i].role == CREDIT_COMPOSER)
				link_add(state, tagged->artists[i].artist_id,
					 CREDIT_COMPOSER);
	}
	return artist_text_make(catalogue, state, fault);
}

static enum status
composers_lay_over(struct catalogue *catalogue, const json_t *fields,
		   struct track_state *state, struct fault *fault)
{
	const json_t *list = json_object_get(fields, "composers"), *item;
	size_t kept = 0, i;

	if (list == NULL)
		return STATUS_OK;
	for (i = 0; i < state->artist_count; i++)
		if (state->artists[i].role != CREDIT_COMPOSER)
			state->artists[kept++] = state->artists[i];
	state->artist_count = kept;
	json_array_foreach((json_t *)list, i, item)
		link_add(state, json_integer_value(item), CREDIT_COMPOSER);
	return names_of_links(catalogue, state, CREDIT_COMPOSER,
			      &state->composer, fault);
}

/* Merged genres are followed, twice the same one is once. */
static enum status
genres_settle(struct catalogue *catalogue, struct track_state *state,
	      struct fault *fault)
{
	enum status status = STATUS_OK;
	size_t kept = 0;

	for (size_t i = 0; i < state->genre_count && status == STATUS_OK; i++) {
		int64_t id = 0;
		bool seen = false;

		status = genre_follow(catalogue, state->genres[i], &id, fault);
		for (size_t k = 0; k < kept; k++)
			seen = seen || state->genres[k] == id;
		if (id != 0 && !seen)
			state->genres[kept++] = id;
	}
	state->genre_count = kept;
	return status;
}

enum status
track_state_lay_over(struct catalogue *catalogue, const json_t *fields,
		     struct track_state *state, struct fault *fault)
{
	enum status status;

	track_state_rename(catalogue, state, false);
	if (json_object_get(fields, "title") != NULL)
		state->title = text_of(&catalogue->arena, fields, "title");
	if (json_object_get(fields, "album_id") != NULL)
		state->album_id =
			json_integer_value(json_object_get(fields, "album_id"));
	state->track_no = number_of(fields, "track_no", state->track_no);
	state->disc_no = number_of(fields, "disc_no", state->disc_no);
	state->year = number_of(fields, "year", state->year);
	if (json_object_get(fields, "genres") != NULL)
		genres_read(state, json_object_get(fields, "genres"));
	status = artists_lay_over(catalogue, fields, state, fault);
	if (status == STATUS_OK)
		status = composers_lay_over(catalogue, fields, state, fault);
	if (status == STATUS_OK)
		status = genres_settle(catalogue, state, fault);
	return status;
}

/* Genres came with an album that the track may have left. */
static void
genres_leave_album(json_t *fields, int64_t tagged_album_id)
{
	const json_t *of = json_object_get(fields, "genres_of");
	const json_t *edited = json_object_get(fields, "album_id");
	int64_t album_id =
		edited != NULL ? json_integer_value(edited) : tagged_album_id;

	if (of == NULL || json_integer_value(of) == album_id)
		return;
	json_object_del(fields, "genres");
	json_object_del(fields, "genres_of");
}

enum status
track_state_edit(struct catalogue *catalogue, int64_t track_id,
		 struct track_state *state, struct fault *fault)
{
	struct edit edit = { 0 };
	enum status status = STATUS_OK;

	if (track_id != 0)
		status = edit_load(catalogue->session, EDIT_TRACK, track_id,
				   &edit, fault);
	if (status == STATUS_OK && json_object_size(edit.fields) > 0) {
		genres_leave_album(edit.fields, state->album_id);
		json_decref(edit.below);
		edit.below = track_state_json(state);
		status = edit_store_below(catalogue, EDIT_TRACK, track_id,
					  &edit, fault);
	}
	if (status == STATUS_OK)
		status = track_state_lay_over(catalogue, edit.fields, state,
					      fault);
	edit_release(&edit);
	return status;
}
