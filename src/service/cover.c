/* cover.c - pictures in the sizes people look at; see cover.h.
 *
 * A thumbnail's name in the cache is the digest of its original (of a drawn one:
 * of the name it is drawn of), the size and the format, so it never goes stale and its ETag needs no look at the bytes.
 * Several askers of one thumbnail wait for the one who makes it. An empty file
 * stands for a picture that cannot be decoded, so that it is tried only once.
 */
#include "service/cover.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/counter.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "library/albums.h"
#include "library/artists.h"
#include "library/covers.h"
#include "library/genres.h"
#include "library/tracks.h"
#include "media/media.h"
#include "service/cache_folder.h"
#include "service/cover_art.h"
#include "service/picture.h"

#define NAME_BYTES 96
#define COVER_SENT_PX 1200 /* longest side of what is kept of a sent one */
#define DRAWN_PX 1200 /* where no size is asked for */
#define MAKING_MAX 256 /* thumbnails that are being made */

const struct option cover_options[] = {
	{ .name = "COVER_CACHE_BYTES", .type = OPTION_U64,
	  .preset = "536870912", .unit = "bytes",
	  .summary = "Bound of the thumbnails that are kept.",
	  .min = 1048576, .max = 1099511627776.0,
	  .offset = offsetof(struct cover_settings, cache_limit_bytes) },
	{ 0 },
};

static struct metric metric_thumbs = METRIC_COUNTER(
	"ogma_cover_requests_total", "Covers asked for, by how they were found.",
	"result");

struct covers {
	struct cover_args args;
	struct cache_folder *cache;
	pthread_mutex_t lock; /* of what is below */
	pthread_cond_t made;
	char making[MAKING_MAX][NAME_BYTES]; /* "" is a free place */
};

enum status
covers_open(const struct cover_args *args, struct covers **out,
	    struct fault *fault)
{
	struct covers *covers = mem_new(1, sizeof *covers);
	enum status status;
	struct arena arena;

	covers->args = *args;
	metric_register(&metric_thumbs);
	pthread_mutex_init(&covers->lock, NULL);
	pthread_cond_init(&covers->made, NULL);
	arena_init(&arena);
	status = cache_folder_open(arena_print(&arena, "%s/thumbs",
					       args->cache_dir),
				   args->settings->cache_limit_bytes,
				   &covers->cache, fault);
	arena_release(&arena);
	if (status != STATUS_OK) {
		covers_close(covers);
		return status;
	}
	*out = covers;
	return STATUS_OK;
}

void
covers_close(struct covers *covers)
{
	if (covers == NULL)
		return;
	cache_folder_close(covers->cache);
	pthread_cond_destroy(&covers->made);
	pthread_mutex_destroy(&covers->lock);
	free(covers);
}

/* ---- one maker per thumbnail ---------------------------------------------- */

static size_t
making_find(const struct covers *covers, const char *name)
{
	for (size_t i = 0; i < MAKING_MAX; i++) {
		if (strcmp(covers->making[i], name) == 0)
			return i;
	}
	return MAKING_MAX;
}

/* True: the caller makes it and calls making_end(). False: somebody else made
 * it, look again. */
static bool
making_begin(struct covers *covers, const char *name)
{
	bool mine = true;
	size_t place;

	pthread_mutex_lock(&covers->lock);
	while (making_find(covers, name) < MAKING_MAX) {
		mine = false;
		pthread_cond_wait(&covers->made, &covers->lock);
	}
	place = mine ? making_find(covers, "") : MAKING_MAX;
	if (place < MAKING_MAX)
		snprintf(covers->making[place], NAME_BYTES, "%s", name);
	pthread_mutex_unlock(&covers->lock);
	return mine;
}

static void
making_end(struct covers *covers, const char *name)
{
	size_t place;

	pthread_mutex_lock(&covers->lock);
	place = making_find(covers, name);
	if (place < MAKING_MAX)
		covers->making[place][0] = '\0';
	pthread_cond_broadcast(&covers->made);
	pthread_mutex_unlock(&covers->lock);
}

/* ---- making --------------------------------------------------------------- */

struct describing {
	int64_t id;
	uint32_t width, height;
	const char *colour;
};

static enum status
describe_write(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	const struct describing *describing = cookie;

	return covers_describe(session, describing->id, describing->width,
			       describing->height, describing->colour, fault);
}

