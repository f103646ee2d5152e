/* source_folder_watch.c - tells what changed in a tree, by inotify(7).
 *
 * Each folder has one watch; a table leads from the kernel's number to the
 * folder's path. A watch is set before the folder is listed, so what is made in
 * between is seen by one or the other. A changed folder becomes "dirty" and is
 * given out when nothing more happened in it for a while. When the kernel drops
 * events the whole tree is watched anew and a rescan is asked for.
 *
 * inotify knows nothing of changes made by other machines on a network disk:
 * the rescan interval of service/watch is for those. */
#include "driver/source_folder.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"

#define DIRTY_MAX 512      /* more folders at once: rescan */
#define PATIENCE_FACTOR 20 /* of quiet_ms, for folders that never rest */
#define WATCH_BUCKETS 4096

#define WATCH_MASK                                                      \
	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |          \
	 IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF |      \
	 IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK)

struct watched {
	struct watched *next; /* of its bucket */
	int number;           /* the kernel's "wd" */
	char *path;
};

struct dirty {
	char *path;
	bool deep;
	int64_t first_ms, last_ms;
};

struct folder_watch {
	struct source_watch base;
	struct folder_source *source;
	int inotify_fd, wake_fd;
	pthread_mutex_t lock; /* of the table, while walkers fill it */
	struct watched *table[WATCH_BUCKETS];
	uint32_t watched_count;
	bool lost_root, overflown, rescan;

	struct dirty dirty[DIRTY_MAX];
	size_t dirty_count;
	struct source_change given[DIRTY_MAX];
	size_t given_count;
};

/* ---- the table ------------------------------------------------------------ */

static struct watched **
watched_link(struct folder_watch *watch, int number)
{
	struct watched **link =
		&watch->table[(unsigned)number % WATCH_BUCKETS];

	while (*link != NULL && (*link)->number != number)
		link = &(*link)->next;
	return link;
}

static void
watched_put(struct folder_watch *watch, int number, const char *path)
{
	struct watched **link = watched_link(watch, number);

	if (*link == NULL) {
		*link = mem_new(1, sizeof **link);
		(*link)->number = number;
		watch->watched_count++;
	}
	free((*link)->path);
	(*link)->path = mem_copy_text(path);
}

static void
watched_drop(struct folder_watch *watch, struct watched **link)
{
	struct watched *gone = *link;

	*link = gone->next;
	free(gone->path);
	free(gone);
	watch->watched_count--;
}

/* Stops watching `path` and what is below it. */
static void
watched_drop_within(struct folder_watch *watch, const char *path)
{
	for (size_t i = 0; i < WATCH_BUCKETS; i++) {
		struct watched **link = &watch->table[i];

		while (*link != NULL) {
			if (source_path_within((*link)->path, path)) {
				inotify_rm_watch(watch->inotify_fd,
						 (*link)->number);
				watched_drop(watch, link);
			} else {
				link = &(*link)->next;
			}
		}
	}
}

static bool
watched_has_path(const struct folder_watch *watch, const char *path)
{
	for (size_t i = 0; i < WATCH_BUCKETS; i++) {
		for (const struct watched *at = watch->table[i]; at != NULL;
		     at = at->next) {
			if (strcmp(at->path, path) == 0)
				return true;
		}
	}
	return false;
}

/* ---- setting watches ------------------------------------------------------ */

static enum status
watch_folder(void *cookie, const char *path, int fd, struct fault *fault)
{
	struct folder_watch *watch = cookie;
	uint32_t limit = watch->source->watches_max;
	enum status status = STATUS_OK;
	char place[64];
	int number;

	snprintf(place, sizeof place, "/proc/self/fd/%d", fd);
	pthread_mutex_lock(&watch->lock);
	if (limit != 0 && watch->watched_count >= limit) {
		status = fault_set(fault, STATUS_FULL,
				   "there are more than %u folders to watch",
				   limit);
	} else {
		number = inotify_add_watch(watch->inotify_fd, place,
					   WATCH_MASK);
		if (number >= 0)
			watched_put(watch, number, path);
		else if (errno == ENOSPC || errno == ENOMEM)
			status = fault_set(
				fault, STATUS_FULL,
				"the kernel watches no more than %u folders "
				"(fs.inotify.max_user_watches)",
				watch->watched_count);
		/* A folder that vanished, or may not be read, is not watched:
		 * the walk says why. */
	}
	pthread_mutex_unlock(&watch->lock);
	return status;
}

static enum status
visit_nothing(void *cookie, const struct source_folder *folder,
	      struct fault *fault)
{
	(void)cookie, (void)folder, (void)fault;
	return STATUS_OK;
}

static void
problem_nothing(void *cookie, const char *path, const char *reason)
{
	(void)cookie, (void)path, (void)reason;
}

static enum status
watch_tree(struct folder_watch *watch, const char *path, struct fault *fault)
{
	const struct source_visitor visitor = { visit_nothing, problem_nothing,
						watch };
	struct folder_walk_args args = { .path = path,
					 .deep = true,
					 .visitor = &visitor,
					 .opened = watch_folder };

	return folder_source_walk(watch->source, &args, fault);
}

