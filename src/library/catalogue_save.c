/* catalogue_save.c - tracks_save(): one file with its track; see catalogue.h.
 *
 * Steps: find the row of the path, or of the file that moved here → take what
 * the stored track added out of the counters → resolve artists, genres and
 * album → write track, file, links and lyrics → add what the track adds now. */
#include "library/catalogue_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/fold.h"
#include "driver/source.h"

#define YEAR_UNKNOWN_RANK 9999
#define CANDIDATES_MAX 50 /* of files that may have moved here */

struct saving {
	struct catalogue *catalogue;
	const struct save_args *args;
	const struct media_facts *media;
	struct file_state_row row; /* as stored; id 0: none */
	bool moved;
	int64_t folder_id, facts_key;

	/* of the track as it will be */
	const char *title, *artist, *composer, *lyrics;
	bool lyrics_synced;
	struct known main_artist, album, main_genre;
	int64_t album_artists[MEDIA_CREDITS_MAX];
	size_t album_artist_count;
	bool various; /* tagged as by various artists */
	int32_t track_no, disc_no, year;
	bool hidden; /* by a person; the track stays so */
	struct contribution before, now;
	int64_t track_id;
};

/* ---- facts in one number -------------------------------------------------- */

static void
add_text(struct buffer *out, const char *text)
{
	buffer_add_text(out, text == NULL ? "\x01" : text);
	buffer_add_char(out, '\0');
}

static void
add_media(struct buffer *out, const struct media_facts *media)
{
	const char *const texts[] = {
		media->container, media->codec, media->title,
		media->artist_text, media->album, media->album_artist_text,
		media->isrc, media->mbid_recording, media->mbid_release,
		media->tagged_key, media->repairs,
	};

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		add_text(out, texts[i]);
	for (size_t i = 0; i < media->credit_count; i++) {
		add_text(out, media->credits[i].name);
		add_text(out, media->credits[i].mbid);
		buffer_print(out, "%d,", media->credits[i].role);
	}
	for (size_t i = 0; i < media->genre_count; i++)
		add_text(out, media->genres[i]);
	buffer_print(out, "|%lld,%u,%u,%u,%u,%d,%u,%u,%u,%u,%d,%d,%d,%.17g",
		     (long long)media->duration_ms, media->bitrate_bps,
		     media->sample_rate_hz, media->channels, media->bit_depth,
		     media->gapless_known, media->start_trim_samples,
		     media->end_trim_samples, media->track_no, media->disc_no,
		     media->year, media->original_year, media->compilation,
		     media->tagged_tempo_bpm);
	buffer_print(out, "|%d,%.17g,%.17g,%d,%.17g,%.17g",
		     media->track_gain.known, media->track_gain.gain_db,
		     media->track_gain.peak, media->album_gain.known,
		     media->album_gain.gain_db, media->album_gain.peak);
	buffer_add(out, media->audio_key, sizeof media->audio_key);
}

/* Equal numbers: nothing to do. Never 0, which is "not known". */
static int64_t
facts_key_of(const struct saving *saving)
{
	const struct save_args *args = saving->args;
	uint8_t sum[SHA256_BYTES];
	struct buffer text;
	int64_t key;

	buffer_init(&text, 0);
	buffer_print(&text, "%d,%lld,%lld,%d,", CATALOGUE_RULES,
		     (long long)args->file->size_bytes,
		     (long long)args->cover_id, saving->lyrics_synced);
	add_text(&text, saving->title);
	add_text(&text, saving->lyrics);
	add_media(&text, saving->media);
	sha256(text.bytes, text.length, sum);
	buffer_release(&text);
	memcpy(&key, sum, sizeof key);
	return key == 0 ? 1 : key;
}

/* ---- the file, here or moved ---------------------------------------------- */

struct candidate {
	struct file_state_row row;
	bool same_audio;
	const char *folder, *name;
};

/* Fills *out from a row; false when it cannot be the file. */
static bool
candidate_read(const struct saving *saving, struct store_rows *rows,
	       struct candidate *out)
{
	const struct file_facts *file = saving->args->file;
	struct arena *arena = &saving->catalogue->arena;
	struct span audio = sql_column_span(rows, 8);

