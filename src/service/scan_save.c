/* scan_save.c - saves what the probers found, some hundreds of files per
 * transaction, and marks what is gone; see scan_parts.h.
 *
 * A transaction may be run more than once, so results are kept in the items
 * and counted after it is durable. When a transaction fails because of what is
 * in it, its items are saved one by one, so that one impossible file rejects
 * itself and not its neighbours. */
#include "service/scan_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define BATCH_MAX 1000
#define BATCH_WAIT_MS 300 /* a first item waits no longer for company */
#define MISSING_BATCH 500

struct batch {
	struct scan *scan;
	struct scan_item *items[BATCH_MAX];
	size_t first, count; /* the part that is being written */
};

/* ---- saving --------------------------------------------------------------- */

bool
scan_file_gone(void *cookie, int64_t source_id, const char *folder,
	       const char *name)
{
	const struct scan *scan = cookie;
	struct source_file file;
	enum status status;
	struct arena arena;

	if (source_id != scan->args->source_id)
		return false;
	arena_init(&arena);
	status = source_stat(scan->source,
			     folder[0] == '\0' ?
				     name :
				     arena_print(&arena, "%s/%s", folder, name),
			     &file, NULL);
	arena_release(&arena);
	return status == STATUS_NOT_FOUND;
}

static enum status
track_save(struct batch *batch, struct catalogue *catalogue,
	   struct store_session *session, struct scan_item *item,
	   int64_t cover_id, struct fault *fault)
{
	struct save_args args = {
		.file = &item->file,
		.media = item->media,
		.cover_id = cover_id,
		.lyrics = item->lyrics,
		.lyrics_synced = item->lyrics_synced,
		.gone = scan_file_gone,
		.gone_cookie = batch->scan,
	};
	struct save_outcome outcome;
	enum status status = tracks_save(catalogue, &args, &outcome, fault);

	if (status == STATUS_OK)
		status = scan_registry_done(batch->scan, session, item,
					    outcome.track_id,
					    outcome.result == SAVE_MOVED,
					    fault);
	if (status == STATUS_OK)
		item->result = outcome.result;
	return status;
}

static enum status
item_save(struct batch *batch, struct catalogue *catalogue,
	  struct store_session *session, struct scan_item *item,
	  struct fault *fault)
{
	enum status status = STATUS_OK;
	int64_t cover_id = 0;

	if (item->has_cover)
		status = covers_save(session, &item->cover, &cover_id, fault);
	if (status != STATUS_OK)
		return status;
	switch (item->task) {
	case SCAN_PROBE:
		return track_save(batch, catalogue, session, item, cover_id,
				  fault);
	case SCAN_RESTORE:
		status = files_restore(catalogue, &item->file_id, 1, fault);
		if (status == STATUS_OK)
			status = scan_registry_done(batch->scan, session, item,
						    0, false, fault);
		return status;
	case SCAN_REJECT:
		status = files_reject(catalogue, &item->file, item->reason,
				      fault);
		if (status == STATUS_OK)
			status = scan_registry_failed(batch->scan, session,
						      item, fault);
		return status;
	case SCAN_PICTURE:
		return folders_set_picture(catalogue,
					   batch->scan->args->source_id,
					   item->folder, item->picture_key,
					   cover_id, fault);
	case SCAN_GONE:
		break;
	}
	return STATUS_OK;
}

static enum status
batch_save(struct catalogue *catalogue, struct store_session *session,
	   void *cookie, struct fault *fault)
{
	struct batch *batch = cookie;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < batch->count && status == STATUS_OK; i++)
		status = item_save(batch, catalogue, session,
				   batch->items[batch->first + i], fault);
	return status;
}

static void
result_count(struct scan *scan, enum save_result result)
{
	uint64_t *const counts[] = {
		[SAVE_ADDED] = &scan->added,
		[SAVE_UPDATED] = &scan->updated,
		[SAVE_UNCHANGED] = &scan->unchanged,
		[SAVE_MOVED] = &scan->moved,
		[SAVE_RESTORED] = &scan->restored,
	};

	(*counts[result])++;
}

static void
rejected_tell(struct scan *scan, struct scan_item *item)
{
	const char *path = item->name[0] == '\0' ? item->folder :
						   scan_item_path(item);

	if (path[0] == '\0')
		path = scan->root;
	scan_tell_rejected(scan, source_name_display(&item->arena, path),
			   item->reason);
}