/* ---- dirty folders -------------------------------------------------------- */

static void
dirty_drop(struct folder_watch *watch, size_t index)
{
	free(watch->dirty[index].path);
	watch->dirty[index] = watch->dirty[--watch->dirty_count];
}

/* One walk will do for a folder and all that is below it. */
static void
dirty_swallow(struct folder_watch *watch, const char *path)
{
	for (size_t i = watch->dirty_count; i > 0; i--) {
		const char *inner = watch->dirty[i - 1].path;

		if (strcmp(inner, path) != 0 && source_path_within(inner, path))
			dirty_drop(watch, i - 1);
	}
}

static void
dirty_add(struct folder_watch *watch, const char *path, bool deep)
{
	int64_t now_ms = clock_monotonic_ms();

	if (deep)
		dirty_swallow(watch, path);
	for (size_t i = 0; i < watch->dirty_count; i++) {
		struct dirty *dirty = &watch->dirty[i];
		bool same = strcmp(dirty->path, path) == 0;

		if (same || (dirty->deep &&
			     source_path_within(path, dirty->path))) {
			dirty->last_ms = now_ms;
			dirty->deep = dirty->deep || (same && deep);
			return;
		}
	}
	if (watch->dirty_count == DIRTY_MAX) {
		watch->rescan = true;
		return;
	}
	watch->dirty[watch->dirty_count++] = (struct dirty){
		.path = mem_copy_text(path),
		.deep = deep,
		.first_ms = now_ms,
		.last_ms = now_ms,
	};
}

/* ---- events --------------------------------------------------------------- */

static bool
is_link(const struct folder_watch *watch, const char *path)
{
	struct stat facts;
	int root_fd, fd;
	bool link;

	if (folder_root_open(watch->source, &root_fd, NULL) != STATUS_OK)
		return false;
	fd = folder_open_below(root_fd, path, O_PATH | O_NOFOLLOW);
	link = fd >= 0 && fstat(fd, &facts) == 0 && S_ISLNK(facts.st_mode);
	if (fd >= 0)
		close(fd);
	close(root_fd);
	return link;
}

static void
folder_event(struct folder_watch *watch, const char *path, uint32_t mask)
{
	if (mask & (IN_DELETE | IN_MOVED_FROM)) {
		watched_drop_within(watch, path);
		dirty_add(watch, path, true);
	} else if (mask & (IN_CREATE | IN_MOVED_TO)) {
		/* No room for more watches: what cannot be seen is found by a
		 * rescan only. */
		if (watch_tree(watch, path, NULL) == STATUS_FULL)
			watch->overflown = true;
		dirty_add(watch, path, true);
	} else if (mask & IN_ATTRIB) {
		if (watch_tree(watch, path, NULL) == STATUS_FULL)
			watch->overflown = true;
		dirty_add(watch, path, true);
	}
}

static void
file_event(struct folder_watch *watch, const char *folder, const char *path,
	   const char *name, uint32_t mask)
{
	if (source_name_is_ignore_mark(name)) {
		if (mask & (IN_DELETE | IN_MOVED_FROM) &&
		    watch_tree(watch, folder, NULL) == STATUS_FULL)
			watch->overflown = true;
		dirty_add(watch, folder, true);
		return;
	}
	if (source_name_kind(name) != SOURCE_NOTHING)
		dirty_add(watch, folder, false);
	if (((mask & (IN_CREATE | IN_MOVED_TO)) && is_link(watch, path)) ||
	    ((mask & (IN_DELETE | IN_MOVED_FROM)) &&
	     watched_has_path(watch, path)))
		watch->overflown = true;
}

static void
event_take(struct folder_watch *watch, const struct inotify_event *event)
{
	struct watched **link;
	const char *name = event->len > 0 ? event->name : "";
	const char *folder;
	struct arena arena;
	char *path;

	if (event->mask & IN_Q_OVERFLOW) {
		watch->overflown = true;
		return;
	}
	link = watched_link(watch, event->wd);
	if (*link == NULL)
		return;
	folder = (*link)->path;
	if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) {
		/* Of a folder that moved, the folder above tells. */
		if (folder[0] == '\0')
			watch->lost_root = true;
		else if (!(event->mask & IN_MOVE_SELF))
			dirty_add(watch, folder, true);
		return;
	}
	if (event->mask & IN_IGNORED) {
		watched_drop(watch, link);
		return;
	}
	if (name[0] == '\0')
		return;
	arena_init(&arena);
	folder = arena_copy_text(&arena, folder);
	path = folder[0] == '\0' ? arena_copy_text(&arena, name) :
				   arena_print(&arena, "%s/%s", folder, name);
	if (!(event->mask & IN_ISDIR))
		file_event(watch, folder, path, name, event->mask);
	else if (!source_folder_ignored(name))
		folder_event(watch, path, event->mask);
	arena_release(&arena);
}

