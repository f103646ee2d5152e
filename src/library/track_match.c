/* track_match.c - see track_match.h. */
#include "library/track_match.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/text.h"
#include "driver/source.h"
#include "library/catalogue_private.h"
#include "library/files.h"
#include "library/fingerprints.h"
#include "library/page_private.h"
#include "library/sources.h"
#include "library/tracks.h"

#define PARTS_MAX 32	  /* of a path; those above do not count */
#define FOLDERS_MAX 64	  /* that the end of one path may name */
#define CANDIDATES_MAX 32 /* tracks of one title that are looked at */
#define SCORE_SURE 7	  /* the artist and the length agree */

struct track_matcher {
	struct store_session *session;
	struct arena keep; /* sources */
	struct arena work; /* of one entry */
	int64_t *sources;
	size_t source_count;

	/* The folders that the last path may have meant, the best first. */
	char *folder_text;
	int64_t folders[FOLDERS_MAX];
	size_t folder_count;
	size_t prints_looked_up;
};

enum status
track_matcher_new(struct store_session *session, struct track_matcher **out,
		  struct fault *fault)
{
	struct track_matcher *matcher = mem_new(1, sizeof *matcher);
	struct source_row *sources;
	enum status status;

	matcher->session = session;
	arena_init(&matcher->keep);
	arena_init(&matcher->work);
	status = sources_list(session, &matcher->keep, &sources,
			      &matcher->source_count, fault);
	if (status != STATUS_OK) {
		track_matcher_free(matcher);
		return status;
	}
	matcher->sources =
		arena_new(&matcher->keep, int64_t, matcher->source_count + 1);
	for (size_t i = 0; i < matcher->source_count; i++)
		matcher->sources[i] = sources[i].id;
	*out = matcher;
	return STATUS_OK;
}

void
track_matcher_free(struct track_matcher *matcher)
{
	if (matcher == NULL)
		return;
	arena_release(&matcher->keep);
	arena_release(&matcher->work);
	free(matcher->folder_text);
	free(matcher);
}

/* One number; 0 when there is no row. */
static enum status
find_one(struct track_matcher *matcher, const char *sql,
	 const struct sql_value *args, size_t count, int64_t *out,
	 struct fault *fault)
{
	enum status status =
		sql_query_int(matcher->session, sql, args, count, out, NULL);

	if (status == STATUS_OK)
		return STATUS_OK;
	*out = 0;
	return status == STATUS_NOT_FOUND
		       ? STATUS_OK
		       : fault_set(fault, status, "cannot look for a track");
}

/* ---- by path --------------------------------------------------------------
 */

struct path_parts {
	const char *text;	   /* parts with "/" between, no "." and ".." */
	const char *at[PARTS_MAX]; /* where each begins; the last is the name */
	size_t count;
};

/* "file://host" and a drive's letter say nothing of what is below. */
static const char *
path_start(const char *path)
{
	if (strncasecmp(path, "file://", 7) == 0)
		path += 7;
	if (((path[0] | 32) >= 'a' && (path[0] | 32) <= 'z') && path[1] == ':')
		path += 2;
	return path;
}

static void
path_cut(struct arena *arena, const char *path, struct path_parts *out)
{
	char *text = arena_copy_text(arena, path_start(path)), *to = text;

	*out = (struct path_parts){ .text = text };
	for (const char *from = text; *from != '\0';) {
		size_t length = strcspn(from, "/\\");
		bool none = length == 0 || (length == 1 && from[0] == '.') ||
			    (length == 2 && from[0] == '.' && from[1] == '.');

		if (!none) {
			if (to != text)
				*to++ = '/';
			memmove(to, from, length);
			if (out->count == PARTS_MAX)
				memmove(out->at, out->at + 1,
					--out->count * sizeof *out->at);
			out->at[out->count++] = to;
			to += length;
		}
		from += length;
		from += *from != '\0';
	}
	*to = '\0';
}

