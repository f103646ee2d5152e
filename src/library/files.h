/* files.h - the files a source holds, as the last scan saw them.
 *
 * One row per file, in folders of a source. A file that is ok has exactly one
 * track; a missing or rejected one keeps the (hidden) track it had. Changes go
 * through library/catalogue.h.
 *
 * Paths are raw bytes without NUL, as the source uses them to open the file;
 * source_name_display() makes text of them.
 *
 * Floor: 3 (library). Threads: as the session.
 */
#ifndef OGMA_LIBRARY_FILES_H
#define OGMA_LIBRARY_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"

enum file_state { FILE_OK, FILE_REJECTED, FILE_MISSING };

struct file_row {
	int64_t id;
	int64_t folder_id;
	const char *name;
	int64_t size_bytes;
	int64_t modified_ns;
	uint64_t inode, device;
	int64_t beside_key;
	enum file_state state;
	int64_t track_id; /* 0: never had one */
	int64_t updated_at_ms;
};

struct folder_row {
	int64_t id;
	const char *path; /* "" is the source's root */
	int64_t picture_key;
	int64_t cover_id; /* 0: none */
	int64_t file_count; /* not missing */
};

/* False ends the walk early (that is STATUS_OK). Rows and their texts are
 * valid during the call. The same session may be used for other statements. */
typedef bool folder_visit(void *cookie, const struct folder_row *folder);
typedef bool file_visit(void *cookie, const struct folder_row *folder,
			const struct file_row *file);

/* All folders of a source that ever held a file, in no order; rows come as the
 * engine reads them, none is held. */
enum status folders_each(struct store_session *session, int64_t source_id,
			 folder_visit *visit, void *cookie,
			 struct fault *fault);

/* STATUS_NOT_FOUND when no file of that folder was ever seen. */
enum status folders_find(struct store_session *session, int64_t source_id,
			 const char *path, struct arena *arena,
			 struct folder_row *out, struct fault *fault);

/* All files of a source, missing ones too, folder by folder; rows come as the
 * engine reads them (a million files need no memory). */
enum status files_each(struct store_session *session, int64_t source_id,
		       file_visit *visit, void *cookie, struct fault *fault);

/* The files of one folder (not of those below it), by name (bytes). None is
 * STATUS_OK with *count 0. */
enum status files_in_folder(struct store_session *session, int64_t source_id,
			    const char *path, struct arena *arena,
			    struct file_row **out, size_t *count,
			    struct fault *fault);

/* STATUS_NOT_FOUND when this path was never seen. */
enum status files_find(struct store_session *session, int64_t source_id,
		       const char *folder, const char *name,
		       struct arena *arena, struct file_row *out,
		       struct fault *fault);

/* What a stream needs to open a track. */
struct file_place {
	int64_t file_id, source_id;
	const char *source_kind; /* "folder" */
	const char *source_root, *source_config;
	const char *folder, *name;
	int64_t size_bytes, modified_ns;
	const char *container, *codec;
	uint32_t bitrate_bps, sample_rate_hz, channels, bit_depth;
	int64_t duration_ms;
	const uint8_t *audio_key; /* FILE_AUDIO_KEY_BYTES */
};
#define FILE_AUDIO_KEY_BYTES 16

/* STATUS_NOT_FOUND: no such visible track. Arena-owned. */
enum status files_of_track(struct store_session *session, int64_t track_id,
			   struct arena *arena, struct file_place *out,
			   struct fault *fault);

/* Folder and name as people read them. */
const char *file_path_display(struct arena *arena, struct span folder,
			      struct span name);

/* Files that are not missing, those that are rejected, and all bytes. */
struct files_totals {
	int64_t files, rejected, missing, size_bytes;
};
enum status files_count(struct store_session *session, int64_t source_id,
			struct files_totals *out, struct fault *fault);

struct rejected_file {
	int64_t id;
	const char *folder, *name, *reason;
	int64_t updated_at_ms;
};

/* The rejected files of a source, in order of id after `after_id`. */
enum status files_rejected(struct store_session *session, int64_t source_id,
			   int64_t after_id, uint32_t limit,
			   struct arena *arena, struct rejected_file **out,
			   size_t *count, struct fault *fault);

#endif /* OGMA_LIBRARY_FILES_H */