static void
events_read(struct folder_watch *watch)
{
	char room[64 * 1024] __attribute__((aligned(8)));
	ssize_t got;

	while ((got = read(watch->inotify_fd, room, sizeof room)) > 0) {
		for (char *at = room; at < room + got;) {
			const struct inotify_event *event = (void *)at;

			event_take(watch, event);
			at += sizeof *event + event->len;
		}
	}
}

/* ---- giving changes out --------------------------------------------------- */

static void
given_release(struct folder_watch *watch)
{
	for (size_t i = 0; i < watch->given_count; i++)
		free((char *)(uintptr_t)watch->given[i].path);
	watch->given_count = 0;
}

/* Moves the folders that rest to `given`; returns in how many ms the next one
 * will, -1 when none is left. */
static int64_t
dirty_give(struct folder_watch *watch, uint32_t quiet_ms)
{
	int64_t now_ms = clock_monotonic_ms(), next_ms = -1;

	for (size_t i = watch->dirty_count; i > 0; i--) {
		struct dirty *dirty = &watch->dirty[i - 1];
		int64_t rest_ms = dirty->last_ms + quiet_ms - now_ms;
		int64_t patience_ms = dirty->first_ms +
				      (int64_t)quiet_ms * PATIENCE_FACTOR -
				      now_ms;
		int64_t wait_ms = rest_ms < patience_ms ? rest_ms : patience_ms;

		if (wait_ms <= 0) {
			watch->given[watch->given_count++] =
				(struct source_change){
					mem_copy_text(dirty->path), dirty->deep
				};
			dirty_drop(watch, i - 1);
		} else if (next_ms < 0 || wait_ms < next_ms) {
			next_ms = wait_ms;
		}
	}
	return next_ms;
}

static enum status
watch_rebuild(struct folder_watch *watch, struct fault *fault)
{
	watch->overflown = false;
	watch->rescan = true;
	watched_drop_within(watch, "");
	return watch_tree(watch, "", fault);
}

enum status
folder_watch_wait(struct source_watch *base, uint32_t quiet_ms,
		  uint32_t timeout_ms, struct source_changes *out,
		  struct fault *fault)
{
	struct folder_watch *watch =
		container_of(base, struct folder_watch, base);
	int64_t end_ms = clock_monotonic_ms() + timeout_ms;
	bool woken = false;

	given_release(watch);
	for (;;) {
		struct pollfd ready[2] = {
			{ .fd = watch->inotify_fd, .events = POLLIN },
			{ .fd = watch->wake_fd, .events = POLLIN },
		};
		int64_t left_ms, next_ms;
		uint64_t count;

		events_read(watch);
		if (watch->lost_root)
			return fault_field(fault, STATUS_UNAVAILABLE, "source",
					   "the folder %s is gone",
					   watch->source->root);
		if (watch->overflown) {
			enum status status = watch_rebuild(watch, fault);

			if (status != STATUS_OK)
				return status;
		}
		next_ms = dirty_give(watch, quiet_ms);
		left_ms = end_ms - clock_monotonic_ms();
		if (watch->rescan || watch->given_count > 0 || left_ms <= 0 ||
		    woken)
			break;
		if (next_ms >= 0 && next_ms < left_ms)
			left_ms = next_ms;
		if (poll(ready, 2, (int)left_ms) > 0 &&
		    read(watch->wake_fd, &count, sizeof count) > 0)
			woken = true;
	}
	out->rescan = watch->rescan;
	out->items = watch->given;
	out->count = watch->given_count;
	if (watch->rescan)
		while (watch->dirty_count > 0)
			dirty_drop(watch, 0);
	watch->rescan = false;
	return STATUS_OK;
}

void
folder_watch_wake(struct source_watch *base)
{
	struct folder_watch *watch =
		container_of(base, struct folder_watch, base);

	(void)!write(watch->wake_fd, &(uint64_t){ 1 }, sizeof(uint64_t));
}

void
folder_watch_close(struct source_watch *base)
{
	struct folder_watch *watch =
		container_of(base, struct folder_watch, base);

	if (watch->inotify_fd >= 0)
		close(watch->inotify_fd);
	if (watch->wake_fd >= 0)
		close(watch->wake_fd);
	for (size_t i = 0; i < WATCH_BUCKETS; i++) {
		while (watch->table[i] != NULL)
			watched_drop(watch, &watch->table[i]);
	}
	while (watch->dirty_count > 0)
		dirty_drop(watch, 0);
	given_release(watch);
	pthread_mutex_destroy(&watch->lock);
	free(watch);
}

enum status
folder_watch_open(struct source *source, struct source_watch **out,
		  struct fault *fault)
{
	struct folder_watch *watch = mem_new(1, sizeof *watch);
	enum status status = STATUS_OK;

	watch->base.source = source;
	watch->source = folder_source_of(source);
	pthread_mutex_init(&watch->lock, NULL);
	watch->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	watch->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (watch->inotify_fd < 0 || watch->wake_fd < 0)
		status = fault_errno(fault, errno, "cannot watch folders");
	if (status == STATUS_OK)
		status = watch_tree(watch, "", fault);
	if (status != STATUS_OK) {
		folder_watch_close(&watch->base);
		return status;
	}
	*out = &watch->base;
	return STATUS_OK;
}
