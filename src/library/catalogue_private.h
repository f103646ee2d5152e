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
 * catalogue_edit.c      what people change of tracks
 * catalogue_overlay.c   edits laid over what tags say
 * catalogue_hide.c      tracks taken out of sight
 * catalogue_rename.c    … of albums and artists
 * catalogue_genre.c     … of genres
 * edits.c               rows of edits
 *
 * Floor: 3 (library); private.
 */
#ifndef OGMA_LIBRARY_CATALOGUE_PRIVATE_H
#define OGMA_LIBRARY_CATALOGUE_PRIVATE_H

#include "base/memory.h"
#include "library/catalogue.h"
#include "library/edits.h"
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

/* What is remembered of an artist that somebody edited. */
struct artist_edited {
	int64_t id;
	char *name;   /* as a person wrote it; NULL: as tagged */
	char *tagged; /* NULL: the name is not edited */
	bool sorted, pictured; /* sort name, picture are edited */
};

struct catalogue {
	struct store *store;
	struct known_map known;
	bool doubtful; /* the last transaction may not have happened */

	bool edited; /* there are edits */
	int64_t edits_seen; /* of totals.edits, that the following is of */
	struct artist_edited *artist_edits; /* by id */
	size_t artist_edit_count;

	/* of the transaction that runs now */
	struct store_session *session;
	struct arena arena;
	struct known_map unmoved; /* sounds of which no file is gone */
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

/* Gives an artist the cover of an album; see catalogue_counters.c. */
enum status artist_choose_cover(struct catalogue *catalogue, int64_t artist_id,
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

enum status links_write(struct catalogue *catalogue,
			const struct contribution *old,
			const struct contribution *now, struct fault *fault);

/* ---- edits ---------------------------------------------------------------- */

/* Notes what others edited since; first in a transaction. */
enum status edits_follow(struct catalogue *catalogue, struct fault *fault);

/* Tells the others, and this catalogue's next transaction. */
enum status edits_count(struct catalogue *catalogue, struct fault *fault);

/* Writes a row, or removes it when no field is edited any more. */
enum status edit_store(struct catalogue *catalogue, enum edit_kind kind,
		       int64_t id, struct edit *edit, int64_t by,
		       struct fault *fault);

/* Writes what the tags say now under an edit that stands. */
enum status edit_store_below(struct catalogue *catalogue, enum edit_kind kind,
			     int64_t id, const struct edit *edit,
			     struct fault *fault);

/* NULL: nothing of this artist is edited. */
const struct artist_edited *
artist_edited_find(const struct catalogue *catalogue, int64_t id);
void artist_edits_clear(struct catalogue *catalogue);

/* `text` with the name `to` where `from` stood. */
const char *name_replace(struct arena *arena, const char *text,
			 const char *from, const char *to);

/* What tags or people say of a track, by ids. */
struct track_state {
	const char *title, *artist, *composer; /* composer may be NULL */
	struct track_link artists[MEDIA_CREDITS_MAX];
	size_t artist_count;
	int64_t genres[MEDIA_GENRES_MAX];
	size_t genre_count;
	int64_t album_id;
	int32_t track_no, disc_no, year;
};

/* Lays the edits of a track (and of the genres of its album) over what its
 * file says, which is noted beneath them. `state` is changed in place. */
enum status track_state_edit(struct catalogue *catalogue, int64_t track_id,
			     struct track_state *state, struct fault *fault);

/* Tags say the old name of an artist whose name is edited; `back`: the other
 * way round. */
void track_state_rename(struct catalogue *catalogue, struct track_state *state,
			bool back);

/* A state as it is kept beneath an edit, and back; texts are the arena's. */
json_t *track_state_json(const struct track_state *state);
void track_state_read(struct arena *arena, const json_t *below,
		      struct track_state *out);

/* The credits out of a list in that form. */
void track_state_read_links(struct track_state *state, const json_t *list);

/* Lays edited fields over a state, which is changed in place. */
enum status track_state_lay_over(struct catalogue *catalogue,
				 const json_t *fields,
				 struct track_state *state,
				 struct fault *fault);

/* A track that was saved takes the genres its album was given. */
enum status track_follow_album(struct catalogue *catalogue, int64_t track_id,
			       int64_t album_id, struct fault *fault);

/* Gives a track of the album its genres (NULL: takes them back), unless
 * somebody gave it some of its own. */
enum status track_take_album_genres(struct catalogue *catalogue,
				    int64_t track_id, int64_t album_id,
				    const json_t *genres, int64_t by,
				    struct fault *fault);

/* Loads a track as it is stored, and makes it be another. */
struct stored_track {
	bool visible;
	int64_t source_id;
	const char *folder; /* of its file; NULL: none */
	struct track_state state;
};
enum status track_load(struct catalogue *catalogue, int64_t id,
		       struct stored_track *out, struct fault *fault);
enum status track_become(struct catalogue *catalogue, int64_t id, bool visible,
			 const struct track_state *state, struct fault *fault);
enum status name_of_artist(struct catalogue *catalogue, int64_t id,
			   const char **out, struct fault *fault);

/* Another name of a thing, given by a person; the one before is forgotten. */
enum status alias_add(struct catalogue *catalogue, enum identity_kind kind,
		      const struct identity *identity, int64_t id,
		      struct fault *fault);
enum status aliases_remove(struct catalogue *catalogue,
			   enum identity_kind kind, int64_t id,
			   struct fault *fault);

/* Who is credited on the cover, in order; room for MEDIA_CREDITS_MAX. */
enum status album_credits_load(struct catalogue *catalogue, int64_t album_id,
			       int64_t *ids, size_t *count,
			       struct fault *fault);

/* Id and sort key of a stored artist or album; id 0: none. */
enum status known_artist(struct catalogue *catalogue, int64_t id,
			 struct known *out, struct fault *fault);
enum status known_album(struct catalogue *catalogue, int64_t id,
			struct known *out, struct fault *fault);

/* The artist first credited in the main role; 0: none. */
int64_t links_main_artist(const struct track_link *links, size_t count);

/* Ids out of `set`, made where there is none of that name. */
enum status artist_of_json(struct catalogue *catalogue, const json_t *value,
			   const char *field, int64_t *id,
			   struct fault *fault);
enum status genres_of_json(struct catalogue *catalogue, const json_t *list,
			   json_t **ids, struct fault *fault);

/* The genre that this one was merged into, itself, or 0 when removed. */
enum status genre_follow(struct catalogue *catalogue, int64_t id,
			 int64_t *out, struct fault *fault);

/* ---- who is who ----------------------------------------------------------- */

/* How a name is filed: "Beatles, The", and under "B". */
const char *name_for_sorting(struct arena *arena, const char *name);
const char *name_letter(struct arena *arena, const char *name);
struct identity artist_name_identity(struct arena *arena, const char *name);
struct identity genre_name_identity(struct arena *arena, const char *name);

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

/* The artist of that name, whose spelling stays; 0: none. */
enum status artist_find_named(struct catalogue *catalogue, const char *name,
			      int64_t *id, struct fault *fault);
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
	int64_t saved_track_id; /* the caller counts this one; 0: a new one */
};

/* Finds or makes the album. *disc_no is set when title or folder name a disc
 * and it was 0. */
enum status album_resolve(struct catalogue *catalogue,
			  const struct album_wanted *wanted,
			  struct known *out, int32_t *disc_no,
			  struct fault *fault);

/* An album of exactly these artists and title, found or made. */
enum status album_find_or_create(struct catalogue *catalogue,
				 const struct album_wanted *wanted,
				 int64_t *out, bool *created,
				 struct fault *fault);

/* The album is found by its edited title too, by artists and by folders. The
 * names that an earlier edit gave are forgotten. NULL: only that. */
enum status album_alias(struct catalogue *catalogue, int64_t id,
			const char *title, struct fault *fault);

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
