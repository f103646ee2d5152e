/* track_analysis.h - what was heard in the sound of each track.
 *
 * One row a track, of the version of the analyser that made it and of the sound
 * that it heard (files.audio_key): a track without such a row is work to do, so
 * the rows themselves are the progress. What lists and filters need is copied to
 * the track: loudness, energy, valence, danceability, and tempo and key where no
 * tag gave them.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_TRACK_ANALYSIS_H
#define OGMA_LIBRARY_TRACK_ANALYSIS_H

#include <stdint.h>

#include "driver/store.h"
#include "library/tracks.h"
#include "media/analysis.h"

/* Under these, what was heard is not shown as the track's. */
#define TEMPO_SURE 0.10
#define KEY_SURE 0.40
#define GENRE_SURE 0.70

/* Visible tracks after `after_id` that have no row of this version and of their
 * present sound, or one from before `since_ms`, in order of id. */
enum status analysis_pending(struct store_session *session, uint32_t version,
			     int64_t since_ms, int64_t after_id,
			     uint32_t limit, struct arena *arena,
			     int64_t **ids, size_t *count,
			     struct fault *fault);

/* How many there are. */
enum status analysis_waiting(struct store_session *session, uint32_t version,
			     int64_t since_ms, int64_t *out,
			     struct fault *fault);

/* How many tracks there are, and how many of them are done. */
struct analysis_totals {
	int64_t tracks, done, failed;
};
enum status analysis_count(struct store_session *session, uint32_t version,
			   struct analysis_totals *out, struct fault *fault);

/* Writes the row of a track and what is copied. `heard` NULL: the sound could not
 * be heard because of `error`. STATUS_NOT_FOUND: the track is gone. */
enum status analysis_save(struct store_session *session, int64_t track_id,
			  uint32_t version, const struct media_analysis *heard,
			  const char *error, int64_t now_ms,
			  struct fault *fault);

struct analysis_row {
	uint32_t version;
	int64_t analysed_at_ms;
	const char *error; /* NULL: it was heard */
	struct optional_double loudness_lufs, loudness_range_lu,
		true_peak_dbtp, tempo, other_tempo, tempo_confidence,
		key_confidence, energy, valence, danceability;
	double start_silence_ms, end_silence_ms;
	const char *key;
	struct media_genre_guess genres[MEDIA_GENRE_GUESSES];
	size_t genre_count;
};

/* STATUS_NOT_FOUND: no such visible track, or it was not heard yet. */
enum status analysis_get(struct store_session *session, int64_t track_id,
			 struct arena *arena, struct analysis_row *out,
			 struct fault *fault);

struct analysis_waveform {
	struct span points; /* peak and root mean square by turns, bytes */
	int64_t samples;
	uint32_t sample_rate_hz;
};

/* STATUS_NOT_FOUND: no such visible track, or it was not heard yet. */
enum status analysis_waveform(struct store_session *session, int64_t track_id,
			      struct arena *arena,
			      struct analysis_waveform *out,
			      struct fault *fault);

#endif /* OGMA_LIBRARY_TRACK_ANALYSIS_H */
