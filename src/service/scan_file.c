/* scan_file.c - one file that somebody put into a source, read and saved as a
 * scan would do it; see scan.h. */
#include "service/scan_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

struct scan_found {
	struct scan_item *item;
};

enum status
scan_file_look(const struct scan_services *services, int fd, const char *name,
	       struct scan_found **out, struct fault *fault)
{
	struct scan_item *item = scan_item_new(SCAN_PROBE, "", name);
	struct scan scan = { .services = services };
	enum status status;

	pthread_mutex_init(&scan.lock, NULL);
	scan.pictures = mem_new(SCAN_PICTURES_MAX, sizeof *scan.pictures);
	status = scan_item_look(&scan, item, fd, fault);
	if (status == STATUS_OK && item->task == SCAN_REJECT)
		status = fault_field(fault, STATUS_INVALID, "file", "%s",
				     item->reason);
	free(scan.pictures);
	pthread_mutex_destroy(&scan.lock);
	if (status != STATUS_OK) {
		scan_item_free(item);
		return status;
	}
	*out = mem_new(1, sizeof **out);
	(*out)->item = item;
	return STATUS_OK;
}

const struct media_facts *
scan_found_media(const struct scan_found *found)
{
	return found->item->media;
}

void
scan_found_free(struct scan_found *found)
{
	if (found != NULL)
		scan_item_free(found->item);
	free(found);
}

/* ---- saving --------------------------------------------------------------- */

struct file_saving {
	const struct scan_file *file;
	const struct scan_item *item;
	struct file_facts facts;
	struct scan scan; /* for scan_file_gone() */
	int64_t track_id;
	bool rehearsed;
};

static enum status
track_save(struct file_saving *saving, struct catalogue *catalogue,
	   struct store_session *session, struct fault *fault)
{
	struct save_args args = {
		.file = &saving->facts,
		.media = saving->item->media,
		.gone = scan_file_gone,
		.gone_cookie = &saving->scan,
	};
	enum status status = STATUS_OK;
	struct save_outcome outcome;

	if (saving->item->has_cover)
		status = covers_save(session, &saving->item->cover,
				     &args.cover_id, fault);
	if (status == STATUS_OK)
		status = tracks_save(catalogue, &args, &outcome, fault);
	if (status == STATUS_OK)
		saving->track_id = outcome.track_id;
	return status;
}

static enum status
saving_work(struct catalogue *catalogue, struct store_session *session,
	    void *cookie, struct fault *fault)
{
	struct file_saving *saving = cookie;
	const struct scan_file *file = saving->file;
	enum status status = STATUS_OK;

	saving->rehearsed = false;
	if (file->before != NULL)
		status = file->before(catalogue, session, 0, file->cookie,
				      fault);
	if (status == STATUS_OK)
		status = track_save(saving, catalogue, session, fault);
	if (status == STATUS_OK && file->after != NULL)
		status = file->after(catalogue, session, saving->track_id,
				     file->cookie, fault);
	if (status == STATUS_OK && file->rehearsal) {
		saving->rehearsed = true;
		return STATUS_CANCELLED; /* what undoes it */
	}
	return status;
}

/* Its folder and name are of the arena. */
static enum status
facts_read(struct file_saving *saving, struct arena *arena,
	   struct fault *fault)
{
	const char *path = saving->file->path, *slash = strrchr(path, '/');
	struct source_file look = { 0 };
	enum status status = STATUS_OK;

	if (!saving->file->rehearsal)
		status = source_stat(saving->file->source, path, &look, fault);
	saving->facts = (struct file_facts){
		.source_id = saving->file->source_id,
		.folder = slash == NULL ?
				  "" :
				  arena_copy_bytes(arena, path,
						   (size_t)(slash - path)),
		.name = slash == NULL ? path : slash + 1,
		.size_bytes = (int64_t)look.size_bytes,
		.modified_ns = look.modified_ns,
		.inode = look.inode,
		.device = look.device,
	};
	return status;
}

enum status
scan_file_save(const struct scan_services *services,
	       const struct scan_file *file, const struct scan_found *found,
	       int64_t *track_id, struct fault *fault)
{
	const struct scan_args args = { .source_id = file->source_id };
	struct file_saving saving = {
		.file = file,
		.item = found->item,
		.scan = { .args = &args, .source = file->source },
	};
	struct catalogue *catalogue = catalogue_new(services->store);
	enum status status;
	struct arena arena;

	arena_init(&arena);
	status = facts_read(&saving, &arena, fault);
	if (status == STATUS_OK)
		status = catalogue_write(catalogue, saving_work, &saving,
					 fault);
	if (saving.rehearsed && status == STATUS_CANCELLED)
		status = STATUS_OK;
	if (status == STATUS_OK)
		*track_id = file->rehearsal ? 0 : saving.track_id;
	arena_release(&arena);
	catalogue_free(catalogue);
	return status;
}
