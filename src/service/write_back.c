/* write_back.c - what is written into files, why not, and the rows about it; see
 * write_back.h. */
#include "service/write_back_private.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/fold.h"
#include "base/json.h"
#include "base/log.h"
#include "library/audit.h"
#include "library/catalogue.h"
#include "library/edits.h"
#include "library/files.h"
#include "library/tracks.h"
#include "media/media.h"
#include "service/job.h"
#include "service/write_back.h"

const struct option write_back_options[] = {
	{ .name = "TAG_WRITE_BACK", .type = OPTION_BOOL, .preset = "no",
	  .summary = "Let admins write the tags of edited tracks into their "
		     "files; the originals are kept in originals/ of the data "
		     "folder until somebody confirms or undoes it.",
	  .offset = offsetof(struct write_back_settings, enabled) },
	{ 0 },
};

struct write_back {
	struct write_back_args args;
	pthread_mutex_t lock; /* one file at a time */
};

/* ---- the track and its file --------------------------------------------------------- */

struct target {
	int64_t track_id;
	struct arena arena;
	struct track track;
	struct file_place place;
	json_t *edited; /* fields of the track's edit, owned */
	bool album_named; /* somebody gave the album its title */
	int64_t cover_id, beside_key;
	const char *lyrics; /* from beside the file; NULL: none */
	bool lyrics_synced;
	const char *path;
};

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

static enum status
target_load(struct write_back *back, int64_t track_id, struct target *target,
	    struct fault *fault)
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

static void
target_release(struct target *target)
{
	json_decref(target->edited);
	arena_release(&target->arena);
}

/* ---- what is to be written ----------------------------------------------------------- */

static bool
same_text(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}

static bool
same_name(struct arena *arena, const char *a, const char *b)
{
	return strcmp(fold_identity(arena, a == NULL ? "" : a),
		      fold_identity(arena, b == NULL ? "" : b)) == 0;
}

static const char *
genres_joined(struct arena *arena, const char *const *names, size_t count)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = i == 0 ? names[i] :
				arena_print(arena, "%s; %s", text, names[i]);
	return text;
}

static const char *
track_genres(struct target *target)
{
	const char *names[MEDIA_GENRES_MAX];
	size_t count = target->track.genre_count;

	count = count > MEDIA_GENRES_MAX ? MEDIA_GENRES_MAX : count;
	for (size_t i = 0; i < count; i++)
		names[i] = target->track.genres[i].name;
	return genres_joined(&target->arena, names, count);
}

static void
change_note(json_t *asked, const char *field, const char *was,
	    const char *becomes)
{
	json_object_set_new(asked, field,
			    json_pack("{s:s?, s:s?}", "was", was, "becomes",
				      becomes));
}

static const char *
number_text(struct arena *arena, int64_t number)
{
	return number == 0 ? NULL :
			     arena_print(arena, "%lld", (long long)number);
}

/* Fields that an edit made other than the file says; *asked tells both. False:
 * there are none. */
static bool
tags_wanted(struct target *target, const struct media_facts *facts,
	    struct media_tags *out, json_t **asked)
{
	const struct track *track = &target->track;
	struct arena *arena = &target->arena;
	const json_t *edited = target->edited;
	const char *genres = track_genres(target);
	const char *tagged =
		genres_joined(arena, facts->genres, facts->genre_count);
	const char *album = track->album == NULL ? "" : track->album;

