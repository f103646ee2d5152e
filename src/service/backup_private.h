/* backup_private.h - backup.c makes them, backup_restore.c reads them.
 *
 * Floor: 4 (service); private.
 */
#ifndef OGMA_SERVICE_BACKUP_PRIVATE_H
#define OGMA_SERVICE_BACKUP_PRIVATE_H

#include <jansson.h>

#include "service/backup.h"

#define BACKUP_MANIFEST "manifest.json"
#define BACKUP_FORMAT 1
#define BACKUP_NAME "ogma-" /* how those below BACKUP_DIR begin */
#define BACKUP_MANIFEST_BYTES_MAX ((size_t)1 << 30)

/* Size and SHA-256 of a file. */
enum status backup_digest(const char *path, int64_t *size_bytes,
			  char hex[65], struct fault *fault);

/* STATUS_NOT_FOUND without a manifest; STATUS_CORRUPT when it is none.
 * *out is owned by the caller; *info (may be NULL) is arena-owned. */
enum status backup_manifest_read(const char *folder, struct arena *arena,
				 json_t **out, struct backup_info *info,
				 struct fault *fault);

/* STATUS_CONFLICT when the folder is there and holds something. */
enum status backup_expect_empty(const char *folder, struct fault *fault);

/* rm -r, of what we made. */
void backup_remove_tree(const char *folder);

/* While it is marked, a backup is being made; STATUS_CONFLICT: by somebody
 * else. The mark goes with the process. */
enum status backup_mark(const char *folder, struct arena *arena, int *mark_fd,
			struct fault *fault);
void backup_unmark(const char *folder, struct arena *arena, int mark_fd);

/* Whether the folder holds what a killed process left of a backup.
 * STATUS_CONFLICT: it is being made. */
enum status backup_is_cut(const char *folder, struct arena *arena,
			     bool *cut, struct fault *fault);

/* Removes all whole ones but the newest BACKUP_KEEP; *gone is arena-owned. */
enum status backup_keep_newest(const struct backup_place *place,
			       struct arena *arena, struct backup_info **gone,
			       size_t *count, struct fault *fault);

enum status backup_copy_file(const char *from, const char *to, int mode,
			     struct fault *fault);

#endif /* OGMA_SERVICE_BACKUP_PRIVATE_H */
