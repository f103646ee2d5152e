/* tracks.h - what Ogma remembers of each track, for reading.
 *
 * Only visible tracks are here: those whose file is not missing or rejected.
 * Tracks change through library/catalogue.h.
 *
 * Floor: 3 (library). Threads: as the session. All results are arena-owned.
 */
#ifndef OGMA_LIBRARY_TRACKS_H
#define OGMA_LIBRARY_TRACKS_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"
#include "library/genres.h"
#include "library/page.h"
#include "media/facts.h"

/* A picture; 0 in id: none. `version` goes into URLs as ?v=. */
struct cover_ref {
	int64_t id;
	char version[9];
};

struct credit {
	int64_t id; /* the artist's */
	const char *name;
	enum credit_role role;
};

/* "main", "featured", …; CREDIT_ALBUM_MAIN is "main" too. */
const char *credit_role_name(enum credit_role role);
bool credit_role_parse(const char *name, enum credit_role *out);

/* A number that may be unknown. */
struct optional_double {
	bool known;
	double value;
};

struct track {
	int64_t id;
	const char *title;
	const char *artist; /* as tagged, for display; "" when unknown */
	int64_t artist_id;  /* first main artist; 0: none */
	const struct credit *artists;
	size_t artist_count;
	const char *album; /* NULL: none */
	int64_t album_id;  /* 0: none */
	const char *album_artist; /* NULL: none */
	const struct genre_ref *genres; /* main genre first */
	size_t genre_count;
	/* What it sounds like, when nobody says and it is sure enough. */
	const char *genre_guess; /* NULL: none */
	double genre_guess_confidence;
	int64_t duration_ms;
	int32_t track_no, disc_no, year; /* 0: unknown */
	struct optional_double tempo, energy, valence, danceability,
		loudness_lufs;
	const char *key; /* NULL: unknown */
	int64_t popularity, play_count;
	struct cover_ref cover; /* its own, else its album's */
	const char *source_kind; /* "folder" */
	int64_t source_id;
	const char *container, *codec;
	int64_t bitrate_bps;
	int32_t sample_rate_hz, channels, bit_depth; /* 0: unknown */
	int64_t size_bytes;
	bool gapless_known;
	int64_t gapless_start_samples, gapless_end_samples;
	struct media_gain track_gain, album_gain;
	const char *composer; /* names, ", " between; NULL: unknown */
	bool has_lyrics;
	int64_t created_at_ms, updated_at_ms;
};

enum track_sort {
	TRACKS_BY_TITLE,
	TRACKS_BY_CREATED_DESC,
	TRACKS_BY_POPULARITY_DESC,
	TRACKS_BY_YEAR,      /* unknown years last */
	TRACKS_BY_YEAR_DESC, /* unknown years last */
	TRACKS_BY_DURATION,
	TRACKS_BY_ARTIST, /* then album, disc and number */
	TRACKS_BY_ALBUM,  /* then disc and number */
};
#define TRACK_SORTS 8

/* "title", "-created_at", …; false on any other name. */
bool track_sort_parse(const char *name, enum track_sort *out);

/* All that is not 0 or NULL must hold together. */
struct track_filter {
	const char *genre; /* by name, folded */
	int64_t genre_id;
	int64_t artist_id; /* in any role */
	int64_t album_id;
	int32_t year, year_min, year_max;
	/* unknown: no bound; a bound leaves out tracks without a number */
	struct optional_double tempo_min, tempo_max, energy_min, energy_max,
		valence_min, valence_max;
	const char *codec;
	const char *source; /* kind */
	int64_t source_id;
};

struct track_list {
	struct track *items;
	size_t count;
	struct page_info page;
};

/* STATUS_INVALID with field "limit", "offset" or "cursor". An unknown id or
 * name in the filter gives an empty list. */
enum status tracks_list(struct store_session *session,
			const struct track_filter *filter,
			enum track_sort sort, const struct page_request *page,
			struct arena *arena, struct track_list *out,
			struct fault *fault);

/* STATUS_NOT_FOUND when there is no visible track of this id. The id of one that
 * was merged into another (library/duplicates.h) gives the kept one, here and in
 * tracks_get_many(). */
enum status tracks_get(struct store_session *session, int64_t id,
		       struct arena *arena, struct track *out,
		       struct fault *fault);

/* Hidden ones too, and those whose file is away. */
enum status tracks_get_any(struct store_session *session, int64_t id,
			   struct arena *arena, struct track *out,
			   struct fault *fault);

/* Tracks that somebody hid (library/edits.h), the last one first. */
enum status tracks_hidden(struct store_session *session,
			  const struct page_request *page,
			  struct arena *arena, struct track_list *out,
			  struct fault *fault);

/* The tracks of these ids in this order, with artists and genres, in a fixed
 * number of statements. Ids without a visible track are left out. At most
 * TRACKS_GET_MAX. */
#define TRACKS_GET_MAX 1000
enum status tracks_get_many(struct store_session *session, const int64_t *ids,
			    size_t count, struct arena *arena,
			    struct track **out, size_t *out_count,
			    struct fault *fault);

/* The same with hidden ones and those whose file is away, as they are. */
enum status tracks_get_many_any(struct store_session *session,
				const int64_t *ids, size_t count,
				struct arena *arena, struct track **out,
				size_t *out_count, struct fault *fault);

/* The id of the visible track that answers for this one: the track that it was
 * merged into, or one that was in turn; else the id itself. */
enum status tracks_kept(struct store_session *session, int64_t id,
			int64_t *out, struct fault *fault);

/* Others that a listener of this one may like: same artists, same genre, by
 * popularity. STATUS_NOT_FOUND when the track is not there. */
enum status tracks_similar(struct store_session *session, int64_t id,
			   uint32_t limit, struct arena *arena,
			   struct track **out, size_t *count,
			   struct fault *fault);

/* STATUS_NOT_FOUND: no such track, or it has no lyrics. */
enum status tracks_lyrics(struct store_session *session, int64_t id,
			  struct arena *arena, const char **text,
			  bool *synced, struct fault *fault);

#endif /* OGMA_LIBRARY_TRACKS_H */