static void
item_done(struct scan *scan, struct scan_item *item)
{
	if (item->task != SCAN_PICTURE && item->name[0] != '\0')
		scan->saved++;
	switch (item->task) {
	case SCAN_PROBE:
		result_count(scan, item->result);
		break;
	case SCAN_RESTORE:
		scan->restored++;
		break;
	case SCAN_REJECT:
		scan->rejected++;
		rejected_tell(scan, item);
		break;
	case SCAN_GONE:
		if (item->reason != NULL) {
			rejected_tell(scan, item);
			break;
		}
		/* A row of it is looked at again at the end. */
		pthread_mutex_lock(&scan->lock);
		scan_set_add(&scan->torn, scan_hash(item->folder));
		pthread_mutex_unlock(&scan->lock);
		break;
	case SCAN_PICTURE:
		break;
	}
	scan_item_free(item);
}

/* The store is at fault, not what is saved. */
static bool
status_of_store(enum status status)
{
	return status == STATUS_UNAVAILABLE || status == STATUS_FULL ||
	       status == STATUS_CANCELLED || status == STATUS_TIMED_OUT;
}

/* One item that made a transaction fail: rejected with that reason. */
static enum status
batch_save_one(struct batch *batch, struct fault *fault)
{
	struct catalogue *catalogue = batch->scan->catalogue;
	struct scan_item *item = batch->items[batch->first];
	enum status status =
		catalogue_write(catalogue, batch_save, batch, fault);

	if (status == STATUS_OK || status_of_store(status) ||
	    (item->task != SCAN_PROBE && item->task != SCAN_PICTURE))
		return status;
	log_warning("scan", "a file could not be saved",
		    LOG_TEXT("reason", fault->message));
	if (item->task == SCAN_PICTURE) {
		item->task = SCAN_GONE; /* the folder goes without */
		return STATUS_OK;
	}
	item->task = SCAN_REJECT;
	item->has_cover = false;
	item->reason = arena_copy_text(&item->arena, fault->message);
	return catalogue_write(catalogue, batch_save, batch, fault);
}

static enum status
batch_write(struct batch *batch, struct fault *fault)
{
	size_t all = batch->count;
	enum status status;

	batch->first = 0;
	status = catalogue_write(batch->scan->catalogue, batch_save, batch,
				 fault);
	if (status == STATUS_OK || status_of_store(status))
		return status;
	batch->count = 1;
	for (status = STATUS_OK;
	     batch->first < all && status == STATUS_OK; batch->first++)
		status = batch_save_one(batch, fault);
	batch->first = 0;
	batch->count = all;
	return status;
}

static void
batch_flush(struct batch *batch)
{
	struct fault fault = { 0 };
	enum status status = STATUS_OK;

	if (batch->count > 0)
		status = batch_write(batch, &fault);
	if (status != STATUS_OK)
		scan_fail(batch->scan, status, &fault);
	for (size_t i = 0; i < batch->count; i++) {
		if (status == STATUS_OK)
			item_done(batch->scan, batch->items[i]);
		else
			scan_item_free(batch->items[i]);
	}
	batch->count = 0;
}

void
scan_save(struct scan *scan)
{
	uint32_t limit = scan->services->settings->batch;
	struct batch *batch = mem_new(1, sizeof *batch);
	int64_t first_ms = 0;
	bool ended = false;

	if (limit == 0 || limit > BATCH_MAX)
		limit = limit == 0 ? 200 : BATCH_MAX;
	batch->scan = scan;
	while (!ended) {
		struct scan_item *item =
			scan_queue_pop(&scan->done, BATCH_WAIT_MS / 2, &ended);
		int64_t now_ms = clock_monotonic_ms();

		if (item != NULL) {
			if (batch->count == 0)
				first_ms = now_ms;
			batch->items[batch->count++] = item;
		}
		if (batch->count >= limit || ended ||
		    (batch->count > 0 && now_ms - first_ms >= BATCH_WAIT_MS))
			batch_flush(batch);
		scan_tell_progress(scan, SCAN_WALKING, false);
		if (scan_stopping(scan))
			scan_fail(scan, STATUS_CANCELLED, NULL);
	}
	free(batch);
}