	*out = (struct candidate){
		.row = { .id = sql_column_int(rows, 0),
			 .folder_id = sql_column_int(rows, 1),
			 .source_id = sql_column_int(rows, 2),
			 .track_id = sql_column_int(rows, 3),
			 .state = (enum file_state)sql_column_int(rows, 4),
			 .facts_key = sql_column_int(rows, 5) },
	};
	out->same_audio = audio.length == FILE_AUDIO_KEY_BYTES &&
			  memcmp(audio.at, saving->media->audio_key,
				 FILE_AUDIO_KEY_BYTES) == 0;
	if (!out->same_audio && (sql_column_int(rows, 6) != file->size_bytes ||
				 (uint64_t)sql_column_int(rows, 7) !=
					 file->inode))
		return false;
	out->folder = sql_column_text(rows, 9, arena);
	out->name = sql_column_text(rows, 10, arena);
	return out->row.track_id != 0;
}

static bool
candidate_gone(const struct save_args *args, const struct candidate *candidate)
{
	if (candidate->row.state == FILE_MISSING)
		return true;
	return args->gone != NULL &&
	       args->gone(args->gone_cookie, candidate->row.source_id,
			  candidate->folder, candidate->name);
}

/* A file that is gone and whose audio, or inode, is that of this one. Of many
 * that sound the same the copies are looked at once in a transaction. */
static enum status
find_moved(struct saving *saving, struct fault *fault)
{
	const struct file_facts *file = saving->args->file;
	struct catalogue *catalogue = saving->catalogue;
	const struct span audio = { (const char *)saving->media->audio_key,
				    FILE_AUDIO_KEY_BYTES };
	const struct known copies = {
		.key = IDENTITY(audio, { (const char *)&file->source_id,
					 sizeof file->source_id }),
		.id = 1,
	};
	bool unmoved = known_find(&catalogue->unmoved, &copies.key) != NULL;
	int best = -1;
	struct store_rows *rows;
	enum status status;

	status = sql_query(
		catalogue->session,
		"select f.id, f.folder_id, f.source_id, f.track_id, f.state, "
		"f.facts_key, f.size_bytes, f.inode, f.audio_key, fo.path, "
		"f.name from files f join folders fo on fo.id = f.folder_id "
		"where f.audio_key = $1 or (f.inode = $2 and f.device = $3) "
		"limit $4",
		SQL_ARGS(unmoved ? SQL_NULL : sql_span_bytes(audio),
			 sql_int_or_null((int64_t)file->inode,
					 file->inode != 0),
			 SQL_INT(file->device), SQL_INT(CANDIDATES_MAX)),
		&rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct candidate candidate;
		int score;

		if (!candidate_read(saving, rows, &candidate))
			continue;
		score = candidate.same_audio * 2 +
			(strcmp(candidate.name, file->name) == 0);
		if (score > best && candidate_gone(saving->args, &candidate)) {
			best = score;
			saving->row = candidate.row;
			saving->moved = true;
		}
	}
	sql_end(rows);
	if (status == STATUS_OK && !unmoved && !saving->moved)
		known_add(&catalogue->unmoved, &copies);
	return status;
}

static enum status
find_row(struct saving *saving, struct fault *fault)
{
	const struct file_facts *file = saving->args->file;
	enum status status;

	status = folder_resolve(saving->catalogue, file->source_id,
				file->folder, &saving->folder_id, fault);
	if (status == STATUS_OK)
		status = file_state_find(saving->catalogue, saving->folder_id,
					 file->name, &saving->row, fault);
	if (status == STATUS_OK && saving->row.id == 0)
		status = find_moved(saving, fault);
	return status;
}

/* ---- texts ---------------------------------------------------------------- */

/* The file's name without its ending. */
static const char *
title_of_name(struct arena *arena, const char *name)
{
	const char *display = source_name_display(arena, name);
	const char *dot = strrchr(display, '.');
	size_t length = strlen(display);

	if (dot != NULL && dot != display)
		length = (size_t)(dot - display);
	return arena_copy_bytes(arena, display, length);
}

