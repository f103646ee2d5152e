/* cache_folder.c - a folder of derived files, bounded in bytes; see
 * cache_folder.h.
 *
 * The sum of sizes is kept in memory; it is measured when first needed, so that
 * opening costs nothing. When it passes the bound, the folder is listed and the
 * oldest go until a tenth is free, which spreads the cost of listing. A writer
 * holds a lock on its unfinished file; an unfinished file that nobody locks was
 * left by a process that died. */
#include "service/cache_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"

#define NEW_FOLDER "new"
#define NAME_BYTES 200
#define TOUCH_AFTER_SECONDS 600 /* a use is noted no more often */

struct cache_folder {
	int root_fd;
	uint64_t limit_bytes;
	pthread_mutex_t lock; /* of all below */
	bool measured;
	uint64_t bytes, entries;
};

struct entry {
	char name[NAME_BYTES]; /* with its folder: "ab/ab12…" */
	int64_t used_ns;
	uint64_t size_bytes;
};

struct entry_list {
	struct entry *items;
	size_t count, room;
	uint64_t bytes;
};

/* ---- listing -------------------------------------------------------------- */

static void
list_fan(int root_fd, const char *fan, struct entry_list *list)
{
	int fd = openat(root_fd, fan, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (folder == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(folder)) != NULL) {
		struct stat facts;
		struct entry *item;

		if (entry->d_name[0] == '.' ||
		    fstatat(fd, entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) !=
			    0 ||
		    !S_ISREG(facts.st_mode))
			continue;
		if (list->count == list->room) {
			list->room = list->room == 0 ? 256 : 2 * list->room;
			list->items = mem_grow(list->items, list->room,
					       sizeof *list->items);
		}
		item = &list->items[list->count++];
		snprintf(item->name, sizeof item->name, "%.2s/%.190s", fan,
			 entry->d_name);
		item->used_ns = (int64_t)facts.st_mtim.tv_sec * 1000000000 +
				facts.st_mtim.tv_nsec;
		item->size_bytes = (uint64_t)facts.st_size;
		list->bytes += item->size_bytes;
	}
	closedir(folder);
}

static void
list_all(int root_fd, struct entry_list *list)
{
	int fd = openat(root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	*list = (struct entry_list){ 0 };
	if (folder == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] != '.' && strlen(entry->d_name) == 2)
			list_fan(root_fd, entry->d_name, list);
	}
	closedir(folder);
}

static int
entry_compare(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return left->used_ns < right->used_ns ? -1 :
						left->used_ns > right->used_ns;
}

static void
measure_locked(struct cache_folder *cache)
{
	struct entry_list list;

	if (cache->measured)
		return;
	list_all(cache->root_fd, &list);
	cache->bytes = list.bytes;
	cache->entries = list.count;
	cache->measured = true;
	free(list.items);
}

/* Makes room for `wanted` bytes more, and a tenth besides. */
static void
evict_locked(struct cache_folder *cache, uint64_t wanted)
{
	uint64_t aim = cache->limit_bytes - cache->limit_bytes / 10;
	struct entry_list list;

	measure_locked(cache);
	if (cache->bytes + wanted <= cache->limit_bytes)
		return;
	aim = aim > wanted ? aim - wanted : 0;
	list_all(cache->root_fd, &list);
	cache->bytes = list.bytes;
	cache->entries = list.count;
	if (list.count > 1)
		qsort(list.items, list.count, sizeof *list.items,
		      entry_compare);
	for (size_t i = 0; i < list.count && cache->bytes > aim; i++) {
		if (unlinkat(cache->root_fd, list.items[i].name, 0) != 0)
			continue;
		cache->bytes -= list.items[i].size_bytes;
		cache->entries--;
	}
	free(list.items);
}

/* ---- opening -------------------------------------------------------------- */

static void
leftovers_remove(int root_fd)
{
	int fd = openat(root_fd, NEW_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (folder == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(folder)) != NULL) {
		int file;

		if (entry->d_name[0] == '.')
			continue;
		file = openat(fd, entry->d_name, O_RDONLY | O_CLOEXEC);
		if (file < 0)
			continue;
		if (flock(file, LOCK_EX | LOCK_NB) == 0)
			unlinkat(fd, entry->d_name, 0);
		close(file);
	}
	closedir(folder);
}

enum status
cache_folder_open(const char *path, uint64_t limit_bytes,
		  struct cache_folder **out, struct fault *fault)
{
	enum status status = folder_make(path, fault);
	struct cache_folder *cache;
	int fd;

	if (status != STATUS_OK)
		return status;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fault_errno(fault, errno, "cannot open folder %s", path);
	if (mkdirat(fd, NEW_FOLDER, 0750) != 0 && errno != EEXIST) {
		status = fault_errno(fault, errno, "cannot write to folder %s",
				     path);
		close(fd);
		return status;
	}
	leftovers_remove(fd);
	cache = mem_new(1, sizeof *cache);
	cache->root_fd = fd;
	cache->limit_bytes = limit_bytes;
	pthread_mutex_init(&cache->lock, NULL);
	*out = cache;
	return STATUS_OK;
}

