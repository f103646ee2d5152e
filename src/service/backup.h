/* backup.h - a copy of all that cannot be made again, while Ogma serves; and
 * the way back.
 *
 * A backup is a folder: the library and the listening log (ogma.db, events.db,
 * each as of one moment), blobs/ (hard links where the file system allows),
 * ogma.conf with secrets left out, and manifest.json, written last, with size
 * and SHA-256 of every file. A folder without a manifest is no whole backup;
 * one that a killed process left is removed when the next is made, and at start.
 * The key that signs access tokens is not in it: after a restore people sign in
 * again. With PostgreSQL the library is not ours to copy: pg_dump is the tool.
 *
 * Threads: calls block, one backup at a time (STATUS_CONFLICT).
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_BACKUP_H
#define OGMA_SERVICE_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/option.h"
#include "driver/store.h"
#include "service/caller.h"

struct backup_settings {
	const char *folder; /* BACKUP_DIR; "": none */
	uint32_t keep;	    /* BACKUP_KEEP; 0: all */
};
extern const struct option backup_options[];

struct backup_place { /* all borrowed */
	struct store *store;
	const struct backup_settings *settings;
	const struct options *options; /* to know secrets by; NULL: no conf */
	const char *data_dir;
	const char *store_path, *blobs_path;
};

struct backup_info {
	const char *name; /* of its folder */
	int64_t created_at_ms, size_bytes, files;
	const char *store, *version;
	bool complete; /* has a manifest */
};

/* `to` must not be there, or be empty. *out (may be NULL) is arena-owned.
 * STATUS_UNSUPPORTED with PostgreSQL. On failure what was written is
 * removed. */
enum status backup_make(const struct backup_place *place, const char *to,
			struct arena *arena, struct backup_info *out,
			struct fault *fault);

/* The same into a new folder below BACKUP_DIR, with an audit row. When it is
 * whole, those beyond the newest BACKUP_KEEP go, each with an audit row.
 * STATUS_INVALID with field BACKUP_DIR when it is not set. */
enum status backup_make_here(const struct backup_place *place,
			     const struct caller *caller, struct arena *arena,
			     struct backup_info *out, struct fault *fault);

/* Removes from BACKUP_DIR what killed processes left half made; at start. */
void backup_tidy(const struct backup_place *place);

/* Those below BACKUP_DIR, the newest first. */
enum status backup_list(const struct backup_place *place, struct arena *arena,
			struct backup_info **out, size_t *count,
			struct fault *fault);

/* Makes a data folder of a backup. Every file is compared with the manifest;
 * `data_dir` must not be there, or be empty, and is untouched on failure.
 * STATUS_CONFLICT: it is not empty. STATUS_CORRUPT: a file is not what the
 * manifest says. */
enum status backup_restore(const char *from, const char *data_dir,
			   struct arena *arena, struct backup_info *out,
			   struct fault *fault);

#endif /* OGMA_SERVICE_BACKUP_H */