static enum status
folder_add(struct track_matcher *matcher, struct span path, struct fault *fault)
{
	struct identity key = IDENTITY(path);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < matcher->source_count && status == STATUS_OK;
	     i++) {
		int64_t id = 0;

		status =
			find_one(matcher,
				 "select id from folders where source_id = $1 "
				 "and path_key = $2",
				 SQL_ARGS(SQL_INT(matcher->sources[i]),
					  sql_bytes(key.bytes, IDENTITY_BYTES)),
				 &id, fault);
		if (id != 0 && matcher->folder_count < FOLDERS_MAX)
			matcher->folders[matcher->folder_count++] = id;
	}
	return status;
}

/* All folders that the end of the path's folder names, the longest first; the
 * root only for a path without folders. */
static enum status
places_find(struct track_matcher *matcher, const struct path_parts *parts,
	    struct fault *fault)
{
	size_t folders = parts->count - 1;
	const char *end = parts->at[folders];
	struct span whole = { parts->at[0], (size_t)(end - parts->at[0]) };
	enum status status = STATUS_OK;

	if (matcher->folder_text != NULL &&
	    span_equal(span_of(matcher->folder_text), whole))
		return STATUS_OK;
	free(matcher->folder_text);
	matcher->folder_text = strndup(whole.at, whole.length);
	matcher->folder_count = 0;
	if (folders == 0)
		return folder_add(matcher, SPAN(""), fault);
	for (size_t i = 0; i < folders && status == STATUS_OK; i++)
		status = folder_add(
			matcher,
			(struct span){ parts->at[i],
				       (size_t)(end - 1 - parts->at[i]) },
			fault);
	return status;
}

static enum status
match_path(struct track_matcher *matcher, const struct track_wanted *wanted,
	   int64_t *out, struct fault *fault)
{
	struct path_parts parts;
	const char *name;
	enum status status;

	*out = 0;
	if (wanted->path == NULL)
		return STATUS_OK;
	path_cut(&matcher->work, wanted->path, &parts);
	if (parts.count == 0)
		return STATUS_OK;
	name = parts.at[parts.count - 1];
	status = places_find(matcher, &parts, fault);
	for (size_t i = 0;
	     i < matcher->folder_count && *out == 0 && status == STATUS_OK; i++)
		status = find_one(matcher,
				  "select track_id from files "
				  "where folder_id = $1 and name = $2 "
				  "and state = 0",
				  SQL_ARGS(SQL_INT(matcher->folders[i]),
					   sql_bytes(name, strlen(name))),
				  out, fault);
	return status;
}

/* ---- by tags --------------------------------------------------------------
 */

/* The part of a sort key before case and accents, and the range of keys that
 * begin so. */
struct key_range {
	uint8_t low[TITLE_KEY_BYTES], high[TITLE_KEY_BYTES];
	size_t length;
};

static void
key_range_of(struct arena *arena, const char *text, size_t kept,
	     struct key_range *out)
{
	struct span key = fold_sort_key(arena, text);
	const void *end = memchr(key.at, 1, key.length);
	size_t length =
		end == NULL ? key.length : (size_t)((const char *)end - key.at);

	/* Kept keys are cut: then all that begin so far are candidates. */
	if (length > kept - 1)
		length = kept - 1;
	memcpy(out->low, key.at, length);
	memcpy(out->high, key.at, length);
	out->high[length] = 0xff;
	out->length = length;
}

/* How well an artist's name agrees: 2 the same, 1 one of several, 0 no. */
static int
artist_agrees(struct arena *arena, const char *wanted, const char *found)
{
	const char *a = fold_identity(arena, wanted);
	const char *b = fold_identity(arena, found);

	if (a[0] == '\0' || b[0] == '\0')
		return 0;
	if (strcmp(a, b) == 0)
		return 2;
	return strstr(a, b) != NULL || strstr(b, a) != NULL;
}

static bool
length_agrees(int64_t wanted_ms, int64_t found_ms)
{
	return llabs(wanted_ms - found_ms) <= TRACK_MATCH_SLACK_MS;
}

/* A track with the wanted title: 0 is another one, more is better. */
static int
candidate_score(struct arena *arena, const struct track_wanted *wanted,
		const char *artist, int64_t duration_ms)
{
	bool timed = wanted->duration_ms > 0;
	int score;

	if (wanted->artist == NULL)
		return timed && length_agrees(wanted->duration_ms, duration_ms);
	score = 2 * artist_agrees(arena, wanted->artist, artist);
	if (score == 0)
		return 0;
	return score + (timed && length_agrees(wanted->duration_ms, duration_ms)
				? 3
				: 0);
}

