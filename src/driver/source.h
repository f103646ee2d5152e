/* source.h - where audio files come from: a tree of folders that is walked,
 * opened and, where the place allows it, watched.
 *
 * A source knows files by path: raw bytes relative to its root, "/" between
 * parts, no leading "/". The bytes need not be UTF-8; they are what the place
 * uses to open the file again. What people read is source_name_display().
 *
 * What counts (the same in every driver, rules in driver/source_rules.c):
 * audio by extension, "*.lrc" lyrics, and folder pictures named cover, folder,
 * front or albumart* with a picture's extension. Names that begin with a dot
 * and the bookkeeping folders of NAS systems are passed over, and so is
 * everything under a folder that holds ".nomedia" or ".ogmaignore".
 *
 * Links of a folder source: a link that points outside of the root is followed;
 * one that points inside is passed over, because what it points at is there
 * itself. Linked folders are entered after all real ones, in the order of their
 * paths, and no folder is entered twice (device, inode), so loops end and every
 * walk sees the same paths. A walk of a part of the tree does not enter links.
 * A link that points nowhere is a problem to report.
 *
 * A remote source has its files in no file system: a descriptor of one is that
 * of a far file (base/ranged.h), looking at one costs a request, as listing its
 * whole folder does, and `inode` is a mark of the content (an ETag): the same
 * mark and size is the same file, whenever it was put there.
 *
 * Callers: service/scan, service/watch, service/stream. The shortest complete
 * driver is driver/source_memory.c.
 *
 * Threads: every call may block. One source may be used by many threads; one
 * watch by one thread.
 *
 * Floor: 2 (driver). Includes base/ only.
 */
#ifndef OGMA_DRIVER_SOURCE_H
#define OGMA_DRIVER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/option.h"
#include "base/text.h"

#define SOURCE_PATH_LIMIT 32768 /* bytes of a path below the root */
#define SOURCE_DEPTH_LIMIT 256  /* folders below the root */

enum source_kind {
	SOURCE_NOTHING, /* not ours: passed over */
	SOURCE_AUDIO,
	SOURCE_LYRICS,
	SOURCE_PICTURE,
};

struct source_file {
	const char *name; /* last part of the path, raw bytes, terminated */
	enum source_kind kind;
	uint64_t size_bytes;
	int64_t modified_ns; /* Unix time */
	uint64_t inode; /* 0: the place has no such thing; of a remote source:
			 * a mark that changes with the content */
	uint64_t device;
	const char *etag; /* what the mark was made of; NULL: no such thing */
};

/* One folder with all its files that count, sorted by name (bytes). */
struct source_folder {
	const char *path; /* below the root; "" is the root itself */
	const struct source_file *files;
	size_t file_count;
};

/* How a walk tells what it sees. Both are called from several threads at the
 * same time. All pointers are valid during the call only. */
struct source_visitor {
	/* Required. A status other than OK ends the walk with it. */
	enum status (*folder)(void *cookie, const struct source_folder *folder,
			      struct fault *fault);

	/* Required. A file or folder that could not be looked at, or (reason
	 * is NULL) a linked folder that a walk of a part leaves out. What is
	 * known at and below `path` should be left as it is. */
	void (*problem)(void *cookie, const char *path, const char *reason);

	void *cookie;
};

struct s3_access;

#define SOURCE_SECRET "source.secret_key" /* purpose of what is sealed */

struct source_args {
	const char *root;     /* a folder's path, a bucket, …; copied */
	const char *config;   /* JSON object of the driver; NULL: {}; copied */
	const struct s3_access *s3; /* what the config of a bucket leaves
				     * out; NULL: nothing; what it points
				     * to is borrowed */
	uint32_t walkers;     /* threads of one walk; 0: 2 */
	uint32_t watches_max; /* watched folders; 0: what the place allows */
	bool links;           /* follow links */
};

struct source {
	const struct source_driver *driver;
};

/* Changes seen by a watch. A driver puts it first in its own struct. */
struct source_watch {
	struct source *source;
};

/* A folder in which something changed; `deep`: and all that is below it. It
 * may be gone by now. */
