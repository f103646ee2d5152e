/* write_back.c - one track's tags into its file, with the row about it and what
 * the catalogue makes of it; see write_back.h. */
#include "service/write_back_private.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "library/audit.h"
#include "library/catalogue.h"
#include "library/edits.h"

const struct option write_back_options[] = {
	{ .name = "TAG_WRITE_BACK", .type = OPTION_BOOL, .preset = "no",
	  .summary = "Let admins write the tags of edited tracks into their "
		     "files; the originals are kept in originals/ of the data "
		     "folder until somebody confirms or undoes it.",
	  .offset = offsetof(struct write_back_settings, enabled) },
	{ 0 },
};

/* ---- the track and its file ---------------------------------------------- */

static enum status
edits_read(struct store_session *session, struct target *target,
	   struct fault *fault)
{
	struct edit edit;
	enum status status = edit_load(session, EDIT_TRACK, target->track_id,
				       &edit, fault);

	json_decref(target->edited);
	target->edited = json_incref(edit.fields);
	edit_release(&edit);
	if (status != STATUS_OK || target->track.album_id == 0)
		return status;
	status = edit_load(session, EDIT_ALBUM, target->track.album_id, &edit,
			   fault);
	target->album_named = json_object_get(edit.fields, "title") != NULL;
	edit_release(&edit);
	return status;
}

static enum status
target_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct target *target = cookie;
	struct arena *arena = &target->arena;
	enum status status = tracks_get(session, target->track_id, arena,
					&target->track, fault);

	if (status == STATUS_OK)
		status = files_of_track(session, target->track_id, arena,
					&target->place, fault);
	if (status == STATUS_OK)
		status = edits_read(session, target, fault);
	if (status == STATUS_OK)
		status = tag_writes_beside(session, target->track_id,
					   &target->cover_id,
					   &target->beside_key, fault);
	if (status == STATUS_OK && target->beside_key != 0 &&
	    tracks_lyrics(session, target->track_id, arena, &target->lyrics,
			  &target->lyrics_synced, NULL) != STATUS_OK)
		target->lyrics = NULL;
	return status;
}

enum status
write_target_load(struct write_back *back, int64_t track_id,
		  struct target *target, struct fault *fault)
{
	const struct file_place *place = &target->place;
	enum status status;

	*target = (struct target){ .track_id = track_id };
	arena_init(&target->arena);
	status = store_read(back->args.store, target_read, target, fault);
	if (status == STATUS_OK && strcmp(place->source_kind, "folder") != 0)
		return fault_set(fault, STATUS_CONFLICT,
				 "files of this source (%s) cannot be written",
				 place->source_kind);
	if (status == STATUS_OK)
		target->path = arena_print(&target->arena, "%s/%s%s%s",
					   place->source_root, place->folder,
					   *place->folder == '\0' ? "" : "/",
					   place->name);
	return status;
}

void
write_target_release(struct target *target)
{
	json_decref(target->edited);
	arena_release(&target->arena);
}

/* ---- the catalogue takes the file as it is now --------------------------- */

struct taking {
	struct target *target;
	const struct media_facts *media;
	const struct stat *facts;
	struct tag_write *write;
	const struct caller *caller; /* NULL: no audit row */
	const char *asked;
};

static enum status
audit_take(struct store_session *session, const struct taking *taking,
	   struct fault *fault)
{
	char after[80];

	snprintf(after, sizeof after, "{\"file\":\"%s\",\"write\":%lld}",
		 tag_write_state_name(taking->write->state),
		 (long long)taking->write->id);
	return audit_add(session, taking->caller, "update", "track",
			 taking->write->track_id, taking->asked, after, fault);
}

static enum status
take_work(struct catalogue *catalogue, struct store_session *session,
	  void *cookie, struct fault *fault)
{
	const struct taking *taking = cookie;
	const struct target *target = taking->target;
	enum status status = STATUS_OK;

	if (taking->media != NULL) {
		const struct file_facts file = {
			.source_id = target->place.source_id,
			.folder = target->place.folder,
			.name = target->place.name,
			.size_bytes = taking->facts->st_size,
			.modified_ns = modified_ns(taking->facts),
			.inode = taking->facts->st_ino,
			.device = taking->facts->st_dev,
			.beside_key = target->beside_key,
		};
		const struct save_args args = {
			.file = &file,
			.media = taking->media,
			.cover_id = target->cover_id,
			.lyrics = target->lyrics,
			.lyrics_synced = target->lyrics_synced,
		};

		status = tracks_save(catalogue, &args, NULL, fault);
	}
	if (status == STATUS_OK)
		status = tag_writes_set(session, taking->write,
					clock_now_ms(), fault);
	if (status == STATUS_OK && taking->caller != NULL)
		status = audit_take(session, taking, fault);
	return status;
}

