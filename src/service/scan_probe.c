/* scan_probe.c - opens new and changed files, asks the media pool what they
 * are, and stores their pictures; see scan_parts.h.
 *
 * Pictures: the pool gives a cheap hash of each; only for one not seen in this
 * run the bytes are fetched, so that an album of twenty files costs one copy
 * and no item carries a picture through the queues. */
#include "service/scan_parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/ranged.h"
#include "service/lyrics.h"
#include "service/picture.h"

/* ---- pictures ------------------------------------------------------------- */

static struct scan_picture *
picture_place(struct scan *scan, const uint8_t hash[SHA256_BYTES])
{
	uint32_t number;

	memcpy(&number, hash, sizeof number);
	return &scan->pictures[number % SCAN_PICTURES_MAX];
}

static bool
picture_known(struct scan *scan, const uint8_t hash[SHA256_BYTES],
	      struct scan_picture *out)
{
	const struct scan_picture *place = picture_place(scan, hash);
	bool known;

	pthread_mutex_lock(&scan->lock);
	known = place->used && memcmp(place->hash, hash, SHA256_BYTES) == 0;
	if (known)
		*out = *place;
	pthread_mutex_unlock(&scan->lock);
	return known;
}

static void
picture_note(struct scan *scan, const struct scan_picture *picture)
{
	pthread_mutex_lock(&scan->lock);
	*picture_place(scan, picture->hash) = *picture;
	pthread_mutex_unlock(&scan->lock);
}

/* Stores the bytes as a blob. *good: they are a picture at all. */
static enum status
picture_store(struct scan *scan, struct span bytes, struct cover *cover,
	      bool *good, struct fault *fault)
{
	struct picture_look look;
	enum status status;

	*good = bytes.length > 0 &&
		bytes.length <=
			scan->services->settings->picture_limit_bytes &&
		picture_look(bytes, &look);
	if (!*good)
		return STATUS_OK;
	*cover = (struct cover){ .mime = look.mime,
				 .width = look.width,
				 .height = look.height,
				 .size_bytes = bytes.length };
	status = blob_put(scan->services->blobs, bytes.at, bytes.length,
			  &cover->key, fault);
	*good = status == STATUS_OK;
	return status;
}

/* The front picture inside the file. */
static enum status
picture_embedded(struct scan *scan, struct scan_item *item, int fd,
		 struct fault *fault)
{
	struct media_probe_args args = { .name_hint = item->name,
					 .flags = MEDIA_WANT_PICTURE };
	struct scan_picture picture = { .used = true };
	enum status status = STATUS_OK;
	struct media_facts *again;
	struct arena arena;

	if (!item->media->has_picture)
		return STATUS_OK;
	if (!picture_known(scan, item->media->picture_hash, &picture)) {
		arena_init(&arena);
		again = arena_new(&arena, struct media_facts, 1);
		memcpy(picture.hash, item->media->picture_hash, SHA256_BYTES);
		if (item->media->picture_bytes <=
			    scan->services->settings->picture_limit_bytes &&
		    media_probe(scan->services->media, fd, &args, &arena, again,
				NULL) == STATUS_OK)
			status = picture_store(scan, again->picture,
					       &picture.cover, &picture.good,
					       fault);
		arena_release(&arena);
		if (status != STATUS_OK)
			return status;
		picture_note(scan, &picture);
	}
	item->has_cover = picture.good;
	item->cover = picture.cover;
	return STATUS_OK;
}

/* ---- files beside --------------------------------------------------------- */

/* All of a small file of the source. STATUS_TOO_LARGE over the limit. */
static enum status
file_fetch(struct scan *scan, const char *path, uint64_t limit_bytes,
	   struct buffer *out, struct fault *fault)
{
	struct ranged_file file;
	enum status status;
	char *room;
	int fd;

	status = source_open_file(scan->source, path, &fd, fault);
	if (status != STATUS_OK)
		return status;
	status = ranged_open(fd, &file, fault);
	if (status == STATUS_OK && file.size_bytes > limit_bytes)
		status = fault_set(fault, STATUS_TOO_LARGE, "%s is too large",
				   path);
	if (status == STATUS_OK) {
		room = buffer_reserve(out, (size_t)file.size_bytes);
		if (room != NULL)
			out->length = ranged_read_all(
				&file, room, (size_t)file.size_bytes, 0);
		status = ranged_fault(fd, fault);
		if (status == STATUS_OK && out->length != file.size_bytes)
			status = fault_set(fault, STATUS_FAILED,
					   "%s cannot be read", path);
	}
	close(fd);
	return status;
}

static const char *
path_beside(struct scan_item *item, const char *name)
{
	return item->folder[0] == '\0' ?
		       name :
		       arena_print(&item->arena, "%s/%s", item->folder, name);
}

/* True when it is the place that fails, not the file. */
static bool
place_fails(const struct scan *scan, enum status status)
{
	return scan->source->driver->remote &&
	       (status == STATUS_UNAVAILABLE || status == STATUS_TIMED_OUT ||
		status == STATUS_AGAIN_LATER);
}

/* Lyrics that make no sense count as none. */
static enum status
lyrics_fetch(struct scan *scan, struct scan_item *item, struct fault *fault)
{
	struct buffer text;
	enum status status;

	if (item->lyrics_name == NULL)
		return STATUS_OK;
	buffer_init(&text, LYRICS_LIMIT_BYTES + 1);
	status = file_fetch(scan, path_beside(item, item->lyrics_name),
			    LYRICS_LIMIT_BYTES, &text, fault);
	if (status == STATUS_OK)
		(void)lyrics_check(&item->arena,
				   (struct span){ text.bytes, text.length },
				   &item->lyrics, &item->lyrics_synced, NULL);
	buffer_release(&text);
	return place_fails(scan, status) ? status : STATUS_OK;
}

