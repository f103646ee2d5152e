/* track_sounds.c - see track_sounds.h. */
#include "library/track_sounds.h"

#include <stdlib.h>
#include <string.h>

#include "library/track_analysis.h"

/* ---- making --------------------------------------------------------------- */

static enum status
row_write(struct store_session *session, int64_t track_id,
	  const struct sound_facts *facts, int64_t now_ms, struct fault *fault)
{
	uint8_t codes[SOUND_CODES];
	enum status status = sql_exec(
		session, "delete from track_sounds where track_id = $1",
		SQL_ARGS(SQL_INT(track_id)), NULL, fault);

	if (status != STATUS_OK || facts == NULL || !sound_make(facts, codes))
		return status;
	return sql_exec(session,
			"insert into track_sounds (track_id, version, made_at, "
			"codes) values ($1, $2, $3, $4)",
			SQL_ARGS(SQL_INT(track_id), SQL_INT(SOUND_VERSION),
				 SQL_INT(now_ms),
				 sql_bytes(codes, sizeof codes)),
			NULL, fault);
}

enum status
track_sounds_put(struct store_session *session, int64_t track_id,
		 const struct media_analysis *heard, int64_t now_ms,
		 struct fault *fault)
{
	struct sound_facts facts;

	if (heard == NULL)
		return row_write(session, track_id, NULL, now_ms, fault);
	facts = (struct sound_facts){
		.means = heard->feature_means,
		.variances = heard->feature_variances,
		.chroma = heard->chroma,
		.tempo_bpm = heard->tempo_known &&
					     heard->tempo_confidence >=
						     TEMPO_SURE ?
				     heard->tempo_bpm :
				     0,
		.mood_known = heard->mood_known,
		.energy = heard->energy,
		.valence = heard->valence,
	};
	return row_write(session, track_id, &facts, now_ms, fault);
}

struct heard_before { /* as analysis_save() keeps it */
	int64_t track_id;
	double features[2 * MEDIA_FEATURES + 12];
	struct sound_facts facts;
};

static void
heard_before_read(struct store_rows *rows, struct heard_before *out)
{
	struct span features = sql_column_span(rows, 1);

	out->track_id = sql_column_int(rows, 0);
	memset(out->features, 0, sizeof out->features);
	if (features.length == sizeof out->features)
		memcpy(out->features, features.at, features.length);
	out->facts = (struct sound_facts){
		.means = out->features,
		.variances = out->features + MEDIA_FEATURES,
		.chroma = out->features + 2 * (size_t)MEDIA_FEATURES,
		.tempo_bpm = sql_column_double(rows, 3) >= TEMPO_SURE ?
				     sql_column_double(rows, 2) :
				     0,
		.mood_known = !sql_column_null(rows, 4),
		.energy = sql_column_double(rows, 4),
		.valence = sql_column_double(rows, 5),
	};
}

enum status
track_sounds_make(struct store_session *session, int64_t *after_id,
		  uint32_t limit, int64_t now_ms, bool *more,
		  struct fault *fault)
{
	struct heard_before *found = mem_new(limit, sizeof *found);
	struct store_rows *rows;
	size_t count = 0;
	enum status status = sql_query(
		session,
		"select a.track_id, a.features, a.tempo, a.tempo_confidence, "
		"a.energy, a.valence from track_analysis a "
		"left join track_sounds s on s.track_id = a.track_id "
		"where a.track_id > $1 and a.features is not null "
		"and (s.track_id is null or s.version < $2) "
		"order by a.track_id limit $3",
		SQL_ARGS(SQL_INT(*after_id), SQL_INT(SOUND_VERSION),
			 SQL_INT(limit)),
		&rows, fault);

	while (status == STATUS_OK && count < limit &&
	       sql_next(rows, &status, fault))
		heard_before_read(rows, &found[count++]);
	sql_end(rows);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = row_write(session, found[i].track_id, &found[i].facts,
				   now_ms, fault);
	if (status == STATUS_OK) {
		*more = count == limit;
		if (count > 0)
			*after_id = found[count - 1].track_id;
	}
	free(found);
	return status;
}

/* ---- reading -------------------------------------------------------------- */

static enum status
sounds_read(struct store_rows *rows, uint32_t limit, struct arena *arena,
	    struct track_sound **out, size_t *count, struct fault *fault)
{
	struct track_sound *found = arena_new(arena, struct track_sound, limit);
	enum status status = STATUS_OK;
	size_t n = 0;

	while (n < limit && sql_next(rows, &status, fault)) {
		struct span codes = sql_column_span(rows, 2);

		if (codes.length != SOUND_CODES)
			continue;
		found[n].track_id = sql_column_int(rows, 0);
		found[n].made_at_ms = sql_column_int(rows, 1);
		memcpy(found[n++].codes, codes.at, SOUND_CODES);
	}
	sql_end(rows);
	*out = found;
	*count = n;
	return status;
}

#define COLUMNS                                                              \
	"select s.track_id, s.made_at, s.codes from track_sounds s "         \
	"join tracks t on t.id = s.track_id where t.visible = 1 and "

enum status
track_sounds_page(struct store_session *session, int64_t after_id,
		  uint32_t limit, struct arena *arena,
		  struct track_sound **out, size_t *count, struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		COLUMNS "s.track_id > $1 order by s.track_id limit $2",
		SQL_ARGS(SQL_INT(after_id), SQL_INT(limit)), &rows, fault);

	return status == STATUS_OK ? sounds_read(rows, limit, arena, out, count,
						 fault) :
				     status;
}

enum status
track_sounds_since(struct store_session *session, int64_t made_at_ms,
		   int64_t after_id, uint32_t limit, struct arena *arena,
		   struct track_sound **out, size_t *count, struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		COLUMNS "(s.made_at > $1 or (s.made_at = $1 and "
			"s.track_id > $2)) order by s.made_at, s.track_id "
			"limit $3",
		SQL_ARGS(SQL_INT(made_at_ms), SQL_INT(after_id),
			 SQL_INT(limit)),
		&rows, fault);

	return status == STATUS_OK ? sounds_read(rows, limit, arena, out, count,
						 fault) :
				     status;
}

enum status
track_sounds_visible(struct store_session *session, int64_t track_id, bool *out,
		     struct fault *fault)
{
	int64_t visible = 0;
	enum status status = sql_query_int(
		session,
		"select count(*) from tracks where id = $1 and visible = 1",
		SQL_ARGS(SQL_INT(track_id)), &visible, fault);

	if (status == STATUS_OK)
		*out = visible != 0;
	return status;
}