	*out = (struct media_tags){ .year = -1, .track_no = -1 };
	*asked = json_object();
	if (json_object_get(edited, "title") != NULL &&
	    !same_text(track->title, facts->title)) {
		out->title = track->title;
		change_note(*asked, "title", facts->title, track->title);
	}
	/* an artist may have been renamed for all tracks */
	if ((json_object_get(edited, "artists") != NULL ||
	     (facts->artist_text != NULL &&
	      !same_name(arena, track->artist, facts->artist_text))) &&
	    !same_text(track->artist, facts->artist_text)) {
		out->artist = track->artist;
		change_note(*asked, "artist", facts->artist_text,
			    track->artist);
	}
	if ((json_object_get(edited, "album_id") != NULL ||
	     target->album_named) &&
	    !same_text(album, facts->album)) {
		out->album = album;
		change_note(*asked, "album", facts->album, track->album);
	}
	if (json_object_get(edited, "genres") != NULL &&
	    !same_text(genres, tagged)) {
		out->genre = genres;
		change_note(*asked, "genre", tagged, genres);
	}
	if (json_object_get(edited, "year") != NULL &&
	    track->year != facts->year) {
		out->year = track->year;
		change_note(*asked, "year", number_text(arena, facts->year),
			    number_text(arena, track->year));
	}
	if (json_object_get(edited, "track_no") != NULL &&
	    track->track_no != (int32_t)facts->track_no) {
		out->track_no = track->track_no;
		change_note(*asked, "track_no",
			    number_text(arena, facts->track_no),
			    number_text(arena, track->track_no));
	}
	return json_object_size(*asked) > 0;
}

/* ---- is it what was wanted, and nothing else? ------------------------------------------ */

static bool
other_credits_same(const struct media_facts *a, const struct media_facts *b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a->credit_count &&
		       a->credits[i].role <= CREDIT_FEATURED)
			i++;
		while (k < b->credit_count &&
		       b->credits[k].role <= CREDIT_FEATURED)
			k++;
		if (i == a->credit_count || k == b->credit_count)
			return i == a->credit_count && k == b->credit_count;
		if (a->credits[i].role != b->credits[k].role ||
		    strcmp(a->credits[i++].name, b->credits[k++].name) != 0)
			return false;
	}
}

static bool
gain_same(const struct media_gain *a, const struct media_gain *b)
{
	return a->known == b->known &&
	       (!a->known || (a->gain_db == b->gain_db && a->peak == b->peak));
}

/* What is lost or otherwise; NULL: nothing. */
static const char *
loss_find(const struct media_facts *a, const struct media_facts *b,
	  const struct media_tags *tags)
{
	if (memcmp(a->audio_key, b->audio_key, sizeof a->audio_key) != 0 ||
	    a->duration_ms != b->duration_ms ||
	    a->sample_rate_hz != b->sample_rate_hz ||
	    a->channels != b->channels ||
	    a->start_trim_samples != b->start_trim_samples ||
	    a->end_trim_samples != b->end_trim_samples ||
	    !same_text(a->codec, b->codec))
		return "the sound";
	if (a->has_picture != b->has_picture ||
	    a->picture_bytes != b->picture_bytes ||
	    memcmp(a->picture_hash, b->picture_hash, sizeof a->picture_hash))
		return "the cover";
	if (!same_text(a->lyrics, b->lyrics))
		return "the lyrics";
	if (!same_text(a->album_artist_text, b->album_artist_text) ||
	    !other_credits_same(a, b))
		return "other credits";
	if (a->disc_no != b->disc_no || a->disc_total != b->disc_total ||
	    (tags->track_no < 0 && a->track_total != b->track_total))
		return "numbers";
	if (!gain_same(&a->track_gain, &b->track_gain) ||
	    !gain_same(&a->album_gain, &b->album_gain))
		return "the loudness";
	if (!same_text(a->comment, b->comment) ||
	    !same_text(a->isrc, b->isrc) ||
	    !same_text(a->mbid_recording, b->mbid_recording) ||
	    !same_text(a->mbid_release, b->mbid_release) ||
	    a->compilation != b->compilation)
		return "other tags";
	return NULL;
}

