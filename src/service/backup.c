/* backup.c - making and listing backups; see backup.h. Databases first, then
 * blobs: what a row names was there before the row. */
#include "service/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/version.h"
#include "driver/sqlite_copy.h"
#include "library/audit.h"
#include "service/backup_private.h"

#define CONF_BYTES_MAX 1000000
#define LIST_MAX 1000
#define DEPTH_MAX 8 /* of folders below blobs/ */

const struct option backup_options[] = {
	{ .name = "BACKUP_DIR", .type = OPTION_TEXT, .preset = "",
	  .summary = "Folder for backups made on the admin page; empty: they "
		     "are made by the command line only.",
	  .offset = offsetof(struct backup_settings, folder) },
	{ .name = "BACKUP_KEEP", .type = OPTION_U32, .preset = "0",
	  .min = 0, .max = 1000,
	  .summary = "How many backups BACKUP_DIR keeps: when a new one is "
		     "whole, the oldest go. 0: all of them.",
	  .offset = offsetof(struct backup_settings, keep) },
	{ 0 },
};

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

/* ---- one file after the other ------------------------------------------------ */

struct making {
	const struct backup_place *place;
	const char *to;
	struct arena *arena;
	struct json_writer json; /* the manifest */
	struct buffer manifest;
	int64_t files, size_bytes;
};

/* Puts a finished file of the backup into the manifest. */
static enum status
file_note(struct making *making, const char *name, struct fault *fault)
{
	const char *path =
		arena_print(making->arena, "%s/%s", making->to, name);
	int64_t size_bytes = 0;
	char hex[65];
	enum status status = backup_digest(path, &size_bytes, hex, fault);

	if (status != STATUS_OK)
		return status;
	json_object_begin(&making->json);
	json_member_text(&making->json, "path", name);
	json_member_int(&making->json, "size_bytes", size_bytes);
	json_member_text(&making->json, "sha256", hex);
	json_object_end(&making->json);
	making->files++;
	making->size_bytes += size_bytes;
	return STATUS_OK;
}

static enum status
database_add(struct making *making, const char *from, const char *name,
	     struct fault *fault)
{
	const char *to = arena_print(making->arena, "%s/%s", making->to, name);
	enum status status;

	if (access(from, F_OK) != 0)
		return STATUS_OK; /* nothing was kept there yet */
	status = sqlite_copy(from, to, fault);
	if (status == STATUS_OK && chmod(to, 0600) != 0)
		status = fault_errno(fault, errno, "cannot protect %s", to);
	if (status == STATUS_OK)
		status = file_note(making, name, fault);
	return status;
}

/* ---- blobs -------------------------------------------------------------------- */

static enum status
blob_add(struct making *making, const char *from, const char *name,
	 struct fault *fault)
{
	const char *to = arena_print(making->arena, "%s/%s", making->to, name);
	enum status status = STATUS_OK;

	/* Blobs never change, so a second name for one is as good as a copy. */
	if (link(from, to) != 0)
		status = backup_copy_file(from, to, 0600, fault);
	return status == STATUS_OK ? file_note(making, name, fault) : status;
}

static enum status
blobs_add(struct making *making, const char *from, const char *name, int depth,
	  struct fault *fault)
{
	enum status status = folder_make(
		arena_print(making->arena, "%s/%s", making->to, name), fault);
	struct dirent *entry;
	DIR *folder = opendir(from);

	if (folder == NULL)
		return errno == ENOENT ? status :
					 fault_errno(fault, errno,
						     "cannot read %s", from);
	while (status == STATUS_OK && (entry = readdir(folder)) != NULL) {
		const char *path, *below;
		struct stat facts;

		/* Blobs lie in folders "ab"; half written ones in others. */
		if (entry->d_name[0] == '.' ||
		    (depth == 0 && strlen(entry->d_name) != 2))
			continue;
		path = arena_print(making->arena, "%s/%s", from,
				   entry->d_name);
		below = arena_print(making->arena, "%s/%s", name,
				    entry->d_name);
		if (lstat(path, &facts) != 0)
			continue; /* gone meanwhile */
		if (S_ISREG(facts.st_mode))
			status = blob_add(making, path, below, fault);
		else if (S_ISDIR(facts.st_mode) && depth < DEPTH_MAX)
			status = blobs_add(making, path, below, depth + 1,
					   fault);
	}
	closedir(folder);
	return status;
}

/* ---- settings ------------------------------------------------------------------- */

struct secret_search {
	struct span name;
	bool secret;
};

static void
secret_look(void *cookie, const struct option_table *table,
	    const struct option *row, const char *value,
	    enum option_origin origin)
{
	struct secret_search *search = cookie;

	(void)table;
	(void)value;
	(void)origin;
	if (row->secret && span_equal(span_of(row->name), search->name))
		search->secret = true;
}