/* The colour comes with the first thumbnail; it is nice to have, no more. */
static void
cover_describe(struct covers *covers, const struct cover *cover,
	       const struct media_thumbnail *thumbnail)
{
	struct describing describing = {
		.id = cover->id,
		.width = cover->width == 0 ? thumbnail->width : cover->width,
		.height = cover->height == 0 ? thumbnail->height :
					       cover->height,
		.colour = thumbnail->colour,
	};
	struct fault fault;

	if (cover->colour != NULL || thumbnail->colour[0] != '#')
		return;
	if (store_write(covers->args.store, describe_write, &describing,
			&fault) != STATUS_OK)
		log_debug("cover", "the colour of a cover was not kept",
			  LOG_TEXT("reason", fault.message));
}

static void
cache_put(struct covers *covers, const char *name, struct span bytes)
{
	struct cache_new entry;
	struct fault fault = { 0 };
	enum status status;

	status = cache_folder_begin(covers->cache, bytes.length, &entry,
				    &fault);
	if (status == STATUS_OK &&
	    fd_write(entry.fd, bytes.at, bytes.length, &fault) != STATUS_OK) {
		cache_folder_abort(covers->cache, &entry);
		status = STATUS_FAILED;
	} else if (status == STATUS_OK) {
		status = cache_folder_commit(covers->cache, &entry, name, false,
					     &fault);
	}
	if (status != STATUS_OK)
		log_warning("cover", "a thumbnail could not be kept",
			    LOG_TEXT("reason", fault.message));
}

/* A file in memory, for what the cache could not take. */
static enum status
memory_file(struct span bytes, struct cover_file *out, struct fault *fault)
{
	int fd = memfd_create("ogma-cover", MFD_CLOEXEC);
	enum status status;

	if (fd < 0)
		return fault_errno(fault, errno, "cannot hold a picture");
	status = fd_write(fd, bytes.at, bytes.length, fault);
	if (status != STATUS_OK) {
		close(fd);
		return status;
	}
	out->fd = fd;
	out->size_bytes = bytes.length;
	return STATUS_OK;
}

/* A thumbnail to be: of a cover, or drawn of a name. */
struct wanted {
	const struct cover *cover; /* NULL: drawn */
	const char *drawn_of;
	uint32_t size_px;
	bool webp;
	char name[NAME_BYTES]; /* in the cache */
};

static enum status
wanted_read(struct covers *covers, const struct wanted *wanted,
	    struct arena *arena, struct buffer *out, struct fault *fault)
{
	if (wanted->cover != NULL)
		return blob_get(covers->args.blobs, &wanted->cover->key,
				MEDIA_PICTURE_BYTES_MAX, out, fault);
	cover_art_bmp(arena, wanted->drawn_of, wanted->size_px, out);
	return STATUS_OK;
}

static enum status
thumbnail_make(struct covers *covers, const struct wanted *wanted,
	       struct cover_file *out, struct fault *fault)
{
	struct media_thumbnail thumbnail;
	struct buffer original;
	enum status status;
	struct arena arena;

	arena_init(&arena);
	buffer_init(&original, MEDIA_PICTURE_BYTES_MAX + 65536);
	status = wanted_read(covers, wanted, &arena, &original, fault);
	if (status != STATUS_OK)
		goto out;
	status = media_thumbnail(covers->args.media,
				 (struct span){ original.bytes,
						original.length },
				 wanted->size_px,
				 wanted->webp ? MEDIA_WEBP : MEDIA_JPEG,
				 &arena, &thumbnail, fault);
	if (status == STATUS_OK) {
		if (wanted->cover != NULL)
			cover_describe(covers, wanted->cover, &thumbnail);
		cache_put(covers, wanted->name, thumbnail.bytes);
		status = memory_file(thumbnail.bytes, out, fault);
	} else if (status != STATUS_UNAVAILABLE &&
		   status != STATUS_AGAIN_LATER) {
		cache_put(covers, wanted->name, (struct span){ "", 0 });
		status = fault_set(fault, STATUS_CORRUPT,
				   "the picture cannot be decoded");
	}
out:
	buffer_release(&original);
	arena_release(&arena);
	return status;
}

/* ---- asking --------------------------------------------------------------- */

struct cover_question {
	enum cover_owner owner;
	int64_t id;
	struct arena *arena;
	struct cover cover;
};

static enum status
cover_ask(struct store_session *session, void *cookie, struct fault *fault)
{
	struct cover_question *question = cookie;

	return covers_of(session, question->owner, question->id,
			 question->arena, &question->cover, fault);
}

