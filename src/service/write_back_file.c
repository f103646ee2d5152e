/* write_back_file.c - one file replaced by another, whole or not at all; see
 * write_back.h. */
#include "service/write_back_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define COPY_BYTES (1u << 20)

int64_t
modified_ns(const struct stat *facts)
{
	return (int64_t)facts->st_mtim.tv_sec * 1000000000 +
	       facts->st_mtim.tv_nsec;
}

static const char *
folder_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL || slash == path ?
		       "/" :
		       arena_copy_bytes(arena, path, (size_t)(slash - path));
}

static enum status
folder_sync_of(const char *path, struct fault *fault)
{
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = folder_sync(folder_of(&arena, path), fault);
	arena_release(&arena);
	return status;
}

enum status
replace_open(const char *path, int *fd, struct stat *facts,
	     struct fault *fault)
{
	struct arena arena;
	bool writable;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (*fd < 0)
		return fault_errno(fault, errno, "cannot open the file");
	arena_init(&arena);
	writable = access(folder_of(&arena, path), W_OK | X_OK) == 0;
	arena_release(&arena);
	if (fstat(*fd, facts) != 0 || !S_ISREG(facts->st_mode))
		fault_set(fault, STATUS_CONFLICT, "it is no plain file");
	else if (!writable)
		fault_set(fault, STATUS_CONFLICT,
			  "its folder cannot be written to");
	else if (access(path, W_OK) != 0)
		fault_set(fault, STATUS_CONFLICT, "it is read-only");
	else if (facts->st_uid != geteuid() && geteuid() != 0)
		fault_set(fault, STATUS_CONFLICT,
			  "it belongs to another user, and would not any more");
	else
		return STATUS_OK;
	close(*fd);
	*fd = -1;
	return STATUS_CONFLICT;
}

/* ---- copies -------------------------------------------------------------- */

static enum status
bytes_copy(int from, int to, struct fault *fault)
{
	char *buffer = mem_new(1, COPY_BYTES);
	enum status status = STATUS_OK;
	off_t at = 0;

	while (status == STATUS_OK) {
		ssize_t got = pread(from, buffer, COPY_BYTES, at);

		if (got < 0)
			status = fault_errno(fault, errno,
					     "cannot read the file");
		if (got <= 0)
			break;
		status = fd_write(to, buffer, (size_t)got, fault);
		at += got;
	}
	free(buffer);
	return status;
}

/* Owner first: it takes the set-id bits of the mode away. */
static enum status
look_copy(int fd, const struct stat *facts, struct fault *fault)
{
	const struct timespec times[2] = { facts->st_atim, facts->st_mtim };

	if (fchown(fd, facts->st_uid, facts->st_gid) != 0 &&
	    (facts->st_uid != geteuid() || errno != EPERM))
		return fault_errno(fault, errno, "cannot keep the owner");
	if (fchmod(fd, facts->st_mode & 07777) != 0 || futimens(fd, times) != 0)
		return fault_errno(fault, errno, "cannot keep mode and time");
	return STATUS_OK;
}

static enum status
file_sync(int fd, struct fault *fault)
{
	return fsync(fd) == 0 ? STATUS_OK :
				fault_errno(fault, errno,
					    "cannot bring the file to disk");
}

static enum status
copy_make(const char *name, int fd, const struct stat *facts, int *out,
	  struct fault *fault)
{
	enum status status;

	unlink(name);
	*out = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		    0600);
	if (*out < 0)
		return fault_errno(fault, errno, "cannot make a copy");
	status = bytes_copy(fd, *out, fault);
	if (status == STATUS_OK && facts != NULL)
		status = look_copy(*out, facts, fault);
	if (status == STATUS_OK)
		status = file_sync(*out, fault);
	if (status != STATUS_OK) {
		unlink(name);
		close(*out);
		*out = -1;
	}
	return status;
}

/* A whole copy under another name first, so that `to` is never half. */
static enum status
copy_place(const char *to, int fd, const struct stat *facts,
	   struct fault *fault)
{
	struct arena arena;
	const char *part;
	enum status status;
	int copy;

	arena_init(&arena);
	part = arena_print(&arena, "%s.part", to);
	status = copy_make(part, fd, facts, &copy, fault);
	if (status == STATUS_OK) {
		close(copy);
		if (rename(part, to) != 0) {
			status = fault_errno(fault, errno,
					     "cannot keep the original");
			unlink(part);
		}
	}
	arena_release(&arena);
	return status;
}

/* ---- originals ----------------------------------------------------------- */

enum status
original_keep(const char *path, int fd, const struct stat *facts,
	      const char *original, struct fault *fault)
{
	struct stat linked;
	enum status status = STATUS_OK;

	unlink(original);
	if (link(path, original) == 0) {
		if (lstat(original, &linked) != 0 ||
		    linked.st_ino != facts->st_ino) {
			unlink(original);
			return fault_set(fault, STATUS_CONFLICT,
					 "the file is being changed");
		}
	} else {
		status = copy_place(original, fd, facts, fault);
	}
	return status == STATUS_OK ? folder_sync_of(original, fault) : status;
}

/* ---- replacements -------------------------------------------------------- */

const char *
replacement_name(struct arena *arena, const char *path)
{
	const char *folder = folder_of(arena, path);
	const char *name = strrchr(path, '/') + 1;

	/* names may be 255 bytes long */
	return arena_print(arena, "%s/.%.230s.ogma", folder, name);
}

enum status
replacement_make(const char *name, int fd, int *out, struct fault *fault)
{
	return copy_make(name, fd, NULL, out, fault);
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	       a->st_size == b->st_size && modified_ns(a) == modified_ns(b);
}

static enum status
rename_over(const char *name, const char *path, const struct stat *expected,
	    struct fault *fault)
{
	struct stat now;

	if (lstat(path, &now) != 0 || !same_file(&now, expected))
		return fault_set(fault, STATUS_CONFLICT,
				 "the file was changed by somebody else");
	if (rename(name, path) != 0)
		return fault_errno(fault, errno, "cannot replace the file");
	return folder_sync_of(path, fault);
}

enum status
replacement_settle(const char *name, int fd, const char *path,
		   const struct stat *facts, const struct stat *expected,
		   struct fault *fault)
{
	enum status status = look_copy(fd, facts, fault);

	if (status == STATUS_OK)
		status = file_sync(fd, fault);
	if (status == STATUS_OK)
		status = rename_over(name, path, expected, fault);
	return status;
}

enum status
original_return(struct arena *arena, const char *original, const char *path,
		const struct stat *expected, struct fault *fault)
{
	const char *name = replacement_name(arena, path);
	struct stat facts;
	enum status status = STATUS_OK;
	int fd = open(original, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || fstat(fd, &facts) != 0) {
		status = fault_errno(fault, errno, "the original is gone");
	} else {
		unlink(name);
		if (link(original, name) != 0)
			status = copy_place(name, fd, &facts, fault);
		if (status == STATUS_OK)
			status = rename_over(name, path, expected, fault);
		if (status != STATUS_OK)
			unlink(name);
	}
	if (fd >= 0)
		close(fd);
	return status;
}
