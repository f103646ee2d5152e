/* tracks.c - see tracks.h. */
#include "library/tracks.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "library/covers_private.h"
#include "library/loader_private.h"
#include "library/page_private.h"
#include "library/sources.h"

static const char *const role_names[] = {
	[CREDIT_MAIN] = "main",
	[CREDIT_FEATURED] = "featured",
	[CREDIT_COMPOSER] = "composer",
	[CREDIT_CONDUCTOR] = "conductor",
	[CREDIT_REMIXER] = "remixer",
	[CREDIT_PERFORMER] = "performer",
	[CREDIT_LYRICIST] = "lyricist",
	[CREDIT_PRODUCER] = "producer",
};

const char *
credit_role_name(enum credit_role role)
{
	return role == CREDIT_ALBUM_MAIN ? "main" : role_names[role];
}

bool
credit_role_parse(const char *name, enum credit_role *out)
{
	for (size_t i = 0; i < ARRAY_LENGTH(role_names); i++)
		if (strcmp(role_names[i], name) == 0) {
			*out = (enum credit_role)i;
			return true;
		}
	return false;
}

/* ---- orders and filters --------------------------------------------------- */

static const struct page_sort sorts[TRACK_SORTS] = {
	[TRACKS_BY_TITLE] = { "title", { { "t.title_key", true } }, false },
	[TRACKS_BY_CREATED_DESC] = { "-created_at",
				     { { "t.created_at", false } },
				     true },
	[TRACKS_BY_POPULARITY_DESC] = { "-popularity",
					{ { "t.popularity", false } },
					true },
	[TRACKS_BY_YEAR] = { "year", { { "t.year_rank", false } }, false },
	[TRACKS_BY_YEAR_DESC] = { "-year", { { "t.year", false } }, true },
	[TRACKS_BY_DURATION] = { "duration",
				 { { "t.duration_ms", false } },
				 false },
	[TRACKS_BY_ARTIST] = { "artist",
			       { { "t.artist_key", true },
				 { "t.album_key", true },
				 { "t.disc_no", false },
				 { "t.track_no", false } },
			       false },
	[TRACKS_BY_ALBUM] = { "album",
			      { { "t.album_key", true },
				{ "t.disc_no", false },
				{ "t.track_no", false } },
			      false },
};

bool
track_sort_parse(const char *name, enum track_sort *out)
{
	size_t sort;

	if (!page_sort_parse(sorts, TRACK_SORTS, name, &sort))
		return false;
	*out = (enum track_sort)sort;
	return true;
}

#define OF_GENRE                                             \
	"exists (select 1 from track_genres l where l.genre_id = ? " \
	"and l.track_id = t.id)"

/* A genre has very many tracks: beside an artist, an album or a year, which
 * have few, it is tested and not gathered. */
static void
filter_links(struct page_query *query, const struct track_filter *filter,
	     int64_t genre_id)
{
	bool narrow = filter->artist_id != 0 || filter->album_id != 0 ||
		      filter->year != 0;

	if (filter->artist_id != 0)
		page_filter(query,
			    "t.id in (select l.track_id from track_artists l "
			    "where l.artist_id = ?)",
			    "exists (select 1 from track_artists l "
			    "where l.artist_id = ? and l.track_id = t.id)",
			    SQL_INT(filter->artist_id));
	if (genre_id != 0)
		page_filter(query,
			    narrow ? OF_GENRE
				   : "t.id in (select l.track_id "
				     "from track_genres l "
				     "where l.genre_id = ?)",
			    OF_GENRE, SQL_INT(genre_id));
}

/* The walking forms hide the column from the planner, so that it does not
 * leave the order's index for another one. */
