/* catalogue_settle.c - the row of an album, made of its visible tracks.
 *
 * An album's year, genre and cover are those that most of its tracks have; a
 * picture in the folder goes before covers inside files. Without tagged album
 * artists the artist is that of the tracks when they share one. All tracks of
 * the album are read, so one change costs as much as the album is long. */
#include "library/catalogue_private.h"

#include <assert.h>
#include <string.h>

/* ---- the most frequent value ---------------------------------------------- */

#define TALLY_MAX 64 /* different values; more are passed over */

struct tally {
	int64_t values[TALLY_MAX];
	int64_t counts[TALLY_MAX];
	size_t count;
};

/* 0 is "unknown" and does not count. */
static void
tally_add(struct tally *tally, int64_t value)
{
	size_t i = 0;

	if (value == 0)
		return;
	while (i < tally->count && tally->values[i] != value)
		i++;
	if (i == TALLY_MAX)
		return;
	if (i == tally->count) {
		tally->values[i] = value;
		tally->counts[i] = 0;
		tally->count++;
	}
	tally->counts[i]++;
}

/* The first of the most frequent; 0: none. */
static int64_t
tally_best(const struct tally *tally)
{
	size_t best = 0;

	if (tally->count == 0)
		return 0;
	for (size_t i = 1; i < tally->count; i++)
		if (tally->counts[i] > tally->counts[best])
			best = i;
	return tally->values[best];
}

/* ---- credits -------------------------------------------------------------- */

