/* catalogue_private.h - the parts of the catalogue among themselves.
 *
 * catalogue.c           transactions; memory of ids
 * catalogue_identity.c  who is who: artists, genres, folders
 * catalogue_album.c     who is who: albums
 * catalogue_save.c      one file with its track
 * catalogue_files.c     files that are rejected, missing, restored
 * catalogue_counters.c  kept counters and the outbox
 * catalogue_settle.c    the row of an album, made of its tracks
 * catalogue_check.c     counts everything anew and compares
 *
 * Floor: 3 (library); private.
 */
#ifndef OGMA_LIBRARY_CATALOGUE_PRIVATE_H
#define OGMA_LIBRARY_CATALOGUE_PRIVATE_H

#include "base/memory.h"
#include "library/catalogue.h"
#include "library/files.h"

/* Grows when the same facts lead to another result than before: files are then
 * saved anew by the next full scan. */
#define CATALOGUE_RULES 1

#define IDENTITY_BYTES 16
#define TITLE_KEY_BYTES 32  /* bounds of sort keys */
#define NAME_KEY_BYTES 24

/* identities.kind; kept in the store. */
enum identity_kind {
	IDENTITY_ARTIST = 1,
	IDENTITY_GENRE = 3,
	IDENTITY_ALBUM_MBID = 20,
	IDENTITY_ALBUM_ARTIST = 21, /* album artists and title */
	IDENTITY_ALBUM_FOLDER = 22, /* folder and title */
};

struct identity {
	uint8_t bytes[IDENTITY_BYTES];
};

/* SHA-256 over the parts with their lengths, cut. */
struct identity identity_of(const struct span *parts, size_t count);
#define IDENTITY(...) \
	identity_of((const struct span[]){ __VA_ARGS__ }, \
		    sizeof((const struct span[]){ __VA_ARGS__ }) / \
			    sizeof(struct span))

/* Something found before: its id and, for names, its sort key. */
struct known {
	struct identity key;
	int64_t id; /* 0: empty slot */
	uint8_t sort_bytes[NAME_KEY_BYTES];
	uint8_t sort_length;
};

#define KNOWN_MAX 49152 /* then all are forgotten: about 3.5 MiB */

struct known_map {
	struct known *slots;
	size_t room, count;
};

const struct known *known_find(const struct known_map *map,
			       const struct identity *key);
void known_add(struct known_map *map, const struct known *entry);
void known_clear(struct known_map *map);

/* A change of one kept number, added up until the end of the transaction. */
enum delta_kind {
	DELTA_ARTIST,       /* a: artist; tracks, duration_ms, albums */
	DELTA_GENRE,        /* a: genre; tracks, duration_ms, albums, artists */
	DELTA_ARTIST_ALBUM, /* a: artist, b: album, role; tracks */
	DELTA_GENRE_ALBUM,  /* a: genre, b: album; tracks */
	DELTA_GENRE_ARTIST, /* a: genre, b: artist; tracks */
	DELTA_ALBUM,        /* a: album; only says: count it anew */
	DELTA_FOLDER,       /* a: folder; tracks are files */
	DELTA_SOURCE,       /* a: source; tracks are files, albums: rejected */
	DELTA_TRACK_CHANGED,  /* a: track; tracks, duration_ms; for the outbox
			       * and playlists */
	DELTA_ALBUM_CHANGED,  /* a: album, for the outbox */
	DELTA_ARTIST_CHANGED, /* a: artist, for the outbox */
};

struct delta {
	enum delta_kind kind;
	int32_t role;
	int64_t a, b;
	int64_t tracks, duration_ms, albums, artists;
	int64_t cover_id; /* one to show while there is none; 0: none */
};

struct delta_set {
	struct delta *items; /* in order of first use */
	size_t count, room;
	uint32_t *slots; /* index + 1 into items */
	size_t slot_count;
};

struct totals {
	int64_t tracks, albums, artists, genres, duration_ms, size_bytes;
};

struct catalogue {
	struct store *store;
	struct known_map known;
	bool doubtful; /* the last transaction may not have happened */

	/* of the transaction that runs now */
	struct store_session *session;
	struct arena arena;
	struct delta_set deltas;
	struct totals totals;
	int64_t now_ms;
	catalogue_work *work;
	void *cookie;
};

/* The delta of that thing, made when it is new. Valid until the next call. */
struct delta *delta_of(struct catalogue *catalogue, enum delta_kind kind,
		       int64_t a, int64_t b, int32_t role);

