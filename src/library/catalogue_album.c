/* catalogue_album.c - which album a track belongs to; the rules are in
 * catalogue.h.
 *
 * An album is found by up to three identities, tried in this order:
 *	IDENTITY_ALBUM_MBID    MusicBrainz release id
 *	IDENTITY_ALBUM_FOLDER  folder and title, where no album artist is tagged
 *	IDENTITY_ALBUM_ARTIST  album artists (else the track's artist) and title
 * One album may have several folders: an album that lies in two, or that moved.
 *
 * An album without tagged album artists belongs to its tracks' artist until a
 * track of another artist turns up in one of its folders. Then that folder's
 * tracks are a compilation: the whole album when it lies in that folder alone,
 * else a new album that takes the folder. The result does not depend on the
 * order in which files are seen. */
#include "library/catalogue_private.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"

/* ---- discs ---------------------------------------------------------------- */

/* Length of a word that means "disc" at the start of `text`; 0: none. */
static size_t
disc_word_length(struct span text)
{
	static const char *const words[] = {
		"disc", "disk", "cd", "диск", "Диск", "ДИСК",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		struct span word = span_of(words[i]);

		if (text.length > word.length &&
		    span_equal_nocase((struct span){ text.at, word.length },
				      word))
			return word.length;
	}
	return 0;
}

/* "CD1", "Disc 02", "disc_2 - Live": the number; 0: it is no disc. */
static int32_t
disc_of_name(struct span name)
{
	size_t at = disc_word_length(name);
	int32_t number = 0;
	size_t digits = 0;

	if (at == 0)
		return 0;
	while (at < name.length && strchr(" ._-#", name.at[at]) != NULL)
		at++;
	for (; at < name.length && isdigit((unsigned char)name.at[at]); at++) {
		if (++digits > 2)
			return 0;
		number = number * 10 + (name.at[at] - '0');
	}
	if (at < name.length && isalnum((unsigned char)name.at[at]))
		return 0;
	return number;
}

struct span
album_folder(const char *folder, int32_t *disc_no)
{
	struct span path = span_of(folder);
	const char *slash = strrchr(folder, '/');
	const char *last = slash == NULL ? folder : slash + 1;
	int32_t disc = disc_of_name(span_of(last));

	if (disc == 0)
		return path;
	if (disc_no != NULL)
		*disc_no = disc;
	path.length = slash == NULL ? 0 : (size_t)(slash - folder);
	return path;
}

struct span
album_title(const char *title, int32_t *disc_no)
{
	struct span whole = span_of(title), inner;
	const char *open;
	int32_t disc;

	if (whole.length < 4 || (title[whole.length - 1] != ')' &&
				 title[whole.length - 1] != ']'))
		return whole;
	open = strrchr(title, title[whole.length - 1] == ')' ? '(' : '[');
	if (open == NULL || open == title)
		return whole;
	inner.at = open + 1;
	inner.length = (size_t)(title + whole.length - 1 - inner.at);
	disc = disc_of_name(inner);
	if (disc == 0)
		return whole;
	*disc_no = disc;
	whole.length = (size_t)(open - title);
	return span_trim(whole);
}

/* ---- rows ----------------------------------------------------------------- */

/* The wanted album with all that is derived from the wish. */
struct album_search {
	const struct album_wanted *wanted;
	const char *title; /* without a disc */
	const char *title_folded;
	struct span folder; /* without a disc */
	bool tagged;        /* has album artists by tag */
	struct identity by_mbid, by_folder, by_artist;
	bool has_artist; /* by_artist is usable */
};

struct album_row {
	int64_t id; /* 0: none */
	int64_t artist_id;
	bool various, tagged;
	const char *title, *mbid;
};

