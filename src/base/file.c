/* file.c - files and folders of our own; see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum status
file_read(const char *path, size_t limit_bytes, struct buffer *out,
	  struct fault *fault)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t start = out->length;
	enum status status = STATUS_OK;

	if (fd < 0)
		return fault_errno(fault, errno, "cannot open %s", path);
	for (;;) {
		char *room = buffer_reserve(out, 65536);
		ssize_t got;

		if (room == NULL || out->length - start > limit_bytes) {
			status = fault_set(fault, STATUS_TOO_LARGE,
					   "%s is larger than %zu bytes", path,
					   limit_bytes);
			break;
		}
		got = read(fd, room, 65536);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			status = fault_errno(fault, errno, "cannot read %s",
					     path);
		if (got <= 0)
			break;
		out->length += (size_t)got;
		out->bytes[out->length] = '\0';
	}
	close(fd);
	return status;
}

enum status
fd_write(int fd, const void *bytes, size_t count, struct fault *fault)
{
	const char *at = bytes;

	while (count > 0) {
		ssize_t wrote = write(fd, at, count);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return fault_errno(fault, errno, "cannot write");
		at += wrote;
		count -= (size_t)wrote;
	}
	return STATUS_OK;
}

enum status
folder_sync(const char *path, struct fault *fault)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum status status = STATUS_OK;

	if (fd < 0)
		return fault_errno(fault, errno, "cannot open folder %s", path);
	if (fsync(fd) != 0)
		status = fault_errno(fault, errno, "cannot sync folder %s",
				     path);
	close(fd);
	return status;
}

static enum status
parent_sync(const char *path, struct fault *fault)
{
	char parent[PATH_MAX];
	char *slash;

	snprintf(parent, sizeof parent, "%s", path);
	slash = strrchr(parent, '/');
	if (slash == NULL)
		return folder_sync(".", fault);
	slash[slash == parent ? 1 : 0] = '\0';
	return folder_sync(parent, fault);
}

enum status
file_write(const char *path, struct span bytes, int mode, struct fault *fault)
{
	char temporary[PATH_MAX];
	enum status status;
	int fd;

	if (snprintf(temporary, sizeof temporary, "%s.%ld.new", path,
		     (long)getpid()) >= (int)sizeof temporary)
		return fault_set(fault, STATUS_INVALID, "path too long: %s",
				 path);
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		  (mode_t)mode);
	if (fd < 0)
		return fault_errno(fault, errno, "cannot create %s", temporary);
	status = fd_write(fd, bytes.at, bytes.length, fault);
	if (status == STATUS_OK && fsync(fd) != 0)
		status = fault_errno(fault, errno, "cannot sync %s", temporary);
	close(fd);
	if (status == STATUS_OK && rename(temporary, path) != 0)
		status = fault_errno(fault, errno, "cannot rename to %s", path);
	if (status != STATUS_OK) {
		unlink(temporary);
		return status;
	}
	return parent_sync(path, fault);
}

enum status
folder_make(const char *path, struct fault *fault)
{
	char part[PATH_MAX];
	struct stat facts;

	if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part)
		return fault_set(fault, STATUS_INVALID, "path too long");
	for (char *at = part + 1;; at++) {
		bool last = *at == '\0';

		if (*at != '/' && !last)
			continue;
		*at = '\0';
		if (mkdir(part, 0750) != 0 && errno != EEXIST)
			return fault_errno(fault, errno,
					   "cannot make folder %s", part);
		if (last)
			break;
		*at = '/';
	}
	if (stat(path, &facts) != 0 || !S_ISDIR(facts.st_mode))
		return fault_set(fault, STATUS_CONFLICT, "%s is not a folder",
				 path);
	return STATUS_OK;
}

enum status
file_lock(const char *path, int *out_fd, struct fault *fault)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);

	if (fd < 0)
		return fault_errno(fault, errno, "cannot open %s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		enum status status =
			errno == EWOULDBLOCK ?
				fault_set(fault, STATUS_CONFLICT,
					  "%s is locked by another process",
					  path) :
				fault_errno(fault, errno, "cannot lock %s",
					    path);

		close(fd);
		return status;
	}
	*out_fd = fd;
	return STATUS_OK;
}