struct source_change {
	const char *path;
	bool deep;
};

/* What source_watch_wait() found. */
struct source_changes {
	bool rescan; /* too much happened, or events were lost: walk it all */
	const struct source_change *items; /* valid until the next call */
	size_t count;
};

struct source_driver {
	const char *name; /* "folder", "memory"; kept in the sources table */
	const char *summary;
	bool remote; /* see above */

	/* Required. Does not touch the place. The caller owns *out. */
	enum status (*open)(const struct source_args *args, struct source **out,
			    struct fault *fault);

	/* Required. All walks and watches ended before. */
	void (*close)(struct source *source);

	/* Required. Is the place there? STATUS_UNAVAILABLE with a sentence
	 * when it is not (disk not mounted, no rights). */
	enum status (*check)(struct source *source, struct fault *fault);

	/* Required. Visits `path` and, when `deep`, every folder below it.
	 * STATUS_NOT_FOUND when the folder `path` is not there; the root
	 * missing is STATUS_UNAVAILABLE. Folders that vanish on the way are
	 * passed over in silence. */
	enum status (*walk)(struct source *source, const char *path, bool deep,
			    const struct source_visitor *visitor,
			    struct fault *fault);

	/* Required. A descriptor to read the file at `path` by base/ranged.h;
	 * never waits on a pipe or device. The caller closes it; that of a far
	 * file is cut off when the source is closed. STATUS_NOT_FOUND when it
	 * is gone, STATUS_DENIED, STATUS_UNSUPPORTED when it is no plain
	 * file. */
	enum status (*open_file)(struct source *source, const char *path,
				 int *out_fd, struct fault *fault);

	/* Required. Looks at one file without opening it; out->name points
	 * into `path`. Statuses as open_file(). */
	enum status (*stat)(struct source *source, const char *path,
			    struct source_file *out, struct fault *fault);

	/* Optional, both or none; NULL where files are only read.
	 *
	 * Makes a file at `path` of all bytes of `fd` (a regular file, from its
	 * start), and the folders above it: whole or not at all, and durable
	 * when it returns. STATUS_CONFLICT: something is there, and stays.
	 * STATUS_INVALID: as source_path_check(), or a folder above is a link
	 * or no folder. STATUS_FULL: no room. */
	enum status (*put_file)(struct source *source, const char *path,
				int fd, struct fault *fault);

	/* Takes the file away, durably, and the folders above it that are empty
	 * then. STATUS_NOT_FOUND; STATUS_INVALID as above. */
	enum status (*remove_file)(struct source *source, const char *path,
				   struct fault *fault);

	/* Optional, all three or none; NULL when the place cannot tell of
	 * changes. STATUS_FULL when the place has more folders than may be
	 * watched: rescan by the clock instead. */
	enum status (*watch_open)(struct source *source,
				  struct source_watch **out,
				  struct fault *fault);

	/* Waits until something changed and `quiet_ms` passed without a
	 * further change to the same folders (a file still being copied is
	 * left until it rests; at most 20 * quiet_ms), or timeout_ms passed
	 * (count 0), or source_watch_wake() was called.
	 * STATUS_UNAVAILABLE: the root is gone and so is the watch: close it
	 * and open another when source_check() is content again. */
	enum status (*watch_wait)(struct source_watch *watch,
				  uint32_t quiet_ms, uint32_t timeout_ms,
				  struct source_changes *out,
				  struct fault *fault);

	/* Ends a running watch_wait() early; from any thread. */
	void (*watch_wake)(struct source_watch *watch);
	void (*watch_close)(struct source_watch *watch);
};

extern const struct source_driver source_driver_folder;
extern const struct source_driver source_driver_memory;
extern const struct source_driver source_driver_far_memory; /* for tests */
extern const struct source_driver source_driver_s3;

/* The driver of that name, or NULL. */
const struct source_driver *source_driver_find(const char *name);

/* Asserts that every required callback is set. */
void source_driver_check(const struct source_driver *driver);

/* ---- rules shared by all drivers ---------------------------------------- */