static enum status
album_load(struct catalogue *catalogue, int64_t id, struct album_row *out,
	   struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	status = sql_query(catalogue->session,
			   "select artist_id, is_various, tagged_artist, "
			   "title, mbid from albums where id = $1",
			   SQL_ARGS(SQL_INT(id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = (struct album_row){
			.id = id,
			.artist_id = sql_column_int(rows, 0),
			.various = sql_column_int(rows, 1) != 0,
			.tagged = sql_column_int(rows, 2) != 0,
			.title = sql_column_text(rows, 3, &catalogue->arena),
			.mbid = sql_column_text(rows, 4, &catalogue->arena),
		};
	sql_end(rows);
	return status;
}

/* Looks one identity up and loads its album; out->id 0: none. */
static enum status
album_find(struct catalogue *catalogue, enum identity_kind kind,
	   const struct identity *identity, struct album_row *out,
	   struct fault *fault)
{
	int64_t id = 0;
	enum status status =
		identity_find(catalogue, kind, identity, &id, fault);

	out->id = 0;
	if (status == STATUS_OK && id != 0)
		status = album_load(catalogue, id, out, fault);
	return status;
}

static enum status
album_insert(struct catalogue *catalogue, const struct album_search *search,
	     bool various, int64_t *id, struct fault *fault)
{
	const struct album_wanted *wanted = search->wanted;
	int64_t artist_id = search->tagged ? wanted->artist_ids[0]
					   : wanted->main_artist_id;

	return sql_query_int(
		catalogue->session,
		"insert into albums (title, sort_key, artist, artist_id, "
		"artist_key, mbid, is_various, tagged_artist, year, year_rank, "
		"compilation, "
		"genre_id, track_count, disc_count, duration_ms, popularity, "
		"cover_id, created_at, updated_at) "
		"values ($1, $2, '', $3, $4, $5, $6, $7, 0, 0, 0, null, 0, 0, 0, "
		"0, null, $8, $9) returning id",
		SQL_ARGS(sql_text(search->title),
			 sql_span_bytes(sort_key_cut(&catalogue->arena,
						     search->title,
						     TITLE_KEY_BYTES)),
			 sql_id(various ? 0 : artist_id), sql_bytes("", 0),
			 sql_text(wanted->mbid), SQL_INT(various),
			 SQL_INT(search->tagged), SQL_INT(catalogue->now_ms),
			 SQL_INT(catalogue->now_ms)),
		id, fault);
}

/* ---- compilations --------------------------------------------------------- */

static enum status
album_count_folders(struct catalogue *catalogue, int64_t album_id,
		    int64_t *out, struct fault *fault)
{
	return sql_query_int(catalogue->session,
			     "select count(*) from identities "
			     "where kind = $1 and entity_id = $2",
			     SQL_ARGS(SQL_INT(IDENTITY_ALBUM_FOLDER),
				      SQL_INT(album_id)),
			     out, fault);
}

/* The whole album becomes a compilation: no artist finds it any more. */
static enum status
album_become_various(struct catalogue *catalogue, int64_t album_id,
		     struct fault *fault)
{
	enum status status;

	status = sql_exec(catalogue->session,
			  "delete from identities "
			  "where kind = $1 and entity_id = $2",
			  SQL_ARGS(SQL_INT(IDENTITY_ALBUM_ARTIST),
				   SQL_INT(album_id)),
			  NULL, fault);
	if (status == STATUS_OK)
		status = sql_exec(catalogue->session,
				  "update albums set is_various = 1, "
				  "artist_id = null where id = $1",
				  SQL_ARGS(SQL_INT(album_id)), NULL, fault);
	delta_of(catalogue, DELTA_ALBUM, album_id, 0, 0);
	return status;
}

/* Somebody said which album the track is on. */
static enum status
track_placed_by_person(struct catalogue *catalogue, int64_t track_id,
		       bool *out, struct fault *fault)
{
	struct edit edit;
	enum status status = edit_load(catalogue->session, EDIT_TRACK,
				       track_id, &edit, fault);

	*out = json_object_get(edit.fields, "album_id") != NULL;
	edit_release(&edit);
	return status;
}

/* Gives one visible or hidden track of `from` to `to`. */
static enum status
track_change_album(struct catalogue *catalogue, int64_t track_id, bool visible,
		   int64_t to, struct fault *fault)
{
	struct contribution contribution;
	bool placed = false;
	enum status status = contribution_load(catalogue, track_id,
					       &contribution, fault);

	if (status == STATUS_OK && catalogue->edited)
		status = track_placed_by_person(catalogue, track_id, &placed,
						fault);
	if (status != STATUS_OK || placed)
		return status;
	if (visible) {
		contribution_apply(catalogue, &contribution, -1);
		contribution.album_id = to;
		contribution_apply(catalogue, &contribution, 1);
	}
	return sql_exec(catalogue->session,
			"update tracks set album_id = $1 where id = $2",
			SQL_ARGS(SQL_INT(to), SQL_INT(track_id)), NULL, fault);
}

struct moving_track {
	int64_t id;
	bool visible;
};

/* The tracks of an album that lie in the searched folder, without the one that
 * is being saved: what it added is out already, and its row is written later. */
static enum status
album_tracks_in_folder(struct catalogue *catalogue, int64_t album_id,
		       const struct album_search *search,
		       struct moving_track **out, size_t *count,
		       struct fault *fault)
{
	struct store_rows *rows;
	size_t room = 0;
	enum status status;

	*out = NULL;
	*count = 0;
	status = sql_query(catalogue->session,
			   "select t.id, t.visible, fo.path from tracks t "
			   "join files f on f.track_id = t.id "
			   "join folders fo on fo.id = f.folder_id "
			   "where t.album_id = $1 and fo.source_id = $2",
			   SQL_ARGS(SQL_INT(album_id),
				    SQL_INT(search->wanted->source_id)),
			   &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		const char *path = sql_column_text(rows, 2, &catalogue->arena);

		if (sql_column_int(rows, 0) == search->wanted->saved_track_id ||
		    !span_equal(album_folder(path, NULL), search->folder))
			continue;
		if (*count == room) {
			room = room == 0 ? 16 : room * 2;
			*out = mem_grow(*out, room, sizeof **out);
		}
		(*out)[(*count)++] = (struct moving_track){
			sql_column_int(rows, 0), sql_column_int(rows, 1) != 0
		};
	}
	sql_end(rows);
	return status;
}

/* A new compilation takes the folder and its tracks from an album that has
 * other folders too. */
static enum status
album_split_folder(struct catalogue *catalogue, int64_t album_id,
		   const struct album_search *search, int64_t *out,
		   struct fault *fault)
{
	struct moving_track *tracks = NULL;
	size_t count = 0;
	enum status status;

	status = album_insert(catalogue, search, true, out, fault);
	if (status == STATUS_OK)
		status = sql_exec(catalogue->session,
				  "update identities set entity_id = $1 "
				  "where kind = $2 and identity = $3",
				  SQL_ARGS(SQL_INT(*out),
					   SQL_INT(IDENTITY_ALBUM_FOLDER),
					   sql_bytes(search->by_folder.bytes,
						     IDENTITY_BYTES)),
				  NULL, fault);
	if (status == STATUS_OK)
		status = album_tracks_in_folder(catalogue, album_id, search,
						&tracks, &count, fault);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = track_change_album(catalogue, tracks[i].id,
					    tracks[i].visible, *out, fault);
	free(tracks);
	known_clear(&catalogue->known); /* it may name the album before */
	return status;
}

/* The folder's album met a track of another artist. */
static enum status
album_mix(struct catalogue *catalogue, const struct album_row *album,
	  const struct album_search *search, int64_t *out, struct fault *fault)
{
	int64_t folders = 0;
	enum status status = album_count_folders(catalogue, album->id, &folders,
						 fault);

	if (status != STATUS_OK)
		return status;
	if (folders > 1)
		return album_split_folder(catalogue, album->id, search, out,
					  fault);
	*out = album->id;
	return album_become_various(catalogue, album->id, fault);
}

/* ---- finding -------------------------------------------------------------- */

/* True when the track may stay in this folder's album as that is. */
static bool
album_takes(const struct album_row *album, const struct album_wanted *wanted)
{
	if (album->various || album->tagged)
		return true;
	return !wanted->compilation &&
	       album->artist_id == wanted->main_artist_id;
}

/* The album a moved track was in, when it still fits by title. */
static enum status
album_follow_move(struct catalogue *catalogue,
		  const struct album_search *search, struct album_row *out,
		  struct fault *fault)
{
	int64_t id = search->wanted->moved_from_album_id;
	enum status status;

	if (id == 0)
		return STATUS_OK;
	status = album_load(catalogue, id, out, fault);
	if (status == STATUS_OK && out->id != 0 &&
	    (out->tagged ||
	     strcmp(fold_identity(&catalogue->arena, out->title),
		    search->title_folded) != 0))
		out->id = 0;
	return status;
}

/* Without tagged album artists: by folder, else by artist, else where the
 * track was before it moved. */
static enum status
album_find_untagged(struct catalogue *catalogue,
		    const struct album_search *search, int64_t *out,
		    struct fault *fault)
{
	struct album_row album = { 0 };
	enum status status;

	status = album_find(catalogue, IDENTITY_ALBUM_FOLDER,
			    &search->by_folder, &album, fault);
	if (status != STATUS_OK)
		return status;
	if (album.id != 0) {
		*out = album.id;
		if (album_takes(&album, search->wanted))
			return STATUS_OK;
		return album_mix(catalogue, &album, search, out, fault);
	}
	if (search->has_artist)
		status = album_find(catalogue, IDENTITY_ALBUM_ARTIST,
				    &search->by_artist, &album, fault);
	if (status == STATUS_OK && album.id == 0)
		status = album_follow_move(catalogue, search, &album, fault);
	if (status != STATUS_OK || album.id == 0)
		return status;
	*out = album.id;
	return identity_add(catalogue, IDENTITY_ALBUM_FOLDER,
			    &search->by_folder, album.id, fault);
}

/* By artist or folder, but not an album that is another release. */
static enum status
album_find_by_tags(struct catalogue *catalogue,
		   const struct album_search *search, int64_t *out,
		   struct fault *fault)
{
	const char *mbid = search->wanted->mbid;
	struct album_row album = { 0 };
	enum status status;
	int64_t id = 0;

	if (search->tagged)
		status = identity_find(catalogue, IDENTITY_ALBUM_ARTIST,
				       &search->by_artist, &id, fault);
	else
		status = album_find_untagged(catalogue, search, &id, fault);
	if (status != STATUS_OK || id == 0)
		return status;
	*out = id;
	if (mbid == NULL)
		return STATUS_OK;
	status = album_load(catalogue, id, &album, fault);
	if (status != STATUS_OK)
		return status;
	if (album.mbid != NULL && strcmp(album.mbid, mbid) != 0) {
		*out = 0;
		return STATUS_OK;
	}
	return sql_exec(catalogue->session,
			"update albums set mbid = $1 where id = $2",
			SQL_ARGS(sql_text(mbid), SQL_INT(id)), NULL, fault);
}

static enum status
album_make(struct catalogue *catalogue, const struct album_search *search,
	   int64_t *out, struct fault *fault)
{
	bool various = !search->tagged && search->wanted->compilation;
	enum status status =
		album_insert(catalogue, search, various, out, fault);

	if (status == STATUS_OK && !search->tagged)
		status = identity_add(catalogue, IDENTITY_ALBUM_FOLDER,
				      &search->by_folder, *out, fault);
	if (status == STATUS_OK && search->has_artist)
		status = identity_add(catalogue, IDENTITY_ALBUM_ARTIST,
				      &search->by_artist, *out, fault);
	return status;
}

/* ---- keeping the row fresh ------------------------------------------------ */

static bool
credits_equal(const struct album_wanted *wanted, const int64_t *ids,
	      size_t count)
{
	return wanted->artist_count == count &&
	       (count == 0 ||
		memcmp(wanted->artist_ids, ids, count * sizeof *ids) == 0);
}

enum status
album_credits_load(struct catalogue *catalogue, int64_t album_id, int64_t *ids,
		   size_t *count, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	*count = 0;
	status = sql_query(catalogue->session,
			   "select artist_id from album_artists "
			   "where album_id = $1 order by position",
			   SQL_ARGS(SQL_INT(album_id)), &rows, fault);
	while (status == STATUS_OK && *count < MEDIA_CREDITS_MAX &&
	       sql_next(rows, &status, fault))
		ids[(*count)++] = sql_column_int(rows, 0);
	sql_end(rows);
	return status;
}

/* The tagged album artists, as the newest file names them. */
static enum status
album_refresh_tagged(struct catalogue *catalogue, int64_t id,
		     const struct album_wanted *wanted, struct fault *fault)
{
	int64_t ids[MEDIA_CREDITS_MAX];
	const char *text = wanted->artist_text;
	size_t count = 0;
	enum status status;

	for (size_t i = 0; i < wanted->artist_count; i++) {
		const struct artist_edited *edited = artist_edited_find(
			catalogue, wanted->artist_ids[i]);

		if (edited != NULL && edited->name != NULL &&
		    edited->tagged != NULL)
			text = name_replace(&catalogue->arena, text,
					    edited->tagged, edited->name);
	}
	status = sql_exec(catalogue->session,
			  "update albums set tagged_artist = 1, "
			  "is_various = 0, artist = $1, artist_id = $2 "
			  "where id = $3 and (tagged_artist = 0 "
			  "or artist <> $4 or artist_id is distinct from $5)",
			  SQL_ARGS(sql_text(text),
				   SQL_INT(wanted->artist_ids[0]), SQL_INT(id),
				   sql_text(text),
				   SQL_INT(wanted->artist_ids[0])),
			  NULL, fault);
	if (status == STATUS_OK)
		status = album_credits_load(catalogue, id, ids, &count, fault);
	if (status != STATUS_OK || credits_equal(wanted, ids, count))
		return status;
	return album_set_credits(catalogue, id, wanted->artist_ids,
				 wanted->artist_count, fault);
}

static enum status
album_refresh_title(struct catalogue *catalogue, int64_t id, const char *title,
		    struct fault *fault)
{
	struct span sort_key = sort_key_cut(&catalogue->arena, title,
					    TITLE_KEY_BYTES);
	int64_t changed = 0;
	enum status status;

	status = sql_exec(catalogue->session,
			  "update albums set title = $1, sort_key = $2, "
			  "updated_at = $3 where id = $4 and title <> $5",
			  SQL_ARGS(sql_text(title), sql_span_bytes(sort_key),
				   SQL_INT(catalogue->now_ms), SQL_INT(id),
				   sql_text(title)),
			  &changed, fault);
	if (status == STATUS_OK && changed > 0)
		delta_of(catalogue, DELTA_ALBUM_CHANGED, id, 0, 0);
	return status;
}

/* What the tags say of edited fields goes beneath the edit. */
static enum status
album_refresh_below(struct catalogue *catalogue, int64_t id,
		    const struct album_search *search, struct edit *edit,
		    struct fault *fault)
{
	const struct album_wanted *wanted = search->wanted;
	json_t *before = json_deep_copy(edit->below);
	enum status status = STATUS_OK;

	if (json_object_get(edit->fields, "title") != NULL)
		json_object_set_new(edit->below, "title",
				    json_string(search->title));
	if (json_object_get(edit->fields, "artists") != NULL &&
	    search->tagged) {
		json_t *ids = json_array();

		for (size_t i = 0; i < wanted->artist_count; i++)
			json_array_append_new(
				ids, json_integer(wanted->artist_ids[i]));
		json_object_set_new(edit->below, "artists", ids);
		json_object_set_new(edit->below, "artist",
				    json_string(wanted->artist_text));
		json_object_set_new(edit->below, "tagged", json_true());
	}
	if (!json_equal(before, edit->below))
		status = edit_store_below(catalogue, EDIT_ALBUM, id, edit,
					  fault);
	json_decref(before);
	return status;
}

/* Writes the newest spelling of the title and the tagged artists, where no
 * person said otherwise. */
static enum status
album_refresh(struct catalogue *catalogue, int64_t id,
	      const struct album_search *search, struct fault *fault)
{
	struct edit edit = { 0 };
	enum status status = STATUS_OK;

	if (catalogue->edited)
		status = edit_load(catalogue->session, EDIT_ALBUM, id, &edit,
				   fault);
	if (status == STATUS_OK && json_object_size(edit.fields) > 0)
		status = album_refresh_below(catalogue, id, search, &edit,
					     fault);
	if (status == STATUS_OK &&
	    json_object_get(edit.fields, "title") == NULL)
		status = album_refresh_title(catalogue, id, search->title,
					     fault);
	if (status == STATUS_OK && search->tagged &&
	    json_object_get(edit.fields, "artists") == NULL)
		status = album_refresh_tagged(catalogue, id, search->wanted,
					      fault);
	delta_of(catalogue, DELTA_ALBUM, id, 0, 0);
	edit_release(&edit);
	return status;
}

/* ---- the whole search ----------------------------------------------------- */

static struct span
bytes_of_id(const int64_t *id)
{
	return (struct span){ (const char *)id, sizeof *id };
}

static void
search_init(struct catalogue *catalogue, const struct album_wanted *wanted,
	    int32_t *disc_no, struct album_search *out)
{
	int32_t by_folder = 0, by_title = 0;
	struct span title = album_title(wanted->title, &by_title);
	struct span folder = album_folder(wanted->folder, &by_folder);
	struct span artists;
	const char *folded;

	if (*disc_no == 0)
		*disc_no = by_title != 0 ? by_title : by_folder;
	*out = (struct album_search){
		.wanted = wanted,
		.title = arena_copy_bytes(&catalogue->arena, title.at,
					  title.length),
		.folder = folder,
		.tagged = wanted->artist_count > 0,
	};
	folded = fold_identity(&catalogue->arena, out->title);
	out->title_folded = folded;
	artists = bytes_of_id(&wanted->main_artist_id);
	if (out->tagged)
		artists = (struct span){
			(const char *)wanted->artist_ids,
			wanted->artist_count * sizeof *wanted->artist_ids
		};
	out->has_artist = out->tagged ||
			  (wanted->main_artist_id != 0 && !wanted->compilation);
	out->by_mbid = IDENTITY(span_of(wanted->mbid));
	out->by_folder = IDENTITY(bytes_of_id(&wanted->source_id), folder,
				  span_of(folded));
	out->by_artist = IDENTITY(artists, span_of(folded));
}

static enum status
album_find_or_make(struct catalogue *catalogue,
		   const struct album_search *search, int64_t *out,
		   struct fault *fault)
{
	enum status status = STATUS_OK;

	*out = 0;
	if (search->wanted->mbid != NULL)
		status = identity_find(catalogue, IDENTITY_ALBUM_MBID,
				       &search->by_mbid, out, fault);
	if (status == STATUS_OK && *out == 0)
		status = album_find_by_tags(catalogue, search, out, fault);
	if (status == STATUS_OK && *out == 0)
		status = album_make(catalogue, search, out, fault);
	if (status == STATUS_OK && search->wanted->mbid != NULL)
		status = identity_add(catalogue, IDENTITY_ALBUM_MBID,
				      &search->by_mbid, *out, fault);
	return status;
}

/* One key for everything that decides. */
static struct identity
wanted_identity(const struct album_wanted *wanted)
{
	char flags[1] = { (char)wanted->compilation };
	struct span folder = span_of(wanted->folder);

	return IDENTITY(SPAN("album"), bytes_of_id(&wanted->source_id), folder,
			span_of(wanted->title), span_of(wanted->mbid),
			{ flags, sizeof flags },
			bytes_of_id(&wanted->main_artist_id),
			{ (const char *)wanted->artist_ids,
			  wanted->artist_count * sizeof *wanted->artist_ids },
			span_of(wanted->artist_text));
}

enum status
album_resolve(struct catalogue *catalogue, const struct album_wanted *wanted,
	      struct known *out, int32_t *disc_no, struct fault *fault)
{
	struct known known = { .key = wanted_identity(wanted) };
	const struct known *before = known_find(&catalogue->known, &known.key);
	struct album_search search;
	enum status status;

	if (before != NULL) {
		int32_t disc = 0;

		album_folder(wanted->folder, &disc);
		album_title(wanted->title, &disc);
		if (*disc_no == 0)
			*disc_no = disc;
		*out = *before;
		return STATUS_OK;
	}
	search_init(catalogue, wanted, disc_no, &search);
	status = album_find_or_make(catalogue, &search, &known.id, fault);
	if (status == STATUS_OK)
		status = album_refresh(catalogue, known.id, &search, fault);
	if (status != STATUS_OK)
		return status;
	known_set_sort(&known, sort_key_cut(&catalogue->arena, search.title,
					    NAME_KEY_BYTES));
	if (catalogue->edited) { /* it may be filed under another title */
		struct known filed;

		status = known_album(catalogue, known.id, &filed, fault);
		if (status != STATUS_OK)
			return status;
		memcpy(known.sort_bytes, filed.sort_bytes, NAME_KEY_BYTES);
		known.sort_length = filed.sort_length;
	}
	known_add(&catalogue->known, &known);
	*out = known;
	return STATUS_OK;
}

/* ---- albums that people name ---------------------------------------------- */

enum status
album_find_or_create(struct catalogue *catalogue,
		     const struct album_wanted *wanted, int64_t *out,
		     bool *created, struct fault *fault)
{
	struct album_search search;
	int32_t disc_no = 0;
	enum status status;

	search_init(catalogue, wanted, &disc_no, &search);
	status = identity_find(catalogue,
			       search.tagged ? IDENTITY_ALBUM_ARTIST :
					       IDENTITY_ALBUM_FOLDER,
			       search.tagged ? &search.by_artist :
					       &search.by_folder,
			       out, fault);
	if (created != NULL)
		*created = status == STATUS_OK && *out == 0;
	if (status != STATUS_OK || *out != 0)
		return status;
	status = album_make(catalogue, &search, out, fault);
	if (status == STATUS_OK)
		status = album_refresh(catalogue, *out, &search, fault);
	return status;
}

enum status
alias_add(struct catalogue *catalogue, enum identity_kind kind,
	  const struct identity *identity, int64_t id, struct fault *fault)
{
	return sql_exec(catalogue->session,
			"insert into identities (kind, identity, entity_id, "
			"edited) values ($1, $2, $3, 1) "
			"on conflict (kind, identity) do nothing",
			SQL_ARGS(SQL_INT(kind),
				 sql_bytes(identity->bytes, IDENTITY_BYTES),
				 SQL_INT(id)),
			NULL, fault);
}

enum status
aliases_remove(struct catalogue *catalogue, enum identity_kind kind,
	       int64_t id, struct fault *fault)
{
	return sql_exec(catalogue->session,
			"delete from identities where kind = $1 "
			"and entity_id = $2 and edited = 1",
			SQL_ARGS(SQL_INT(kind), SQL_INT(id)), NULL, fault);
}

struct album_place {
	int64_t source_id;
	const char *folder;
};

/* Where the album's visible tracks lie; at most `room`. */
static enum status
album_places(struct catalogue *catalogue, int64_t id, struct album_place *out,
	     size_t room, size_t *count, struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		catalogue->session,
		"select distinct fo.source_id, fo.path from tracks t "
		"join files f on f.track_id = t.id "
		"join folders fo on fo.id = f.folder_id "
		"where t.album_id = $1 and t.visible = 1 limit $2",
		SQL_ARGS(SQL_INT(id), SQL_INT(room)), &rows, fault);

	*count = 0;
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		out[(*count)++] = (struct album_place){
			sql_column_int(rows, 0),
			sql_column_text(rows, 1, &catalogue->arena)
		};
	sql_end(rows);
	return status;
}

#define ALIAS_FOLDERS_MAX 50

enum status
album_alias(struct catalogue *catalogue, int64_t id, const char *title,
	    struct fault *fault)
{
	int64_t artists[MEDIA_CREDITS_MAX];
	struct album_place places[ALIAS_FOLDERS_MAX];
	struct span folded = SPAN("");
	size_t count = 0, place_count = 0;
	enum status status;

	status = aliases_remove(catalogue, IDENTITY_ALBUM_ARTIST, id, fault);
	if (status == STATUS_OK)
		status = aliases_remove(catalogue, IDENTITY_ALBUM_FOLDER, id,
					fault);
	if (status != STATUS_OK || title == NULL)
		return status;
	folded = span_of(fold_identity(&catalogue->arena, title));
	status = album_credits_load(catalogue, id, artists, &count, fault);
	if (status == STATUS_OK)
		status = album_places(catalogue, id, places, ALIAS_FOLDERS_MAX,
				      &place_count, fault);
	if (status == STATUS_OK && count > 0) {
		struct identity by_artist = IDENTITY(
			{ (const char *)artists, count * sizeof *artists },
			folded);

		status = alias_add(catalogue, IDENTITY_ALBUM_ARTIST,
				   &by_artist, id, fault);
	}
	for (size_t i = 0; i < place_count && status == STATUS_OK; i++) {
		struct identity by_folder =
			IDENTITY(bytes_of_id(&places[i].source_id),
				 album_folder(places[i].folder, NULL), folded);

		status = alias_add(catalogue, IDENTITY_ALBUM_FOLDER,
				   &by_folder, id, fault);
	}
	return status;
}
