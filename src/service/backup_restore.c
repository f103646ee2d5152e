/* backup_restore.c - reading backups: their manifest, and a data folder made of
 * one; see backup.h. The new folder is filled under another name beside its
 * place and moved there in one step. */
#include "service/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "driver/sqlite_copy.h"
#include "service/backup_private.h"

#define PIECE_BYTES 262144
#define DEPTH_MAX 10

/* ---- files and folders --------------------------------------------------------- */

typedef enum status piece_visit(void *cookie, const void *bytes, size_t count,
				struct fault *fault);

static enum status
pieces_each(const char *path, piece_visit *visit, void *cookie,
	    struct fault *fault)
{
	char *piece = mem_new(1, PIECE_BYTES);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum status status = STATUS_OK;
	ssize_t got = 1;

	if (fd < 0)
		status = fault_errno(fault, errno, "cannot open %s", path);
	while (status == STATUS_OK && got > 0) {
		got = read(fd, piece, PIECE_BYTES);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got < 0)
			status = fault_errno(fault, errno, "cannot read %s",
					     path);
		else if (got > 0)
			status = visit(cookie, piece, (size_t)got, fault);
	}
	if (fd >= 0)
		close(fd);
	free(piece);
	return status;
}

struct digesting {
	struct digest *digest;
	int64_t size_bytes;
};

static enum status
digest_piece(void *cookie, const void *bytes, size_t count,
	     struct fault *fault)
{
	struct digesting *digesting = cookie;

	(void)fault;
	digest_add(digesting->digest, bytes, count);
	digesting->size_bytes += (int64_t)count;
	return STATUS_OK;
}

enum status
backup_digest(const char *path, int64_t *size_bytes, char hex[65],
	      struct fault *fault)
{
	struct digesting digesting = { .digest = digest_new() };
	uint8_t sum[SHA256_BYTES];
	enum status status =
		pieces_each(path, digest_piece, &digesting, fault);

	digest_finish(digesting.digest, sum);
	if (status != STATUS_OK)
		return status;
	hex_print(sum, sizeof sum, hex);
	*size_bytes = digesting.size_bytes;
	return STATUS_OK;
}

static enum status
write_piece(void *cookie, const void *bytes, size_t count,
	    struct fault *fault)
{
	return fd_write(*(int *)cookie, bytes, count, fault);
}

enum status
backup_copy_file(const char *from, const char *to, int mode,
		 struct fault *fault)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	enum status status;

	if (fd < 0)
		return fault_errno(fault, errno, "cannot make %s", to);
	status = pieces_each(from, write_piece, &fd, fault);
	if (status == STATUS_OK && fsync(fd) != 0)
		status = fault_errno(fault, errno, "cannot write %s", to);
	close(fd);
	return status;
}