/* Names of one role with ", " between; NULL: none. */
static const char *
names_of_role(struct arena *arena, const struct media_facts *media,
	      enum credit_role role)
{
	const char *names = NULL;

	for (size_t i = 0; i < media->credit_count; i++)
		if (media->credits[i].role == role)
			names = names == NULL
					? media->credits[i].name
					: arena_print(arena, "%s, %s", names,
						      media->credits[i].name);
	return names;
}

static const char *
first_text(const char *a, const char *b, const char *c)
{
	return a != NULL ? a : b != NULL ? b : c;
}

static void
prepare_texts(struct saving *saving)
{
	const struct media_facts *media = saving->media;
	struct arena *arena = &saving->catalogue->arena;
	int32_t year = media->year != 0 ? media->year : media->original_year;

	saving->title = media->title;
	if (saving->title == NULL)
		saving->title = title_of_name(arena, saving->args->file->name);
	saving->artist = first_text(media->artist_text,
				    names_of_role(arena, media, CREDIT_MAIN),
				    media->album_artist_text);
	if (saving->artist == NULL)
		saving->artist = "";
	saving->composer = names_of_role(arena, media, CREDIT_COMPOSER);
	saving->lyrics = saving->args->lyrics;
	saving->lyrics_synced = saving->args->lyrics_synced;
	if (saving->lyrics == NULL) {
		saving->lyrics = media->lyrics;
		saving->lyrics_synced = media->lyrics_synced;
	}
	saving->track_no = (int32_t)media->track_no;
	saving->disc_no = (int32_t)media->disc_no;
	saving->year = year > 0 && year < YEAR_UNKNOWN_RANK ? year : 0;
}

/* ---- artists -------------------------------------------------------------- */

static void
link_artist(struct contribution *now, int64_t artist_id, enum credit_role role)
{
	for (size_t i = 0; i < now->artist_count; i++)
		if (now->artists[i].artist_id == artist_id &&
		    now->artists[i].role == (int32_t)role)
			return;
	if (now->artist_count < MEDIA_CREDITS_MAX)
		now->artists[now->artist_count++] =
			(struct track_link){ artist_id, (int32_t)role };
}

static void
add_album_artist(struct saving *saving, int64_t artist_id)
{
	for (size_t i = 0; i < saving->album_artist_count; i++)
		if (saving->album_artists[i] == artist_id)
			return;
	if (saving->album_artist_count < MEDIA_CREDITS_MAX)
		saving->album_artists[saving->album_artist_count++] = artist_id;
}

/* Adds one credit, of the track or of the album's cover. */
static enum status
add_credit(struct saving *saving, const char *name, const char *mbid,
	   enum credit_role role, struct fault *fault)
{
	struct known artist;
	enum status status =
		artist_resolve(saving->catalogue, name, mbid, &artist, fault);

	if (status != STATUS_OK || artist.id == 0)
		return status;
	if (role == CREDIT_ALBUM_MAIN) {
		add_album_artist(saving, artist.id);
		return STATUS_OK;
	}
	if (role == CREDIT_MAIN && saving->main_artist.id == 0)
		saving->main_artist = artist;
	link_artist(&saving->now, artist.id, role);
	return STATUS_OK;
}

/* Names by which people tag an album that belongs to nobody. */
static bool
name_means_various(struct arena *arena, const char *name)
{
	static const char *const names[] = {
		"various artists", "various", "va", "v.a.", "v/a",
		"разные исполнители", "разные артисты", "сборник",
	};
	const char *folded = fold_identity(arena, name);

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (strcmp(folded, names[i]) == 0)
			return true;
	return false;
}

static bool
has_role(const struct media_facts *media, enum credit_role role)
{
	for (size_t i = 0; i < media->credit_count; i++)
		if (media->credits[i].role == role)
			return true;
	return false;
}

/* Adds every credit of role `from` (or those with all other roles) as it is,
 * or as `as`. */
