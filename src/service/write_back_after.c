/* write_back_after.c - what becomes of a write: undone, confirmed, or found out
 * about after it was broken off; see write_back.h. */
#include "service/write_back_private.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- undo, confirm ------------------------------------------------------- */

struct deciding {
	int64_t id;
	struct arena arena;
	struct tag_write row;
};

static enum status
row_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct deciding *deciding = cookie;
	enum status status = tag_writes_get(session, deciding->id,
					    &deciding->arena, &deciding->row,
					    fault);

	if (status == STATUS_OK && deciding->row.state != TAG_WRITE_WRITTEN)
		status = fault_set(fault, STATUS_CONFLICT,
				   "nothing is kept of it any more");
	return status;
}

static bool
is_file(const struct stat *facts, int64_t inode, int64_t size,
	int64_t changed_ns)
{
	return (inode == 0 || (int64_t)facts->st_ino == inode) &&
	       facts->st_size == size && modified_ns(facts) == changed_ns;
}

/* The original goes back, unless an undo that was broken off did so. */
static enum status
file_return(struct deciding *deciding, struct fault *fault)
{
	const struct tag_write *row = &deciding->row;
	struct stat now;

	if (lstat(row->path, &now) != 0)
		return fault_set(fault, STATUS_CONFLICT,
				 "the file is not there any more");
	if (is_file(&now, row->new_inode, row->new_size, row->modified_ns))
		return original_return(&deciding->arena, row->original,
				       row->path, &now, fault);
	if (is_file(&now, 0, row->was_size, row->modified_ns))
		return STATUS_OK;
	return fault_set(fault, STATUS_CONFLICT,
			 "the file was changed since; the original is %s",
			 row->original);
}

static enum status
undo_one(struct write_back *back, const struct caller *caller,
	 struct deciding *deciding, struct fault *fault)
{
	struct target target = { 0 };
	struct fault why = { 0 };
	enum status status = store_read(back->args.store, row_read, deciding,
					fault);

	if (status == STATUS_OK)
		status = file_return(deciding, fault);
	if (status != STATUS_OK)
		return status;
	/* a track that is hidden now is saved by the next scan */
	if (write_target_load(back, deciding->row.track_id, &target, &why) !=
	    STATUS_OK)
		target.path = NULL;
	deciding->row.state = TAG_WRITE_UNDONE;
	status = write_take_path(back, &target, &deciding->row, caller, fault);
	if (status == STATUS_OK)
		unlink(deciding->row.original);
	write_target_release(&target);
	return status;
}

static enum status
confirm_one(struct write_back *back, const struct caller *caller,
	    struct deciding *deciding, struct fault *fault)
{
	enum status status = store_read(back->args.store, row_read, deciding,
					fault);

	if (status != STATUS_OK)
		return status;
	deciding->row.state = TAG_WRITE_CONFIRMED;
	status = write_take(back, &deciding->row, caller, fault);
	if (status == STATUS_OK)
		unlink(deciding->row.original);
	return status;
}

static enum status
decide(struct write_back *back, const struct caller *caller, int64_t id,
       bool undo, struct fault *fault)
{
	struct deciding deciding = { .id = id };
	enum status status;

	arena_init(&deciding.arena);
	pthread_mutex_lock(&back->lock);
	status = undo ? undo_one(back, caller, &deciding, fault) :
			confirm_one(back, caller, &deciding, fault);
	pthread_mutex_unlock(&back->lock);
	arena_release(&deciding.arena);
	return status;
}

enum status
write_back_undo(struct write_back *back, const struct caller *caller,
		int64_t id, struct fault *fault)
{
	return decide(back, caller, id, true, fault);
}

enum status
write_back_confirm(struct write_back *back, const struct caller *caller,
		   int64_t id, struct fault *fault)
{
	return decide(back, caller, id, false, fault);
}

/* ---- what was broken off ------------------------------------------------- */

struct recovering {
	struct arena arena;
	struct tag_write_list list;
};

static enum status
prepared_read(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct recovering *recovering = cookie;
	const struct tag_write_filter filter = {
		.state_given = true, .state = TAG_WRITE_PREPARED,
	};
	const struct page_request page = { .limit = PAGE_LIMIT_MAX };

	return tag_writes_list(session, &filter, &page, &recovering->arena,
			       &recovering->list, fault);
}

/* Either the file was replaced, and its original is kept; or it was not, and
 * what was made on the way goes. */
static enum status
recover_one(struct write_back *back, struct tag_write *row,
	    struct fault *fault)
{
	struct target target = { 0 };
	struct fault why = { 0 };
	struct stat now, original;
	bool there = lstat(row->path, &now) == 0;
	bool kept = lstat(row->original, &original) == 0;
	enum status status;

	arena_init(&target.arena);
	unlink(replacement_name(&target.arena, row->path));
	unlink(arena_print(&target.arena, "%s.part", row->original));
	arena_release(&target.arena);
	if (!kept || (there && is_file(&now, row->was_inode, row->was_size,
				       row->modified_ns))) {
		unlink(row->original);
		row->state = TAG_WRITE_REFUSED;
		row->reason = "it was broken off before the file was changed";
		return store_write(back->args.store, write_row_set, row, fault);
	}
	row->state = TAG_WRITE_WRITTEN;
	row->new_inode = there ? (int64_t)now.st_ino : 0;
	row->new_size = there ? now.st_size : 0;
	if (write_target_load(back, row->track_id, &target, &why) != STATUS_OK)
		target.path = NULL;
	status = write_take_path(back, &target, row, NULL, fault);
	write_target_release(&target);
	return status;
}

/* Rows of another server's data folder are that one's. */
static bool
is_ours(const struct write_back *back, const struct tag_write *row)
{
	size_t length = strlen(back->args.data_dir);

	return strncmp(row->original, back->args.data_dir, length) == 0 &&
	       strncmp(row->original + length, "/originals/", 11) == 0;
}

enum status
write_back_recover(struct write_back *back, struct fault *fault)
{
	struct recovering recovering;
	enum status status;

	arena_init(&recovering.arena);
	status = store_read(back->args.store, prepared_read, &recovering,
			    fault);
	for (size_t i = 0; status == STATUS_OK && i < recovering.list.count;
	     i++)
		if (is_ours(back, &recovering.list.items[i]))
			status = recover_one(back, &recovering.list.items[i],
					     fault);
	arena_release(&recovering.arena);
	return status;
}