static enum status
take(struct write_back *back, struct taking *taking, struct fault *fault)
{
	struct catalogue *catalogue = catalogue_new(back->args.store);
	enum status status = catalogue_write(catalogue, take_work, taking,
					     fault);

	catalogue_free(catalogue);
	return status;
}

enum status
write_take(struct write_back *back, struct tag_write *write,
	   const struct caller *caller, struct fault *fault)
{
	struct taking taking = { .write = write, .caller = caller };

	return take(back, &taking, fault);
}

static enum status
facts_read(struct write_back *back, struct target *target, int fd,
	   struct media_facts **out, struct fault *fault)
{
	const struct media_probe_args args = { .name_hint =
						       target->place.name };

	*out = arena_alloc(&target->arena, sizeof **out);
	return media_probe(back->args.media, fd, &args, &target->arena, *out,
			   fault);
}

enum status
write_take_path(struct write_back *back, struct target *target,
		struct tag_write *write, const struct caller *caller,
		struct fault *fault)
{
	struct taking taking = { .target = target, .write = write,
				 .caller = caller, .asked = write->asked };
	struct media_facts *media = NULL;
	struct stat facts;
	enum status status = STATUS_OK;
	int fd = -1;

	if (target->path != NULL && strcmp(target->path, write->path) == 0)
		fd = open(target->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && fstat(fd, &facts) == 0)
		status = facts_read(back, target, fd, &media, fault);
	if (status == STATUS_OK) {
		taking.media = fd >= 0 ? media : NULL;
		taking.facts = &facts;
		status = take(back, &taking, fault);
	}
	if (fd >= 0)
		close(fd);
	return status;
}

enum status
write_row_set(struct store_session *session, void *cookie, struct fault *fault)
{
	struct tag_write *row = cookie;

	return tag_writes_set(session, row, clock_now_ms(), fault);
}

/* ---- one write ----------------------------------------------------------- */

struct writing {
	struct write_back *back;
	const struct caller *caller;
	struct target target;
	struct media_facts *before, *after;
	struct media_tags tags;
	json_t *asked;
	char *asked_text;
	int fd, copy;
	const char *copy_name;
	struct stat was, now;
	bool replaced;
	struct tag_write row;
};

static enum status
row_add(struct store_session *session, void *cookie, struct fault *fault)
{
	struct writing *writing = cookie;

	return tag_writes_add(session, &writing->row, &writing->row.id, fault);
}

static enum status
row_prepare(struct writing *writing, struct fault *fault)
{
	struct arena *arena = &writing->target.arena;
	const char *folder = arena_print(arena, "%s/originals",
					 writing->back->args.data_dir);
	enum status status = folder_make(folder, fault);

	writing->asked_text = json_dumps(writing->asked, JSON_COMPACT);
	writing->row = (struct tag_write){
		.track_id = writing->target.track_id,
		.path = writing->target.path,
		.asked = writing->asked_text,
		.original = arena_print(
			arena, "%s/%lld-%lld", folder,
			(long long)writing->target.track_id,
			(long long)clock_now_ms()),
		.was_inode = (int64_t)writing->was.st_ino,
		.was_size = writing->was.st_size,
		.modified_ns = modified_ns(&writing->was),
		.created_by = writing->caller->user_id,
	};
	if (status == STATUS_OK)
		status = store_write(writing->back->args.store, row_add,
				     writing, fault);
	return status;
}

