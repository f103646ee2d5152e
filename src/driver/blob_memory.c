/* blob_memory.c - blobs in memory: for tests, and the shortest complete
 * driver.
 *
 * Content is shared by the table and by open readers and counts both, so that
 * a reader goes on after its blob was removed. Everything in the table is
 * behind one lock; content itself never changes. */
#include "driver/blob.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/memory.h"

#define MEMORY_BUCKETS 1024

struct memory_blob {
	struct memory_blob *next; /* of its bucket */
	struct blob_key key;
	struct blob_info info;
	uint32_t users; /* the table and each reader; under the lock */
	char *bytes;
};

struct memory_store {
	struct blob_store base;
	pthread_mutex_t lock;
	uint64_t limit_bytes;
	uint64_t used_bytes;
	struct memory_blob *buckets[MEMORY_BUCKETS];
};

struct memory_reader {
	struct blob_reader base;
	struct memory_blob *blob;
	uint64_t at, end;
};

struct memory_writer {
	struct blob_writer base;
	struct buffer bytes;
	struct digest *digest;
};

static enum status
memory_open(const struct blob_open_args *args, struct blob_store **out,
	    struct fault *fault)
{
	const struct blob_memory_settings *settings = args->settings;
	struct memory_store *store = mem_new(1, sizeof *store);

	(void)fault;
	store->base.driver = &blob_driver_memory;
	store->limit_bytes = settings != NULL ? settings->limit_bytes : 0;
	pthread_mutex_init(&store->lock, NULL);
	*out = &store->base;
	return STATUS_OK;
}

static void
blob_drop_locked(struct memory_blob *blob)
{
	if (--blob->users > 0)
		return;
	free(blob->bytes);
	free(blob);
}

static void
memory_close(struct blob_store *base)
{
	struct memory_store *store =
		container_of(base, struct memory_store, base);

	for (size_t i = 0; i < MEMORY_BUCKETS; i++) {
		struct memory_blob *blob = store->buckets[i], *next;

		for (; blob != NULL; blob = next) {
			next = blob->next;
			assert(blob->users == 1);
			blob_drop_locked(blob);
		}
	}
	pthread_mutex_destroy(&store->lock);
	free(store);
}

/* The link that points at the blob, or at the NULL where it would be. */
static struct memory_blob **
blob_link_locked(struct memory_store *store, const struct blob_key *key)
{
	size_t bucket = (key->sha256[0] | (size_t)key->sha256[1] << 8) %
			MEMORY_BUCKETS;
	struct memory_blob **link = &store->buckets[bucket];

	while (*link != NULL && memcmp(&(*link)->key, key, sizeof *key) != 0)
		link = &(*link)->next;
	return link;
}

static enum status
no_such_blob(struct fault *fault)
{
	return fault_set(fault, STATUS_NOT_FOUND, "there is no such blob");
}

static enum status
memory_stat(struct blob_store *base, const struct blob_key *key,
	    struct blob_info *out, struct fault *fault)
{
	struct memory_store *store =
		container_of(base, struct memory_store, base);
	struct memory_blob *blob;

	pthread_mutex_lock(&store->lock);
	blob = *blob_link_locked(store, key);
	if (blob != NULL)
		*out = blob->info;
	pthread_mutex_unlock(&store->lock);
	return blob != NULL ? STATUS_OK : no_such_blob(fault);
}

static enum status
memory_read_begin(struct blob_store *base, const struct blob_key *key,
		  struct blob_range range, struct blob_reader **out,
		  struct fault *fault)
{
	struct memory_store *store =
		container_of(base, struct memory_store, base);
	enum status status = STATUS_OK;
	struct memory_reader *reader;
	struct memory_blob *blob;
	uint64_t size = 0;

	pthread_mutex_lock(&store->lock);
	blob = *blob_link_locked(store, key);
	if (blob == NULL)
		status = no_such_blob(fault);
	else if (range.first_byte > (size = blob->info.size_bytes))
		status = fault_set(fault, STATUS_OUT_OF_RANGE,
				   "the blob is shorter than that");
	else
		blob->users++;
	pthread_mutex_unlock(&store->lock);
	if (status != STATUS_OK)
		return status;

	reader = mem_new(1, sizeof *reader);
	reader->base.store = base;
	reader->blob = blob;
	reader->at = range.first_byte;
	reader->end = range.length_bytes == 0 ||
				      range.length_bytes > size - reader->at ?
			      size :
			      reader->at + range.length_bytes;
	*out = &reader->base;
	return STATUS_OK;
}

