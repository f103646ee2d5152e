/* track_analysis.c - see track_analysis.h. */
#include "library/track_analysis.h"

#include <math.h>
#include <string.h>

#include "library/page_private.h"
#include "library/track_sounds.h"

#define PENDING \
	"from files f join tracks t on t.id = f.track_id " \
	"left join track_analysis a on a.track_id = f.track_id " \
	"where f.track_id > $3 and f.state = 0 and t.visible = 1 " \
	"and (a.track_id is null or a.version < $1 or a.analysed_at < $2 or " \
	"a.audio_key <> coalesce(f.audio_key, a.audio_key)) "

enum status
analysis_waiting(struct store_session *session, uint32_t version,
		 int64_t since_ms, int64_t *out, struct fault *fault)
{
	return sql_query_int(session, "select count(*) " PENDING,
			     SQL_ARGS(SQL_INT(version), SQL_INT(since_ms),
				      SQL_INT(0)),
			     out, fault);
}

enum status
analysis_pending(struct store_session *session, uint32_t version,
		 int64_t since_ms, int64_t after_id, uint32_t limit,
		 struct arena *arena, int64_t **ids, size_t *count,
		 struct fault *fault)
{
	int64_t *found = arena_new(arena, int64_t, limit);
	struct store_rows *rows;
	size_t n = 0;
	enum status status;

	status = sql_query(
		session,
		"select f.track_id " PENDING "order by f.track_id limit $4",
		SQL_ARGS(SQL_INT(version), SQL_INT(since_ms),
			 SQL_INT(after_id), SQL_INT(limit)),
		&rows, fault);
	while (status == STATUS_OK && n < limit &&
	       sql_next(rows, &status, fault))
		found[n++] = sql_column_int(rows, 0);
	sql_end(rows);
	if (status == STATUS_OK) {
		*ids = found;
		*count = n;
	}
	return status;
}

enum status
analysis_count(struct store_session *session, uint32_t version,
	       struct analysis_totals *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		"select count(*), "
		"count(case when a.version >= $1 then 1 end), "
		"count(case when a.version >= $1 and a.error is not null "
		"then 1 end) from tracks t "
		"left join track_analysis a on a.track_id = t.id "
		"where t.visible = 1",
		SQL_ARGS(SQL_INT(version)), &rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = (struct analysis_totals){
			.tracks = sql_column_int(rows, 0),
			.done = sql_column_int(rows, 1),
			.failed = sql_column_int(rows, 2),
		};
	sql_end(rows);
	return status;
}

/* ---- saving --------------------------------------------------------------- */

static struct sql_value
known(bool is_known, double value)
{
	/* more digits would promise what nobody heard */
	return is_known ? SQL_DOUBLE(round(value * 1e4) / 1e4) : SQL_NULL;
}

/* "Rock 0.81\nMetal 0.12\nPop 0.04\n" */
static struct sql_value
genres_print(const struct media_analysis *heard, struct buffer *out)
{
	for (size_t i = 0; i < MEDIA_GENRE_GUESSES; i++)
		if (heard->genres[i].name != NULL)
			buffer_print(out, "%s %.4f\n", heard->genres[i].name,
				     heard->genres[i].probability);
	return sql_text(out->length > 0 ? out->bytes : "");
}

static struct sql_value
features_print(const struct media_analysis *heard, struct buffer *out)
{
	buffer_add(out, heard->feature_means, sizeof heard->feature_means);
	buffer_add(out, heard->feature_variances,
		   sizeof heard->feature_variances);
	buffer_add(out, heard->chroma, sizeof heard->chroma);
	return sql_bytes(out->bytes, out->length);
}

/* Before the row is written anew: a tempo or a key that is the one heard before
 * is no tag's. */
static enum status
track_copy(struct store_session *session, int64_t track_id,
	   const struct media_analysis *heard, struct fault *fault)
{
	bool tempo_sure = heard->tempo_known &&
			  heard->tempo_confidence >= TEMPO_SURE;
	bool key_sure = heard->key != NULL && heard->key_confidence >= KEY_SURE;

	return sql_post(
		session,
		"update tracks set loudness_lufs = $2, energy = $3, "
		"valence = $4, danceability = $5, "
		"tempo = case when tempo is null or tempo = (select a.tempo "
		"from track_analysis a where a.track_id = $1) "
		"then $6 else tempo end, "
		"musical_key = case when musical_key is null or "
		"musical_key = (select a.musical_key from track_analysis a "
		"where a.track_id = $1) then $7 else musical_key end "
		"where id = $1",
		SQL_ARGS(SQL_INT(track_id),
			 known(heard->loudness_known, heard->loudness_lufs),
			 known(heard->mood_known, heard->energy),
			 known(heard->mood_known, heard->valence),
			 known(heard->danceability_known,
			       heard->danceability),
			 known(tempo_sure, heard->tempo_bpm),
			 key_sure ? sql_text(heard->key) : SQL_NULL),
		fault);
}