static enum status
add_credits(struct saving *saving, bool album, enum credit_role as_main,
	    struct fault *fault)
{
	const struct media_facts *media = saving->media;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < media->credit_count && status == STATUS_OK;
	     i++) {
		const struct media_credit *credit = &media->credits[i];

		if ((credit->role == CREDIT_ALBUM_MAIN) != album)
			continue;
		status = add_credit(saving, credit->name, credit->mbid,
				    album ? as_main : credit->role, fault);
	}
	return status;
}

static enum status
resolve_album_artists(struct saving *saving, struct fault *fault)
{
	const struct media_facts *media = saving->media;
	struct arena *arena = &saving->catalogue->arena;
	const char *text = first_text(
		media->album_artist_text,
		names_of_role(arena, media, CREDIT_ALBUM_MAIN), NULL);

	if (text == NULL)
		return STATUS_OK;
	if (name_means_various(arena, text)) {
		saving->various = true;
		return STATUS_OK;
	}
	if (has_role(media, CREDIT_ALBUM_MAIN))
		return add_credits(saving, true, CREDIT_ALBUM_MAIN, fault);
	return add_credit(saving, text, NULL, CREDIT_ALBUM_MAIN, fault);
}

/* The track's artists; without any, those of its album. */
static enum status
resolve_artists(struct saving *saving, struct fault *fault)
{
	const struct media_facts *media = saving->media;
	enum status status = resolve_album_artists(saving, fault);

	if (status == STATUS_OK && !has_role(media, CREDIT_MAIN)) {
		if (media->artist_text != NULL)
			status = add_credit(saving, media->artist_text, NULL,
					    CREDIT_MAIN, fault);
		else if (has_role(media, CREDIT_ALBUM_MAIN) &&
			 !saving->various)
			status = add_credits(saving, true, CREDIT_MAIN, fault);
		else if (media->album_artist_text != NULL && !saving->various)
			status = add_credit(saving, media->album_artist_text,
					    NULL, CREDIT_MAIN, fault);
	}
	if (status == STATUS_OK)
		status = add_credits(saving, false, CREDIT_MAIN, fault);
	return status;
}

/* ---- genres, album -------------------------------------------------------- */

static bool
genre_seen(const struct contribution *now, int64_t id)
{
	for (size_t i = 0; i < now->genre_count; i++)
		if (now->genres[i] == id)
			return true;
	return false;
}

static enum status
resolve_genres(struct saving *saving, struct fault *fault)
{
	const struct media_facts *media = saving->media;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < media->genre_count && status == STATUS_OK; i++) {
		struct known genre = { .id = 0 };

		status = genre_resolve(saving->catalogue, media->genres[i],
				       &genre, fault);
		if (status != STATUS_OK || genre.id == 0 ||
		    genre_seen(&saving->now, genre.id))
			continue;
		if (saving->main_genre.id == 0)
			saving->main_genre = genre;
		saving->now.genres[saving->now.genre_count++] = genre.id;
	}
	return status;
}

static enum status
resolve_album(struct saving *saving, struct fault *fault)
{
	const struct media_facts *media = saving->media;
	const struct file_facts *file = saving->args->file;
	struct album_wanted wanted = {
		.source_id = file->source_id,
		.folder = file->folder,
		.title = media->album,
		.mbid = media->mbid_release,
		.compilation = (media->compilation || saving->various) &&
			       saving->album_artist_count == 0,
		.main_artist_id = saving->main_artist.id,
		.artist_ids = saving->album_artists,
		.artist_count = saving->album_artist_count,
		.artist_text = media->album_artist_text,
		.moved_from_album_id = saving->moved ? saving->before.album_id
						     : 0,
		.saved_track_id = saving->row.track_id,
	};

	if (media->album == NULL)
		return STATUS_OK;
	if (wanted.artist_text == NULL)
		wanted.artist_text = first_text(
			names_of_role(&saving->catalogue->arena, media,
				      CREDIT_ALBUM_MAIN),
			"", NULL);
	return album_resolve(saving->catalogue, &wanted, &saving->album,
			     &saving->disc_no, fault);
}