/* ---- what is gone --------------------------------------------------------- */

struct missing_search {
	struct scan *scan;
	int64_t *ids;
	char **paths; /* NULL each where nobody wants to know */
	size_t count, room;
};

static bool
path_wanted(const struct scan *scan, const char *folder)
{
	if (scan->whole)
		return true;
	for (size_t i = 0; i < scan->args->part_count; i++) {
		const struct source_change *part = &scan->args->parts[i];

		if (strcmp(folder, part->path) == 0 ||
		    (part->deep && source_path_within(folder, part->path)))
			return true;
	}
	return false;
}

static bool
path_kept(const struct scan *scan, const char *path)
{
	for (size_t i = 0; i < scan->kept_count; i++) {
		if (source_path_within(path, scan->kept[i]))
			return true;
	}
	return false;
}

/* Folders of which every file was seen need no second look. */
static bool
folder_suspect(const struct scan *scan, const struct folder_row *folder)
{
	uint64_t hash = scan_hash(folder->path);

	if (folder->file_count == 0 || !path_wanted(scan, folder->path) ||
	    path_kept(scan, folder->path))
		return false;
	return !scan_set_has(&scan->visited, hash) ||
	       scan_set_has(&scan->torn, hash);
}

static void
missing_add(struct missing_search *search, int64_t id, const char *path)
{
	if (search->count == search->room) {
		search->room = search->room == 0 ? 256 : 2 * search->room;
		search->ids = mem_grow(search->ids, search->room,
				       sizeof *search->ids);
		search->paths = mem_grow(search->paths, search->room,
					 sizeof *search->paths);
	}
	search->paths[search->count] = search->scan->bucket == NULL ?
					       NULL :
					       mem_copy_text(path);
	search->ids[search->count++] = id;
}

static void
missing_clear(struct missing_search *search)
{
	while (search->count > 0)
		free(search->paths[--search->count]);
}

/* The names in one folder of a remote source, which lists them for the price of
 * a look at one. */
struct names_seen {
	struct arena arena;
	const char **names; /* sorted */
	size_t count;
};

static enum status
names_take(void *cookie, const struct source_folder *folder,
	   struct fault *fault)
{
	struct names_seen *seen = cookie;

	(void)fault;
	seen->names = arena_new(&seen->arena, const char *, folder->file_count);
	seen->count = folder->file_count;
	for (size_t i = 0; i < folder->file_count; i++)
		seen->names[i] = arena_copy_text(&seen->arena,
						 folder->files[i].name);
	return STATUS_OK;
}

static void
names_problem(void *cookie, const char *path, const char *reason)
{
	(void)cookie, (void)path, (void)reason;
}

static enum status
names_list(struct scan *scan, const char *path, struct names_seen *seen,
	   struct fault *fault)
{
	const struct source_visitor visitor = { names_take, names_problem,
						seen };
	enum status status = source_walk(scan->source, path, false, &visitor,
					 fault);

	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static int
name_order(const void *name, const void *at)
{
	return strcmp(name, *(const char *const *)at);
}

/* A remote place that does not answer says nothing of its files. */
static bool
file_gone_now(struct scan *scan, const char *whole)
{
	struct source_file file;
	enum status status = source_stat(scan->source, whole, &file, NULL);

	return scan->source->driver->remote ? status == STATUS_NOT_FOUND :
					      status != STATUS_OK;
}

/* Is the file of this row away? */
static bool
file_away(struct scan *scan, const struct names_seen *seen, const char *name,
	  const char *whole)
{
	if (!scan->source->driver->remote)
		return file_gone_now(scan, whole);
	return seen->count == 0 ||
	       bsearch(name, seen->names, seen->count, sizeof *seen->names,
		       name_order) == NULL;
}

/* A file of a folder that the walk came to is looked at again, because a move
 * may have changed its row since; below a folder that the walk did not come to
 * (gone, or ignored by now) everything is gone. What was put there while the walk
 * was on its way is looked at by itself. */
static bool
file_missing(struct scan *scan, const struct names_seen *seen,
	     const struct file_row *row, const char *whole, bool visited)
{
	if (row->updated_at_ms >= scan->began_at_ms)
		return file_gone_now(scan, whole);
	return !visited || file_away(scan, seen, row->name, whole);
}

static enum status
folder_search(struct missing_search *search, struct store_session *session,
	      const char *path, struct fault *fault)
{
	struct scan *scan = search->scan;
	bool visited = scan_set_has(&scan->visited, scan_hash(path));
	struct names_seen seen = { 0 };
	struct file_row *rows;
	enum status status;
	struct arena arena;
	size_t count = 0;

	arena_init(&arena);
	arena_init(&seen.arena);
	status = files_in_folder(session, scan->args->source_id, path, &arena,
				 &rows, &count, fault);
	if (status == STATUS_OK && visited && scan->source->driver->remote)
		status = names_list(scan, path, &seen, fault);
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		const char *whole = path[0] == '\0' ?
					    rows[i].name :
					    arena_print(&arena, "%s/%s", path,
							rows[i].name);

		if (rows[i].state == FILE_MISSING || path_kept(scan, whole))
			continue;
		if (file_missing(scan, &seen, &rows[i], whole, visited))
			missing_add(search, rows[i].id, whole);
	}
	arena_release(&seen.arena);
	arena_release(&arena);
	return status;
}