static void
filter_columns(struct page_query *query, const struct track_filter *filter)
{
	if (filter->album_id != 0)
		page_filter(query, "t.album_id = ?", "(t.album_id + 0) = ?",
			    SQL_INT(filter->album_id));
	if (filter->year != 0)
		page_filter(query, "t.year = ?", "(t.year + 0) = ?",
			    SQL_INT(filter->year));
	if (filter->year_min != 0)
		page_filter(query, "t.year >= ?", "(t.year + 0) >= ?",
			    SQL_INT(filter->year_min));
	if (filter->year_max != 0) {
		page_filter(query, "t.year <= ?", "(t.year + 0) <= ?",
			    SQL_INT(filter->year_max));
		if (filter->year_min == 0)
			page_filter(query, "t.year > ?", "(t.year + 0) > ?",
				    SQL_INT(0));
	}
	if (filter->codec != NULL)
		page_filter(query, "t.codec = ?", "(t.codec || '') = ?",
			    sql_text(filter->codec));
	if (filter->source_id != 0)
		page_filter(query, "t.source_id = ?", "(t.source_id + 0) = ?",
			    SQL_INT(filter->source_id));
}

/* Numbers that were heard have no index: they are tested as the walk goes. */
static void
filter_heard(struct page_query *query, const struct track_filter *filter)
{
	const struct {
		const char *sql;
		const struct optional_double *bound;
	} rows[] = {
		{ "(t.tempo + 0) >= ?", &filter->tempo_min },
		{ "(t.tempo + 0) <= ?", &filter->tempo_max },
		{ "(t.energy + 0) >= ?", &filter->energy_min },
		{ "(t.energy + 0) <= ?", &filter->energy_max },
		{ "(t.valence + 0) >= ?", &filter->valence_min },
		{ "(t.valence + 0) <= ?", &filter->valence_max },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		if (rows[i].bound->known)
			page_filter(query, rows[i].sql, rows[i].sql,
				    SQL_DOUBLE(rows[i].bound->value));
}

/* All sources of a kind; their ids are numbers of our own, so they may stand in
 * the statement. */
static enum status
filter_source(struct store_session *session, const char *kind,
	      struct page_query *query, struct arena *arena,
	      struct fault *fault)
{
	struct source_row *sources;
	const char *ids = NULL;
	bool all = true; /* no source is of another kind */
	size_t count;
	enum status status;

	if (kind == NULL)
		return STATUS_OK;
	status = sources_list(session, arena, &sources, &count, fault);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		if (strcmp(sources[i].kind, kind) != 0) {
			all = false;
			continue;
		}
		ids = arena_print(arena, "%s%s%lld", ids == NULL ? "" : ids,
				  ids == NULL ? "" : ", ",
				  (long long)sources[i].id);
	}
	if (status != STATUS_OK)
		return status;
	if (ids == NULL)
		query->nothing = true;
	else if (!all)
		page_filter(query,
			    arena_print(arena, "t.source_id in (%s)", ids),
			    arena_print(arena, "(t.source_id + 0) in (%s)",
					ids),
			    SQL_NULL);
	return STATUS_OK;
}

/* The genre's id by its name; 0 when neither is given. */
static enum status
filter_genre(struct store_session *session, const struct track_filter *filter,
	     struct arena *arena, int64_t *out, bool *nothing,
	     struct fault *fault)
{
	struct genre genre;
	enum status status;

	*out = filter->genre_id;
	if (filter->genre == NULL)
		return STATUS_OK;
	status = genres_find(session, filter->genre, arena, &genre, fault);
	if (status == STATUS_NOT_FOUND) {
		*nothing = true;
		return STATUS_OK;
	}
	if (status != STATUS_OK)
		return status;
	if (filter->genre_id != 0 && filter->genre_id != genre.id)
		*nothing = true;
	*out = genre.id;
	return STATUS_OK;
}

