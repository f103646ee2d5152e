/* scan_registry.c - notes what became of the objects of a bucket; see
 * scan_parts.h. */
#include "service/scan_parts.h"

#include "library/s3_registry.h"

static struct s3_registry_row
row_of(const struct scan *scan, struct scan_item *item,
       enum s3_object_status status)
{
	return (struct s3_registry_row){
		.source_id = scan->args->source_id,
		.bucket = scan->bucket,
		.path = arena_print(&item->arena, "%s%s", scan->prefix,
				    scan_item_path(item)),
		.etag = item->etag,
		.size_bytes = item->file.size_bytes,
		.status = status,
	};
}

struct seen_work {
	const struct scan *scan;
	struct scan_item *items;
};

static enum status
seen_run(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct seen_work *work = cookie;
	enum status status = STATUS_OK;

	for (struct scan_item *item = work->items;
	     item != NULL && status == STATUS_OK; item = item->next) {
		const struct s3_registry_row row =
			row_of(work->scan, item, S3_OBJECT_SEEN);

		status = s3_registry_note(session, &row, fault);
	}
	return status;
}

enum status
scan_registry_seen(struct scan *scan, struct scan_item *items,
		   struct fault *fault)
{
	struct seen_work work = { scan, items };

	return scan->bucket == NULL || items == NULL ?
		       STATUS_OK :
		       store_write(scan->services->store, seen_run, &work,
				   fault);
}

enum status
scan_registry_done(struct scan *scan, struct store_session *session,
		   struct scan_item *item, int64_t track_id, bool moved,
		   struct fault *fault)
{
	struct s3_registry_row row;
	enum status status;

	if (scan->bucket == NULL)
		return STATUS_OK;
	row = row_of(scan, item, S3_OBJECT_DONE);
	row.track_id = track_id;
	status = s3_registry_note(session, &row, fault);
	return status == STATUS_OK && moved ?
		       s3_registry_moved(session, &row, fault) :
		       status;
}

enum status
scan_registry_failed(struct scan *scan, struct store_session *session,
		     struct scan_item *item, struct fault *fault)
{
	struct s3_registry_row row;

	if (scan->bucket == NULL)
		return STATUS_OK;
	row = row_of(scan, item, S3_OBJECT_FAILED);
	row.error = item->reason;
	return s3_registry_note(session, &row, fault);
}

enum status
scan_registry_gone(struct scan *scan, struct store_session *session,
		   const char *path, struct fault *fault)
{
	struct s3_registry_row row = { .source_id = scan->args->source_id,
				       .status = S3_OBJECT_GONE };
	enum status status;
	struct arena arena;

	if (scan->bucket == NULL)
		return STATUS_OK;
	arena_init(&arena);
	row.path = arena_print(&arena, "%s%s", scan->prefix, path);
	status = s3_registry_note(session, &row, fault);
	arena_release(&arena);
	return status;
}