static enum status
memory_read(struct blob_reader *base, void *buffer, size_t room_bytes,
	    size_t *got_bytes, struct fault *fault)
{
	struct memory_reader *reader =
		container_of(base, struct memory_reader, base);
	uint64_t count = reader->end - reader->at;

	(void)fault;
	if (count > room_bytes)
		count = room_bytes;
	if (count > 0)
		memcpy(buffer, reader->blob->bytes + reader->at, count);
	reader->at += count;
	*got_bytes = count;
	return STATUS_OK;
}

static void
memory_read_end(struct blob_reader *base)
{
	struct memory_reader *reader =
		container_of(base, struct memory_reader, base);
	struct memory_store *store =
		container_of(base->store, struct memory_store, base);

	pthread_mutex_lock(&store->lock);
	blob_drop_locked(reader->blob);
	pthread_mutex_unlock(&store->lock);
	free(reader);
}

static enum status
memory_write_begin(struct blob_store *base, struct blob_writer **out,
		   struct fault *fault)
{
	struct memory_store *store =
		container_of(base, struct memory_store, base);
	struct memory_writer *writer = mem_new(1, sizeof *writer);

	(void)fault;
	writer->base.store = base;
	buffer_init(&writer->bytes, store->limit_bytes == 0 ?
					    SIZE_MAX / 4 :
					    (size_t)store->limit_bytes);
	writer->digest = digest_new();
	*out = &writer->base;
	return STATUS_OK;
}

static enum status
memory_write(struct blob_writer *base, const void *bytes, size_t count_bytes,
	     struct fault *fault)
{
	struct memory_writer *writer =
		container_of(base, struct memory_writer, base);

	buffer_add(&writer->bytes, bytes, count_bytes);
	if (writer->bytes.full)
		return fault_set(fault, STATUS_FULL,
				 "there is no room for the blob in memory");
	digest_add(writer->digest, bytes, count_bytes);
	return STATUS_OK;
}

static void
memory_write_abort(struct blob_writer *base)
{
	struct memory_writer *writer =
		container_of(base, struct memory_writer, base);

	digest_free(writer->digest);
	buffer_release(&writer->bytes);
	free(writer);
}

static enum status
memory_write_commit(struct blob_writer *base, struct blob_key *key,
		    struct fault *fault)
{
	struct memory_writer *writer =
		container_of(base, struct memory_writer, base);
	struct memory_store *store =
		container_of(base->store, struct memory_store, base);
	struct memory_blob *blob = mem_new(1, sizeof *blob);
	enum status status = STATUS_OK;
	struct memory_blob **link;

	digest_finish(writer->digest, blob->key.sha256);
	writer->digest = NULL;
	*blob = (struct memory_blob){
		.key = blob->key,
		.info = { writer->bytes.length, clock_now_ms() },
		.users = 1,
	};
	pthread_mutex_lock(&store->lock);
	link = blob_link_locked(store, &blob->key);
	if (*link != NULL) {
		*key = blob->key;
		free(blob);
	} else if (store->limit_bytes != 0 &&
		   blob->info.size_bytes >
			   store->limit_bytes - store->used_bytes) {
		free(blob);
		status = fault_set(fault, STATUS_FULL,
				   "there is no room for the blob in memory");
	} else {
		size_t length;

		*key = blob->key;
		blob->bytes = buffer_take(&writer->bytes, &length);
		store->used_bytes += length;
		*link = blob;
	}
	pthread_mutex_unlock(&store->lock);
	memory_write_abort(base);
	return status;
}

static enum status
memory_remove(struct blob_store *base, const struct blob_key *key,
	      struct fault *fault)
{
	struct memory_store *store =
		container_of(base, struct memory_store, base);
	struct memory_blob **link, *blob;

	(void)fault;
	pthread_mutex_lock(&store->lock);
	link = blob_link_locked(store, key);
	blob = *link;
	if (blob != NULL) {
		*link = blob->next;
		store->used_bytes -= blob->info.size_bytes;
		blob_drop_locked(blob);
	}
	pthread_mutex_unlock(&store->lock);
	return STATUS_OK;
}

static const struct option memory_options[] = { { 0 } };

const struct blob_driver blob_driver_memory = {
	.name = "memory",
	.summary = "in memory; gone when the program ends",
	.options = memory_options,
	.open = memory_open,
	.close = memory_close,
	.stat = memory_stat,
	.read_begin = memory_read_begin,
	.read = memory_read,
	.read_end = memory_read_end,
	.write_begin = memory_write_begin,
	.write = memory_write,
	.write_commit = memory_write_commit,
	.write_abort = memory_write_abort,
	.remove = memory_remove,
};