struct folder_names {
	const struct scan *scan;
	struct arena *arena;
	const char **paths;
	size_t count, room;
};

static bool
folder_note(void *cookie, const struct folder_row *folder)
{
	struct folder_names *names = cookie;

	if (!folder_suspect(names->scan, folder))
		return true;
	if (names->count == names->room) {
		names->room = names->room == 0 ? 64 : 2 * names->room;
		names->paths = mem_grow(names->paths, names->room,
					sizeof *names->paths);
	}
	names->paths[names->count++] =
		arena_copy_text(names->arena, folder->path);
	return true;
}

static enum status
missing_find(struct store_session *session, void *cookie, struct fault *fault)
{
	struct missing_search *search = cookie;
	struct scan *scan = search->scan;
	struct folder_names names = { .scan = scan };
	enum status status;
	struct arena arena;

	missing_clear(search);
	arena_init(&arena);
	names.arena = &arena;
	status = folders_each(session, scan->args->source_id, folder_note,
			      &names, fault);
	for (size_t i = 0; i < names.count && status == STATUS_OK; i++)
		status = folder_search(search, session, names.paths[i], fault);
	free(names.paths);
	arena_release(&arena);
	return status;
}

struct missing_batch {
	struct scan *scan;
	const int64_t *ids;
	char *const *paths;
	size_t count;
	int64_t hidden;
};

static enum status
missing_save(struct catalogue *catalogue, struct store_session *session,
	     void *cookie, struct fault *fault)
{
	struct missing_batch *batch = cookie;
	enum status status = files_mark_missing(catalogue, batch->ids,
						batch->count, &batch->hidden,
						fault);

	for (size_t i = 0; i < batch->count && status == STATUS_OK; i++)
		status = scan_registry_gone(batch->scan, session,
					    batch->paths[i], fault);
	return status;
}

enum status
scan_mark_missing(struct scan *scan, struct fault *fault)
{
	struct missing_search search = { .scan = scan };
	enum status status;

	if (scan->keep_all) {
		log_warning("scan",
			    "too much could not be read: nothing is taken for "
			    "gone", LOG_TEXT("root", scan->root));
		return STATUS_OK;
	}
	status = store_read(scan->services->store, missing_find, &search,
			    fault);
	for (size_t at = 0; at < search.count && status == STATUS_OK;) {
		struct missing_batch batch = { .scan = scan,
					       .ids = search.ids + at,
					       .paths = search.paths + at };

		batch.count = search.count - at < MISSING_BATCH ?
				      search.count - at :
				      MISSING_BATCH;
		at += batch.count;
		status = catalogue_write(scan->catalogue, missing_save, &batch,
					 fault);
		if (status == STATUS_OK)
			scan->removed += (uint64_t)batch.count;
		scan_tell_progress(scan, SCAN_FINISHING, false);
		if (status == STATUS_OK && scan_stopping(scan))
			status = fault_set(fault, STATUS_CANCELLED,
					   "the scan was stopped");
	}
	missing_clear(&search);
	free(search.ids);
	free(search.paths);
	return status;
}