static enum status
cache_look(struct covers *covers, const char *name, struct cover_file *out,
	   struct fault *fault)
{
	enum status status = cache_folder_get(covers->cache, name, &out->fd,
					      &out->size_bytes, fault);

	if (status != STATUS_OK || out->size_bytes > 0)
		return status;
	close(out->fd);
	return fault_set(fault, STATUS_CORRUPT,
			 "the picture cannot be decoded");
}

/* `digest` is of what it is made of. */
static enum status
thumbnail_open(struct covers *covers, struct wanted *wanted,
	       const uint8_t digest[SHA256_BYTES], struct cover_file *out,
	       struct fault *fault)
{
	char hex[2 * SHA256_BYTES + 1];
	enum status status;

	hex_print(digest, SHA256_BYTES, hex);
	snprintf(wanted->name, NAME_BYTES, "%s-%u.%s", hex, wanted->size_px,
		 wanted->webp ? "webp" : "jpg");
	snprintf(out->etag, sizeof out->etag, "%.32s-%u%s", hex,
		 wanted->size_px, wanted->webp ? "w" : "j");
	out->content_type = wanted->webp ? "image/webp" : "image/jpeg";
	for (;;) {
		status = cache_look(covers, wanted->name, out, fault);
		if (status != STATUS_NOT_FOUND) {
			counter_add(metric_cell(&metric_thumbs, "kept"), 1);
			return status;
		}
		if (!making_begin(covers, wanted->name))
			continue;
		status = thumbnail_make(covers, wanted, out, fault);
		making_end(covers, wanted->name);
		counter_add(metric_cell(&metric_thumbs,
					status == STATUS_OK ? "made" :
							      "failed"),
			    1);
		return status;
	}
}

static const char *
mime_known(const char *mime)
{
	static const char *const known[] = { "image/jpeg", "image/png",
					     "image/webp", "image/gif",
					     "image/bmp" };

	for (size_t i = 0; mime != NULL && i < ARRAY_LENGTH(known); i++) {
		if (strcmp(mime, known[i]) == 0)
			return known[i];
	}
	return "application/octet-stream";
}

static enum status
original_open(struct covers *covers, const struct cover *cover,
	      struct cover_file *out, struct fault *fault)
{
	char hex[2 * BLOB_KEY_BYTES + 1];
	struct buffer bytes;
	enum status status;

	hex_print(cover->key.sha256, BLOB_KEY_BYTES, hex);
	snprintf(out->etag, sizeof out->etag, "%.32s", hex);
	out->content_type = mime_known(cover->mime);
	out->size_bytes = cover->size_bytes;
	if (blob_store_has_files(covers->args.blobs))
		return blob_open_file(covers->args.blobs, &cover->key, &out->fd,
				      fault);
	buffer_init(&bytes, MEDIA_PICTURE_BYTES_MAX + 65536);
	status = blob_get(covers->args.blobs, &cover->key,
			  MEDIA_PICTURE_BYTES_MAX, &bytes, fault);
	if (status == STATUS_OK)
		status = memory_file((struct span){ bytes.bytes, bytes.length },
				     out, fault);
	buffer_release(&bytes);
	return status;
}

static enum status
size_check(uint32_t size_px, struct fault *fault)
{
	if (size_px != 0 && size_px != 64 && size_px != 300 && size_px != 1200)
		return fault_field(fault, STATUS_INVALID, "size",
				   "size must be 64, 300 or 1200");
	return STATUS_OK;
}

enum status
cover_open(struct covers *covers, enum cover_of of, int64_t id,
	   uint32_t size_px, bool webp, struct cover_file *out,
	   struct fault *fault)
{
	static const enum cover_owner owners[] = {
		[COVER_OF_TRACK] = COVER_TRACK,
		[COVER_OF_ALBUM] = COVER_ALBUM,
		[COVER_OF_ARTIST] = COVER_ARTIST,
		[COVER_OF_GENRE] = COVER_GENRE,
		[COVER_BY_ITS_ID] = COVER_ITSELF,
	};
	struct cover_question question = { .owner = owners[of], .id = id };
	struct wanted wanted = { .cover = &question.cover,
				 .size_px = size_px,
				 .webp = webp };
	struct cover_file file = { .fd = -1 };
	enum status status = size_check(size_px, fault);
	struct arena arena;

