/* write_back_private.h - the parts of write-back among themselves.
 *
 * write_back.c        one write: the track, its row, the catalogue after it
 * write_back_tags.c   which tags, and whether a copy has them
 * write_back_file.c   one file replaced by another, whole or not at all
 * write_back_after.c  undo, confirm, what was broken off
 * write_back_job.c    many
 *
 * Floor: 4 (service); private.
 */
#ifndef OGMA_SERVICE_WRITE_BACK_PRIVATE_H
#define OGMA_SERVICE_WRITE_BACK_PRIVATE_H

#include <pthread.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/memory.h"
#include "library/files.h"
#include "library/tracks.h"
#include "media/media.h"
#include "service/write_back.h"

struct write_back {
	struct write_back_args args;
	pthread_mutex_t lock; /* one file at a time */
};

/* ---- write_back.c ---- */

struct target {
	int64_t track_id;
	struct arena arena;
	struct track track;
	struct file_place place;
	json_t *edited; /* fields of the track's edit, owned */
	bool album_named; /* somebody gave the album its title */
	int64_t cover_id, beside_key;
	const char *lyrics; /* from beside the file; NULL: none */
	bool lyrics_synced;
	const char *path;
};

/* Release it whatever the status. STATUS_CONFLICT: files of its source cannot
 * be written. */
enum status write_target_load(struct write_back *back, int64_t track_id,
			      struct target *target, struct fault *fault);
void write_target_release(struct target *target);

/* Sets the row `cookie`, a struct tag_write; for store_write(). */
enum status write_row_set(struct store_session *session, void *cookie,
			  struct fault *fault);

/* Sets the row in one transaction with the audit log; what write_take_path()
 * does besides is to save the file at the target's path (NULL: none) as it is
 * now. caller NULL: no audit row. */
enum status write_take(struct write_back *back, struct tag_write *write,
		       const struct caller *caller, struct fault *fault);
enum status write_take_path(struct write_back *back, struct target *target,
			    struct tag_write *write,
			    const struct caller *caller, struct fault *fault);

/* ---- write_back_tags.c ---- */

/* Fields that an edit made other than the file says; *asked (owned by the
 * caller) tells both. False: there are none. */
bool write_tags_wanted(struct target *target, const struct media_facts *facts,
		       struct media_tags *out, json_t **asked);

/* STATUS_CONFLICT with the reason: the copy has not what was wanted, or
 * something else is otherwise in it. */
enum status write_copy_check(struct arena *arena,
			     const struct media_facts *before,
			     const struct media_facts *after,
			     const struct media_tags *tags,
			     struct fault *fault);

/* ---- write_back_after.c ---- */

/* Ends what was broken off: to be called before anything is written. */
enum status write_back_recover(struct write_back *back, struct fault *fault);

/* ---- write_back_file.c ---- */

/* Opens the file to be replaced and looks at it: a plain file whose folder and
 * owner let us. The sentence says why not. */
enum status replace_open(const char *path, int *fd, struct stat *facts,
			 struct fault *fault);

/* Keeps the file behind `fd`, which is at `path`, as `original`: durable. */
enum status original_keep(const char *path, int fd, const struct stat *facts,
			  const char *original, struct fault *fault);

/* The hidden name beside `path` that a replacement is made under. */
const char *replacement_name(struct arena *arena, const char *path);

/* A copy of `fd` under that name, open to read and write. */
enum status replacement_make(const char *name, int fd, int *out,
			     struct fault *fault);

/* Owner, mode and time of `facts`, synced, renamed over `path`, durable. Only
 * while the file at `path` is still the one that `expected` describes:
 * STATUS_CONFLICT. */
enum status replacement_settle(const char *name, int fd, const char *path,
			       const struct stat *facts,
			       const struct stat *expected,
			       struct fault *fault);

/* A link or copy of `original` in the place of `path`. */
enum status original_return(struct arena *arena, const char *original,
			    const char *path, const struct stat *expected,
			    struct fault *fault);

int64_t modified_ns(const struct stat *facts);

#endif /* OGMA_SERVICE_WRITE_BACK_PRIVATE_H */