/* The folder's own picture. One that cannot be used counts as none, but its
 * mark is kept so that it is not read at every scan. */
static enum status
picture_folder(struct scan *scan, struct scan_item *item, struct fault *fault)
{
	uint64_t limit = scan->services->settings->picture_limit_bytes;
	enum status status = STATUS_OK;
	struct buffer bytes;

	if (item->picture_key == 0)
		return STATUS_OK;
	buffer_init(&bytes, (size_t)limit + 1);
	status = file_fetch(scan, scan_item_path(item), limit, &bytes, fault);
	if (status == STATUS_OK)
		status = picture_store(
			scan, (struct span){ bytes.bytes, bytes.length },
			&item->cover, &item->has_cover, fault);
	else if (!place_fails(scan, status))
		status = STATUS_OK;
	buffer_release(&bytes);
	return status;
}

/* ---- audio ---------------------------------------------------------------- */

static void
item_reject(struct scan_item *item, const char *reason)
{
	item->task = SCAN_REJECT;
	item->reason = arena_copy_text(&item->arena, reason);
}

/* Names that are not UTF-8 make no title for the library. */
static void
title_repair(struct scan_item *item)
{
	const char *display;

	if (item->media->title != NULL ||
	    utf8_valid(item->name, strlen(item->name)))
		return;
	display = source_name_display(&item->arena, item->name);
	item->media->title = arena_copy_bytes(
		&item->arena, display,
		(size_t)(strrchr(display, '.') != NULL ?
				 strrchr(display, '.') - display :
				 (ptrdiff_t)strlen(display)));
}

/* A file whose time is unknown to the row is tried again at each scan: what
 * was wrong was not in its bytes. */
static void
item_reject_for_now(struct scan_item *item, const char *reason)
{
	item_reject(item, reason);
	item->file.size_bytes = 0;
	item->file.modified_ns = 0;
	item->file.inode = 0;
}

/* Is the whole place away? Then the scan ends; else it is this file alone. */
static enum status
place_ask(struct scan *scan, struct scan_item *item, const char *reason,
	  struct fault *fault)
{
	enum status status = source_check(scan->source, fault);

	if (status == STATUS_OK)
		item_reject_for_now(item, reason);
	return status;
}

/* *fd stays -1 when there is nothing to be probed. */
static enum status
file_open(struct scan *scan, struct scan_item *item, int *fd,
	  struct fault *fault)
{
	struct ranged_file file;
	struct fault why = { 0 };
	enum status status;

	status = source_open_file(scan->source, scan_item_path(item), fd, &why);
	if (status == STATUS_NOT_FOUND) {
		item->task = SCAN_GONE;
		return STATUS_OK;
	}
	if (place_fails(scan, status))
		return place_ask(scan, item, why.message, fault);
	if (status != STATUS_OK) {
		item_reject_for_now(item,
				    status == STATUS_DENIED ?
					    "there is no right to read it" :
					    why.message);
		return STATUS_OK;
	}
	if (ranged_open(*fd, &file, NULL) == STATUS_OK) {
		/* What is probed is what is open now, not what the walk saw. */
		item->file.size_bytes = (int64_t)file.size_bytes;
		item->file.modified_ns = file.modified_ns;
		if (file.far)
			item->file.inode = file.mark;
	}
	return STATUS_OK;
}

enum status
scan_item_look(struct scan *scan, struct scan_item *item, int fd,
	       struct fault *fault)
{
	struct media_probe_args args = { .name_hint = item->name };
	enum status status;

	item->media = arena_new(&item->arena, struct media_facts, 1);
	status = media_probe(scan->services->media, fd, &args, &item->arena,
			     item->media, fault);
	if (status == STATUS_OK)
		status = picture_embedded(scan, item, fd, fault);
	else if (status != STATUS_UNAVAILABLE && status != STATUS_CANCELLED) {
		item_reject(item, fault->message);
		return STATUS_OK;
	}
	if (status == STATUS_OK)
		title_repair(item);
	return status;
}

static enum status
item_probe(struct scan *scan, struct scan_item *item, struct fault *fault)
{
	struct fault why = { 0 };
	enum status status;
	int fd = -1;

	status = file_open(scan, item, &fd, fault);
	if (status != STATUS_OK || fd < 0)
		return status;
	status = scan_item_look(scan, item, fd, &why);
	if (status == STATUS_OK && item->task == SCAN_PROBE)
		status = lyrics_fetch(scan, item, &why);
	if (place_fails(scan, status) && strcmp(why.field, "media") != 0)
		status = place_ask(scan, item, why.message, fault);
	else if (status != STATUS_OK)
		*fault = why;
	close(fd);
	return status;
}

void *
scan_probe_run(void *cookie)
{
	struct scan *scan = cookie;
	struct scan_item *item;
	bool ended;

	while ((item = scan_queue_pop(&scan->work, UINT32_MAX, &ended)) !=
	       NULL) {
		struct fault fault = { 0 };
		enum status status =
			item->task == SCAN_PICTURE ?
				picture_folder(scan, item, &fault) :
				item_probe(scan, item, &fault);

		if (status != STATUS_OK) {
			scan_item_free(item);
			scan_fail(scan, status, &fault);
			break;
		}
		scan_queue_push(&scan->done, item);
	}
	scan_queue_leave(&scan->done);
	return NULL;
}
