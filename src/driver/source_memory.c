/* source_memory.c - files in memory: for tests, and the shortest complete
 * driver. Rules of names are those of all sources; there are no links. A second
 * driver plays a remote source. */
#include "driver/source.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "driver/far_file.h"

struct memory_file {
	char *path;
	uint64_t inode;
	int64_t modified_ns;
	size_t size_bytes;
	char *content;
};

struct memory_source {
	struct source base;
	pthread_mutex_t lock;
	struct memory_file *files; /* folder by folder, each by name */
	size_t count, room;
	uint64_t last_inode;
	enum status failing;
	struct far_files *far;
};

static struct memory_source *
memory_of(struct source *source)
{
	return container_of(source, struct memory_source, base);
}

static size_t
folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path);
}

static const char *
file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* By folder, then by name, so that a folder's files lie together. */
static int
memory_compare(const char *a, const char *b)
{
	size_t left = folder_length(a), right = folder_length(b);
	int order = memcmp(a, b, left < right ? left : right);

	if (order == 0 && left != right)
		order = left < right ? -1 : 1;
	return order != 0 ? order : strcmp(file_name(a), file_name(b));
}

static size_t
memory_place(const struct memory_source *source, const char *path)
{
	size_t at = 0;

	while (at < source->count &&
	       memory_compare(source->files[at].path, path) < 0)
		at++;
	return at;
}

static struct memory_file *
memory_find(const struct memory_source *source, const char *path)
{
	size_t at = memory_place(source, path);

	return at < source->count &&
			       strcmp(source->files[at].path, path) == 0 ?
		       &source->files[at] :
		       NULL;
}

/* Under the lock. */
static void
memory_store(struct memory_source *source, const char *path,
	     struct span content, int64_t modified_ns)
{
	struct memory_file *file = memory_find(source, path);

	if (file == NULL) {
		size_t at = memory_place(source, path);

		if (source->count == source->room) {
			source->room = source->room == 0 ? 16 :
							   2 * source->room;
			source->files = mem_grow(source->files, source->room,
						 sizeof *source->files);
		}
		file = &source->files[at];
		memmove(file + 1, file, (source->count - at) * sizeof *file);
		source->count++;
		*file = (struct memory_file){ .path = mem_copy_text(path) };
	}
	if (file->inode == 0 || source->base.driver->remote)
		file->inode = ++source->last_inode;
	free(file->content);
	file->content = mem_new(content.length + 1, 1);
	if (content.length > 0)
		memcpy(file->content, content.at, content.length);
	file->size_bytes = content.length;
	file->modified_ns = modified_ns;
}

void
source_memory_put(struct source *base, const char *path, struct span content,
		  int64_t modified_ns)
{
	struct memory_source *source = memory_of(base);

	pthread_mutex_lock(&source->lock);
	memory_store(source, path, content, modified_ns);
	pthread_mutex_unlock(&source->lock);
}

void
source_memory_remove(struct source *base, const char *path)
{
	struct memory_source *source = memory_of(base);
	struct memory_file *file;

	pthread_mutex_lock(&source->lock);
	file = memory_find(source, path);
	if (file != NULL) {
		free(file->path);
		free(file->content);
		source->count--;
		memmove(file, file + 1,
			(size_t)(source->files + source->count - file) *
				sizeof *file);
	}
	pthread_mutex_unlock(&source->lock);
}

static enum status
memory_open(const struct source_driver *driver, struct source **out)
{
	struct memory_source *source = mem_new(1, sizeof *source);

	source->base.driver = driver;
	source->far = far_files_new(driver->name);
	pthread_mutex_init(&source->lock, NULL);
	*out = &source->base;
	return STATUS_OK;
}

static enum status
memory_source_open(const struct source_args *args, struct source **out,
		   struct fault *fault)
{
	(void)args, (void)fault;
	return memory_open(&source_driver_memory, out);
}

static enum status
far_memory_open(const struct source_args *args, struct source **out,
		struct fault *fault)
{
	(void)args, (void)fault;
	return memory_open(&source_driver_far_memory, out);
}

static void
memory_source_close(struct source *base)
{
	struct memory_source *source = memory_of(base);

	far_files_free(source->far);
	for (size_t i = 0; i < source->count; i++) {
		free(source->files[i].path);
		free(source->files[i].content);
	}
	free(source->files);
	pthread_mutex_destroy(&source->lock);
	free(source);
}

static enum status
memory_source_check(struct source *base, struct fault *fault)
{
	(void)base, (void)fault;
	return STATUS_OK;
}

