/* storage.c - see storage.h. */
#include "service/storage.h"

#include <errno.h>
#include <fts.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "driver/s3.h"

static const char *const area_names[STORAGE_AREAS] = {
	[STORAGE_TRACKS] = "tracks",
	[STORAGE_COVERS] = "covers",
	[STORAGE_PLAYLISTS] = "playlists",
	[STORAGE_TEMP] = "temp",
};

const char *
storage_driver(const struct storage *storage)
{
	return storage->s3 != NULL ? "s3" : "folder";
}

const char *
storage_place(const struct storage *storage, enum storage_area area)
{
	const struct s3_settings *settings = storage->settings;
	const char *const buckets[STORAGE_AREAS] = {
		[STORAGE_TRACKS] = settings->bucket_tracks,
		[STORAGE_COVERS] = settings->bucket_covers,
		[STORAGE_PLAYLISTS] = settings->bucket_playlists,
		[STORAGE_TEMP] = settings->bucket_temp,
	};
	const char *const folders[STORAGE_AREAS] = {
		[STORAGE_TRACKS] = storage->music_path,
		[STORAGE_COVERS] = storage->blobs_path,
		[STORAGE_TEMP] = storage->uploads_path,
	};

	return storage->s3 != NULL ? buckets[area] : folders[area];
}

enum status
storage_ping(const struct storage *storage, struct fault *fault)
{
	const char *place = storage_place(storage, STORAGE_COVERS);

	if (storage->s3 != NULL)
		return s3_ping(storage->s3, place, fault);
	return access(place, R_OK | W_OK | X_OK) == 0 ?
		       STATUS_OK :
		       fault_field(fault, STATUS_UNAVAILABLE, "storage",
				   "folder %s cannot be read and written",
				   place);
}

const char *
storage_picture_name(const struct blob_key *key, struct arena *arena)
{
	char hex[2 * BLOB_KEY_BYTES + 1];

	hex_print(key->sha256, BLOB_KEY_BYTES, hex);
	return arena_print(arena, "%.2s/%.2s/%s", hex, hex + 2, hex);
}

/* ---- counting ---- */

static enum status
object_count(void *cookie, const struct s3_object *object,
	     struct fault *fault)
{
	struct storage_figures *figures = cookie;

	(void)fault;
	figures->objects++;
	figures->size_bytes += (int64_t)object->size_bytes;
	return STATUS_OK;
}

static enum status
bucket_count(struct s3_client *s3, struct storage_figures *out,
	     struct fault *fault)
{
	enum status status = s3_bucket_find(s3, out->place, fault);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	out->present = status == STATUS_OK;
	return status != STATUS_OK ?
		       status :
		       s3_list(s3, out->place, "", "", NULL, object_count, out,
			       fault);
}

static enum status
folder_count(struct storage_figures *out, struct fault *fault)
{
	char *paths[] = { (char *)out->place, NULL };
	FTSENT *entry;
	FTS *walk;

	if (out->place == NULL || access(out->place, F_OK) != 0)
		return STATUS_OK;
	walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (walk == NULL)
		return fault_errno(fault, errno, "cannot read %s", out->place);
	out->present = true;
	while ((entry = fts_read(walk)) != NULL) {
		if (entry->fts_info != FTS_F)
			continue;
		out->objects++;
		out->size_bytes += (int64_t)entry->fts_statp->st_size;
	}
	fts_close(walk);
	return STATUS_OK;
}

static enum status
area_count(const struct storage *storage, enum storage_area area,
	   struct storage_figures *out, struct fault *fault)
{
	struct storage_figures figures = {
		.name = area_names[area],
		.place = storage_place(storage, area),
	};
	enum status status = storage->s3 != NULL ?
				     bucket_count(storage->s3, &figures,
						  fault) :
				     folder_count(&figures, fault);

	if (status == STATUS_OK)
		*out = figures;
	return status;
}

struct storage_counts {
	pthread_mutex_t lock;
	struct storage_count last;
	int64_t made_at_ms; /* clock_monotonic_ms(); 0: nothing is known */
};

struct storage_counts *
storage_counts_new(void)
{
	struct storage_counts *counts = mem_new(1, sizeof *counts);

	pthread_mutex_init(&counts->lock, NULL);
	return counts;
}

void
storage_counts_free(struct storage_counts *counts)
{
	if (counts == NULL)
		return;
	pthread_mutex_destroy(&counts->lock);
	free(counts);
}

static bool
is_known(const struct storage *storage)
{
	const struct storage_counts *counts = storage->counts;

	return counts->made_at_ms != 0 &&
	       clock_monotonic_ms() - counts->made_at_ms < STORAGE_COUNT_MS &&
	       (storage->s3 == NULL || s3_answers(storage->s3));
}

enum status
storage_count(const struct storage *storage, struct storage_count *out,
	      struct fault *fault)
{
	struct storage_counts *counts = storage->counts;
	enum status status = STATUS_OK;

	pthread_mutex_lock(&counts->lock);
	if (!is_known(storage)) {
		struct storage_count fresh = { .counted_at_ms =
						       clock_now_ms() };

		for (int i = 0; i < STORAGE_AREAS && status == STATUS_OK; i++)
			status = area_count(storage, (enum storage_area)i,
					    &fresh.areas[i], fault);
		if (status == STATUS_OK) {
			counts->last = fresh;
			counts->made_at_ms = clock_monotonic_ms();
		}
	}
	if (status == STATUS_OK)
		*out = counts->last;
	pthread_mutex_unlock(&counts->lock);
	return status;
}

static void
counts_forget(struct storage_counts *counts)
{
	pthread_mutex_lock(&counts->lock);
	counts->made_at_ms = 0;
	pthread_mutex_unlock(&counts->lock);
}

/* ---- tidying up ---- */

struct tidying {
	const struct storage *storage;
	const char *bucket;
	int64_t before_ms;
	struct storage_tidied *out;
};

static enum status
object_tidy(void *cookie, const struct s3_object *object, struct fault *fault)
{
	struct tidying *tidying = cookie;
	enum status status;

	if (object->modified_ms >= tidying->before_ms)
		return STATUS_OK;
	status = s3_remove(tidying->storage->s3, tidying->bucket, object->key,
			   fault);
	if (status == STATUS_OK) {
		tidying->out->objects++;
		tidying->out->size_bytes += (int64_t)object->size_bytes;
	}
	return status;
}

static enum status
bucket_tidy(const struct storage *storage, enum storage_area area,
	    int64_t before_ms, struct storage_tidied *out,
	    struct fault *fault)
{
	const char *bucket = storage_place(storage, area);
	struct tidying tidying = { storage, bucket, before_ms, out };
	enum status status = s3_bucket_find(storage->s3, bucket, fault);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status == STATUS_OK)
		status = s3_uploads_drop(storage->s3, bucket, before_ms,
					 &out->uploads, fault);
	if (status == STATUS_OK && area == STORAGE_TEMP)
		status = s3_list(storage->s3, bucket, "", "", NULL, object_tidy,
				 &tidying, fault);
	return status;
}

enum status
storage_tidy(const struct storage *storage, int64_t before_ms,
	     struct storage_tidied *out, struct fault *fault)
{
	enum status status = STATUS_OK;

	*out = (struct storage_tidied){ 0 };
	for (int area = 0; area < STORAGE_AREAS && status == STATUS_OK;
	     area++) {
		if (storage->s3 != NULL)
			status = bucket_tidy(storage, (enum storage_area)area,
					     before_ms, out, fault);
	}
	counts_forget(storage->counts);
	return status;
}