/* The field that is not as it should be; NULL: all are. */
static const char *
wish_missed(struct arena *arena, const struct media_facts *a,
	    const struct media_facts *b, const struct media_tags *tags)
{
	const char *genre =
		genres_joined(arena, b->genres, b->genre_count);
	const char *was = genres_joined(arena, a->genres, a->genre_count);

	if (!same_text(b->title, tags->title == NULL ? a->title : tags->title))
		return "title";
	if (!same_text(b->artist_text, tags->artist == NULL ? a->artist_text :
							      tags->artist))
		return "artist";
	if (!same_text(b->album, tags->album == NULL ? a->album : tags->album))
		return "album";
	if (!same_text(genre, tags->genre == NULL ? was : tags->genre))
		return "genre";
	if (b->year != (tags->year < 0 ? a->year : tags->year))
		return "year";
	if ((int32_t)b->track_no !=
	    (tags->track_no < 0 ? (int32_t)a->track_no : tags->track_no))
		return "track number";
	return NULL;
}

static enum status
copy_check(struct arena *arena, const struct media_facts *before,
	   const struct media_facts *after, const struct media_tags *tags,
	   struct fault *fault)
{
	const char *what = loss_find(before, after, tags);

	if (what != NULL)
		return fault_set(fault, STATUS_CONFLICT,
				 "the file would not keep %s", what);
	what = wish_missed(arena, before, after, tags);
	if (what != NULL)
		return fault_set(fault, STATUS_CONFLICT,
				 "the %s cannot be written so that it is read "
				 "back: the file has several tags for it",
				 what);
	return STATUS_OK;
}

/* ---- the catalogue takes the file as it is now ------------------------------------------ */

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