static enum status
row_write(struct store_session *session, int64_t track_id, uint32_t version,
	  const struct media_analysis *heard, const char *error,
	  struct span key, struct buffer *genres, struct buffer *features,
	  int64_t now_ms, struct fault *fault)
{
	bool fine = error == NULL;
	enum status status;
	const struct sql_value values[] = {
		SQL_INT(track_id),
		SQL_INT(version),
		sql_bytes(key.at, key.length),
		SQL_INT(now_ms),
		sql_text(error),
		known(heard->loudness_known, heard->loudness_lufs),
		known(heard->loudness_known, heard->loudness_range_lu),
		known(fine, heard->true_peak_dbtp),
		SQL_INT(heard->sample_rate_hz),
		SQL_INT((int64_t)heard->samples),
		SQL_INT((int64_t)heard->start_silence_samples),
		SQL_INT((int64_t)heard->end_silence_samples),
		known(heard->tempo_known, heard->tempo_bpm),
		known(heard->tempo_known, heard->other_tempo_bpm),
		known(heard->tempo_known, heard->tempo_confidence),
		sql_text(heard->key),
		known(heard->key != NULL, heard->key_confidence),
		known(heard->mood_known, heard->energy),
		known(heard->mood_known, heard->valence),
		known(heard->danceability_known, heard->danceability),
		sql_text(heard->genres[0].name),
		known(heard->genres[0].name != NULL,
		      heard->genres[0].probability),
		fine ? genres_print(heard, genres) : SQL_NULL,
		fine ? features_print(heard, features) : SQL_NULL,
		fine ? sql_bytes(heard->waveform.at, heard->waveform.length) :
		       SQL_NULL,
		heard->fingerprint.length > 0 ?
			sql_bytes(heard->fingerprint.at,
				  heard->fingerprint.length) :
			SQL_NULL,
	};

	status = sql_exec(session,
			  "delete from track_analysis where track_id = $1",
			  SQL_ARGS(SQL_INT(track_id)), NULL, fault);
	if (status == STATUS_OK)
		status = sql_post(
			session,
			"insert into track_analysis (track_id, version, "
			"audio_key, analysed_at, error, loudness_lufs, "
			"loudness_range_lu, true_peak_dbtp, sample_rate_hz, "
			"samples, start_silence_samples, "
			"end_silence_samples, tempo, other_tempo, "
			"tempo_confidence, musical_key, key_confidence, "
			"energy, valence, danceability, genre, "
			"genre_confidence, genres, features, waveform, "
			"fingerprint) values ($1, $2, $3, $4, $5, $6, $7, $8, "
			"$9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
			"$19, $20, $21, $22, $23, $24, $25, $26)",
			values, ARRAY_LENGTH(values), fault);
	return status;
}

/* The sound that the track's file has now. */
static enum status
audio_key_read(struct store_session *session, int64_t track_id,
	       uint8_t *room, size_t room_bytes, struct span *out,
	       struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		"select f.audio_key from files f where f.track_id = $1",
		SQL_ARGS(SQL_INT(track_id)), &rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct span key = sql_column_span(rows, 0);

		if (key.length > room_bytes)
			key.length = room_bytes;
		if (key.length > 0)
			memcpy(room, key.at, key.length);
		*out = (struct span){ (const char *)room, key.length };
	} else if (status == STATUS_OK) {
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "track %lld has no file",
				   (long long)track_id);
	}
	sql_end(rows);
	return status;
}

enum status
analysis_save(struct store_session *session, int64_t track_id,
	      uint32_t version, const struct media_analysis *heard,
	      const char *error, int64_t now_ms, struct fault *fault)
{
	const struct media_analysis nothing = { 0 };
	uint8_t room[64];
	struct span key = { 0 };
	struct buffer genres, features;
	enum status status;

	buffer_init(&genres, 0);
	buffer_init(&features, 0);
	status = audio_key_read(session, track_id, room, sizeof room, &key,
				fault);
	if (status == STATUS_OK && heard != NULL)
		status = track_copy(session, track_id, heard, fault);
	if (status == STATUS_OK)
		status = row_write(session, track_id, version,
				   heard != NULL ? heard : &nothing,
				   heard != NULL ? NULL : error, key, &genres,
				   &features, now_ms, fault);
	if (status == STATUS_OK)
		status = track_sounds_put(session, track_id, heard, now_ms,
					  fault);
	buffer_release(&genres);
	buffer_release(&features);
	return status;
}