/* The best of the tracks that a statement gives: id, title, artist, length. */
struct best {
	const struct track_wanted *wanted;
	const char *folded; /* the title */
	int64_t track_id;
	int score;
	size_t seen;
};

static enum status
candidates_look(struct track_matcher *matcher, const char *sql,
		const struct sql_value *args, size_t count, struct best *best,
		struct fault *fault)
{
	struct arena *arena = &matcher->work;
	struct store_rows *rows;
	enum status status =
		sql_query(matcher->session, sql, args, count, &rows, fault);

	best->seen = 0;
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		const char *title = sql_column_text(rows, 1, arena);
		int score;

		best->seen++;
		if (strcmp(fold_identity(arena, title), best->folded) != 0)
			continue;
		score = candidate_score(arena, best->wanted,
					sql_column_text(rows, 2, arena),
					sql_column_int(rows, 3));
		if (score <= best->score)
			continue;
		best->score = score;
		best->track_id = sql_column_int(rows, 0);
	}
	sql_end(rows);
	return status;
}

/* By the index of titles, and where too many have the title ("Intro") by that
 * of artists. */
static enum status
match_title(struct track_matcher *matcher, const struct track_wanted *wanted,
	    const char *title, int64_t *out, struct fault *fault)
{
	struct arena *arena = &matcher->work;
	struct best best = { .wanted = wanted,
			     .folded = fold_identity(arena, title) };
	struct key_range titles, artists;
	enum status status;

	*out = 0;
	if (best.folded[0] == '\0')
		return STATUS_OK;
	key_range_of(arena, best.folded, TITLE_KEY_BYTES, &titles);
	status = candidates_look(
		matcher,
		"select id, title, artist, duration_ms from tracks "
		"where visible = 1 and title_key >= $1 and title_key <= $2 "
		"order by title_key, id limit $3",
		SQL_ARGS(sql_bytes(titles.low, titles.length),
			 sql_bytes(titles.high, titles.length + 1),
			 SQL_INT(CANDIDATES_MAX)),
		&best, fault);
	if (status == STATUS_OK && best.seen == CANDIDATES_MAX &&
	    best.score < SCORE_SURE && wanted->artist != NULL) {
		key_range_of(arena, wanted->artist, NAME_KEY_BYTES, &artists);
		status = candidates_look(
			matcher,
			"select id, title, artist, duration_ms from tracks "
			"where visible = 1 and artist_key >= $1 "
			"and artist_key <= $2 "
			"and coalesce(title_key, title_key) >= $3 "
			"and coalesce(title_key, title_key) <= $4 "
			"order by artist_key, album_key limit $5",
			SQL_ARGS(sql_bytes(artists.low, artists.length),
				 sql_bytes(artists.high, artists.length + 1),
				 sql_bytes(titles.low, titles.length),
				 sql_bytes(titles.high, titles.length + 1),
				 SQL_INT(CANDIDATES_MAX)),
			&best, fault);
	}
	if (status == STATUS_OK)
		*out = best.track_id;
	return status;
}

/* "Song (feat. X) [Remastered]" and "Song - Remastered 2009" as "Song"; NULL
 * when nothing is to be left out. */
static const char *
title_bare(struct arena *arena, const char *title)
{
	const char *dash = strstr(title, " - ");
	size_t length = strlen(title), cut = strcspn(title, "([");

	if (dash != NULL && (size_t)(dash - title) < cut)
		cut = (size_t)(dash - title);
	while (cut > 0 && title[cut - 1] == ' ')
		cut--;
	return cut == 0 || cut == length ? NULL
					 : arena_copy_bytes(arena, title, cut);
}

/* What a file's name tells: "Queen/Jazz/01 - Mustapha.mp3", or "Queen -
 * Mustapha.mp3". The artist may be NULL. */
