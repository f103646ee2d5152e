/* catalogue.h - the one door by which tracks, albums, artists and genres
 * change.
 *
 * A change is a work inside catalogue_write(): it saves files with their facts,
 * rejects them, marks them missing. Within the same transaction the counters
 * of albums, artists, genres and of the whole library are brought up to date,
 * and every track, album and artist whose appearance changed gets a row in the
 * outbox (library/outbox.h).
 *
 * Who is who (the rules; catalogue_identity.c):
 * - A file is known by its source and path. It keeps its track whatever its
 *   tags or audio become.
 * - A new path takes over the file and track of another path that is gone and
 *   had the same audio_key, or the same device, inode and size: it moved.
 * - An artist is known by MusicBrainz id, else by folded name. A name seen
 *   first without an id adopts the first id that comes with it.
 * - An album is known by MusicBrainz release id, else by its tagged album
 *   artists and its folded title. Without tagged album artists the tracks of
 *   one folder with one album title are one album ("CD1", "Disc 2" folders
 *   count as their parent): by their artist when they have the same one, else
 *   a compilation; flagged compilations always are.
 * - Spelling (case, accents) is the one saved last.
 * Ids are never used again. What has no visible track left stays as a hidden
 * row and returns with its id when a track does.
 *
 * Threads: a catalogue belongs to one thread at a time. It remembers ids of
 * names between works; several catalogues, also in other processes, may write
 * into one store.
 *
 * Floor: 3 (library).
 */
#ifndef OGMA_LIBRARY_CATALOGUE_H
#define OGMA_LIBRARY_CATALOGUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "driver/store.h"
#include "media/facts.h"

struct catalogue;

/* `store` is borrowed. Memory is bounded (about 10 MiB when full). */
struct catalogue *catalogue_new(struct store *store);
void catalogue_free(struct catalogue *catalogue); /* NULL is fine */

/* As store_work: may run more than once, sets its results anew each time. */
typedef enum status catalogue_work(struct catalogue *catalogue,
				   struct store_session *session, void *cookie,
				   struct fault *fault);

/* Runs `work` in one transaction that is durable on STATUS_OK. Some hundreds of
 * tracks per call are best. */
enum status catalogue_write(struct catalogue *catalogue, catalogue_work *work,
			    void *cookie, struct fault *fault);

/* ---- inside a catalogue_work -------------------------------------------- */

/* Where a file lies and how it looked to stat(). */
struct file_facts {
	int64_t source_id;
	const char *folder; /* raw bytes below the source's root; "": root */
	const char *name;   /* raw bytes */
	int64_t size_bytes;
	int64_t modified_ns;
	uint64_t inode, device; /* 0: the place has no such thing */
	int64_t beside_key; /* the scanner's mark of what lay beside the file
			     * (lyrics); any value, kept with the row */
};

/* Asked before a new path takes over the track of a known one: is this file
 * gone? (Files marked missing are not asked about.) It runs inside the
 * transaction: one stat() call. */
typedef bool catalogue_file_gone(void *cookie, int64_t source_id,
				 const char *folder, const char *name);

struct save_args {
	const struct file_facts *file;
	const struct media_facts *media;
	int64_t cover_id;       /* of the picture in the file; 0: none */
	const char *lyrics;     /* from beside the file; NULL: media->lyrics */
	bool lyrics_synced;     /* of `lyrics` */
	catalogue_file_gone *gone; /* NULL: only missing files count as gone */
	void *gone_cookie;
};

enum save_result {
	SAVE_ADDED,     /* a new track */
	SAVE_UPDATED,   /* a known path with other facts */
	SAVE_UNCHANGED, /* same facts; only size, times, inode were noted */
	SAVE_MOVED,     /* a track that was elsewhere before */
	SAVE_RESTORED,  /* was missing or rejected, now back */
};

struct save_outcome {
	enum save_result result;
	int64_t file_id, track_id;
};

/* Stores one file with its track, album, artists and genres. Idempotent. A
 * track without a title is named after its file. *out may be NULL. */
enum status tracks_save(struct catalogue *catalogue,
			const struct save_args *args, struct save_outcome *out,
			struct fault *fault);

/* Notes a file that cannot be a track, with the reason. A track it had before
 * is hidden and keeps its id. `display` is the path for people. */
enum status files_reject(struct catalogue *catalogue,
			 const struct file_facts *file, const char *reason,
			 struct fault *fault);

/* The file is the same but its stat facts changed (touched, renamed disk). */
enum status files_touch(struct catalogue *catalogue, int64_t file_id,
			const struct file_facts *file, struct fault *fault);

/* Hides the tracks of these files. Ids that are not there are passed over.
 * *hidden (may be NULL): how many tracks vanished. */
enum status files_mark_missing(struct catalogue *catalogue, const int64_t *ids,
			       size_t count, int64_t *hidden,
			       struct fault *fault);

/* Brings missing files back as they were, e.g. a disk that is mounted again
 * and whose files have the size and time that the rows have. */
enum status files_restore(struct catalogue *catalogue, const int64_t *ids,
			  size_t count, struct fault *fault);

/* The folder's own picture: the cover of the albums in it goes before covers
 * inside files. `key` is the scanner's mark of the picture file (0: none),
 * returned by folders_each(). The folder's row is made when it is not there. */
enum status folders_set_picture(struct catalogue *catalogue,
				int64_t source_id, const char *folder,
				int64_t key, int64_t cover_id,
				struct fault *fault);

/* Hides all tracks of a source, in steps of `limit` files; *left is how many
 * files are still there. Call until 0, then sources_remove(). */
enum status catalogue_empty_source(struct catalogue *catalogue,
				   int64_t source_id, int64_t limit,
				   int64_t *left, struct fault *fault);

/* ---- any time ----------------------------------------------------------- */

/* Compares all kept counters with what is there, for tests and `ogma doctor`.
 * STATUS_CORRUPT with the first difference. Reads everything: seconds at a
 * million tracks. */
enum status catalogue_check(struct store_session *session,
			    struct fault *fault);

#endif /* OGMA_LIBRARY_CATALOGUE_H */