enum status
backup_expect_empty(const char *folder, struct fault *fault)
{
	DIR *open = opendir(folder);
	struct dirent *entry;
	bool empty = true;

	if (open == NULL)
		return errno == ENOENT ? STATUS_OK :
					 fault_errno(fault, errno,
						     "cannot read %s", folder);
	while (empty && (entry = readdir(open)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0;
	closedir(open);
	if (empty)
		return STATUS_OK;
	return fault_set(fault, STATUS_CONFLICT, "%s is not empty", folder);
}

static void
remove_below(const char *folder, int depth)
{
	DIR *open = opendir(folder);
	struct dirent *entry;
	struct arena arena;

	if (open == NULL)
		return;
	arena_init(&arena);
	while ((entry = readdir(open)) != NULL) {
		const char *path;

		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		path = arena_print(&arena, "%s/%s", folder, entry->d_name);
		if (unlink(path) != 0 && depth < DEPTH_MAX)
			remove_below(path, depth + 1);
	}
	closedir(open);
	arena_release(&arena);
	rmdir(folder);
}

void
backup_remove_tree(const char *folder)
{
	remove_below(folder, 0);
}

/* ---- the manifest ------------------------------------------------------------------ */

static const char *
text_of(const json_t *object, const char *name, struct arena *arena)
{
	return arena_copy_text(arena, json_string_value(
					      json_object_get(object, name)));
}

static int64_t
number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static bool
manifest_valid(const json_t *manifest)
{
	return number_of(manifest, "format") == BACKUP_FORMAT &&
	       json_is_array(json_object_get(manifest, "files")) &&
	       json_is_string(json_object_get(manifest, "version")) &&
	       json_is_string(json_object_get(manifest, "store"));
}

static void
manifest_tell(const json_t *manifest, struct arena *arena,
	      struct backup_info *out)
{
	const json_t *files = json_object_get(manifest, "files"), *file;
	size_t i;

	*out = (struct backup_info){
		.created_at_ms = number_of(manifest, "created_at_ms"),
		.files = (int64_t)json_array_size(files),
		.store = text_of(manifest, "store", arena),
		.version = text_of(manifest, "version", arena),
		.complete = true,
	};
	json_array_foreach((json_t *)files, i, file)
		out->size_bytes += number_of(file, "size_bytes");
}

enum status
backup_manifest_read(const char *folder, struct arena *arena, json_t **out,
		     struct backup_info *info, struct fault *fault)
{
	const char *path = arena_print(arena, "%s/" BACKUP_MANIFEST, folder);
	json_t *manifest = NULL;
	struct buffer text;
	enum status status;

	if (access(path, F_OK) != 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "%s has no manifest: it is no whole backup",
				 folder);
	buffer_init(&text, 0);
	status = file_read(path, BACKUP_MANIFEST_BYTES_MAX, &text, fault);
	if (status == STATUS_OK)
		status = json_parse(text.bytes, text.length, &manifest, fault);
	buffer_release(&text);
	if (status == STATUS_OK && !manifest_valid(manifest))
		status = STATUS_CORRUPT;
	if (status != STATUS_OK) {
		json_decref(manifest);
		return fault_set(fault, STATUS_CORRUPT,
				 "%s is no manifest of a backup that this "
				 "program knows",
				 path);
	}
	if (info != NULL)
		manifest_tell(manifest, arena, info);
	*out = manifest;
	return STATUS_OK;
}

/* ---- the way back --------------------------------------------------------------------- */

/* A path of a manifest leads nowhere else. */
static bool
path_valid(const char *path)
{
	struct span rest = span_of(path), part;

	if (path[0] == '/' || path[0] == '\0')
		return false;
	while (span_next(&rest, '/', &part))
		if (part.length == 0 || part.at[0] == '.')
			return false;
	return true;
}

static bool
is_database(const char *path)
{
	size_t length = strlen(path);

	return strchr(path, '/') == NULL && length > 3 &&
	       strcmp(path + length - 3, ".db") == 0;
}

static enum status
folder_of_file(const char *path, struct arena *arena, struct fault *fault)
{
	const char *slash = strrchr(path, '/');

	return folder_make(arena_copy_bytes(arena, path,
					    (size_t)(slash - path)),
			   fault);
}

static enum status
file_restore(const char *from, const char *to, const json_t *file,
	     struct arena *arena, struct fault *fault)
{
	const char *name = json_string_value(json_object_get(file, "path"));
	const char *sum = json_string_value(json_object_get(file, "sha256"));
	const char *target;
	int64_t size_bytes = 0;
	char hex[65];
	enum status status;

	if (name == NULL || sum == NULL || !path_valid(name))
		return fault_set(fault, STATUS_CORRUPT,
				 "the manifest names a file that cannot be");
	target = arena_print(arena, "%s/%s", to, name);
	status = folder_of_file(target, arena, fault);
	if (status == STATUS_OK)
		status = backup_copy_file(
			arena_print(arena, "%s/%s", from, name), target, 0640,
			fault);
	if (status == STATUS_OK)
		status = backup_digest(target, &size_bytes, hex, fault);
	if (status != STATUS_OK)
		return status;
	if (size_bytes != number_of(file, "size_bytes") ||
	    strcmp(hex, sum) != 0)
		return fault_set(fault, STATUS_CORRUPT,
				 "%s is not what the manifest says", name);
	return is_database(name) ? sqlite_check(target, fault) : STATUS_OK;
}

static enum status
files_restore_all(const char *from, const char *to, const json_t *manifest,
		  struct fault *fault)
{
	const json_t *file;
	struct arena arena;
	enum status status = STATUS_OK;
	size_t i;

	arena_init(&arena);
	json_array_foreach(json_object_get(manifest, "files"), i, file) {
		if (status != STATUS_OK)
			break;
		status = file_restore(from, to, file, &arena, fault);
		arena_reset(&arena);
	}
	arena_release(&arena);
	return status;
}

enum status
backup_restore(const char *from, const char *data_dir, struct arena *arena,
	       struct backup_info *out, struct fault *fault)
{
	size_t length = strlen(data_dir);
	const char *filling;
	json_t *manifest = NULL;
	enum status status = backup_expect_empty(data_dir, fault);

	while (length > 1 && data_dir[length - 1] == '/')
		length--;
	filling = arena_print(arena, "%.*s.restoring", (int)length, data_dir);
	if (status == STATUS_OK)
		status = backup_manifest_read(from, arena, &manifest, out,
					      fault);
	if (status != STATUS_OK)
		return status;
	backup_remove_tree(filling); /* of a restore that was killed */
	status = folder_make(filling, fault);
	if (status == STATUS_OK)
		status = files_restore_all(from, filling, manifest, fault);
	if (status == STATUS_OK) {
		rmdir(data_dir); /* an empty one is in the way */
		if (rename(filling, data_dir) != 0)
			status = fault_errno(fault, errno,
					     "cannot move the data to %s",
					     data_dir);
	}
	if (status != STATUS_OK)
		backup_remove_tree(filling);
	json_decref(manifest);
	return status;
}