static void
wanted_guess(struct arena *arena, struct track_wanted *wanted)
{
	struct path_parts parts;
	char *name, *end, *dash;

	path_cut(arena, wanted->path, &parts);
	if (parts.count == 0)
		return;
	name = arena_copy_text(arena, parts.at[parts.count - 1]);
	end = strrchr(name, '.');
	if (end != NULL && end != name)
		*end = '\0';
	end = name + strspn(name, "0123456789");
	if (end != name && strchr(" .-_", *end) != NULL && *end != '\0')
		name = end + strspn(end, " .-_");
	dash = strstr(name, " - ");
	if (dash != NULL) {
		*dash = '\0';
		wanted->artist = name;
		name = dash + 3;
	} else if (parts.count > 2) {
		const char *folder = parts.at[parts.count - 3];

		wanted->artist = arena_copy_bytes(
			arena, folder,
			(size_t)(parts.at[parts.count - 2] - 1 - folder));
	}
	wanted->title = name;
}

static enum status
match_tags(struct track_matcher *matcher, const struct track_wanted *given,
	   int64_t *out, struct fault *fault)
{
	struct track_wanted guess = *given;
	const struct track_wanted *wanted = &guess;
	const char *bare;
	enum status status;

	*out = 0;
	if (guess.title == NULL && guess.path != NULL)
		wanted_guess(&matcher->work, &guess);
	if (guess.title == NULL)
		return STATUS_OK;
	status = match_title(matcher, wanted, wanted->title, out, fault);
	if (status != STATUS_OK || *out != 0)
		return status;
	bare = title_bare(&matcher->work, wanted->title);
	return bare == NULL ? STATUS_OK
			    : match_title(matcher, wanted, bare, out, fault);
}

/* ---- all ways -------------------------------------------------------------
 */

static enum status
match_audio(struct track_matcher *matcher, const struct track_wanted *wanted,
	    int64_t *out, struct fault *fault)
{
	*out = 0;
	if (!wanted->has_audio_key)
		return STATUS_OK;
	return find_one(
		matcher,
		"select track_id from files where audio_key = $1 "
		"and state = 0 and track_id is not null "
		"order by track_id limit 1",
		SQL_ARGS(sql_bytes(wanted->audio_key, TRACK_AUDIO_KEY_BYTES)),
		out, fault);
}

/* The likest track of the library that sounds so and is as long. */
static enum status
match_fingerprint(struct track_matcher *matcher,
		  const struct track_wanted *wanted, int64_t *out,
		  struct fault *fault)
{
	struct fingerprint_wanted print = { .duration_ms =
						    wanted->duration_ms };
	struct fingerprint_found *found;
	size_t count = 0;
	enum status status;

	*out = 0;
	if (wanted->fingerprint == NULL ||
	    matcher->prints_looked_up == TRACK_MATCH_PRINTS_MAX ||
	    !fingerprint_parse(span_of(wanted->fingerprint), &matcher->work,
			       &print.print))
		return STATUS_OK;
	matcher->prints_looked_up++;
	status = fingerprints_find(matcher->session, &print, &matcher->work,
				   &found, &count, fault);
	if (status == STATUS_OK && count > 0)
		*out = found[0].track_id;
	return status;
}

/* An id alone says enough; beside a title it must be the same one, because the
 * file may come from elsewhere. */