/* ---- writing -------------------------------------------------------------- */

/* The sort key kept with an id, or what sorts after all. */
static struct sql_value
key_or_last(const struct known *known)
{
	if (known->id == 0)
		return sql_bytes("\xff", 1);
	return sql_bytes(known->sort_bytes, known->sort_length);
}

#define TRACK_VALUES 25

/* In the order of the two statements below. */
static void
track_values(const struct saving *saving, struct sql_value out[TRACK_VALUES])
{
	const struct media_facts *media = saving->media;
	struct catalogue *catalogue = saving->catalogue;
	const struct sql_value values[TRACK_VALUES] = {
		sql_text(saving->title),
		sql_span_bytes(sort_key_cut(&catalogue->arena, saving->title,
					    TITLE_KEY_BYTES)),
		sql_text(saving->artist),
		sql_id(saving->main_artist.id),
		key_or_last(&saving->main_artist),
		sql_id(saving->album.id),
		key_or_last(&saving->album),
		sql_id(saving->main_genre.id),
		sql_id(saving->args->cover_id),
		SQL_INT(saving->args->file->source_id),
		sql_text(first_text(media->codec, "", NULL)),
		SQL_INT(media->compilation || saving->various),
		SQL_INT(saving->track_no),
		SQL_INT(saving->disc_no),
		SQL_INT(saving->year),
		SQL_INT(saving->year == 0 ? YEAR_UNKNOWN_RANK : saving->year),
		SQL_INT(media->duration_ms),
		sql_text(saving->composer),
		sql_text(media->isrc),
		sql_text(media->mbid_recording),
		SQL_INT(saving->lyrics != NULL),
		media->tagged_tempo_bpm > 0
			? SQL_DOUBLE(media->tagged_tempo_bpm)
			: SQL_NULL,
		sql_text(media->tagged_key),
		SQL_INT(catalogue->now_ms),
		saving->track_id == 0 ? SQL_INT(catalogue->now_ms)
				      : SQL_INT(saving->track_id),
	};

	memcpy(out, values, sizeof values);
}

static enum status
write_track(struct saving *saving, struct fault *fault)
{
	struct store_session *session = saving->catalogue->session;
	struct sql_value values[TRACK_VALUES];

	track_values(saving, values);
	if (saving->track_id == 0)
		return sql_query_int(
			session,
			"insert into tracks (title, title_key, artist, "
			"artist_id, artist_key, album_id, album_key, genre_id, "
			"cover_id, source_id, codec, compilation, track_no, "
			"disc_no, year, year_rank, duration_ms, composer, isrc, "
			"mbid, has_lyrics, tempo, musical_key, updated_at, "
			"created_at, visible, popularity, play_count) "
			"values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
			"$12, $13, $14, $15, $16, $17, $18, $19, $20, $21, "
			"$22, $23, $24, $25, 1, 0, 0) returning id",
			values, TRACK_VALUES, &saving->track_id, fault);
	return sql_post(
		session,
		"update tracks set title = $1, title_key = $2, artist = $3, "
		"artist_id = $4, artist_key = $5, album_id = $6, "
		"album_key = $7, genre_id = $8, cover_id = $9, "
		"source_id = $10, codec = $11, compilation = $12, "
		"track_no = $13, disc_no = $14, year = $15, year_rank = $16, "
		"duration_ms = $17, composer = $18, isrc = $19, mbid = $20, "
		"has_lyrics = $21, tempo = coalesce($22, tempo), "
		"musical_key = coalesce($23, musical_key), updated_at = $24, "
		"visible = 1 - hidden where id = $25",
		values, TRACK_VALUES, fault);
}

#define FILE_VALUES 27