void
cache_folder_close(struct cache_folder *cache)
{
	if (cache == NULL)
		return;
	close(cache->root_fd);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

/* ---- entries -------------------------------------------------------------- */

static void
entry_path(const char *name, char out[NAME_BYTES])
{
	snprintf(out, NAME_BYTES, "%.2s/%.190s", name, name);
}

enum status
cache_folder_get(struct cache_folder *cache, const char *name, int *fd,
		 uint64_t *size_bytes, struct fault *fault)
{
	char path[NAME_BYTES];
	struct stat facts;
	int file;

	entry_path(name, path);
	file = openat(cache->root_fd, path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || fstat(file, &facts) != 0) {
		int number = errno;

		if (file >= 0)
			close(file);
		return fault_errno(fault, number, "cannot open %s", path);
	}
	if ((int64_t)facts.st_mtim.tv_sec + TOUCH_AFTER_SECONDS <
	    clock_now_ms() / 1000)
		(void)!futimens(file, NULL);
	*fd = file;
	*size_bytes = (uint64_t)facts.st_size;
	return STATUS_OK;
}

enum status
cache_folder_begin(struct cache_folder *cache, uint64_t expected_bytes,
		   struct cache_new *out, struct fault *fault)
{
	enum status status = STATUS_OK;
	struct cache_new entry;
	uint8_t salt[16];
	char hex[33];

	if (expected_bytes > cache->limit_bytes)
		return fault_set(fault, STATUS_FULL,
				 "the cache is smaller than this file");
	pthread_mutex_lock(&cache->lock);
	evict_locked(cache, expected_bytes);
	pthread_mutex_unlock(&cache->lock);
	random_bytes(salt, sizeof salt);
	hex_print(salt, sizeof salt, hex);
	snprintf(entry.name, sizeof entry.name, NEW_FOLDER "/%s", hex);
	entry.fd = openat(cache->root_fd, entry.name,
			  O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (entry.fd < 0)
		return fault_errno(fault, errno, "cannot write to the cache");
	flock(entry.fd, LOCK_EX | LOCK_NB);
	if (expected_bytes > 0 &&
	    fallocate(entry.fd, FALLOC_FL_KEEP_SIZE, 0,
		      (off_t)expected_bytes) != 0 &&
	    (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
		status = fault_set(fault, STATUS_FULL,
				   "the disk of the cache is full");
	if (status != STATUS_OK) {
		cache_folder_abort(cache, &entry);
		return status;
	}
	*out = entry;
	return STATUS_OK;
}

void
cache_folder_abort(struct cache_folder *cache, struct cache_new *entry)
{
	unlinkat(cache->root_fd, entry->name, 0);
	close(entry->fd);
	entry->fd = -1;
}

static enum status
entry_name(struct cache_folder *cache, struct cache_new *entry,
	   const char *name, struct fault *fault)
{
	char path[NAME_BYTES], fan[3];

	entry_path(name, path);
	snprintf(fan, sizeof fan, "%.2s", name);
	if (fdatasync(entry->fd) != 0)
		return fault_errno(fault, errno, "cannot write to the cache");
	if (mkdirat(cache->root_fd, fan, 0750) != 0 && errno != EEXIST)
		return fault_errno(fault, errno, "cannot write to the cache");
	if (renameat(cache->root_fd, entry->name, cache->root_fd, path) != 0)
		return fault_errno(fault, errno, "cannot write to the cache");
	return STATUS_OK;
}

enum status
cache_folder_commit(struct cache_folder *cache, struct cache_new *entry,
		    const char *name, bool keep_fd, struct fault *fault)
{
	enum status status = STATUS_OK;
	struct stat facts;

	/* Frees what was reserved and not used. */
	if (fstat(entry->fd, &facts) != 0 ||
	    ftruncate(entry->fd, facts.st_size) != 0)
		status = fault_errno(fault, errno, "cannot write to the cache");
	pthread_mutex_lock(&cache->lock);
	measure_locked(cache);
	pthread_mutex_unlock(&cache->lock);
	if (status == STATUS_OK)
		status = entry_name(cache, entry, name, fault);
	if (status == STATUS_OK) {
		pthread_mutex_lock(&cache->lock);
		cache->bytes += (uint64_t)facts.st_size;
		cache->entries++;
		evict_locked(cache, 0);
		pthread_mutex_unlock(&cache->lock);
	} else {
		unlinkat(cache->root_fd, entry->name, 0);
	}
	if (!keep_fd) {
		close(entry->fd);
		entry->fd = -1;
	} else {
		flock(entry->fd, LOCK_UN);
	}
	return status;
}

void
cache_folder_count(struct cache_folder *cache, uint64_t *bytes,
		   uint64_t *entries)
{
	pthread_mutex_lock(&cache->lock);
	measure_locked(cache);
	*bytes = cache->bytes;
	*entries = cache->entries;
	pthread_mutex_unlock(&cache->lock);
}
