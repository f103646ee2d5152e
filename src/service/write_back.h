/* write_back.h - the tags of an edited track into its file, and back.
 *
 * Off unless the operator allows it (TAG_WRITE_BACK), and done only to tracks
 * that somebody names. What is written: title, artist, album, genre, year and
 * number of the track, where an edit made them other than the file says.
 *
 * How a file is replaced (write_back_file.c):
 * 1. a row says what is about to be done (library/tag_writes.h);
 * 2. the original is kept in originals/ of the data folder: the file itself by
 *    a hard link, a copy on another disk;
 * 3. a copy beside the file gets the tags in a media process, is probed, and
 *    must be the same sound with the same other tags and cover, else it goes;
 * 4. it takes the original's owner, mode and time, is synced, and is renamed
 *    over the file;
 * 5. the track is saved from it, with the row, in one transaction.
 * At whatever moment the power goes, the file is the old or the new one, whole,
 * and the original is kept; write_back_recover() finds out which. Undo puts the
 * original back the same way, to the byte (and of a link to the inode); confirm
 * lets go of it.
 *
 * Threads: one at a time works, the others wait: from workers.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_WRITE_BACK_H
#define OGMA_SERVICE_WRITE_BACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/option.h"
#include "library/tag_writes.h"
#include "service/caller.h"
#include "service/job.h"

struct media_pool;
struct store;
struct write_back;

struct write_back_settings {
	bool enabled; /* TAG_WRITE_BACK */
};
extern const struct option write_back_options[];

struct write_back_args { /* all borrowed */
	struct store *store;
	struct media_pool *media;
	const struct write_back_settings *settings;
	const char *data_dir;
};

/* Brings what was broken off to an end first. */
enum status write_back_open(const struct write_back_args *args,
			    struct write_back **out, struct fault *fault);
void write_back_close(struct write_back *back); /* NULL is fine */

/* Writes one track's tags. *id is the row, also of a refusal. STATUS_OK with
 * *id 0: the file says it already. STATUS_NOT_FOUND: no such track.
 * STATUS_CONFLICT: it is switched off, or refused with the reason. */
enum status write_back_track(struct write_back *back,
			     const struct caller *caller, int64_t track_id,
			     int64_t *id, struct fault *fault);

/* STATUS_CONFLICT: it is not written, or the file was changed since. */
enum status write_back_undo(struct write_back *back,
			    const struct caller *caller, int64_t id,
			    struct fault *fault);
enum status write_back_confirm(struct write_back *back,
			       const struct caller *caller, int64_t id,
			       struct fault *fault);

/* Queues the job that writes many; at most WRITE_BACK_MANY. */
#define WRITE_TAGS_JOB "write_tags"
#define WRITE_BACK_MANY 500
enum status write_back_ask(struct write_back *back,
			   const struct caller *caller, const int64_t *tracks,
			   size_t count, int64_t *job_id,
			   struct fault *fault);

/* The rows of its kinds; the cookie is the struct write_back. */
extern const struct job_kind write_back_kinds[];

#endif /* OGMA_SERVICE_WRITE_BACK_H */