static void
conf_line(struct making *making, struct span line, struct buffer *out)
{
	struct span rest = line, name;
	struct secret_search search = { 0 };

	span_next(&rest, '=', &name);
	search.name = span_trim(name);
	options_each(making->place->options, secret_look, &search);
	if (search.secret)
		buffer_print(out, "# %.*s was left out of the backup.\n",
			     (int)search.name.length, search.name.at);
	else
		buffer_print(out, "%.*s\n", (int)line.length, line.at);
}

static enum status
conf_add(struct making *making, struct fault *fault)
{
	const char *from = arena_print(making->arena, "%s/ogma.conf",
				       making->place->data_dir);
	const char *to =
		arena_print(making->arena, "%s/ogma.conf", making->to);
	struct buffer conf, out;
	struct span rest, line;
	enum status status = STATUS_OK;

	if (making->place->options == NULL || access(from, F_OK) != 0)
		return STATUS_OK;
	buffer_init(&conf, 0);
	buffer_init(&out, 0);
	status = file_read(from, CONF_BYTES_MAX, &conf, fault);
	rest = (struct span){ conf.bytes, conf.length };
	while (status == STATUS_OK && span_next(&rest, '\n', &line))
		conf_line(making, line, &out);
	if (status == STATUS_OK)
		status = file_write(to,
				    (struct span){ out.bytes, out.length },
				    0600, fault);
	buffer_release(&conf);
	buffer_release(&out);
	return status == STATUS_OK ? file_note(making, "ogma.conf", fault) :
				     status;
}

/* ---- the whole -------------------------------------------------------------------- */

static enum status
backup_fill(struct making *making, struct fault *fault)
{
	const struct backup_place *place = making->place;
	const char *events = arena_print(making->arena, "%s/events.db",
					 place->data_dir);
	enum status status;

	json_writer_init(&making->json, &making->manifest);
	json_object_begin(&making->json);
	json_member_int(&making->json, "format", BACKUP_FORMAT);
	json_member_text(&making->json, "version", OGMA_VERSION);
	json_member_text(&making->json, "store", "sqlite");
	json_member_int(&making->json, "created_at_ms", clock_now_ms());
	json_member_array_begin(&making->json, "files");
	status = database_add(making, place->store_path, "ogma.db", fault);
	if (status == STATUS_OK)
		status = database_add(making, events, "events.db", fault);
	if (status == STATUS_OK)
		status = blobs_add(making, place->blobs_path, "blobs", 0,
				   fault);
	if (status == STATUS_OK)
		status = conf_add(making, fault);
	json_array_end(&making->json);
	json_object_end(&making->json);
	if (status == STATUS_OK)
		status = file_write(
			arena_print(making->arena, "%s/" BACKUP_MANIFEST,
				    making->to),
			(struct span){ making->manifest.bytes,
				       making->manifest.length },
			0600, fault);
	return status;
}

static enum status
backup_check_place(const struct backup_place *place, struct fault *fault)
{
	if (place->store->driver == &store_driver_sqlite)
		return STATUS_OK;
	return fault_field(fault, STATUS_UNSUPPORTED, "store",
			   "the library is in PostgreSQL: save it with pg_dump, "
			   "and copy events.db and blobs/ of the data folder");
}

/* New or empty, or what a killed backup left, which goes. */
static enum status
place_clear(const char *to, struct arena *arena, struct fault *fault)
{
	bool cut = false;
	enum status status = backup_is_cut(to, arena, &cut, fault);

	if (status == STATUS_OK && cut)
		backup_remove_tree(to);
	return status == STATUS_OK ? backup_expect_empty(to, fault) : status;
}

/* In a folder that is there: marked while it is filled. */
static enum status
backup_fill_marked(struct making *making, struct fault *fault)
{
	int mark_fd = -1;
	enum status status =
		backup_mark(making->to, making->arena, &mark_fd, fault);

	if (status == STATUS_OK)
		status = backup_fill(making, fault);
	if (status != STATUS_OK)
		backup_remove_tree(making->to);
	if (mark_fd >= 0)
		backup_unmark(making->to, making->arena, mark_fd);
	return status;
}

enum status
backup_make(const struct backup_place *place, const char *to,
	    struct arena *arena, struct backup_info *out, struct fault *fault)
{
	struct making making = { .place = place, .to = to, .arena = arena };
	enum status status = backup_check_place(place, fault);