/* In the order of the two statements below. */
static void
file_values(const struct saving *saving, struct sql_value out[FILE_VALUES])
{
	const struct media_facts *media = saving->media;
	const struct file_facts *file = saving->args->file;
	const struct media_gain *track = &media->track_gain;
	const struct media_gain *album = &media->album_gain;
	int64_t now_ms = saving->catalogue->now_ms;
	const struct sql_value values[FILE_VALUES] = {
		SQL_INT(file->source_id),
		SQL_INT(saving->folder_id),
		sql_bytes(file->name, strlen(file->name)),
		SQL_INT(saving->track_id),
		SQL_INT(file->size_bytes),
		SQL_INT(file->modified_ns),
		SQL_INT(file->inode),
		SQL_INT(file->device),
		SQL_INT(file->beside_key),
		SQL_INT(saving->facts_key),
		sql_bytes(media->audio_key, FILE_AUDIO_KEY_BYTES),
		sql_text(media->container),
		sql_text(media->codec),
		SQL_INT(media->bitrate_bps),
		SQL_INT(media->sample_rate_hz),
		SQL_INT(media->channels),
		SQL_INT(media->bit_depth),
		sql_int_or_null(media->start_trim_samples,
				media->gapless_known),
		sql_int_or_null(media->end_trim_samples, media->gapless_known),
		track->known ? SQL_DOUBLE(track->gain_db) : SQL_NULL,
		track->known ? SQL_DOUBLE(track->peak) : SQL_NULL,
		album->known ? SQL_DOUBLE(album->gain_db) : SQL_NULL,
		album->known ? SQL_DOUBLE(album->peak) : SQL_NULL,
		sql_text(media->repairs),
		SQL_INT(now_ms),
		SQL_INT(FILE_OK),
		saving->row.id == 0 ? SQL_INT(now_ms) : SQL_INT(saving->row.id),
	};

	memcpy(out, values, sizeof values);
}

static enum status
write_file(struct saving *saving, struct fault *fault)
{
	struct store_session *session = saving->catalogue->session;
	struct sql_value values[FILE_VALUES];

	file_values(saving, values);
	if (saving->row.id == 0)
		return sql_query_int(
			session,
			"insert into files (source_id, folder_id, name, "
			"track_id, size_bytes, modified_ns, inode, device, "
			"beside_key, facts_key, audio_key, container, codec, "
			"bitrate_bps, sample_rate_hz, channels, bit_depth, "
			"gapless_start, gapless_end, track_gain_db, track_peak, "
			"album_gain_db, album_peak, repairs, updated_at, state, "
			"created_at) "
			"values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
			"$12, $13, $14, $15, $16, $17, $18, $19, $20, $21, "
			"$22, $23, $24, $25, $26, $27) returning id",
			values, FILE_VALUES, &saving->row.id, fault);
	return sql_post(
		session,
		"update files set source_id = $1, folder_id = $2, name = $3, "
		"track_id = $4, size_bytes = $5, modified_ns = $6, inode = $7, "
		"device = $8, beside_key = $9, facts_key = $10, "
		"audio_key = $11, container = $12, codec = $13, "
		"bitrate_bps = $14, sample_rate_hz = $15, channels = $16, "
		"bit_depth = $17, gapless_start = $18, gapless_end = $19, "
		"track_gain_db = $20, track_peak = $21, album_gain_db = $22, "
		"album_peak = $23, repairs = $24, updated_at = $25, "
		"state = $26, reason = null where id = $27",
		values, FILE_VALUES, fault);
}

static enum status
write_artist_links(struct catalogue *catalogue, const struct contribution *old,
		   const struct contribution *now, struct fault *fault)
{
	struct store_session *session = catalogue->session;
	enum status status = STATUS_OK;

	if (now->artist_count == old->artist_count &&
	    memcmp(now->artists, old->artists,
		   now->artist_count * sizeof now->artists[0]) == 0)
		return STATUS_OK;
	if (old->artist_count > 0)
		status = sql_post(session,
				  "delete from track_artists "
				  "where track_id = $1",
				  SQL_ARGS(SQL_INT(now->track_id)), fault);
	for (size_t i = 0; i < now->artist_count && status == STATUS_OK; i++)
		status = sql_post(session,
				  "insert into track_artists "
				  "(track_id, position, artist_id, role) "
				  "values ($1, $2, $3, $4)",
				  SQL_ARGS(SQL_INT(now->track_id), SQL_INT(i),
					   SQL_INT(now->artists[i].artist_id),
					   SQL_INT(now->artists[i].role)),
				  fault);
	return status;
}