static void
memory_describe(const struct memory_file *file, const char *name,
		struct source_file *out)
{
	*out = (struct source_file){
		.name = name,
		.kind = source_name_kind(name),
		.size_bytes = file->size_bytes,
		.modified_ns = file->modified_ns,
		.inode = file->inode,
		.device = 1,
	};
}

static bool
path_ignored(struct arena *arena, const char *path)
{
	char *part = arena_copy_text(arena, path), *slash;

	for (; (slash = strchr(part, '/')) != NULL; part = slash + 1) {
		*slash = '\0';
		if (source_folder_ignored(part))
			return true;
	}
	return source_name_kind(part) == SOURCE_NOTHING;
}

/* The ignore mark of any folder above the file. */
static bool
file_marked_ignored(const struct memory_source *source, const char *path)
{
	for (size_t i = 0; i < source->count; i++) {
		const char *mark = source->files[i].path;
		size_t length = folder_length(mark);

		if (source_name_is_ignore_mark(file_name(mark)) &&
		    (length == 0 || (strncmp(path, mark, length) == 0 &&
				     path[length] == '/')))
			return true;
	}
	return false;
}

/* Files are copied out first, so that the visitor may use the source. */
static size_t
memory_snapshot(struct memory_source *source, struct arena *arena,
		const char *path, bool deep, char ***folders,
		struct source_file **files)
{
	size_t count = 0;

	pthread_mutex_lock(&source->lock);
	*folders = arena_new(arena, char *, source->count + 1);
	*files = arena_new(arena, struct source_file, source->count + 1);
	for (size_t i = 0; i < source->count; i++) {
		const struct memory_file *file = &source->files[i];
		char *folder = arena_copy_bytes(arena, file->path,
						folder_length(file->path));

		if (!source_path_within(folder, path) ||
		    (!deep && strcmp(folder, path) != 0) ||
		    path_ignored(arena, file->path) ||
		    file_marked_ignored(source, file->path))
			continue;
		(*folders)[count] = folder;
		memory_describe(file,
				arena_copy_text(arena, file_name(file->path)),
				&(*files)[count++]);
	}
	pthread_mutex_unlock(&source->lock);
	return count;
}

static enum status
memory_source_walk(struct source *base, const char *path, bool deep,
		   const struct source_visitor *visitor, struct fault *fault)
{
	enum status status = STATUS_OK;
	struct source_file *files;
	struct arena arena;
	char **folders;
	size_t count;

	arena_init(&arena);
	count = memory_snapshot(memory_of(base), &arena, path, deep, &folders,
				&files);
	if (count == 0 && path[0] != '\0')
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no folder %s", path);
	for (size_t i = 0, next; status == STATUS_OK && i < count; i = next) {
		struct source_folder folder = { folders[i], &files[i], 0 };

		for (next = i; next < count &&
			       strcmp(folders[next], folders[i]) == 0;
		     next++)
			folder.file_count++;
		status = visitor->folder(visitor->cookie, &folder, fault);
	}
	arena_release(&arena);
	return status;
}

static enum status
memory_source_open_file(struct source *base, const char *path, int *out_fd,
			struct fault *fault)
{
	struct memory_source *source = memory_of(base);
	const struct memory_file *file;
	enum status status;
	int fd;

	fd = memfd_create("ogma-source", MFD_CLOEXEC);
	if (fd < 0)
		return fault_errno(fault, errno, "cannot open %s", path);
	pthread_mutex_lock(&source->lock);
	file = memory_find(source, path);
	status = file == NULL ? fault_set(fault, STATUS_NOT_FOUND,
					  "there is no file %s", path) :
				fd_write(fd, file->content, file->size_bytes,
					 fault);
	pthread_mutex_unlock(&source->lock);
	if (status != STATUS_OK) {
		close(fd);
		return status;
	}
	lseek(fd, 0, SEEK_SET);
	*out_fd = fd;
	return STATUS_OK;
}

/* ---- far files ------------------------------------------------------------ */

struct far_memory {
	struct memory_source *source;
	struct far_file file;
	char *content;
};

static enum status
far_memory_read(void *cookie, uint64_t offset, char *room, size_t count,
		struct fault *fault)
{
	struct far_memory *far = cookie;
	enum status failing;

	pthread_mutex_lock(&far->source->lock);
	failing = far->source->failing;
	pthread_mutex_unlock(&far->source->lock);
	if (failing != STATUS_OK)
		return fault_set(fault, failing, "the place is out of order");
	memcpy(room, far->content + offset, count);
	return STATUS_OK;
}