/* With one filter that has a kept counter the total needs no counting. */
static enum status
known_total(struct store_session *session, const struct track_filter *filter,
	    int64_t genre_id, struct page_query *query, struct fault *fault)
{
	const char *sql = NULL;
	int64_t id = 0;
	enum status status;

	if (query->condition_count != 1)
		return STATUS_OK;
	if (filter->artist_id != 0) {
		sql = "select track_count from artists where id = $1";
		id = filter->artist_id;
	} else if (filter->album_id != 0) {
		sql = "select track_count from albums where id = $1";
		id = filter->album_id;
	} else if (genre_id != 0) {
		sql = "select track_count from genres where id = $1";
		id = genre_id;
	} else {
		return STATUS_OK;
	}
	status = sql_query_int(session, sql, SQL_ARGS(SQL_INT(id)),
			       &query->known_total, fault);
	if (status != STATUS_NOT_FOUND)
		return status;
	query->nothing = true;
	return STATUS_OK;
}

enum status
tracks_list(struct store_session *session, const struct track_filter *filter,
	    enum track_sort sort, const struct page_request *page,
	    struct arena *arena, struct track_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "tracks t",
		.id = "t.id",
		.visible = "t.visible = 1",
		.all_key = "tracks",
		.sorts = sorts,
		.sort = sort,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX], genre_id = 0;
	struct track_list list = { 0 };
	size_t count = 0;
	enum status status;

	status = filter_genre(session, filter, arena, &genre_id, &query.nothing,
			      fault);
	if (status != STATUS_OK)
		return status;
	filter_links(&query, filter, genre_id);
	filter_columns(&query, filter);
	filter_heard(&query, filter);
	status = filter_source(session, filter->source, &query, arena, fault);
	if (status == STATUS_OK && page->cursor == NULL)
		status = known_total(session, filter, genre_id, &query, fault);
	if (status == STATUS_OK)
		status = page_read(session, &query, page, arena, ids, &count,
				   &list.page, fault);
	if (status == STATUS_OK)
		status = tracks_get_many(session, ids, count, arena,
					 &list.items, &list.count, fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

/* ---- the tracks of some ids ----------------------------------------------- */

/* Only looked for where neither tag nor person names a genre; 0.7: GENRE_SURE, 4:
 * EDIT_TRACK. */
#define GENRE_GUESS(column_) \
	"case when t.genre_id is null then (select h." column_ " " \
	"from track_analysis h where h.track_id = t.id " \
	"and h.genre_confidence >= 0.7 and not exists (select 1 from edits e " \
	"where e.kind = 4 and e.entity_id = t.id " \
	"and cast(e.fields as text) like '%\"genres\"%')) end"

#define TRACK_COLUMNS \
	"select t.id, t.title, t.artist, t.artist_id, t.album_id, a.title, " \
	"a.artist, t.duration_ms, t.track_no, t.disc_no, t.year, t.tempo, " \
	"t.energy, t.valence, t.danceability, t.loudness_lufs, " \
	"t.musical_key, t.popularity, t.play_count, c.id, c.blob_key, s.kind, " \
	"f.source_id, f.container, f.codec, f.bitrate_bps, f.sample_rate_hz, " \
	"f.channels, f.bit_depth, f.size_bytes, f.gapless_start, " \
	"f.gapless_end, f.track_gain_db, f.track_peak, f.album_gain_db, " \
	"f.album_peak, t.composer, t.has_lyrics, t.created_at, t.updated_at, " \
	GENRE_GUESS("genre") ", " GENRE_GUESS("genre_confidence") " " \
	"from tracks t join files f on f.track_id = t.id " \
	"join sources s on s.id = f.source_id " \
	"left join albums a on a.id = t.album_id " \
	"left join covers c on c.id = coalesce(t.cover_id, a.cover_id) "

static struct optional_double
optional_read(struct store_rows *rows, int column)
{
	return (struct optional_double){
		.known = !sql_column_null(rows, column),
		.value = sql_column_double(rows, column),
	};
}

static struct media_gain
gain_read(struct store_rows *rows, int column)
{
	return (struct media_gain){
		.known = !sql_column_null(rows, column),
		.gain_db = sql_column_double(rows, column),
		.peak = sql_column_double(rows, column + 1),
	};
}

static void
file_facts_read(struct store_rows *rows, struct arena *arena,
		struct track *out)
{
	out->source_kind = sql_column_text(rows, 21, arena);
	out->source_id = sql_column_int(rows, 22);
	out->container = sql_column_text(rows, 23, arena);
	out->codec = sql_column_text(rows, 24, arena);
	out->bitrate_bps = sql_column_int(rows, 25);
	out->sample_rate_hz = (int32_t)sql_column_int(rows, 26);
	out->channels = (int32_t)sql_column_int(rows, 27);
	out->bit_depth = (int32_t)sql_column_int(rows, 28);
	out->size_bytes = sql_column_int(rows, 29);
	out->gapless_known = !sql_column_null(rows, 30);
	out->gapless_start_samples = sql_column_int(rows, 30);
	out->gapless_end_samples = sql_column_int(rows, 31);
	out->track_gain = gain_read(rows, 32);
	out->album_gain = gain_read(rows, 34);
}

static void
track_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	struct track *out = thing;
	const char *album_artist = sql_column_text(rows, 6, arena);

	*out = (struct track){
		.id = sql_column_int(rows, 0),
		.title = sql_column_text(rows, 1, arena),
		.artist = sql_column_text(rows, 2, arena),
		.artist_id = sql_column_int(rows, 3),
		.album_id = sql_column_int(rows, 4),
		.album = sql_column_text(rows, 5, arena),
		.duration_ms = sql_column_int(rows, 7),
		.track_no = (int32_t)sql_column_int(rows, 8),
		.disc_no = (int32_t)sql_column_int(rows, 9),
		.year = (int32_t)sql_column_int(rows, 10),
		.tempo = optional_read(rows, 11),
		.energy = optional_read(rows, 12),
		.valence = optional_read(rows, 13),
		.danceability = optional_read(rows, 14),
		.loudness_lufs = optional_read(rows, 15),
		.key = sql_column_text(rows, 16, arena),
		.popularity = sql_column_int(rows, 17),
		.play_count = sql_column_int(rows, 18),
		.cover = cover_ref_read(rows, 19),
		.composer = sql_column_text(rows, 36, arena),
		.has_lyrics = sql_column_int(rows, 37) != 0,
		.created_at_ms = sql_column_int(rows, 38),
		.updated_at_ms = sql_column_int(rows, 39),
		.genre_guess = sql_column_text(rows, 40, arena),
		.genre_guess_confidence = sql_column_double(rows, 41),
	};
	if (album_artist != NULL && album_artist[0] != '\0')
		out->album_artist = album_artist;
	file_facts_read(rows, arena, out);
}

