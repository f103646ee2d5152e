/* blob_s3.c - blobs as objects of a bucket, named as in a folder:
 * "<prefix>ab/cd/<64 hex digits>".
 *
 * The name is known when the last byte is; so a blob is written to a file
 * without a name first and sent at the commit, whole or not at all: S3 shows an
 * object when all of it has come. An object of the right size under the name is
 * not sent again. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"
#include "driver/blob.h"
#include "driver/s3.h"

struct s3_store {
	struct blob_store base;
	struct s3_client *s3; /* borrowed */
	char *bucket, *prefix, *spool;
};

struct s3_reader {
	struct blob_reader base;
	struct s3_exchange *exchange; /* NULL: nothing to read */
};

struct s3_writer {
	struct blob_writer base;
	int fd;
	uint64_t size_bytes;
	struct digest *digest;
};

static struct s3_store *
store_of(struct blob_store *base)
{
	return container_of(base, struct s3_store, base);
}

static void
s3_blob_close(struct blob_store *base)
{
	struct s3_store *store = store_of(base);

	free(store->bucket);
	free(store->prefix);
	free(store->spool);
	free(store);
}

static enum status
s3_blob_open(const struct blob_open_args *args, struct blob_store **out,
	     struct fault *fault)
{
	const struct blob_s3_settings *settings = args->settings;
	struct s3_store *store;
	enum status status = folder_make(settings->spool_path, fault);

	if (status != STATUS_OK)
		return status;
	store = mem_new(1, sizeof *store);
	store->base.driver = &blob_driver_s3;
	store->s3 = settings->client;
	store->bucket = mem_copy_text(settings->bucket);
	store->prefix = mem_copy_text(
		settings->prefix != NULL ? settings->prefix : "");
	store->spool = mem_copy_text(settings->spool_path);
	*out = &store->base;
	return STATUS_OK;
}

/* The name of its object. */
static void
object_name(const struct s3_store *store, const struct blob_key *key,
	    struct buffer *out)
{
	char hex[2 * BLOB_KEY_BYTES + 1];

	hex_print(key->sha256, BLOB_KEY_BYTES, hex);
	buffer_init(out, 0);
	buffer_print(out, "%s%.2s/%.2s/%s", store->prefix, hex, hex + 2, hex);
}

static enum status
s3_blob_stat(struct blob_store *base, const struct blob_key *key,
	     struct blob_info *out, struct fault *fault)
{
	struct s3_store *store = store_of(base);
	struct s3_request request = { .method = "HEAD",
				      .bucket = store->bucket };
	struct s3_head head = { 0 };
	enum status status;
	struct buffer name;

	object_name(store, key, &name);
	request.key = name.bytes;
	status = s3_ask(store->s3, &request, &head, NULL, fault);
	buffer_release(&name);
	if (status == STATUS_OK)
		*out = (struct blob_info){ head.length_bytes,
					   head.modified_ms };
	return status;
}

/* A range at the very end has no bytes, which HTTP cannot ask for: whether the
 * blob is as long as that is asked instead. */
static enum status
end_check(struct blob_store *base, const struct blob_key *key,
	  uint64_t first_byte, struct fault *fault)
{
	struct blob_info info;
	enum status status = s3_blob_stat(base, key, &info, fault);

	if (status == STATUS_OK && first_byte > info.size_bytes)
		status = fault_set(fault, STATUS_OUT_OF_RANGE,
				   "the blob is shorter than that");
	return status;
}

static enum status
s3_blob_read_begin(struct blob_store *base, const struct blob_key *key,
		   struct blob_range range, struct blob_reader **out,
		   struct fault *fault)
{
	struct s3_store *store = store_of(base);
	struct s3_request request = { .method = "GET",
				      .bucket = store->bucket };
	struct s3_exchange *exchange = NULL;
	uint64_t last = range.first_byte + range.length_bytes - 1;
	struct s3_reader *reader;
	enum status status;
	struct buffer name;
	char text[64];