	if (status != STATUS_OK)
		return status;
	arena_init(&arena);
	question.arena = &arena;
	status = store_read(covers->args.store, cover_ask, &question, fault);
	if (status == STATUS_OK && size_px == 0)
		status = original_open(covers, &question.cover, &file, fault);
	else if (status == STATUS_OK)
		status = thumbnail_open(covers, &wanted,
					question.cover.key.sha256, &file,
					fault);
	arena_release(&arena);
	if (status == STATUS_OK)
		*out = file;
	return status;
}

/* ---- drawing -------------------------------------------------------------- */

enum status
cover_name(struct store_session *session, enum cover_of of, int64_t id,
	   struct arena *arena, const char **name, struct fault *fault)
{
	struct artist *artist;
	struct track track;
	struct album album;
	struct genre genre;
	size_t count = 0;
	enum status status;

	switch (of) {
	case COVER_OF_TRACK:
		status = tracks_get(session, id, arena, &track, fault);
		if (status == STATUS_OK)
			*name = track.album != NULL ? track.album : track.title;
		return status;
	case COVER_OF_ALBUM:
		status = albums_get_any(session, id, arena, &album, fault);
		if (status == STATUS_OK)
			*name = album.title;
		return status;
	case COVER_OF_GENRE:
		status = genres_get_any(session, id, arena, &genre, fault);
		if (status == STATUS_OK)
			*name = genre.name;
		return status;
	case COVER_OF_ARTIST:
		status = artists_get_any(session, &id, 1, arena, &artist,
					 &count, fault);
		if (status == STATUS_OK && count > 0)
			*name = artist->name;
		return status != STATUS_OK || count > 0 ?
			       status :
			       fault_set(fault, STATUS_NOT_FOUND,
					 "there is no such artist");
	default:
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no such cover");
	}
}

enum status
cover_draw(struct covers *covers, const char *name, uint32_t size_px,
	   bool webp, struct cover_file *out, struct fault *fault)
{
	struct wanted wanted = { .drawn_of = name,
				 .size_px = size_px == 0 ? DRAWN_PX : size_px,
				 .webp = webp };
	struct cover_file file = { .fd = -1 };
	enum status status = size_check(size_px, fault);
	uint8_t digest[SHA256_BYTES];
	struct arena arena;

	if (status != STATUS_OK)
		return status;
	arena_init(&arena);
	cover_art_digest(&arena, name, digest);
	status = thumbnail_open(covers, &wanted, digest, &file, fault);
	arena_release(&arena);
	if (status == STATUS_OK)
		*out = file;
	return status;
}

/* ---- taking --------------------------------------------------------------- */

struct taking {
	struct cover cover;
	int64_t id;
};

static enum status
take_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct taking *taking = cookie;

	return covers_save(session, &taking->cover, &taking->id, fault);
}

/* Decoding is the only proof that it is what it says; and what is kept is made
 * anew, without the place it was taken at and whatever else came with it. */
static enum status
take_make(struct covers *covers, struct span bytes, struct arena *arena,
	  struct media_thumbnail *made, struct cover *out,
	  struct fault *fault)
{
	struct picture_look look;
	enum status status;

	if (bytes.length > COVER_SENT_MAX || !picture_look(bytes, &look))
		return fault_field(fault, STATUS_INVALID, "cover",
				   "that is not a picture of a kind we take");
	status = media_thumbnail(covers->args.media, bytes, COVER_SENT_PX,
				 MEDIA_JPEG, arena, made, fault);
	if (status == STATUS_UNAVAILABLE || status == STATUS_AGAIN_LATER)
		return status;
	if (status != STATUS_OK)
		return fault_field(fault, STATUS_INVALID, "cover",
				   "the picture cannot be decoded");
	*out = (struct cover){ .mime = "image/jpeg",
			       .width = made->width,
			       .height = made->height,
			       .size_bytes = made->bytes.length };
	if (made->colour[0] == '#')
		out->colour = made->colour;
	return STATUS_OK;
}

enum status
cover_take(struct covers *covers, struct span bytes, int64_t *cover_id,
	   struct fault *fault)
{
	struct taking taking = { .id = 0 };
	struct media_thumbnail made;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = take_make(covers, bytes, &arena, &made, &taking.cover, fault);
	if (status == STATUS_OK)
		status = blob_put(covers->args.blobs, made.bytes.at,
				  made.bytes.length, &taking.cover.key, fault);
	if (status == STATUS_OK)
		status = store_write(covers->args.store, take_write, &taking,
				     fault);
	arena_release(&arena);
	if (status == STATUS_OK)
		*cover_id = taking.id;
	return status;
}