	if (status == STATUS_OK)
		status = place_clear(to, arena, fault);
	if (status != STATUS_OK)
		return status;
	if (pthread_mutex_trylock(&one_at_a_time) != 0)
		return fault_set(fault, STATUS_CONFLICT,
				 "a backup is being made already");
	buffer_init(&making.manifest, 0);
	status = folder_make(to, fault);
	if (status == STATUS_OK && chmod(to, 0700) != 0)
		status = fault_errno(fault, errno, "cannot protect %s", to);
	if (status == STATUS_OK)
		status = backup_fill_marked(&making, fault);
	buffer_release(&making.manifest);
	pthread_mutex_unlock(&one_at_a_time);
	if (status == STATUS_OK && out != NULL) {
		const char *slash = strrchr(to, '/');

		*out = (struct backup_info){
			.name = slash == NULL ? to : slash + 1,
			.created_at_ms = clock_now_ms(),
			.size_bytes = making.size_bytes,
			.files = making.files,
			.store = "sqlite",
			.version = OGMA_VERSION,
			.complete = true,
		};
	}
	return status;
}

/* ---- below BACKUP_DIR ---------------------------------------------------------------- */

struct noting {
	const struct caller *caller;
	const char *action;
	const struct backup_info *info;
};

static enum status
note_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct noting *noting = cookie;
	json_t *values = json_pack("{s:s, s:I, s:I}", "name",
				   noting->info->name, "files",
				   (json_int_t)noting->info->files,
				   "size_bytes",
				   (json_int_t)noting->info->size_bytes);
	char *text = json_dumps(values, JSON_COMPACT);
	bool made = strcmp(noting->action, "create") == 0;
	enum status status = audit_add(session, noting->caller,
				       noting->action, "backup", 0,
				       made ? NULL : text, made ? text : NULL,
				       fault);

	free(text);
	json_decref(values);
	return status;
}

static enum status
old_remove(const struct backup_place *place, const struct caller *caller,
	   struct arena *arena, struct fault *fault)
{
	struct backup_info *gone;
	size_t count = 0;
	enum status status =
		backup_keep_newest(place, arena, &gone, &count, fault);

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		struct noting noting = { caller, "delete", &gone[i] };

		status = store_write(place->store, note_work, &noting, fault);
	}
	return status;
}

enum status
backup_make_here(const struct backup_place *place, const struct caller *caller,
		 struct arena *arena, struct backup_info *out,
		 struct fault *fault)
{
	struct noting noting = { caller, "create", out };
	const char *path;
	char stamp[32];
	time_t now = (time_t)(clock_now_ms() / 1000);
	struct tm parts;
	enum status status = backup_check_place(place, fault);

	if (status != STATUS_OK || *place->settings->folder == '\0')
		return fault_field(fault, STATUS_INVALID, "BACKUP_DIR", "%s",
				   status != STATUS_OK ?
					   "the library is in PostgreSQL: "
					   "pg_dump is the tool" :
					   "BACKUP_DIR is not set");
	gmtime_r(&now, &parts);
	strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &parts);
	path = arena_print(arena, "%s/" BACKUP_NAME "%s",
			   place->settings->folder, stamp);
	backup_tidy(place);
	status = backup_make(place, path, arena, out, fault);
	if (status == STATUS_OK)
		status = store_write(place->store, note_work, &noting, fault);
	return status == STATUS_OK ? old_remove(place, caller, arena, fault) :
				     status;
}

/* Newest first: names are times. */
static int
name_after(const void *a, const void *b)
{
	return strcmp(((const struct backup_info *)b)->name,
		      ((const struct backup_info *)a)->name);
}

static void
info_read(const char *folder, const char *name, struct arena *arena,
	  struct backup_info *out)
{
	const char *path = arena_print(arena, "%s/%s", folder, name);
	json_t *manifest = NULL;
	struct fault fault = { 0 };

	*out = (struct backup_info){ .store = "sqlite", .version = "" };
	if (backup_manifest_read(path, arena, &manifest, out, &fault) ==
	    STATUS_OK)
		out->complete = true;
	out->name = arena_copy_text(arena, name);
	json_decref(manifest);
}

enum status
backup_list(const struct backup_place *place, struct arena *arena,
	    struct backup_info **out, size_t *count, struct fault *fault)
{
	struct backup_info *list =
		arena_new(arena, struct backup_info, LIST_MAX);
	const char *path = place->settings->folder;
	struct dirent *entry;
	size_t found = 0;
	DIR *folder;

	*out = list;
	*count = 0;
	folder = *path == '\0' ? NULL : opendir(path);
	if (folder == NULL)
		return *path == '\0' || errno == ENOENT ?
			       STATUS_OK :
			       fault_errno(fault, errno, "cannot read %s",
					   path);
	while (found < LIST_MAX && (entry = readdir(folder)) != NULL)
		if (strncmp(entry->d_name, BACKUP_NAME,
			    strlen(BACKUP_NAME)) == 0)
			info_read(path, entry->d_name, arena, &list[found++]);
	closedir(folder);
	qsort(list, found, sizeof *list, name_after);
	*count = found;
	return STATUS_OK;
}