	object_name(store, key, &name);
	request.key = name.bytes;
	if (range.length_bytes == 0 || last < range.first_byte)
		snprintf(text, sizeof text, "bytes=%llu-",
			 (unsigned long long)range.first_byte);
	else
		snprintf(text, sizeof text, "bytes=%llu-%llu",
			 (unsigned long long)range.first_byte,
			 (unsigned long long)last);
	if (range.first_byte > 0 || range.length_bytes > 0)
		request.range = text;
	status = s3_begin(store->s3, &request, &exchange, NULL, fault);
	buffer_release(&name);
	if (status == STATUS_OUT_OF_RANGE)
		status = end_check(base, key, range.first_byte, fault);
	if (status != STATUS_OK)
		return status;
	reader = mem_new(1, sizeof *reader);
	reader->base.store = base;
	reader->exchange = exchange;
	*out = &reader->base;
	return STATUS_OK;
}

static enum status
s3_blob_read(struct blob_reader *base, void *buffer, size_t room_bytes,
	     size_t *got_bytes, struct fault *fault)
{
	struct s3_reader *reader = container_of(base, struct s3_reader, base);

	*got_bytes = 0;
	return reader->exchange == NULL ?
		       STATUS_OK :
		       s3_read(reader->exchange, buffer, room_bytes, got_bytes,
			       fault);
}

static void
s3_blob_read_end(struct blob_reader *base)
{
	struct s3_reader *reader = container_of(base, struct s3_reader, base);

	if (reader->exchange != NULL)
		s3_end(reader->exchange);
	free(reader);
}

static enum status
s3_blob_write_begin(struct blob_store *base, struct blob_writer **out,
		    struct fault *fault)
{
	struct s3_store *store = store_of(base);
	struct s3_writer *writer;
	int fd = open(store->spool, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		return fault_errno(fault, errno, "cannot write in folder %s",
				   store->spool);
	writer = mem_new(1, sizeof *writer);
	writer->base.store = base;
	writer->fd = fd;
	writer->digest = digest_new();
	*out = &writer->base;
	return STATUS_OK;
}

static enum status
s3_blob_write(struct blob_writer *base, const void *bytes, size_t count_bytes,
	      struct fault *fault)
{
	struct s3_writer *writer = container_of(base, struct s3_writer, base);
	enum status status;

	status = fd_write(writer->fd, bytes, count_bytes, fault);
	if (status == STATUS_OK) {
		digest_add(writer->digest, bytes, count_bytes);
		writer->size_bytes += count_bytes;
	}
	return status;
}

static void
s3_blob_write_abort(struct blob_writer *base)
{
	struct s3_writer *writer = container_of(base, struct s3_writer, base);

	close(writer->fd);
	digest_free(writer->digest);
	free(writer);
}

static enum status
s3_blob_write_commit(struct blob_writer *base, struct blob_key *key,
		     struct fault *fault)
{
	struct s3_writer *writer = container_of(base, struct s3_writer, base);
	struct s3_store *store = store_of(base->store);
	struct blob_info there;
	struct blob_key made;
	enum status status;
	struct buffer name;

	digest_finish(writer->digest, made.sha256);
	writer->digest = NULL;
	status = s3_blob_stat(base->store, &made, &there, NULL);
	object_name(store, &made, &name);
	if (status != STATUS_OK || there.size_bytes != writer->size_bytes)
		status = s3_put(store->s3, store->bucket, name.bytes,
				writer->fd, writer->size_bytes, NULL, fault);
	buffer_release(&name);
	if (status == STATUS_OK)
		*key = made;
	s3_blob_write_abort(base);
	return status;
}

static enum status
s3_blob_remove(struct blob_store *base, const struct blob_key *key,
	       struct fault *fault)
{
	struct s3_store *store = store_of(base);
	enum status status;
	struct buffer name;

	object_name(store, key, &name);
	status = s3_remove(store->s3, store->bucket, name.bytes, fault);
	buffer_release(&name);
	return status;
}

const struct blob_driver blob_driver_s3 = {
	.name = "s3",
	.summary = "objects of an S3 bucket, named by their content",
	.options = s3_options,
	.open = s3_blob_open,
	.close = s3_blob_close,
	.stat = s3_blob_stat,
	.read_begin = s3_blob_read_begin,
	.read = s3_blob_read,
	.read_end = s3_blob_read_end,
	.write_begin = s3_blob_write_begin,
	.write = s3_blob_write,
	.write_commit = s3_blob_write_commit,
	.write_abort = s3_blob_write_abort,
	.remove = s3_blob_remove,
};
