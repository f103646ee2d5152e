/* scan_walk.c - compares what lies in the source with the files table, folder
 * by folder; see scan_parts.h.
 *
 * Runs on the walker threads of the source. For a folder whose files are all
 * known and unchanged it costs the stat calls of the walk and two queries. */
#include "service/scan_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* The rows of one folder. */
struct folder_known {
	struct scan *scan;
	struct arena arena;
	const char *path;
	struct file_row *rows;
	size_t count;
	int64_t picture_key;
	struct scan_item *unread; /* new and changed objects of a bucket */
	size_t unread_count;
};

#define UNREAD_MAX 250 /* noted in one transaction */

static enum status
folder_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct folder_known *known = cookie;
	int64_t source_id = known->scan->args->source_id;
	struct folder_row folder;
	enum status status;

	arena_reset(&known->arena);
	known->count = 0;
	known->picture_key = 0;
	status = folders_find(session, source_id, known->path, &known->arena,
			      &folder, fault);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK)
		return status;
	known->picture_key = folder.picture_key;
	return files_in_folder(session, source_id, known->path, &known->arena,
			       &known->rows, &known->count, fault);
}

/* ---- what lies beside a file ---------------------------------------------- */

static int64_t
mark_of(const struct scan *scan, const struct source_file *file)
{
	bool remote = scan->source->driver->remote;
	char text[512];

	snprintf(text, sizeof text, "%.400s %llu %lld", file->name,
		 (unsigned long long)file->size_bytes,
		 remote ? (long long)file->inode :
			  (long long)file->modified_ns);
	return (int64_t)(scan_hash(text) >> 1) | 1;
}

static int
name_compare(const void *name, const void *file)
{
	return strcmp(name, ((const struct source_file *)file)->name);
}

/* "01 Song.lrc" for "01 Song.mp3"; NULL when there is none. */
static const struct source_file *
lyrics_find(const struct source_folder *folder, const char *name)
{
	static const char *const endings[] = { ".lrc", ".LRC", ".Lrc" };
	const char *dot = strrchr(name, '.');
	const struct source_file *found = NULL;
	char wanted[300];

	for (size_t i = 0; i < ARRAY_LENGTH(endings) && found == NULL; i++) {
		if (snprintf(wanted, sizeof wanted, "%.*s%s",
			     (int)(dot - name), name,
			     endings[i]) >= (int)sizeof wanted)
			return NULL;
		found = bsearch(wanted, folder->files, folder->file_count,
				sizeof *folder->files, name_compare);
	}
	return found;
}

static bool
folder_has_lyrics(const struct source_folder *folder)
{
	for (size_t i = 0; i < folder->file_count; i++) {
		if (folder->files[i].kind == SOURCE_LYRICS)
			return true;
	}
	return false;
}

static void
picture_compare(struct scan *scan, const struct source_folder *folder,
		int64_t known_key)
{
	const struct source_file *best = NULL;
	uint32_t best_rank = UINT32_MAX;
	struct scan_item *item;
	int64_t key;

	for (size_t i = 0; i < folder->file_count; i++) {
		uint32_t rank = source_picture_rank(folder->files[i].name);

		if (folder->files[i].kind == SOURCE_PICTURE &&
		    rank < best_rank) {
			best = &folder->files[i];
			best_rank = rank;
		}
	}
	key = best == NULL ? 0 : mark_of(scan, best);
	if (key == known_key && !scan->args->again)
		return;
	if (key == 0 && known_key == 0)
		return;
	item = scan_item_new(SCAN_PICTURE, folder->path,
			     best == NULL ? "" : best->name);
	item->picture_key = key;
	scan_queue_push(&scan->work, item);
}

/* ---- one file ------------------------------------------------------------- */

static struct scan_item *
file_item(const struct scan *scan, enum scan_task task, const char *folder,
	  const struct source_file *file)
{
	struct scan_item *item = scan_item_new(task, folder, file->name);

	item->file.source_id = scan->args->source_id;
	item->file.size_bytes = (int64_t)file->size_bytes;
	item->file.modified_ns = file->modified_ns;
	item->file.inode = file->inode;
	if (file->etag != NULL)
		item->etag = arena_copy_text(&item->arena, file->etag);
	item->file.device = file->device;
	return item;
}