/* By name alone; SOURCE_NOTHING for hidden names. */
enum source_kind source_name_kind(const char *name);

/* True for folders that are passed over with all that is below them. */
bool source_folder_ignored(const char *name);

/* True for the names that make their whole folder ignored. */
bool source_name_is_ignore_mark(const char *name);

/* How good a folder picture's name is: 0 is best (cover, then front, folder,
 * albumart…); UINT32_MAX when it is none. */
uint32_t source_picture_rank(const char *name);

/* The path as people read it: UTF-8 as it is, else read as Windows-1251 when
 * that makes words, else with U+FFFD where bytes make no sense. Arena-owned. */
const char *source_name_display(struct arena *arena, const char *path);

/* Folders come before what is in them, whatever bytes names hold: compares
 * parts, not text. */
int source_path_compare(const char *a, const char *b);

/* True when `path` is `folder` or below it; "" is above everything. */
bool source_path_within(const char *path, const char *folder);

/* STATUS_INVALID with field "path" unless every part of it is a name that any
 * place can hold and no walk passes over: UTF-8 of 1 to 255 bytes without
 * control characters and backslashes, not hidden, no bookkeeping folder. */
enum status source_path_check(const char *path, struct fault *fault);

/* Splits "s3://bucket/prefix"; *prefix is "" or ends with "/". False: it is no
 * such root. */
bool source_s3_root_parse(const char *root, struct arena *arena,
			  const char **bucket, const char **prefix);

/* ---- what the rest of Ogma calls ---------------------------------------- */

static inline enum status
source_walk(struct source *source, const char *path, bool deep,
	    const struct source_visitor *visitor, struct fault *fault)
{
	return source->driver->walk(source, path, deep, visitor, fault);
}

static inline enum status
source_open_file(struct source *source, const char *path, int *out_fd,
		 struct fault *fault)
{
	return source->driver->open_file(source, path, out_fd, fault);
}

static inline enum status
source_stat(struct source *source, const char *path, struct source_file *out,
	    struct fault *fault)
{
	return source->driver->stat(source, path, out, fault);
}

static inline bool
source_can_put(const struct source *source)
{
	return source->driver->put_file != NULL;
}

static inline enum status
source_put_file(struct source *source, const char *path, int fd,
		struct fault *fault)
{
	return source->driver->put_file(source, path, fd, fault);
}

static inline enum status
source_remove_file(struct source *source, const char *path,
		   struct fault *fault)
{
	return source->driver->remove_file(source, path, fault);
}

static inline enum status
source_check(struct source *source, struct fault *fault)
{
	return source->driver->check(source, fault);
}

static inline void
source_close(struct source *source)
{
	if (source != NULL)
		source->driver->close(source);
}

static inline bool
source_can_watch(const struct source *source)
{
	return source->driver->watch_open != NULL;
}

static inline enum status
source_watch_open(struct source *source, struct source_watch **out,
		  struct fault *fault)
{
	return source->driver->watch_open(source, out, fault);
}

static inline enum status
source_watch_wait(struct source_watch *watch, uint32_t quiet_ms,
		  uint32_t timeout_ms, struct source_changes *out,
		  struct fault *fault)
{
	return watch->source->driver->watch_wait(watch, quiet_ms, timeout_ms,
						 out, fault);
}

static inline void
source_watch_wake(struct source_watch *watch)
{
	watch->source->driver->watch_wake(watch);
}

static inline void
source_watch_close(struct source_watch *watch)
{
	if (watch != NULL)
		watch->source->driver->watch_close(watch);
}

/* ---- the memory driver, for tests ---------------------------------------- */

/* Adds or replaces one file. `content` is copied. */
void source_memory_put(struct source *source, const char *path,
		       struct span content, int64_t modified_ns);
void source_memory_remove(struct source *source, const char *path);

/* Bytes fetched for far files so far, and what every further read of them fails with
 * (STATUS_OK: it does not). */
uint64_t source_memory_fetched(struct source *source);
void source_memory_fail(struct source *source, enum status status);

#endif /* OGMA_DRIVER_SOURCE_H */