/* ---- reading -------------------------------------------------------------- */

static struct optional_double
number_read(struct store_rows *rows, int column)
{
	return (struct optional_double){
		.known = !sql_column_null(rows, column),
		.value = sql_column_double(rows, column),
	};
}

/* The lines of genres_print(). */
static void
genres_read(const char *text, struct arena *arena, struct analysis_row *out)
{
	struct span rest = span_of(text == NULL ? "" : text), line;

	while (out->genre_count < MEDIA_GENRE_GUESSES &&
	       span_next(&rest, '\n', &line)) {
		char *name = arena_copy_bytes(arena, line.at, line.length);
		char *number = strrchr(name, ' ');
		double value;

		if (number == NULL)
			continue;
		*number++ = '\0';
		if (!span_to_double(span_of(number), &value))
			continue;
		out->genres[out->genre_count++] =
			(struct media_genre_guess){ name, value };
	}
}

static void
row_read(struct store_rows *rows, struct arena *arena,
	 void *thing)
{
	struct analysis_row *out = thing;
	double rate = fmax(sql_column_double(rows, 3), 1) / 1000;

	*out = (struct analysis_row){
		.version = (uint32_t)sql_column_int(rows, 0),
		.analysed_at_ms = sql_column_int(rows, 1),
		.error = sql_column_text(rows, 2, arena),
		.start_silence_ms = sql_column_double(rows, 4) / rate,
		.end_silence_ms = sql_column_double(rows, 5) / rate,
		.loudness_lufs = number_read(rows, 6),
		.loudness_range_lu = number_read(rows, 7),
		.true_peak_dbtp = number_read(rows, 8),
		.tempo = number_read(rows, 9),
		.other_tempo = number_read(rows, 10),
		.tempo_confidence = number_read(rows, 11),
		.key = sql_column_text(rows, 12, arena),
		.key_confidence = number_read(rows, 13),
		.energy = number_read(rows, 14),
		.valence = number_read(rows, 15),
		.danceability = number_read(rows, 16),
	};
	genres_read(sql_column_text(rows, 17, arena), arena, out);
}

enum status
analysis_get(struct store_session *session, int64_t track_id,
	     struct arena *arena, struct analysis_row *out,
	     struct fault *fault)
{
	enum status status = tracks_kept(session, track_id, &track_id, fault);

	if (status != STATUS_OK)
		return status;
	return row_find(
		session,
		"select a.version, a.analysed_at, a.error, a.sample_rate_hz, "
		"a.start_silence_samples, a.end_silence_samples, "
		"a.loudness_lufs, a.loudness_range_lu, a.true_peak_dbtp, "
		"a.tempo, a.other_tempo, a.tempo_confidence, a.musical_key, "
		"a.key_confidence, a.energy, a.valence, a.danceability, "
		"a.genres from track_analysis a "
		"join tracks t on t.id = a.track_id "
		"where a.track_id = $1 and t.visible = 1",
		SQL_ARGS(SQL_INT(track_id)), row_read, arena, out, fault,
		"track %lld was not analysed yet", (long long)track_id);
}

enum status
analysis_waveform(struct store_session *session, int64_t track_id,
		  struct arena *arena, struct analysis_waveform *out,
		  struct fault *fault)
{
	struct store_rows *rows;
	enum status status = tracks_kept(session, track_id, &track_id, fault);

	if (status != STATUS_OK)
		return status;
	status = sql_query(
		session,
		"select a.waveform, a.samples, a.sample_rate_hz "
		"from track_analysis a join tracks t on t.id = a.track_id "
		"where a.track_id = $1 and t.visible = 1 "
		"and a.waveform is not null",
		SQL_ARGS(SQL_INT(track_id)), &rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct span points = sql_column_span(rows, 0);

		*out = (struct analysis_waveform){
			.points = { arena_copy_bytes(arena, points.at,
						     points.length),
				    points.length },
			.samples = sql_column_int(rows, 1),
			.sample_rate_hz = (uint32_t)sql_column_int(rows, 2),
		};
	} else if (status == STATUS_OK) {
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "track %lld has no waveform yet",
				   (long long)track_id);
	}
	sql_end(rows);
	return status;
}