static bool
row_same(const struct scan *scan, const struct file_row *row,
	 const struct source_file *file, int64_t beside_key)
{
	return row->size_bytes == (int64_t)file->size_bytes &&
	       row->beside_key == beside_key &&
	       (scan->source->driver->remote ?
			row->inode == file->inode :
			row->modified_ns == file->modified_ns);
}

/* Notes that they were seen, and lets them be read. */
static enum status
unread_send(struct folder_known *known, struct fault *fault)
{
	struct scan *scan = known->scan;
	enum status status = scan_registry_seen(scan, known->unread, fault);

	while (known->unread != NULL) {
		struct scan_item *item = known->unread;

		known->unread = item->next;
		item->next = NULL;
		if (status == STATUS_OK)
			scan_queue_push(&scan->work, item);
		else
			scan_item_free(item);
	}
	known->unread_count = 0;
	return status;
}

static void
file_compare(struct folder_known *known, const struct source_folder *folder,
	     const struct source_file *file,
	     const struct source_file *lyrics, const struct file_row *row)
{
	struct scan *scan = known->scan;
	int64_t beside_key = lyrics == NULL ? 0 : mark_of(scan, lyrics);
	struct scan_item *item;
	bool restored;

	atomic_fetch_add(&scan->seen, 1);
	if (row != NULL && !scan->args->again &&
	    row_same(scan, row, file, beside_key)) {
		if (row->state == FILE_OK) {
			atomic_fetch_add(&scan->compared_same, 1);
			return;
		}
		if (row->state == FILE_REJECTED) {
			atomic_fetch_add(&scan->compared_rejected, 1);
			return;
		}
	}
	/* A missing file that never was a track was rejected before: what it
	 * is worth now is found out by reading it. */
	restored = row != NULL && row->state == FILE_MISSING &&
		   row->track_id != 0 && !scan->args->again &&
		   row_same(scan, row, file, beside_key) &&
		   row->inode == file->inode && row->inode != 0;
	item = file_item(scan, restored ? SCAN_RESTORE : SCAN_PROBE,
			 folder->path, file);
	item->file.beside_key = beside_key;
	item->file_id = row == NULL ? 0 : row->id;
	if (lyrics != NULL)
		item->lyrics_name = arena_copy_text(&item->arena, lyrics->name);
	if (restored || scan->bucket == NULL) {
		scan_queue_push(restored ? &scan->done : &scan->work, item);
		return;
	}
	item->next = known->unread;
	known->unread = item;
	known->unread_count++;
}

/* Both lists are in the order of bytes of the names. */
static enum status
files_compare(struct scan *scan, const struct source_folder *folder,
	      struct folder_known *known, struct fault *fault)
{
	bool lyrics = folder_has_lyrics(folder), torn = false;
	enum status status = STATUS_OK;
	size_t at = 0;

	for (size_t i = 0; i < folder->file_count && status == STATUS_OK &&
			   !atomic_load(&scan->stop);
	     i++) {
		const struct source_file *file = &folder->files[i];
		const struct file_row *row = NULL;

		if (file->kind != SOURCE_AUDIO)
			continue;
		while (at < known->count &&
		       strcmp(known->rows[at].name, file->name) < 0)
			torn |= known->rows[at++].state != FILE_MISSING;
		if (at < known->count &&
		    strcmp(known->rows[at].name, file->name) == 0)
			row = &known->rows[at++];
		file_compare(known, folder, file,
			     lyrics ? lyrics_find(folder, file->name) : NULL,
			     row);
		if (known->unread_count == UNREAD_MAX)
			status = unread_send(known, fault);
	}
	if (status == STATUS_OK)
		status = unread_send(known, fault);
	for (; at < known->count; at++)
		torn |= known->rows[at].state != FILE_MISSING;
	pthread_mutex_lock(&scan->lock);
	scan_set_add(&scan->visited, scan_hash(folder->path));
	if (torn)
		scan_set_add(&scan->torn, scan_hash(folder->path));
	pthread_mutex_unlock(&scan->lock);
	return status;
}

/* ---- the visitor ---------------------------------------------------------- */

static enum status
visit_folder(void *cookie, const struct source_folder *folder,
	     struct fault *fault)
{
	struct scan *scan = cookie;
	struct folder_known known = { .scan = scan, .path = folder->path };
	enum status status;

