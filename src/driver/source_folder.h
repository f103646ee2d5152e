/* source_folder.h - what the files of the folder driver share: the walk
 * (source_folder.c), the watch (source_folder_watch.c) and what is written
 * (source_folder_put.c).
 *
 * Floor: 2 (driver), private to the driver. */
#ifndef OGMA_DRIVER_SOURCE_FOLDER_H
#define OGMA_DRIVER_SOURCE_FOLDER_H

#include "driver/source.h"

struct folder_source {
	struct source base;
	char *root;
	uint32_t walkers;
	uint32_t watches_max;
	bool links;
};

static inline struct folder_source *
folder_source_of(struct source *source)
{
	return container_of(source, struct folder_source, base);
}

/* A walk that is told of each folder before it is read, with a descriptor of
 * it, so that a watch set then misses nothing. `opened` may be NULL; like the
 * visitor it is called from several threads. */
struct folder_walk_args {
	const char *path;
	bool deep;
	const struct source_visitor *visitor;
	enum status (*opened)(void *cookie, const char *path, int fd,
			      struct fault *fault);
};
enum status folder_source_walk(struct folder_source *source,
			       const struct folder_walk_args *args,
			       struct fault *fault);

/* Opens the root as a folder; STATUS_UNAVAILABLE when it is not there. */
enum status folder_root_open(const struct folder_source *source, int *out_fd,
			     struct fault *fault);

/* openat() for paths longer than the kernel takes at once; -1 and errno. */
int folder_open_below(int root_fd, const char *path, int flags);

enum status folder_put_file(struct source *source, const char *path, int fd,
			    struct fault *fault);
enum status folder_remove_file(struct source *source, const char *path,
			       struct fault *fault);

enum status folder_watch_open(struct source *source, struct source_watch **out,
			      struct fault *fault);
enum status folder_watch_wait(struct source_watch *watch, uint32_t quiet_ms,
			      uint32_t timeout_ms, struct source_changes *out,
			      struct fault *fault);
void folder_watch_wake(struct source_watch *watch);
void folder_watch_close(struct source_watch *watch);

#endif /* OGMA_DRIVER_SOURCE_FOLDER_H */
