/* facts.h - what an audio file says of itself.
 *
 * Filled by media_probe() in a sandboxed child process, used by library/ to
 * store a track. All text is UTF-8, trimmed, never empty (NULL instead), and
 * lives in the arena given to the probe.
 *
 * Floor: 1 (media). Includes base/ only.
 */
#ifndef OGMA_MEDIA_FACTS_H
#define OGMA_MEDIA_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/text.h"

enum credit_role {
	CREDIT_MAIN,
	CREDIT_FEATURED,
	CREDIT_COMPOSER,
	CREDIT_CONDUCTOR,
	CREDIT_REMIXER,
	CREDIT_PERFORMER,
	CREDIT_LYRICIST,
	CREDIT_PRODUCER,
	CREDIT_ALBUM_MAIN, /* credited for the album, not for the track */
};

struct media_credit {
	const char *name;
	enum credit_role role;
	const char *mbid; /* MusicBrainz artist id, or NULL */
};

#define MEDIA_CREDITS_MAX 64
#define MEDIA_GENRES_MAX 16

struct media_gain { /* ReplayGain 2.0; R128 tags are converted */
	bool known;
	double gain_db;
	double peak; /* linear, 0 when unknown */
};

struct media_facts {
	/* stream */
	const char *container; /* "mp3", "flac", "mp4", "ogg", "wav", … */
	const char *codec;     /* "mp3", "flac", "aac", "alac", "vorbis", … */
	int64_t duration_ms;
	uint32_t bitrate_bps;
	uint32_t sample_rate_hz;
	uint32_t channels;
	uint32_t bit_depth;   /* 0 for lossy codecs */

	/* Samples of the decoder's output to drop at each end, at
	 * sample_rate_hz. Known: from a LAME header, iTunSMPB, an edit list or
	 * Opus' pre-skip and last granule; 0 and 0 where the format is exact
	 * by itself (lossless, Vorbis). duration_ms is what remains. */
	bool gapless_known;
	uint32_t start_trim_samples; /* encoder and decoder delay */
	uint32_t end_trim_samples;   /* padding */

	/* The same audio gives the same key whatever its tags and name are:
	 * SHA-256 over codec, parameters and the first encoded packets (FLAC:
	 * the MD5 of the decoded audio when the file has it). */
	uint8_t audio_key[SHA256_BYTES];

	/* tags */
	const char *title;
	const char *artist_text; /* as tagged, for display */
	const char *album;
	const char *album_artist_text;
	struct media_credit credits[MEDIA_CREDITS_MAX];
	size_t credit_count;
	const char *genres[MEDIA_GENRES_MAX];
	size_t genre_count;
	uint32_t track_no, track_total, disc_no, disc_total; /* 0: unknown */
	const char *disc_title;
	int32_t year, original_year; /* 0: unknown */
	const char *comment;
	const char *isrc;
	const char *mbid_recording, *mbid_release, *mbid_release_group;
	bool compilation;
	double tagged_tempo_bpm; /* 0: none */
	const char *tagged_key;
	struct media_gain track_gain, album_gain;
	const char *lyrics; /* plain, or LRC when lyrics_synced */
	bool lyrics_synced;

	/* The front cover, or the first picture. `picture` is empty when there
	 * is none or its bytes were not asked for (media_probe_args).
	 * picture_hash is over the length and three slices of the bytes: cheap,
	 * and enough to tell that it is the picture seen before; storage uses
	 * the SHA-256 of the bytes. */
	bool has_picture;
	uint8_t picture_hash[SHA256_BYTES];
	uint64_t picture_bytes; /* length of the picture in the file */
	struct span picture;
	const char *picture_type; /* "image/jpeg", "image/png", … */

	/* repairs that were made, for the person who wonders: "title, artist:
	 * read as Windows-1251" */
	const char *repairs;
};

#endif /* OGMA_MEDIA_FACTS_H */