/* The file at the target's path as it is now, with the row of `write`. */
static enum status
take_path(struct write_back *back, struct target *target,
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

/* ---- one write --------------------------------------------------------------------------- */

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
row_set(struct store_session *session, void *cookie, struct fault *fault)
{
	struct tag_write *row = cookie;

	return tag_writes_set(session, row, clock_now_ms(), fault);
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
		status = copy_check(&target->arena, writing->before,
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
	if (store_write(writing->back->args.store, row_set, &writing->row,
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
	enum status status = target_load(writing->back, track_id, target,
					 fault);

	if (status != STATUS_OK)
		return status;
	status = replace_open(target->path, &writing->fd, &writing->was, &why);
	if (status == STATUS_OK)
		status = facts_read(writing->back, target, writing->fd,
				    &writing->before, &why);
	if (status != STATUS_OK)
		return fault_set(fault, STATUS_CONFLICT, "%s", why.message);
	if (!tags_wanted(target, writing->before, &writing->tags,
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
	target_release(&writing.target);
	pthread_mutex_unlock(&back->lock);
	return status;
}

/* ---- undo, confirm ----------------------------------------------------------------------- */

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
	if (target_load(back, deciding->row.track_id, &target, &why) !=
	    STATUS_OK)
		target.path = NULL;
	deciding->row.state = TAG_WRITE_UNDONE;
	status = take_path(back, &target, &deciding->row, caller, fault);
	if (status == STATUS_OK)
		unlink(deciding->row.original);
	target_release(&target);
	return status;
}

static enum status
confirm_one(struct write_back *back, const struct caller *caller,
	    struct deciding *deciding, struct fault *fault)
{
	struct taking taking = { .write = &deciding->row, .caller = caller };
	enum status status = store_read(back->args.store, row_read, deciding,
					fault);

	if (status != STATUS_OK)
		return status;
	deciding->row.state = TAG_WRITE_CONFIRMED;
	status = take(back, &taking, fault);
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

/* ---- what was broken off ------------------------------------------------------------------- */

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
		return store_write(back->args.store, row_set, row, fault);
	}
	row->state = TAG_WRITE_WRITTEN;
	row->new_inode = there ? (int64_t)now.st_ino : 0;
	row->new_size = there ? now.st_size : 0;
	if (target_load(back, row->track_id, &target, &why) != STATUS_OK)
		target.path = NULL;
	status = take_path(back, &target, row, NULL, fault);
	target_release(&target);
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

static enum status
recover(struct write_back *back, struct fault *fault)
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

enum status
write_back_open(const struct write_back_args *args, struct write_back **out,
		struct fault *fault)
{
	struct write_back *back = mem_new(1, sizeof *back);
	enum status status;

	back->args = *args;
	pthread_mutex_init(&back->lock, NULL);
	status = recover(back, fault);
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

/* ---- many ------------------------------------------------------------------------------------ */

struct asking {
	const struct caller *caller;
	const char *detail;
	int64_t job_id;
};

static enum status
ask_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct asking *asking = cookie;
	const struct job_ask ask = {
		.kind = WRITE_TAGS_JOB, .detail = asking->detail,
		.requested_by = asking->caller->user_id,
	};
	enum status status = sql_lock(session, "etl_jobs", fault);

	if (status == STATUS_OK)
		status = jobs_ask(session, &ask, &asking->job_id, fault);
	return status == STATUS_CONFLICT && asking->job_id != 0 ? STATUS_OK :
								  status;
}

enum status
write_back_ask(struct write_back *back, const struct caller *caller,
	       const int64_t *tracks, size_t count, int64_t *job_id,
	       struct fault *fault)
{
	struct asking asking = { .caller = caller };
	struct buffer detail;
	enum status status;

	if (!back->args.settings->enabled)
		return fault_set(fault, STATUS_CONFLICT,
				 "the operator does not allow it "
				 "(TAG_WRITE_BACK)");
	buffer_init(&detail, 0);
	for (size_t i = 0; i < count; i++)
		buffer_print(&detail, "%s%lld", i == 0 ? "" : ",",
			     (long long)tracks[i]);
	asking.detail = detail.bytes;
	status = store_write(back->args.store, ask_work, &asking, fault);
	*job_id = asking.job_id;
	buffer_release(&detail);
	return status;
}

static size_t
ids_count(const char *detail)
{
	size_t count = 1;

	for (; *detail != '\0'; detail++)
		count += *detail == ',';
	return count;
}

/* A track that cannot be written is told in the log; what broke ends the job. */
static enum status
job_write(struct job *job, struct write_back *back, int64_t track_id,
	  struct job_progress *progress, struct fault *fault)
{
	const struct caller caller = { .user_id = job_requested_by(job),
				       .role = USER_ROLE_ADMIN };
	int64_t id = 0;
	char name[40];
	enum status status = write_back_track(back, &caller, track_id, &id,
					      fault);

	progress->done++;
	if (status == STATUS_OK && id != 0)
		progress->updated++;
	else if (status == STATUS_OK)
		progress->unchanged++;
	if (status != STATUS_CONFLICT && status != STATUS_NOT_FOUND)
		return status;
	progress->rejected++;
	snprintf(name, sizeof name, "track %lld", (long long)track_id);
	job_log(job, "warning", name, fault->message);
	return STATUS_OK;
}

static enum status
write_tags_run(struct job *job, void *cookie, struct fault *fault)
{
	struct span rest = span_of(job_detail(job)), part;
	struct job_progress progress = { .eta_seconds = -1 };
	struct write_back *back = cookie;
	enum status status = STATUS_OK;
	int64_t id;

	progress.total = (int64_t)ids_count(job_detail(job));
	while (status == STATUS_OK && span_next(&rest, ',', &part)) {
		if (job_stopping(job))
			return STATUS_CANCELLED;
		if (!span_to_i64(part, &id))
			return fault_set(fault, STATUS_INVALID,
					 "the job does not say which tracks");
		status = job_write(job, back, id, &progress, fault);
		if (status == STATUS_OK)
			status = job_note(job, &progress, fault);
	}
	return status;
}

const struct job_kind write_back_kinds[] = {
	{ .name = WRITE_TAGS_JOB,
	  .summary = "Writes the tags of edited tracks into their files.",
	  .attempts = 3, .run = write_tags_run },
	{ 0 },
};