static enum status
copy_write(struct writing *writing, struct fault *fault)
{
	struct target *target = &writing->target;
	struct write_back *back = writing->back;
	enum status status = original_keep(target->path, writing->fd,
					   &writing->was,
					   writing->row.original, fault);

	writing->copy_name = replacement_name(&target->arena, target->path);
	if (status == STATUS_OK)
		status = replacement_make(writing->copy_name, writing->fd,
					  &writing->copy, fault);
	if (status == STATUS_OK)
		status = media_write_tags(back->args.media, writing->copy,
					  &writing->tags, fault);
	if (status == STATUS_OK)
		status = facts_read(back, target, writing->copy,
				    &writing->after, fault);
	if (status == STATUS_OK)
		status = write_copy_check(&target->arena, writing->before,
				    writing->after, &writing->tags, fault);
	if (status == STATUS_OK)
		status = replacement_settle(writing->copy_name, writing->copy,
					    target->path, &writing->was,
					    &writing->was, fault);
	writing->replaced = status == STATUS_OK;
	return status;
}

/* Nothing was changed: what was made on the way goes, and the row says why. */
static void
refuse(struct writing *writing, const struct fault *why)
{
	struct fault fault = { 0 };

	if (writing->copy_name != NULL)
		unlink(writing->copy_name);
	unlink(writing->row.original);
	writing->row.state = TAG_WRITE_REFUSED;
	writing->row.reason = why->message;
	if (store_write(writing->back->args.store, write_row_set, &writing->row,
			&fault) != STATUS_OK)
		log_warning("write_back", "a refusal could not be noted",
			    LOG_TEXT("reason", fault.message));
}

static enum status
replace(struct writing *writing, struct fault *fault)
{
	struct taking taking = { .target = &writing->target,
				 .write = &writing->row,
				 .caller = writing->caller,
				 .asked = writing->asked_text };
	struct fault why = { 0 };
	enum status status = row_prepare(writing, fault);

	if (status != STATUS_OK)
		return status;
	status = copy_write(writing, &why);
	if (!writing->replaced) {
		refuse(writing, &why);
		return fault_set(fault, STATUS_CONFLICT, "%s", why.message);
	}
	fstat(writing->copy, &writing->now);
	writing->row.state = TAG_WRITE_WRITTEN;
	writing->row.new_inode = (int64_t)writing->now.st_ino;
	writing->row.new_size = writing->now.st_size;
	taking.media = writing->after;
	taking.facts = &writing->now;
	return take(writing->back, &taking, fault);
}

static enum status
write_one(struct writing *writing, int64_t track_id, struct fault *fault)
{
	struct target *target = &writing->target;
	struct fault why = { 0 };
	enum status status = write_target_load(writing->back, track_id, target,
					 fault);

	if (status != STATUS_OK)
		return status;
	status = replace_open(target->path, &writing->fd, &writing->was, &why);
	if (status == STATUS_OK)
		status = facts_read(writing->back, target, writing->fd,
				    &writing->before, &why);
	if (status != STATUS_OK)
		return fault_set(fault, STATUS_CONFLICT, "%s", why.message);
	if (!write_tags_wanted(target, writing->before, &writing->tags,
			 &writing->asked))
		return STATUS_OK;
	return replace(writing, fault);
}

enum status
write_back_track(struct write_back *back, const struct caller *caller,
		 int64_t track_id, int64_t *id, struct fault *fault)
{
	struct writing writing = { .back = back, .caller = caller,
				   .fd = -1, .copy = -1 };
	enum status status;

	*id = 0;
	if (!back->args.settings->enabled)
		return fault_set(fault, STATUS_CONFLICT,
				 "the operator does not allow it "
				 "(TAG_WRITE_BACK)");
	pthread_mutex_lock(&back->lock);
	status = write_one(&writing, track_id, fault);
	*id = writing.row.id;
	if (writing.fd >= 0)
		close(writing.fd);
	if (writing.copy >= 0)
		close(writing.copy);
	json_decref(writing.asked);
	free(writing.asked_text);
	write_target_release(&writing.target);
	pthread_mutex_unlock(&back->lock);
	return status;
}

enum status
write_back_open(const struct write_back_args *args, struct write_back **out,
		struct fault *fault)
{
	struct write_back *back = mem_new(1, sizeof *back);
	enum status status;

	back->args = *args;
	pthread_mutex_init(&back->lock, NULL);
	status = write_back_recover(back, fault);
	if (status != STATUS_OK) {
		write_back_close(back);
		return status;
	}
	*out = back;
	return STATUS_OK;
}

void
write_back_close(struct write_back *back)
{
	if (back == NULL)
		return;
	pthread_mutex_destroy(&back->lock);
	free(back);
}