static enum status
write_genre_links(struct catalogue *catalogue, const struct contribution *old,
		  const struct contribution *now, struct fault *fault)
{
	struct store_session *session = catalogue->session;
	enum status status = STATUS_OK;

	if (now->genre_count == old->genre_count &&
	    memcmp(now->genres, old->genres,
		   now->genre_count * sizeof now->genres[0]) == 0)
		return STATUS_OK;
	if (old->genre_count > 0)
		status = sql_post(session,
				  "delete from track_genres where track_id = $1",
				  SQL_ARGS(SQL_INT(now->track_id)), fault);
	for (size_t i = 0; i < now->genre_count && status == STATUS_OK; i++)
		status = sql_post(session,
				  "insert into track_genres "
				  "(track_id, position, genre_id) "
				  "values ($1, $2, $3)",
				  SQL_ARGS(SQL_INT(now->track_id), SQL_INT(i),
					   SQL_INT(now->genres[i])),
				  fault);
	return status;
}

enum status
links_write(struct catalogue *catalogue, const struct contribution *old,
	    const struct contribution *now, struct fault *fault)
{
	enum status status = write_artist_links(catalogue, old, now, fault);

	return status == STATUS_OK ?
		       write_genre_links(catalogue, old, now, fault) :
		       status;
}

static enum status
write_lyrics(struct saving *saving, bool is_new, struct fault *fault)
{
	struct store_session *session = saving->catalogue->session;

	if (saving->lyrics != NULL)
		return sql_post(session,
				"insert into lyrics (track_id, synced, text) "
				"values ($1, $2, $3) "
				"on conflict (track_id) do update "
				"set synced = excluded.synced, "
				"text = excluded.text",
				SQL_ARGS(SQL_INT(saving->track_id),
					 SQL_INT(saving->lyrics_synced),
					 sql_text(saving->lyrics)),
				fault);
	if (is_new)
		return STATUS_OK;
	return sql_post(session, "delete from lyrics where track_id = $1",
			SQL_ARGS(SQL_INT(saving->track_id)), fault);
}

static enum status
write_all(struct saving *saving, struct fault *fault)
{
	bool is_new = saving->track_id == 0;
	enum status status = write_track(saving, fault);

	if (status == STATUS_OK)
		status = write_file(saving, fault);
	saving->now.track_id = saving->track_id;
	if (status == STATUS_OK)
		status = links_write(saving->catalogue, &saving->before,
				     &saving->now, fault);
	if (status == STATUS_OK)
		status = write_lyrics(saving, is_new, fault);
	return status;
}

/* ---- the whole ------------------------------------------------------------ */

/* Same facts at the same path: only what stat() says is noted. */
static enum status
note_unchanged(struct saving *saving, struct fault *fault)
{
	return files_touch(saving->catalogue, saving->row.id,
			   saving->args->file, fault);
}

/* What the track added so far; taken out when it is visible. */
static enum status
take_out_before(struct saving *saving, struct fault *fault)
{
	enum status status;

	if (saving->row.track_id == 0)
		return STATUS_OK;
	status = contribution_load(saving->catalogue, saving->row.track_id,
				   &saving->before, fault);
	if (status == STATUS_OK)
		status = track_hidden(saving->catalogue->session,
				      saving->row.track_id, &saving->hidden,
				      fault);
	if (status == STATUS_OK && saving->row.state == FILE_OK &&
	    !saving->hidden)
		contribution_apply(saving->catalogue, &saving->before, -1);
	return status;
}

