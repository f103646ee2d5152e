/* source_folder_put.c - files that are put into a folder source, and taken
 * away.
 *
 * A file is written under a name that walks pass over, synced, and then linked
 * to its own name, which fails when something is there. Each folder is opened
 * from the one above without following links, so nothing is ever written
 * outside of the root.
 *
 * Who is killed in between leaves such a name behind. Its writer holds a lock on
 * it, so that the next file put into the folder can tell and takes it away. */
#include "driver/source_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"

#define PART_PREFIX ".ogma-put-"
#define PART_NAME_BYTES 64
#define COPY_BYTES 262144
#define TRIES_MAX 8

struct place {
	int folder_fd;
	const char *name;
};

/* ---- folders --------------------------------------------------------------- */

/* One folder below another, made when it is not there; -1 and errno. */
static int
folder_step(int above_fd, const char *name, bool make)
{
	static const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
				 O_CLOEXEC;
	int fd = openat(above_fd, name, flags);

	if (fd >= 0 || errno != ENOENT || !make)
		return fd;
	if (mkdirat(above_fd, name, 0755) != 0 && errno != EEXIST)
		return -1;
	return fsync(above_fd) != 0 ? -1 : openat(above_fd, name, flags);
}

static enum status
step_fault(const char *path, struct fault *fault)
{
	if (errno == ELOOP || errno == ENOTDIR)
		return fault_field(fault, STATUS_INVALID, "path",
				   "a folder of %s is none", path);
	return fault_errno(fault, errno, "cannot open the folder of %s", path);
}

/* The folder of a file; the caller closes it. */
static enum status
place_open(struct source *base, const char *path, bool make,
	   struct place *out, struct fault *fault)
{
	enum status status = source_path_check(path, fault);
	const char *slash;
	int fd = -1, next;

	if (status == STATUS_OK)
		status = folder_root_open(folder_source_of(base), &fd, fault);
	for (; status == STATUS_OK && (slash = strchr(path, '/')) != NULL;
	     path = slash + 1) {
		char name[NAME_MAX + 1];

		snprintf(name, sizeof name, "%.*s", (int)(slash - path), path);
		next = folder_step(fd, name, make);
		if (next < 0)
			status = step_fault(path, fault);
		close(fd);
		fd = next;
	}
	if (status == STATUS_OK)
		*out = (struct place){ fd, path };
	return status;
}

/* ---- writing --------------------------------------------------------------- */

/* Takes it away when nobody writes it any more. */
static void
part_sweep(int folder_fd, const char *name)
{
	int fd = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	/* Under its lock: its writer may just be about to take it. */
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(folder_fd, name, 0);
	if (fd >= 0)
		close(fd);
}

static void
parts_sweep(int folder_fd)
{
	int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (folder == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(folder)) != NULL) {
		if (strncmp(entry->d_name, PART_PREFIX,
			    sizeof PART_PREFIX - 1) == 0)
			part_sweep(folder_fd, entry->d_name);
	}
	closedir(folder);
}

/* A file of ours that nobody else sweeps away. */
static enum status
part_open(int folder_fd, char name[PART_NAME_BYTES], int *out_fd,
	  struct fault *fault)
{
	uint8_t dice[8];
	struct stat facts;
	char hex[2 * sizeof dice + 1];

	for (int i = 0; i < TRIES_MAX; i++) {
		int fd;

		random_bytes(dice, sizeof dice);
		hex_print(dice, sizeof dice, hex);
		snprintf(name, PART_NAME_BYTES, "%s%s", PART_PREFIX, hex);
		fd = openat(folder_fd, name,
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
				    O_CLOEXEC,
			    0644);
		if (fd < 0)
			return fault_errno(fault, errno, "cannot make a file");
		if (flock(fd, LOCK_EX) == 0 && fstat(fd, &facts) == 0 &&
		    facts.st_nlink == 1) {
			*out_fd = fd;
			return STATUS_OK;
		}
		close(fd); /* swept away before it was locked */
	}
	return fault_set(fault, STATUS_AGAIN_LATER, "cannot make a file");
}

static enum status
bytes_copy(int from, int to, struct fault *fault)
{
	enum status status = STATUS_OK;
	char *piece = mem_new(COPY_BYTES, 1);
	off_t at = 0;

	while (status == STATUS_OK) {
		ssize_t got = pread(from, piece, COPY_BYTES, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			status = fault_errno(fault, errno,
					     "cannot read the file");
		if (got <= 0)
			break;
		status = fd_write(to, piece, (size_t)got, fault);
		at += got;
	}
	if (status == STATUS_OK && fsync(to) != 0)
		status = fault_errno(fault, errno, "cannot sync the file");
	free(piece);
	return status;
}

static enum status
part_name_it(const struct place *place, const char *part, const char *path,
	     struct fault *fault)
{
	if (linkat(place->folder_fd, part, place->folder_fd, place->name, 0) !=
	    0)
		return errno == EEXIST ?
			       fault_set(fault, STATUS_CONFLICT,
					 "there is a file %s already", path) :
			       fault_errno(fault, errno, "cannot name it %s",
					   path);
	return STATUS_OK;
}

enum status
folder_put_file(struct source *base, const char *path, int fd,
		struct fault *fault)
{
	char part[PART_NAME_BYTES];
	struct place place;
	enum status status;
	int part_fd = -1;

	status = place_open(base, path, true, &place, fault);
	if (status != STATUS_OK)
		return status;
	parts_sweep(place.folder_fd);
	status = part_open(place.folder_fd, part, &part_fd, fault);
	if (status != STATUS_OK)
		goto out;
	status = bytes_copy(fd, part_fd, fault);
	if (status == STATUS_OK)
		status = part_name_it(&place, part, path, fault);
	unlinkat(place.folder_fd, part, 0);
	if (status == STATUS_OK && fsync(place.folder_fd) != 0)
		status = fault_errno(fault, errno,
				     "cannot sync the folder of %s", path);
	close(part_fd);
out:
	close(place.folder_fd);
	return status;
}

/* ---- taking away ------------------------------------------------------------ */

/* The folders above that are empty now, the nearest first. One that is not
 * ends it. */
static void
folders_prune(struct source *base, const char *path)
{
	char *above = mem_copy_text(path), *slash;
	struct place place;

	while ((slash = strrchr(above, '/')) != NULL) {
		bool gone;

		*slash = '\0';
		if (place_open(base, above, false, &place, NULL) != STATUS_OK)
			break;
		gone = unlinkat(place.folder_fd, place.name, AT_REMOVEDIR) ==
		       0;
		close(place.folder_fd);
		if (!gone)
			break;
	}
	free(above);
}

enum status
folder_remove_file(struct source *base, const char *path, struct fault *fault)
{
	struct place place;
	enum status status = place_open(base, path, false, &place, fault);

	if (status != STATUS_OK)
		return status;
	if (unlinkat(place.folder_fd, place.name, 0) != 0)
		status = fault_errno(fault, errno, "cannot remove %s", path);
	else if (fsync(place.folder_fd) != 0)
		status = fault_errno(fault, errno,
				     "cannot sync the folder of %s", path);
	close(place.folder_fd);
	if (status == STATUS_OK)
		folders_prune(base, path);
	return status;
}