/* Who is credited on the cover. */
enum status album_set_credits(struct catalogue *catalogue, int64_t album_id,
			      const int64_t *artist_ids, size_t count,
			      struct fault *fault);

/* Brings the row of an album in step with its visible tracks. */
enum status album_settle(struct catalogue *catalogue, int64_t album_id,
			 struct fault *fault);

/* Writes all counters and outbox rows. */
enum status catalogue_settle(struct catalogue *catalogue, struct fault *fault);

/* ---- what one track adds to the counters ---------------------------------- */

struct track_link {
	int64_t artist_id;
	int32_t role;
};

struct contribution {
	int64_t track_id;
	int64_t album_id; /* 0: none */
	int64_t duration_ms, size_bytes;
	struct track_link artists[MEDIA_CREDITS_MAX];
	size_t artist_count;
	int64_t genres[MEDIA_GENRES_MAX];
	size_t genre_count;
};

/* What the stored track adds while it is visible. */
enum status contribution_load(struct catalogue *catalogue, int64_t track_id,
			      struct contribution *out, struct fault *fault);

/* sign 1: the track becomes visible; -1: it was and is no more. */
void contribution_apply(struct catalogue *catalogue,
			const struct contribution *contribution, int sign);

/* Shows or hides a stored track. */
enum status track_set_visible(struct catalogue *catalogue, int64_t track_id,
			      bool visible, struct fault *fault);

/* ---- who is who ----------------------------------------------------------- */

/* *id is 0 when there is none. */
enum status identity_find(struct catalogue *catalogue, enum identity_kind kind,
			  const struct identity *identity, int64_t *id,
			  struct fault *fault);

/* An identity that is taken already stays where it is. */
enum status identity_add(struct catalogue *catalogue, enum identity_kind kind,
			 const struct identity *identity, int64_t id,
			 struct fault *fault);

/* At most NAME_KEY_BYTES. */
void known_set_sort(struct known *known, struct span sort_key);

/* Id 0 when nothing is left of the name after folding. */
enum status artist_resolve(struct catalogue *catalogue, const char *name,
			   const char *mbid, struct known *out,
			   struct fault *fault);
enum status genre_resolve(struct catalogue *catalogue, const char *name,
			  struct known *out, struct fault *fault);
enum status folder_resolve(struct catalogue *catalogue, int64_t source_id,
			   const char *path, int64_t *out,
			   struct fault *fault);

struct album_wanted {
	int64_t source_id;
	const char *folder;
	const char *title;
	const char *mbid;      /* NULL: none */
	bool compilation;
	int64_t main_artist_id; /* of the track; 0: none */
	const char *main_artist; /* its name */
	const int64_t *artist_ids; /* tagged album artists */
	size_t artist_count;
	const char *artist_text; /* of the tagged ones, for display */
	int64_t moved_from_album_id; /* 0: the track did not move */
};

/* Finds or makes the album. *disc_no is set when title or folder name a disc
 * and it was 0. */
enum status album_resolve(struct catalogue *catalogue,
			  const struct album_wanted *wanted,
			  struct known *out, int32_t *disc_no,
			  struct fault *fault);

/* The folder whose tracks are one album: `folder` without a last part like
 * "CD1". *disc_no (may be NULL): the number in it, else untouched. */
struct span album_folder(const char *folder, int32_t *disc_no);

/* "Title (Disc 2)": "Title", and 2 in *disc_no. */
struct span album_title(const char *title, int32_t *disc_no);

/* ---- files ---------------------------------------------------------------- */

/* A files row while it is worked on. */
struct file_state_row {
	int64_t id, folder_id, source_id, track_id;
	enum file_state state;
	int64_t facts_key;
};

/* Counts the change of one file's state in its folder and source. `sign` 1 for
 * the new state, -1 for the old one. */
void file_count(struct catalogue *catalogue, int64_t source_id,
		int64_t folder_id, enum file_state state, int sign);

/* out->id is 0 when there is none. */
enum status file_state_find(struct catalogue *catalogue, int64_t folder_id,
			    const char *name, struct file_state_row *out,
			    struct fault *fault);

struct span sort_key_cut(struct arena *arena, const char *text, size_t limit);
struct sql_value sql_span_bytes(struct span span);
struct sql_value sql_id(int64_t id); /* 0: NULL */

#endif /* OGMA_LIBRARY_CATALOGUE_PRIVATE_H */