#define TRACK_LOADER(select_) \
	{ \
		.noun = "track", \
		.size = sizeof(struct track), \
		.select = (select_), \
		.read = track_read, \
		.artists = "select l.track_id, l.artist_id, a.name, l.role " \
			   "from track_artists l " \
			   "join artists a on a.id = l.artist_id " \
			   "where l.track_id in ", \
		.artists_order = "order by l.track_id, l.position", \
		.genres = "select l.track_id, l.genre_id, g.name, 0 " \
			  "from track_genres l " \
			  "join genres g on g.id = l.genre_id " \
			  "where l.track_id in ", \
		.genres_order = "order by l.track_id, l.position", \
		.places = LOADER_PLACES(struct track), \
	}

static const struct loader loader =
	TRACK_LOADER(TRACK_COLUMNS "where t.visible = 1 and t.id in ");
static const struct loader any_loader =
	TRACK_LOADER(TRACK_COLUMNS "where t.id in ");

/* A merge may follow another; none goes round in a circle. */
#define MERGES_DEEP 16

enum status
tracks_kept(struct store_session *session, int64_t id, int64_t *out,
	    struct fault *fault)
{
	int64_t asked = id;
	enum status status = STATUS_OK;
	bool visible = false;

	for (int i = 0; i < MERGES_DEEP && id != 0 && !visible; i++) {
		struct store_rows *rows;
		int64_t next = 0;

		status = sql_query(session,
				   "select visible, merged_into from tracks "
				   "where id = $1",
				   SQL_ARGS(SQL_INT(id)), &rows, fault);
		if (status == STATUS_OK && sql_next(rows, &status, fault)) {
			visible = sql_column_int(rows, 0) != 0;
			next = sql_column_int(rows, 1);
		}
		sql_end(rows);
		if (status != STATUS_OK)
			return status;
		if (!visible)
			id = next;
	}
	*out = visible ? id : asked;
	return STATUS_OK;
}

