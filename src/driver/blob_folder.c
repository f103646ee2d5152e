/* blob_folder.c - blobs as files of a folder, named by their content:
 * "ab/cd/<64 hex digits>" below the root.
 *
 * A blob is written to "new/<random>", synced, and only then renamed to its
 * name; the folder it lands in is synced after. So a name that can be seen
 * stands for a whole blob, also after power loss. Who writes holds a lock
 * (flock) on the file, so what a dead process left in "new" is known at the next
 * open and removed. Files are never written again after their rename; removing
 * one while it is read is safe because readers hold descriptors. */
#include "driver/blob.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"

#define FOLDER_NEW "new"
#define BLOB_NAME_BYTES (6 + 2 * BLOB_KEY_BYTES + 1) /* "ab/cd/…" and NUL */
#define NEW_NAME_BYTES (sizeof FOLDER_NEW + 1 + 32 + 1)

struct folder_store {
	struct blob_store base;
	int root_fd;
};

struct folder_reader {
	struct blob_reader base;
	int fd;
	uint64_t at, end;
};

struct folder_writer {
	struct blob_writer base;
	int fd;
	uint64_t size_bytes;
	struct digest *digest;
	char name[NEW_NAME_BYTES]; /* below the root */
};

static struct folder_store *
folder_of(struct blob_store *base)
{
	return container_of(base, struct folder_store, base);
}

static void
blob_name(const struct blob_key *key, char out[BLOB_NAME_BYTES])
{
	char hex[2 * BLOB_KEY_BYTES + 1];

	hex_print(key->sha256, BLOB_KEY_BYTES, hex);
	snprintf(out, BLOB_NAME_BYTES, "%.2s/%.2s/%s", hex, hex + 2, hex);
}

static void
leftovers_remove(int root_fd)
{
	int fd = openat(root_fd, FOLDER_NEW, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (folder == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(folder)) != NULL) {
		int left = openat(fd, entry->d_name,
				  O_WRONLY | O_NOFOLLOW | O_NONBLOCK |
					  O_CLOEXEC);

		if (left < 0)
			continue;
		if (flock(left, LOCK_EX | LOCK_NB) == 0)
			unlinkat(fd, entry->d_name, 0);
		close(left);
	}
	closedir(folder);
}

static enum status
folder_open(const struct blob_open_args *args, struct blob_store **out,
	    struct fault *fault)
{
	const struct blob_folder_settings *settings = args->settings;
	struct folder_store *store;
	enum status status;
	int fd;

	status = folder_make(settings->path, fault);
	if (status != STATUS_OK)
		return status;
	fd = open(settings->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fault_errno(fault, errno, "cannot open folder %s",
				   settings->path);
	if ((mkdirat(fd, FOLDER_NEW, 0750) != 0 && errno != EEXIST) ||
	    faccessat(fd, FOLDER_NEW, W_OK | X_OK, AT_EACCESS) != 0) {
		status = fault_errno(fault, errno, "cannot write to folder %s",
				     settings->path);
		close(fd);
		return status;
	}
	leftovers_remove(fd);
	store = mem_new(1, sizeof *store);
	store->base.driver = &blob_driver_folder;
	store->root_fd = fd;
	*out = &store->base;
	return STATUS_OK;
}

static void
folder_close(struct blob_store *base)
{
	struct folder_store *store = folder_of(base);

	close(store->root_fd);
	free(store);
}

static enum status
folder_stat(struct blob_store *base, const struct blob_key *key,
	    struct blob_info *out, struct fault *fault)
{
	char name[BLOB_NAME_BYTES];
	struct stat facts;