static void
far_memory_release(void *cookie)
{
	struct far_memory *far = cookie;

	free(far->content);
	free(far);
}

static enum status
far_memory_open_file(struct source *base, const char *path, int *out_fd,
		     struct fault *fault)
{
	struct memory_source *source = memory_of(base);
	const struct memory_file *file;
	struct far_memory *far = NULL;

	pthread_mutex_lock(&source->lock);
	file = memory_find(source, path);
	if (file != NULL) {
		far = mem_new(1, sizeof *far);
		far->source = source;
		far->content = mem_new(file->size_bytes + 1, 1);
		memcpy(far->content, file->content, file->size_bytes);
		far->file = (struct far_file){
			.size_bytes = file->size_bytes,
			.modified_ns = file->modified_ns,
			.mark = file->inode,
			.read = far_memory_read,
			.release = far_memory_release,
			.cookie = far,
		};
	}
	pthread_mutex_unlock(&source->lock);
	return far == NULL ? fault_set(fault, STATUS_NOT_FOUND,
				       "there is no file %s", path) :
			     far_files_open(source->far, &far->file, out_fd,
					    fault);
}

uint64_t
source_memory_fetched(struct source *base)
{
	return far_files_fetched(memory_of(base)->far);
}

void
source_memory_fail(struct source *base, enum status status)
{
	struct memory_source *source = memory_of(base);

	pthread_mutex_lock(&source->lock);
	source->failing = status;
	pthread_mutex_unlock(&source->lock);
}

static enum status
memory_source_stat(struct source *base, const char *path,
		   struct source_file *out, struct fault *fault)
{
	struct memory_source *source = memory_of(base);
	const struct memory_file *file;

	pthread_mutex_lock(&source->lock);
	file = memory_find(source, path);
	if (file != NULL)
		memory_describe(file, file_name(path), out);
	pthread_mutex_unlock(&source->lock);
	return file != NULL ? STATUS_OK :
			      fault_set(fault, STATUS_NOT_FOUND,
					"there is no file %s", path);
}

static enum status
content_read(int fd, struct buffer *out, struct fault *fault)
{
	char piece[65536];
	ssize_t got;

	do {
		got = pread(fd, piece, sizeof piece, (off_t)out->length);
		if (got > 0)
			buffer_add(out, piece, (size_t)got);
	} while (got > 0);
	return got == 0 ? STATUS_OK :
			  fault_errno(fault, errno, "cannot read the file");
}

static enum status
memory_source_put(struct source *base, const char *path, int fd,
		  struct fault *fault)
{
	struct memory_source *source = memory_of(base);
	enum status status = source_path_check(path, fault);
	struct buffer content;
	bool there;

	buffer_init(&content, 0);
	if (status == STATUS_OK)
		status = content_read(fd, &content, fault);
	pthread_mutex_lock(&source->lock);
	there = memory_find(source, path) != NULL;
	if (status == STATUS_OK && !there)
		memory_store(source, path,
			     (struct span){ content.bytes, content.length },
			     clock_now_ms() * 1000000);
	pthread_mutex_unlock(&source->lock);
	buffer_release(&content);
	if (status == STATUS_OK && there)
		status = fault_set(fault, STATUS_CONFLICT,
				   "there is a file %s already", path);
	return status;
}

static enum status
memory_source_remove(struct source *base, const char *path,
		     struct fault *fault)
{
	enum status status = source_path_check(path, fault);
	struct source_file file;

	if (status == STATUS_OK)
		status = memory_source_stat(base, path, &file, fault);
	if (status == STATUS_OK)
		source_memory_remove(base, path);
	return status;
}

const struct source_driver source_driver_memory = {
	.name = "memory",
	.summary = "files in memory, for tests",
	.open = memory_source_open,
	.close = memory_source_close,
	.check = memory_source_check,
	.walk = memory_source_walk,
	.open_file = memory_source_open_file,
	.stat = memory_source_stat,
	.put_file = memory_source_put,
	.remove_file = memory_source_remove,
};

const struct source_driver source_driver_far_memory = {
	.name = "far-memory",
	.summary = "files in memory that are read as remote ones, for tests",
	.remote = true,
	.open = far_memory_open,
	.close = memory_source_close,
	.check = memory_source_check,
	.walk = memory_source_walk,
	.open_file = far_memory_open_file,
	.stat = memory_source_stat,
	.put_file = memory_source_put,
	.remove_file = memory_source_remove,
};