	if (atomic_load(&scan->stop))
		return fault_set(fault, STATUS_CANCELLED, "stopped");
	arena_init(&known.arena);
	status = store_read(scan->services->store, folder_read, &known, fault);
	if (status == STATUS_OK) {
		picture_compare(scan, folder, known.picture_key);
		status = files_compare(scan, folder, &known, fault);
	}
	arena_release(&known.arena);
	return status;
}

void
scan_keep(struct scan *scan, const char *path)
{
	pthread_mutex_lock(&scan->lock);
	if (scan->kept_count == SCAN_KEPT_MAX) {
		scan->keep_all = true;
	} else {
		if ((scan->kept_count & (scan->kept_count - 1)) == 0)
			scan->kept = mem_grow(
				scan->kept,
				scan->kept_count == 0 ? 1 :
							2 * scan->kept_count,
				sizeof *scan->kept);
		scan->kept[scan->kept_count++] = mem_copy_text(path);
	}
	pthread_mutex_unlock(&scan->lock);
}

struct file_question {
	struct scan *scan;
	const char *folder, *name;
	bool rejected;
};

static enum status
file_ask(struct store_session *session, void *cookie, struct fault *fault)
{
	struct file_question *question = cookie;
	struct file_row row;
	enum status status;
	struct arena arena;

	arena_init(&arena);
	status = files_find(session, question->scan->args->source_id,
			    question->folder, question->name, &arena, &row,
			    fault);
	question->rejected = status == STATUS_OK &&
			     row.state == FILE_REJECTED &&
			     row.modified_ns == 0;
	arena_release(&arena);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* An audio file that cannot be looked at is rejected; time and size 0 make
 * every scan try it again. */
static void
file_problem(struct scan *scan, const char *path, const char *reason)
{
	struct file_question question = { .scan = scan };
	const char *slash = strrchr(path, '/');
	struct scan_item *item;
	struct arena arena;

	arena_init(&arena);
	question.folder = slash == NULL ?
				  "" :
				  arena_copy_bytes(&arena, path,
						   (size_t)(slash - path));
	question.name = slash == NULL ? path : slash + 1;
	atomic_fetch_add(&scan->seen, 1);
	if (store_read(scan->services->store, file_ask, &question, NULL) ==
		    STATUS_OK &&
	    question.rejected) {
		atomic_fetch_add(&scan->compared_rejected, 1);
	} else {
		item = scan_item_new(SCAN_REJECT, question.folder,
				     question.name);
		item->file.source_id = scan->args->source_id;
		item->reason = arena_copy_text(&item->arena, reason);
		scan_queue_push(&scan->done, item);
	}
	arena_release(&arena);
}

static void
visit_problem(void *cookie, const char *path, const char *reason)
{
	struct scan *scan = cookie;
	const char *slash = strrchr(path, '/');
	struct scan_item *item;

	scan_keep(scan, path);
	if (reason == NULL)
		return;
	if (source_name_kind(slash == NULL ? path : slash + 1) ==
	    SOURCE_AUDIO) {
		file_problem(scan, path, reason);
		return;
	}
	/* A folder: told, but there is no row to write. */
	item = scan_item_new(SCAN_GONE, path, "");
	item->reason = arena_copy_text(&item->arena, reason);
	scan_queue_push(&scan->done, item);
}

static enum status
part_walk(struct scan *scan, const struct source_change *part,
	  struct fault *fault)
{
	const struct source_visitor visitor = { visit_folder, visit_problem,
						scan };
	enum status status = source_walk(scan->source, part->path, part->deep,
					 &visitor, fault);

	if (status == STATUS_NOT_FOUND && part->path[0] != '\0') {
		scan->parts_gone = true;
		return STATUS_OK;
	}
	return status;
}

void
scan_walk(struct scan *scan)
{
	static const struct source_change all = { "", true };
	enum status status = STATUS_OK;
	struct fault fault = { 0 };

	if (scan->whole)
		status = part_walk(scan, &all, &fault);
	for (size_t i = 0; !scan->whole && i < scan->args->part_count &&
			   status == STATUS_OK;
	     i++)
		status = part_walk(scan, &scan->args->parts[i], &fault);
	if (status != STATUS_OK)
		scan_fail(scan, status, &fault);
	atomic_store(&scan->walk_ended, true);
}