/* A person's word goes before the tags. */
static enum status
lay_edits_over(struct saving *saving, struct fault *fault)
{
	struct catalogue *catalogue = saving->catalogue;
	struct contribution *now = &saving->now;
	struct track_state *state =
		arena_new(&catalogue->arena, struct track_state, 1);
	enum status status;

	if (!catalogue->edited)
		return STATUS_OK;
	*state = (struct track_state){
		.title = saving->title,
		.artist = saving->artist,
		.composer = saving->composer,
		.artist_count = now->artist_count,
		.genre_count = now->genre_count,
		.album_id = saving->album.id,
		.track_no = saving->track_no,
		.disc_no = saving->disc_no,
		.year = saving->year,
	};
	memcpy(state->artists, now->artists, sizeof state->artists);
	memcpy(state->genres, now->genres, sizeof state->genres);
	status = track_state_edit(catalogue, saving->row.track_id, state,
				  fault);
	if (status == STATUS_OK)
		status = known_artist(catalogue,
				      links_main_artist(state->artists,
							state->artist_count),
				      &saving->main_artist, fault);
	if (status == STATUS_OK)
		status = known_album(catalogue, state->album_id,
				     &saving->album, fault);
	if (status != STATUS_OK)
		return status;
	saving->title = state->title;
	saving->artist = state->artist;
	saving->composer = state->composer;
	saving->track_no = state->track_no;
	saving->disc_no = state->disc_no;
	saving->year = state->year;
	saving->main_genre.id = state->genre_count > 0 ? state->genres[0] : 0;
	now->artist_count = state->artist_count;
	now->genre_count = state->genre_count;
	memcpy(now->artists, state->artists, sizeof now->artists);
	memcpy(now->genres, state->genres, sizeof now->genres);
	return STATUS_OK;
}

static enum save_result
result_of(const struct saving *saving, const struct file_state_row *stored)
{
	if (saving->moved)
		return SAVE_MOVED;
	if (stored->track_id == 0)
		return SAVE_ADDED;
	return stored->state == FILE_OK ? SAVE_UPDATED : SAVE_RESTORED;
}

static enum status
save_changed(struct saving *saving, struct fault *fault)
{
	const struct file_facts *file = saving->args->file;
	struct file_state_row stored = saving->row;
	struct catalogue *catalogue = saving->catalogue;
	enum status status = take_out_before(saving, fault);

	if (status == STATUS_OK)
		status = resolve_artists(saving, fault);
	if (status == STATUS_OK)
		status = resolve_genres(saving, fault);
	if (status == STATUS_OK)
		status = resolve_album(saving, fault);
	if (status == STATUS_OK)
		status = lay_edits_over(saving, fault);
	if (status != STATUS_OK)
		return status;
	saving->track_id = stored.track_id;
	status = write_all(saving, fault);
	if (status != STATUS_OK)
		return status;
	if (stored.id != 0)
		file_count(catalogue, stored.source_id, stored.folder_id,
			   stored.state, -1);
	file_count(catalogue, file->source_id, saving->folder_id, FILE_OK, 1);
	saving->now.album_id = saving->album.id;
	saving->now.duration_ms = saving->media->duration_ms;
	saving->now.size_bytes = file->size_bytes;
	if (!saving->hidden)
		contribution_apply(catalogue, &saving->now, 1);
	return track_follow_album(catalogue, saving->track_id,
				  saving->album.id, fault);
}

enum status
tracks_save(struct catalogue *catalogue, const struct save_args *args,
	    struct save_outcome *out, struct fault *fault)
{
	struct saving *saving = arena_new(&catalogue->arena, struct saving, 1);
	enum save_result result = SAVE_UNCHANGED;
	enum status status;

	assert(catalogue->session != NULL);
	saving->catalogue = catalogue;
	saving->args = args;
	saving->media = args->media;
	prepare_texts(saving);
	saving->facts_key = facts_key_of(saving);
	status = find_row(saving, fault);
	if (status != STATUS_OK)
		return status;
	if (!saving->moved && saving->row.state == FILE_OK &&
	    saving->row.id != 0 && saving->row.facts_key == saving->facts_key) {
		saving->track_id = saving->row.track_id;
		status = note_unchanged(saving, fault);
	} else {
		struct file_state_row stored = saving->row;

		status = save_changed(saving, fault);
		result = result_of(saving, &stored);
	}
	if (status == STATUS_OK && out != NULL)
		*out = (struct save_outcome){ .result = result,
					      .file_id = saving->row.id,
					      .track_id = saving->track_id };
	return status;
}