/* Ids whose track was merged are replaced by those that answer for them. */
static enum status
ids_keep(struct store_session *session, const int64_t *ids, size_t count,
	 struct arena *arena, const int64_t **out, bool *changed,
	 struct fault *fault)
{
	int64_t *kept = arena_new(arena, int64_t, count + 1);
	bool *merged = arena_new(arena, bool, count + 1);
	enum status status = STATUS_OK;

	*changed = false;
	if (count > 0)
		memcpy(kept, ids, count * sizeof *kept);
	for (size_t at = 0; at < count && status == STATUS_OK;
	     at += IDS_AT_ONCE) {
		size_t some = count - at < IDS_AT_ONCE ? count - at :
							 IDS_AT_ONCE;
		struct store_rows *rows;

		status = query_by_ids(session,
				      "select id from tracks where "
				      "merged_into is not null and id in ",
				      "", ids + at, some, &rows, fault);
		while (status == STATUS_OK && sql_next(rows, &status, fault)) {
			int64_t id = sql_column_int(rows, 0);

			for (size_t i = at; i < at + some; i++)
				if (ids[i] == id)
					merged[i] = true;
		}
		sql_end(rows);
	}
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		if (!merged[i])
			continue;
		*changed = true;
		status = tracks_kept(session, ids[i], &kept[i], fault);
	}
	*out = kept;
	return status;
}

enum status
tracks_get_many(struct store_session *session, const int64_t *ids,
		size_t count, struct arena *arena, struct track **out,
		size_t *out_count, struct fault *fault)
{
	void *tracks;
	bool changed = false;
	enum status status = loader_get_many(session, &loader, ids, count,
					     arena, &tracks, out_count, fault);

	/* Merged tracks are among those that are not there. */
	if (status == STATUS_OK && *out_count < count)
		status = ids_keep(session, ids, count, arena, &ids, &changed,
				  fault);
	if (status == STATUS_OK && changed)
		status = loader_get_many(session, &loader, ids, count, arena,
					 &tracks, out_count, fault);
	if (status == STATUS_OK)
		*out = tracks;
	return status;
}

enum status
tracks_get_many_any(struct store_session *session, const int64_t *ids,
		    size_t count, struct arena *arena, struct track **out,
		    size_t *out_count, struct fault *fault)
{
	void *tracks;
	enum status status = loader_get_many(session, &any_loader, ids, count,
					     arena, &tracks, out_count, fault);

	if (status == STATUS_OK)
		*out = tracks;
	return status;
}

enum status
tracks_get(struct store_session *session, int64_t id, struct arena *arena,
	   struct track *out, struct fault *fault)
{
	struct fault missing = { 0 };
	int64_t kept = 0;
	enum status status = loader_get(session, &loader, id, arena, out,
					&missing);

	if (status == STATUS_NOT_FOUND &&
	    tracks_kept(session, id, &kept, NULL) == STATUS_OK && kept != id)
		return loader_get(session, &loader, kept, arena, out, fault);
	if (status != STATUS_OK && fault != NULL)
		*fault = missing;
	return status;
}

enum status
tracks_get_any(struct store_session *session, int64_t id, struct arena *arena,
	       struct track *out, struct fault *fault)
{
	return loader_get(session, &any_loader, id, arena, out, fault);
}