static enum status
match_id(struct track_matcher *matcher, const struct track_wanted *wanted,
	 int64_t *out, struct fault *fault)
{
	struct arena *arena = &matcher->work;
	struct store_rows *rows;
	enum status status;

	*out = 0;
	if (wanted->track_id == 0)
		return STATUS_OK;
	status = sql_query(matcher->session,
			   "select title from tracks where id = $1 "
			   "and visible = 1",
			   SQL_ARGS(SQL_INT(wanted->track_id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		const char *title = sql_column_text(rows, 0, arena);

		if (wanted->title == NULL ||
		    strcmp(fold_identity(arena, title),
			   fold_identity(arena, wanted->title)) == 0)
			*out = wanted->track_id;
	}
	sql_end(rows);
	return status;
}

enum status
track_match(struct track_matcher *matcher, const struct track_wanted *wanted,
	    int64_t *track_id, enum track_matched *how, struct fault *fault)
{
	static const struct {
		enum status (*match)(struct track_matcher *matcher,
				     const struct track_wanted *wanted,
				     int64_t *out, struct fault *fault);
		enum track_matched how;
	} ways[] = {
		{ match_path, MATCHED_PATH },
		{ match_audio, MATCHED_AUDIO },
		{ match_tags, MATCHED_TAGS },
		{ match_fingerprint, MATCHED_FINGERPRINT },
		{ match_id, MATCHED_ID },
	};
	enum status status = STATUS_OK;

	*track_id = 0;
	*how = MATCHED_NOT;
	arena_reset(&matcher->work);
	for (size_t i = 0;
	     i < ARRAY_LENGTH(ways) && *track_id == 0 && status == STATUS_OK;
	     i++) {
		status = ways[i].match(matcher, wanted, track_id, fault);
		if (*track_id != 0)
			*how = ways[i].how;
	}
	if (status == STATUS_OK && *track_id != 0)
		status = tracks_kept(matcher->session, *track_id, track_id,
				     fault);
	return status;
}

/* ---- places ---------------------------------------------------------------
 */

static void
place_read(struct store_rows *rows, struct arena *arena,
	   struct track_place *out)
{
	struct span key = sql_column_span(rows, 3);

	if (key.length == TRACK_AUDIO_KEY_BYTES)
		memcpy(out->audio_key, key.at, key.length);
	out->track_id = sql_column_int(rows, 0);
	out->title = sql_column_text(rows, 4, arena);
	out->artist = sql_column_text(rows, 5, arena);
	out->album = sql_column_text(rows, 6, arena);
	out->duration_ms = sql_column_int(rows, 7);
	out->path = file_path_display(arena, sql_column_span(rows, 1),
				      sql_column_span(rows, 2));
}

/* Places that have no visible track keep the id 0. */
static enum status
places_some(struct store_session *session, const int64_t *ids, size_t count,
	    struct arena *arena, struct track_place *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status = query_by_ids(
		session,
		"select t.id, d.path, f.name, f.audio_key, t.title, t.artist, "
		"a.title, t.duration_ms from tracks t "
		"join files f on f.track_id = t.id "
		"join folders d on d.id = f.folder_id "
		"left join albums a on a.id = t.album_id "
		"where t.visible = 1 and t.id in ",
		"", ids, count, &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct track_place place = { 0 };

		place_read(rows, arena, &place);
		for (size_t i = 0; i < count; i++) {
			if (ids[i] == place.track_id)
				out[i] = place;
		}
	}
	sql_end(rows);
	return status;
}

enum status
track_places(struct store_session *session, const int64_t *ids, size_t count,
	     struct arena *arena, struct track_place **out, size_t *out_count,
	     struct fault *fault)
{
	struct track_place *places =
		arena_new(arena, struct track_place, count + 1);
	size_t kept = 0;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i += IDS_AT_ONCE) {
		size_t some = count - i < IDS_AT_ONCE ? count - i : IDS_AT_ONCE;

		status = places_some(session, ids + i, some, arena, places + i,
				     fault);
	}
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		if (places[i].track_id != 0)
			places[kept++] = places[i];
	}
	*out = places;
	*out_count = kept;
	return STATUS_OK;
}

static const char *
print_text(const struct fingerprint *print, struct arena *arena)
{
	struct buffer text;
	const char *copy;

	if (print->count == 0)
		return NULL;
	buffer_init(&text, 0);
	fingerprint_print(print, &text);
	copy = arena_copy_text(arena, text.bytes);
	buffer_release(&text);
	return copy;
}

enum status
track_places_hear(struct store_session *session, struct track_place *places,
		  size_t count, size_t limit, struct arena *arena,
		  struct fault *fault)
{
	enum status status = STATUS_OK;
	struct arena work;

	arena_init(&work);
	for (size_t i = 0; i < count && i < limit && status == STATUS_OK;
	     i++) {
		struct fingerprint_wanted heard;
		struct fault none = { 0 };

		arena_reset(&work);
		status = fingerprint_get(session, places[i].track_id, &work,
					 &heard, &none);
		if (status == STATUS_OK)
			places[i].fingerprint = print_text(&heard.print,
							   arena);
		else if (status == STATUS_NOT_FOUND)
			status = STATUS_OK; /* nobody has listened yet */
		else
			*fault = none;
	}
	arena_release(&work);
	return status;
}
