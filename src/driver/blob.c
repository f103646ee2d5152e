/* blob.c - the one door to blob drivers; see blob.h. */
#include "driver/blob.h"

#include <string.h>

#include "base/digest.h"

static const struct blob_driver *const blob_drivers[] = {
	&blob_driver_folder,
	&blob_driver_memory,
	&blob_driver_s3,
};

const struct blob_driver *
blob_driver_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(blob_drivers); i++) {
		if (strcmp(blob_drivers[i]->name, name) == 0)
			return blob_drivers[i];
	}
	return NULL;
}

void
blob_driver_check(const struct blob_driver *driver)
{
	assert(driver->name != NULL && driver->summary != NULL);
	assert(driver->open != NULL && driver->close != NULL);
	assert(driver->stat != NULL && driver->read_begin != NULL);
	assert(driver->read != NULL && driver->read_end != NULL);
	assert(driver->write_begin != NULL && driver->write != NULL);
	assert(driver->write_commit != NULL && driver->write_abort != NULL);
	assert(driver->remove != NULL);
	(void)driver;
}

enum status
blob_store_open(const struct blob_driver *driver,
		const struct blob_open_args *args, struct blob_store **out,
		struct fault *fault)
{
	blob_driver_check(driver);
	return driver->open(args, out, fault);
}

void
blob_store_close(struct blob_store *store)
{
	if (store != NULL)
		store->driver->close(store);
}

enum status
blob_stat(struct blob_store *store, const struct blob_key *key,
	  struct blob_info *out, struct fault *fault)
{
	return store->driver->stat(store, key, out, fault);
}

enum status
blob_read_begin(struct blob_store *store, const struct blob_key *key,
		struct blob_range range, struct blob_reader **out,
		struct fault *fault)
{
	return store->driver->read_begin(store, key, range, out, fault);
}

enum status
blob_read(struct blob_reader *reader, void *buffer, size_t room_bytes,
	  size_t *got_bytes, struct fault *fault)
{
	enum status status;

	assert(room_bytes > 0);
	status = reader->store->driver->read(reader, buffer, room_bytes,
					     got_bytes, fault);
	assert(status != STATUS_OK || *got_bytes <= room_bytes);
	return status;
}

void
blob_read_end(struct blob_reader *reader)
{
	if (reader != NULL)
		reader->store->driver->read_end(reader);
}

enum status
blob_write_begin(struct blob_store *store, struct blob_writer **out,
		 struct fault *fault)
{
	return store->driver->write_begin(store, out, fault);
}

enum status
blob_write(struct blob_writer *writer, const void *bytes, size_t count_bytes,
	   struct fault *fault)
{
	return writer->store->driver->write(writer, bytes, count_bytes, fault);
}

enum status
blob_write_commit(struct blob_writer *writer, struct blob_key *key,
		  struct fault *fault)
{
	return writer->store->driver->write_commit(writer, key, fault);
}

void
blob_write_abort(struct blob_writer *writer)
{
	if (writer != NULL)
		writer->store->driver->write_abort(writer);
}

enum status
blob_remove(struct blob_store *store, const struct blob_key *key,
	    struct fault *fault)
{
	return store->driver->remove(store, key, fault);
}

enum status
blob_open_file(struct blob_store *store, const struct blob_key *key,
	       int *out_fd, struct fault *fault)
{
	assert(blob_store_has_files(store));
	return store->driver->open_file(store, key, out_fd, fault);
}

enum status
blob_put(struct blob_store *store, const void *bytes, size_t count,
	 struct blob_key *key, struct fault *fault)
{
	struct blob_writer *writer;
	struct blob_key known;
	struct blob_info info;
	enum status status;

	sha256(bytes, count, known.sha256);
	status = blob_stat(store, &known, &info, NULL);
	if (status == STATUS_OK) {
		*key = known;
		return STATUS_OK;
	}
	status = blob_write_begin(store, &writer, fault);
	if (status != STATUS_OK)
		return status;
	status = blob_write(writer, bytes, count, fault);
	if (status != STATUS_OK) {
		blob_write_abort(writer);
		return status;
	}
	return blob_write_commit(writer, key, fault);
}

enum status
blob_get(struct blob_store *store, const struct blob_key *key,
	 size_t limit_bytes, struct buffer *out, struct fault *fault)
{
	struct blob_range all = { 0, 0 };
	struct blob_reader *reader;
	size_t start = out->length;
	enum status status;

	status = blob_read_begin(store, key, all, &reader, fault);
	if (status != STATUS_OK)
		return status;
	for (;;) {
		char *room = buffer_reserve(out, 65536);
		size_t got = 0;

		if (room == NULL || out->length - start > limit_bytes) {
			status = fault_set(fault, STATUS_TOO_LARGE,
					   "blob is larger than %zu bytes",
					   limit_bytes);
			break;
		}
		status = blob_read(reader, room, 65536, &got, fault);
		if (status != STATUS_OK || got == 0)
			break;
		out->length += got;
		out->bytes[out->length] = '\0';
	}
	if (status == STATUS_OK && out->length - start > limit_bytes)
		status = fault_set(fault, STATUS_TOO_LARGE,
				   "blob is larger than %zu bytes",
				   limit_bytes);
	if (status != STATUS_OK)
		out->length = start;
	blob_read_end(reader);
	return status;
}