enum status
tracks_hidden(struct store_session *session, const struct page_request *page,
	      struct arena *arena, struct track_list *out,
	      struct fault *fault)
{
	static const struct page_sort newest[] = {
		{ "-updated_at", { { "t.updated_at", false } }, true },
	};
	const struct page_query query = {
		.from = "tracks t",
		.id = "t.id",
		.visible = "t.hidden = 1 and t.merged_into is null",
		.sorts = newest,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct track_list list = { 0 };
	void *tracks = NULL;
	size_t count = 0;
	enum status status = page_read(session, &query, page, arena, ids,
				       &count, &list.page, fault);

	if (status == STATUS_OK)
		status = loader_get_many(session, &any_loader, ids, count,
					 arena, &tracks, &list.count, fault);
	list.items = tracks;
	if (status == STATUS_OK)
		*out = list;
	return status;
}

/* ---- similar -------------------------------------------------------------- */

/* Appends ids that are not there yet. */
static enum status
add_similar(struct store_session *session, const char *sql,
	    const struct sql_value *args, size_t arg_count, int64_t not_id,
	    int64_t *ids, size_t *count, size_t room, struct fault *fault)
{
	struct store_rows *rows;
	enum status status =
		sql_query(session, sql, args, arg_count, &rows, fault);

	while (status == STATUS_OK && *count < room &&
	       sql_next(rows, &status, fault)) {
		int64_t id = sql_column_int(rows, 0);
		bool seen = id == not_id;

		for (size_t i = 0; i < *count; i++)
			seen |= ids[i] == id;
		if (!seen)
			ids[(*count)++] = id;
	}
	sql_end(rows);
	return status;
}

enum status
tracks_similar(struct store_session *session, int64_t id, uint32_t limit,
	       struct arena *arena, struct track **out, size_t *out_count,
	       struct fault *fault)
{
	int64_t ids[PAGE_LIMIT_MAX];
	struct track track;
	size_t count = 0, room = limit < PAGE_LIMIT_MAX ? limit
							: PAGE_LIMIT_MAX;
	enum status status = tracks_get(session, id, arena, &track, fault);

	/* Half of the room at most for the artist's own. */
	if (status == STATUS_OK && track.artist_id != 0)
		status = add_similar(
			session,
			"select t.id from tracks t where t.visible = 1 "
			"and t.id in (select l.track_id from track_artists l "
			"where l.artist_id = $1) "
			"order by t.popularity desc, t.id limit $2",
			SQL_ARGS(SQL_INT(track.artist_id), SQL_INT(room + 1)),
			id, ids, &count, (room + 1) / 2, fault);
	if (status == STATUS_OK && track.genre_count > 0)
		status = add_similar(
			session,
			"select t.id from tracks t where t.visible = 1 "
			"and t.genre_id = $1 "
			"order by t.popularity desc, t.id desc limit $2",
			SQL_ARGS(SQL_INT(track.genres[0].id),
				 SQL_INT(2 * room + 1)),
			id, ids, &count, room, fault);
	if (status != STATUS_OK)
		return status;
	return tracks_get_many(session, ids, count, arena, out, out_count,
			       fault);
}

enum status
tracks_lyrics(struct store_session *session, int64_t id, struct arena *arena,
	      const char **text, bool *synced, struct fault *fault)
{
	struct store_rows *rows;
	enum status status = tracks_kept(session, id, &id, fault);

	if (status != STATUS_OK)
		return status;
	status = sql_query(session,
			   "select l.text, l.synced from lyrics l "
			   "join tracks t on t.id = l.track_id "
			   "where l.track_id = $1 and t.visible = 1",
			   SQL_ARGS(SQL_INT(id)), &rows, fault);
	if (status != STATUS_OK)
		return status;
	if (sql_next(rows, &status, fault)) {
		*text = sql_column_text(rows, 0, arena);
		*synced = sql_column_int(rows, 1) != 0;
	} else if (status == STATUS_OK) {
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "track %lld has no lyrics", (long long)id);
	}
	sql_end(rows);
	return status;
}