	blob_name(key, name);
	if (fstatat(folder_of(base)->root_fd, name, &facts, 0) != 0)
		return fault_errno(fault, errno, "cannot find blob %s", name);
	out->size_bytes = (uint64_t)facts.st_size;
	out->stored_at_ms = (int64_t)facts.st_mtim.tv_sec * 1000 +
			    facts.st_mtim.tv_nsec / 1000000;
	return STATUS_OK;
}

static enum status
folder_open_file(struct blob_store *base, const struct blob_key *key,
		 int *out_fd, struct fault *fault)
{
	char name[BLOB_NAME_BYTES];
	int fd;

	blob_name(key, name);
	fd = openat(folder_of(base)->root_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fault_errno(fault, errno, "cannot open blob %s", name);
	*out_fd = fd;
	return STATUS_OK;
}

static enum status
folder_read_begin(struct blob_store *base, const struct blob_key *key,
		  struct blob_range range, struct blob_reader **out,
		  struct fault *fault)
{
	struct folder_reader *reader;
	enum status status;
	struct stat facts;
	uint64_t size;
	int fd = -1;

	status = folder_open_file(base, key, &fd, fault);
	if (status != STATUS_OK)
		return status;
	if (fstat(fd, &facts) != 0) {
		status = fault_errno(fault, errno, "cannot read blob");
		close(fd);
		return status;
	}
	size = (uint64_t)facts.st_size;
	if (range.first_byte > size) {
		close(fd);
		return fault_set(fault, STATUS_OUT_OF_RANGE,
				 "the blob is shorter than that");
	}
	reader = mem_new(1, sizeof *reader);
	reader->base.store = base;
	reader->fd = fd;
	reader->at = range.first_byte;
	reader->end = range.length_bytes == 0 ||
				      range.length_bytes > size - reader->at ?
			      size :
			      reader->at + range.length_bytes;
	*out = &reader->base;
	return STATUS_OK;
}

static enum status
folder_read(struct blob_reader *base, void *buffer, size_t room_bytes,
	    size_t *got_bytes, struct fault *fault)
{
	struct folder_reader *reader =
		container_of(base, struct folder_reader, base);
	uint64_t count = reader->end - reader->at;
	ssize_t got;

	if (count > room_bytes)
		count = room_bytes;
	if (count == 0) {
		*got_bytes = 0;
		return STATUS_OK;
	}
	do {
		got = pread(reader->fd, buffer, count, (off_t)reader->at);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return fault_errno(fault, errno, "cannot read blob");
	if (got == 0)
		return fault_set(fault, STATUS_CORRUPT,
				 "the blob became shorter while it was read");
	reader->at += (uint64_t)got;
	*got_bytes = (size_t)got;
	return STATUS_OK;
}

static void
folder_read_end(struct blob_reader *base)
{
	struct folder_reader *reader =
		container_of(base, struct folder_reader, base);

	close(reader->fd);
	free(reader);
}

/* A new file that is ours: whoever removes leftovers may come between its making
 * and its lock, then there is another. -1 and errno. */
static int
new_file(int root_fd, char name[NEW_NAME_BYTES])
{
	for (;;) {
		struct stat facts;
		uint8_t salt[16];
		char hex[33];
		int fd;

		random_bytes(salt, sizeof salt);
		hex_print(salt, sizeof salt, hex);
		snprintf(name, NEW_NAME_BYTES, FOLDER_NEW "/%s", hex);
		fd = openat(root_fd, name,
			    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
		if (fd < 0)
			return -1;
		if (flock(fd, LOCK_EX) != 0 || fstat(fd, &facts) != 0) {
			int saved = errno;

			unlinkat(root_fd, name, 0);
			close(fd);
			errno = saved;
			return -1;
		}
		if (facts.st_nlink > 0)
			return fd;
		close(fd);
	}
}

static enum status
folder_write_begin(struct blob_store *base, struct blob_writer **out,
		   struct fault *fault)
{
	struct folder_writer *writer = mem_new(1, sizeof *writer);

	writer->fd = new_file(folder_of(base)->root_fd, writer->name);
	if (writer->fd < 0) {
		free(writer);
		return fault_errno(fault, errno, "cannot begin a blob");
	}
	writer->base.store = base;
	writer->digest = digest_new();
	*out = &writer->base;
	return STATUS_OK;
}

static enum status
folder_write(struct blob_writer *base, const void *bytes, size_t count_bytes,
	     struct fault *fault)
{
	struct folder_writer *writer =
		container_of(base, struct folder_writer, base);
	enum status status = fd_write(writer->fd, bytes, count_bytes, fault);

	if (status != STATUS_OK)
		return status;
	digest_add(writer->digest, bytes, count_bytes);
	writer->size_bytes += count_bytes;
	return STATUS_OK;
}

/* The temporary file must have been renamed or removed. */
static void
writer_free(struct folder_writer *writer)
{
	if (writer->fd >= 0)
		close(writer->fd);
	digest_free(writer->digest);
	free(writer);
}

static void
folder_write_abort(struct blob_writer *base)
{
	struct folder_writer *writer =
		container_of(base, struct folder_writer, base);

	unlinkat(folder_of(base->store)->root_fd, writer->name, 0);
	writer_free(writer);
}

static enum status
folder_sync_at(int root_fd, const char *path, struct fault *fault)
{
	int fd = openat(root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum status status = STATUS_OK;

	if (fd < 0 || fsync(fd) != 0)
		status = fault_errno(fault, errno, "cannot sync folder %s",
				     path);
	if (fd >= 0)
		close(fd);
	return status;
}

/* Makes "ab/cd"; a folder that was made must survive power loss before a blob
 * in it is called stored, so its parent is synced too. */
static enum status
fan_make(int root_fd, const char *name, struct fault *fault)
{
	char part[6];

	for (size_t length = 2; length <= 5; length += 3) {
		enum status status;

		snprintf(part, sizeof part, "%.*s", (int)length, name);
		if (mkdirat(root_fd, part, 0750) != 0) {
			if (errno == EEXIST)
				continue;
			return fault_errno(fault, errno,
					   "cannot make folder %s", part);
		}
		part[length == 2 ? 0 : 2] = '\0';
		status = folder_sync_at(root_fd, part[0] == '\0' ? "." : part,
					fault);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

/* The name is taken only by a whole blob: one of another size is damage (a disk
 * that lost bytes), which the new copy then repairs. */
static bool
name_holds(int root_fd, const char *name, uint64_t size_bytes)
{
	struct stat facts;

	return fstatat(root_fd, name, &facts, 0) == 0 &&
	       (uint64_t)facts.st_size == size_bytes;
}

static enum status
folder_write_commit(struct blob_writer *base, struct blob_key *key,
		    struct fault *fault)
{
	struct folder_writer *writer =
		container_of(base, struct folder_writer, base);
	int root_fd = folder_of(base->store)->root_fd;
	enum status status = STATUS_OK;
	char name[BLOB_NAME_BYTES];
	struct blob_key made;
	char fan[6];

	digest_finish(writer->digest, made.sha256);
	writer->digest = NULL;
	blob_name(&made, name);
	snprintf(fan, sizeof fan, "%.5s", name);
	if (!name_holds(root_fd, name, writer->size_bytes)) {
		if (fsync(writer->fd) != 0)
			status = fault_errno(fault, errno,
					     "cannot sync a blob");
		if (status == STATUS_OK)
			status = fan_make(root_fd, name, fault);
		if (status == STATUS_OK &&
		    renameat(root_fd, writer->name, root_fd, name) != 0)
			status = fault_errno(fault, errno,
					     "cannot name blob %s", name);
	}
	/* Gone already when it was renamed. The folder is synced also for a
	 * name that was there: its writer may not have come so far. */
	unlinkat(root_fd, writer->name, 0);
	if (status == STATUS_OK)
		status = folder_sync_at(root_fd, fan, fault);
	if (status == STATUS_OK)
		*key = made;
	writer_free(writer);
	return status;
}

static enum status
folder_remove(struct blob_store *base, const struct blob_key *key,
	      struct fault *fault)
{
	char name[BLOB_NAME_BYTES];

	blob_name(key, name);
	if (unlinkat(folder_of(base)->root_fd, name, 0) != 0 && errno != ENOENT)
		return fault_errno(fault, errno, "cannot remove blob %s", name);
	return STATUS_OK;
}

static const struct option folder_options[] = {
	{ .name = "BLOB_DIR", .type = OPTION_TEXT, .preset = "",
	  .summary = "Folder of covers and uploaded files; empty: blobs/ in "
		     "the data folder.",
	  .offset = offsetof(struct blob_folder_settings, path) },
	{ 0 },
};

const struct blob_driver blob_driver_folder = {
	.name = "folder",
	.summary = "files of a local folder, named by their content",
	.options = folder_options,
	.open = folder_open,
	.close = folder_close,
	.stat = folder_stat,
	.read_begin = folder_read_begin,
	.read = folder_read,
	.read_end = folder_read_end,
	.write_begin = folder_write_begin,
	.write = folder_write,
	.write_commit = folder_write_commit,
	.write_abort = folder_write_abort,
	.remove = folder_remove,
	.open_file = folder_open_file,
};