/* Adds `sign` to the album counts of all who are credited. */
static enum status
credits_count(struct catalogue *catalogue, int64_t album_id, int sign,
	      struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	status = sql_query(catalogue->session,
			   "select artist_id from album_artists "
			   "where album_id = $1",
			   SQL_ARGS(SQL_INT(album_id)), &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		delta_of(catalogue, DELTA_ARTIST, sql_column_int(rows, 0), 0, 0)
			->albums += sign;
	sql_end(rows);
	return status;
}

static enum status
credits_write(struct catalogue *catalogue, int64_t album_id,
	      const int64_t *artist_ids, size_t count, struct fault *fault)
{
	enum status status;

	status = sql_post(catalogue->session,
			  "delete from album_artists where album_id = $1",
			  SQL_ARGS(SQL_INT(album_id)), fault);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = sql_post(catalogue->session,
				  "insert into album_artists "
				  "(album_id, position, artist_id) "
				  "values ($1, $2, $3)",
				  SQL_ARGS(SQL_INT(album_id), SQL_INT(i),
					   SQL_INT(artist_ids[i])),
				  fault);
	return status;
}

enum status
album_set_credits(struct catalogue *catalogue, int64_t album_id,
		  const int64_t *artist_ids, size_t count,
		  struct fault *fault)
{
	int64_t tracks = 0;
	enum status status;

	/* What is stored as visible was counted for the artists before. */
	status = sql_query_int(catalogue->session,
			       "select track_count from albums where id = $1",
			       SQL_ARGS(SQL_INT(album_id)), &tracks, fault);
	if (status == STATUS_OK && tracks > 0)
		status = credits_count(catalogue, album_id, -1, fault);
	if (status == STATUS_OK)
		status = credits_write(catalogue, album_id, artist_ids, count,
				       fault);
	if (status == STATUS_OK && tracks > 0)
		status = credits_count(catalogue, album_id, 1, fault);
	delta_of(catalogue, DELTA_ALBUM_CHANGED, album_id, 0, 0);
	return status;
}

/* ---- the album before and after ------------------------------------------- */

struct album_sums {
	int64_t track_count, duration_ms, popularity;
	int64_t disc_count, year, genre_id, cover_id, compilations;
	int64_t artist_id; /* shared by all tracks; 0: they differ */
	bool one_artist;
};

struct album_before {
	int64_t track_count, year, genre_id, artist_id;
	bool various, tagged;
	const char *artist;
};

static enum status
album_read_before(struct catalogue *catalogue, int64_t id,
		  struct album_before *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	status = sql_query(catalogue->session,
			   "select track_count, year, genre_id, artist_id, "
			   "is_various, tagged_artist, artist "
			   "from albums where id = $1",
			   SQL_ARGS(SQL_INT(id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = (struct album_before){
			.track_count = sql_column_int(rows, 0),
			.year = sql_column_int(rows, 1),
			.genre_id = sql_column_int(rows, 2),
			.artist_id = sql_column_int(rows, 3),
			.various = sql_column_int(rows, 4) != 0,
			.tagged = sql_column_int(rows, 5) != 0,
			.artist = sql_column_text(rows, 6, &catalogue->arena),
		};
	sql_end(rows);
	return status;
}

struct album_tallies {
	struct tally discs, years, genres, covers, pictures;
};

static void
sums_add(struct album_sums *sums, struct album_tallies *tallies,
	 struct store_rows *row)
{
	int64_t artist_id = sql_column_int(row, 5);

	if (sums->track_count == 0) {
		sums->artist_id = artist_id;
		sums->one_artist = true;
	} else if (sums->artist_id != artist_id) {
		sums->one_artist = false;
	}
	sums->track_count++;
	tally_add(&tallies->discs, sql_column_int(row, 0) + 1);
	tally_add(&tallies->years, sql_column_int(row, 1));
	sums->duration_ms += sql_column_int(row, 2);
	tally_add(&tallies->covers, sql_column_int(row, 3));
	tally_add(&tallies->genres, sql_column_int(row, 4));
	tally_add(&tallies->pictures, sql_column_int(row, 6));
	sums->popularity += sql_column_int(row, 7);
	sums->compilations += sql_column_int(row, 8);
}

static enum status
album_sum(struct catalogue *catalogue, int64_t id, struct album_sums *out,
	  struct fault *fault)
{
	struct album_tallies *tallies =
		arena_new(&catalogue->arena, struct album_tallies, 1);
	struct store_rows *rows;
	enum status status;

	*out = (struct album_sums){ 0 };
	status = sql_query(catalogue->session,
			   "select t.disc_no, t.year, t.duration_ms, "
			   "t.cover_id, t.genre_id, t.artist_id, fo.cover_id, "
			   "t.popularity, t.compilation "
			   "from tracks t join files f on f.track_id = t.id "
			   "join folders fo on fo.id = f.folder_id "
			   "where t.album_id = $1 and t.visible = 1 "
			   "order by t.disc_no, t.track_no, t.id",
			   SQL_ARGS(SQL_INT(id)), &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		sums_add(out, tallies, rows);
	sql_end(rows);
	out->disc_count = (int64_t)tallies->discs.count;
	out->year = tally_best(&tallies->years);
	out->genre_id = tally_best(&tallies->genres);
	out->cover_id = tally_best(&tallies->pictures);
	if (out->cover_id == 0)
		out->cover_id = tally_best(&tallies->covers);
	return status;
}

/* ---- the artist of an album without tagged ones --------------------------- */

static enum status
artist_name(struct catalogue *catalogue, int64_t artist_id, const char **name,
	    struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	status = sql_query(catalogue->session,
			   "select name from artists where id = $1",
			   SQL_ARGS(SQL_INT(artist_id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*name = sql_column_text(rows, 0, &catalogue->arena);
	sql_end(rows);
	return status;
}

/* Credits the artist that all tracks share, or nobody. */
static enum status
album_set_artist(struct catalogue *catalogue, int64_t id,
		 const struct album_sums *sums, struct album_before *album,
		 struct fault *fault)
{
	int64_t artist_id = sums->one_artist && !album->various
				    ? sums->artist_id
				    : 0;
	int64_t credited = 0;
	const char *name = "";
	enum status status;

	status = sql_query_int(catalogue->session,
			       "select count(*) from album_artists "
			       "where album_id = $1",
			       SQL_ARGS(SQL_INT(id)), &credited, fault);
	if (status == STATUS_OK && artist_id != 0)
		status = artist_name(catalogue, artist_id, &name, fault);
	if (status != STATUS_OK)
		return status;
	album->artist = name;
	if (album->artist_id == artist_id && credited == (artist_id != 0))
		return STATUS_OK;
	album->artist_id = artist_id;
	return album_set_credits(catalogue, id, &artist_id, artist_id != 0,
				 fault);
}

/* ---- writing -------------------------------------------------------------- */

static enum status
album_write(struct catalogue *catalogue, int64_t id,
	    const struct album_sums *sums, const struct album_before *album,
	    struct fault *fault)
{
	struct span key = SPAN("\xff"); /* without an artist: last */

	if (album->artist[0] != '\0')
		key = sort_key_cut(&catalogue->arena, album->artist,
				   NAME_KEY_BYTES);
	return sql_post(
		catalogue->session,
		"update albums set artist = $1, artist_id = $2, "
		"artist_key = $3, year = $4, year_rank = $5, genre_id = $6, "
		"track_count = $7, disc_count = $8, duration_ms = $9, "
		"popularity = $10, cover_id = $11, updated_at = $12, "
		"compilation = $13 where id = $14",
		SQL_ARGS(sql_text(album->artist), sql_id(album->artist_id),
			 sql_span_bytes(key), SQL_INT(sums->year),
			 SQL_INT(sums->year == 0 ? 9999 : sums->year),
			 sql_id(sums->genre_id), SQL_INT(sums->track_count),
			 SQL_INT(sums->disc_count), SQL_INT(sums->duration_ms),
			 SQL_INT(sums->popularity), sql_id(sums->cover_id),
			 SQL_INT(catalogue->now_ms),
			 SQL_INT(album->various ||
				 sums->compilations * 2 > sums->track_count),
			 SQL_INT(id)),
		fault);
}

/* Offers the album's cover to those who have none. */
static void
album_offer_cover(struct catalogue *catalogue, const struct album_sums *sums,
		  const struct album_before *album)
{
	if (sums->cover_id == 0)
		return;
	if (sums->genre_id != 0)
		delta_of(catalogue, DELTA_GENRE, sums->genre_id, 0, 0)
			->cover_id = sums->cover_id;
	if (album->artist_id != 0)
		delta_of(catalogue, DELTA_ARTIST, album->artist_id, 0, 0)
			->cover_id = sums->cover_id;
}

/* What a person said of the album goes before what its tracks say. */
static enum status
album_lay_edits_over(struct catalogue *catalogue, int64_t album_id,
		     struct album_sums *sums, bool *artists,
		     struct fault *fault)
{
	const json_t *year, *cover;
	struct edit edit;
	enum status status;

	*artists = false;
	if (!catalogue->edited)
		return STATUS_OK;
	status = edit_load(catalogue->session, EDIT_ALBUM, album_id, &edit,
			   fault);
	year = json_object_get(edit.fields, "year");
	cover = json_object_get(edit.fields, "cover_id");
	if (year != NULL)
		sums->year = json_integer_value(year);
	if (cover != NULL)
		sums->cover_id = json_integer_value(cover);
	*artists = json_object_get(edit.fields, "artists") != NULL;
	edit_release(&edit);
	return status;
}

enum status
album_settle(struct catalogue *catalogue, int64_t album_id,
	     struct fault *fault)
{
	struct album_before before = { 0 }, album;
	struct album_sums sums;
	int visible_before, visible_now;
	bool artists = false;
	enum status status;

	status = album_read_before(catalogue, album_id, &before, fault);
	if (status == STATUS_OK)
		status = album_sum(catalogue, album_id, &sums, fault);
	if (status == STATUS_OK)
		status = album_lay_edits_over(catalogue, album_id, &sums,
					      &artists, fault);
	if (status != STATUS_OK)
		return status;
	album = before;
	visible_before = before.track_count > 0;
	visible_now = sums.track_count > 0;
	/* A hidden album keeps its artist, to be found again as it was. */
	if (visible_now && !album.tagged && !artists)
		status = album_set_artist(catalogue, album_id, &sums, &album,
					  fault);
	if (status == STATUS_OK)
		status = album_write(catalogue, album_id, &sums, &album, fault);
	if (status == STATUS_OK && visible_now != visible_before)
		status = credits_count(catalogue, album_id,
				       visible_now - visible_before, fault);
	if (status != STATUS_OK)
		return status;
	catalogue->totals.albums += visible_now - visible_before;
	if (visible_now != visible_before || sums.year != before.year ||
	    sums.genre_id != before.genre_id ||
	    album.artist_id != before.artist_id ||
	    strcmp(album.artist, before.artist) != 0)
		delta_of(catalogue, DELTA_ALBUM_CHANGED, album_id, 0, 0);
	album_offer_cover(catalogue, &sums, &album);
	return STATUS_OK;
}
