/* upload_write.c - bytes on their way in; see upload.h.
 *
 * The offset in the row never runs ahead of the disk: bytes are synced before
 * it moves, every CHECKPOINT_BYTES and at the end. What was written past it by a
 * process that was killed is written again.
 *
 * A writer is in the list of its service from before it looks at its row until
 * it is closed. Whoever wants the upload ends it: what came so far is kept, and
 * its owner finds out at the next piece. */
#include "service/upload_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"

#define CHECKPOINT_BYTES (4 << 20)

struct upload_writer {
	struct upload_writer *next; /* under the service's lock */
	unsigned references;	    /* likewise */
	struct upload_service *service;
	int64_t id, user_id;

	pthread_mutex_t lock; /* of all below */
	int fd;		      /* -1: not open yet */
	int64_t size_bytes;   /* or UPLOAD_SIZE_UNKNOWN */
	int64_t start, at, durable;
	struct digest *digest; /* NULL: nothing is checked */
	struct upload_writing writing;
	atomic_bool ended; /* written under it, read by anybody */
};

/* ---- the list --------------------------------------------------------------- */

static struct upload_writer *
writer_add(struct upload_service *service,
	   const struct upload_writing *writing)
{
	struct upload_writer *writer = mem_new(1, sizeof *writer);

	writer->service = service;
	writer->id = writing->id;
	writer->writing = *writing;
	writer->fd = -1;
	writer->references = 1;
	pthread_mutex_init(&writer->lock, NULL);
	pthread_mutex_lock(&service->lock);
	writer->next = service->writers;
	service->writers = writer;
	pthread_mutex_unlock(&service->lock);
	return writer;
}

static void
writer_free(struct upload_writer *writer)
{
	digest_free(writer->digest);
	if (writer->fd >= 0)
		close(writer->fd);
	pthread_mutex_destroy(&writer->lock);
	free(writer);
}

static void
writer_unref(struct upload_writer *writer)
{
	struct upload_service *service = writer->service;
	bool last;

	pthread_mutex_lock(&service->lock);
	last = --writer->references == 0;
	for (struct upload_writer **at = &service->writers; last && *at != NULL;
	     at = &(*at)->next) {
		if (*at == writer) {
			*at = writer->next;
			break;
		}
	}
	pthread_mutex_unlock(&service->lock);
	if (last)
		writer_free(writer);
}

/* The newest but `but` of this upload that is not known to have ended. */
static struct upload_writer *
writer_find(struct upload_service *service, int64_t id,
	    const struct upload_writer *but)
{
	struct upload_writer *writer;

	pthread_mutex_lock(&service->lock);
	for (writer = service->writers; writer != NULL;
	     writer = writer->next) {
		if (writer->id == id && writer != but && !writer->ended) {
			writer->references++;
			break;
		}
	}
	pthread_mutex_unlock(&service->lock);
	return writer;
}

/* ---- the disk and the row ----------------------------------------------------- */

struct receiving {
	struct upload_writer *writer;
	bool complete;
};

static enum status
receive_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct receiving *receiving = cookie;
	const struct upload_writer *writer = receiving->writer;
	enum status status = sql_lock(session, "etl_jobs", fault);

	if (status == STATUS_OK)
		status = uploads_received(session, writer->id, writer->at,
					  fault);
	if (status == STATUS_OK && receiving->complete)
		status = upload_queue(session, writer->id, writer->user_id,
				      fault);
	return status;
}

/* Under the writer's lock. */
static enum status
writer_sync(struct upload_writer *writer, bool complete, struct fault *fault)
{
	struct receiving receiving = { writer, complete };
	enum status status;

	if (writer->at == writer->durable && !complete)
		return STATUS_OK;
	if (fdatasync(writer->fd) != 0)
		return fault_errno(fault, errno, "cannot keep the bytes");
	status = store_write(writer->service->args.store, receive_work,
			     &receiving, fault);
	if (status == STATUS_OK)
		writer->durable = writer->at;
	return status;
}

/* Under the writer's lock: what has come is kept, but for what was to be checked
 * as a whole. */
static void
writer_end(struct upload_writer *writer)
{
	if (!writer->ended && writer->fd >= 0 && writer->digest == NULL)
		(void)writer_sync(writer, false, NULL);
	writer->ended = true;
}

static void
others_end(struct upload_service *service, int64_t id,
	   const struct upload_writer *but)
{
	struct upload_writer *writer;

	while ((writer = writer_find(service, id, but)) != NULL) {
		pthread_mutex_lock(&writer->lock);
		writer_end(writer);
		pthread_mutex_unlock(&writer->lock);
		writer_unref(writer);
	}
}

void
upload_writer_end(struct upload_service *service, int64_t id)
{
	others_end(service, id, NULL);
}

/* ---- opening ------------------------------------------------------------------ */

struct opening {
	struct upload_service *service;
	const struct caller *caller;
	const struct upload_writing *writing;
	struct arena *arena;
	struct upload upload;
};

static enum status
open_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct opening *opening = cookie;
	enum status status = upload_expect(
		opening->service, session, opening->caller,
		opening->writing->id, true, opening->arena, &opening->upload,
		fault);

	if (status == STATUS_OK &&
	    (opening->upload.state != UPLOAD_RECEIVING ||
	     opening->upload.received_bytes != opening->writing->offset))
		status = fault_field(fault, STATUS_CONFLICT, "offset",
				     "the upload is at %lld",
				     (long long)
					     opening->upload.received_bytes);
	return status;
}

/* The bytes; the first to come makes the file. */
static enum status
bytes_open(struct upload_writer *writer, const struct opening *opening,
	   struct fault *fault)
{
	const char *path = upload_bytes_path(
		writer->service, opening->upload.key, opening->arena);

	writer->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (writer->fd < 0)
		return fault_errno(fault, errno, "cannot keep the upload");
	writer->user_id = opening->upload.user_id;
	writer->size_bytes = opening->upload.size_bytes;
	writer->start = writer->at = writer->durable = opening->writing->offset;
	if (opening->writing->checksum == UPLOAD_SHA1)
		writer->digest = digest_new_sha1();
	else if (opening->writing->checksum == UPLOAD_SHA256)
		writer->digest = digest_new();
	return writer->at > 0 ? STATUS_OK :
				folder_sync(writer->service->folder, fault);
}

enum status
upload_write_open(struct upload_service *service, const struct caller *caller,
		  const struct upload_writing *writing,
		  struct upload_writer **out, struct fault *fault)
{
	struct opening opening = { .service = service, .caller = caller,
				   .writing = writing };
	struct upload_writer *writer;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	opening.arena = &arena;
	/* Whose it is, before anybody is ended. */
	status = store_read(service->args.store, open_work, &opening, fault);
	if (status != STATUS_OK && status != STATUS_CONFLICT)
		goto out;
	writer = writer_add(service, writing);
	others_end(service, writing->id, writer);
	status = store_read(service->args.store, open_work, &opening, fault);
	pthread_mutex_lock(&writer->lock);
	if (status == STATUS_OK && writer->ended)
		status = fault_field(fault, STATUS_CONFLICT, "offset",
				     "somebody else goes on with it");
	if (status == STATUS_OK)
		status = bytes_open(writer, &opening, fault);
	pthread_mutex_unlock(&writer->lock);
	if (status == STATUS_OK)
		*out = writer;
	else
		writer_unref(writer);
out:
	arena_release(&arena);
	return status;
}

/* ---- writing ------------------------------------------------------------------- */

static enum status
room_check(const struct upload_writer *writer, size_t count,
	   struct fault *fault)
{
	uint64_t limit = writer->service->args.settings->limit_bytes;

	if (writer->ended)
		return fault_field(fault, STATUS_CONFLICT, "offset",
				   "somebody else goes on with it");
	if (writer->size_bytes != UPLOAD_SIZE_UNKNOWN)
		limit = (uint64_t)writer->size_bytes;
	if ((uint64_t)writer->at + count <= limit)
		return STATUS_OK;
	return fault_set(fault, STATUS_TOO_LARGE,
			 writer->size_bytes != UPLOAD_SIZE_UNKNOWN ?
				 "these are more bytes than were announced" :
				 "the file is larger than files may be");
}

static enum status
bytes_write(struct upload_writer *writer, const char *bytes, size_t count,
	    struct fault *fault)
{
	while (count > 0) {
		ssize_t wrote = pwrite(writer->fd, bytes, count, writer->at);

		if (wrote < 0 && errno == EINTR)
			continue;
		/* A limit of our own is no fault of the file's sender. */
		if (wrote < 0 && (errno == ENOSPC || errno == EDQUOT ||
				  errno == EFBIG))
			return fault_set(fault, STATUS_FULL,
					 "the disk has no room for the rest "
					 "of this file");
		if (wrote < 0)
			return fault_errno(fault, errno,
					   "cannot keep the bytes");
		if (writer->digest != NULL)
			digest_add(writer->digest, bytes, (size_t)wrote);
		bytes += wrote;
		count -= (size_t)wrote;
		writer->at += wrote;
	}
	return STATUS_OK;
}

enum status
upload_write(struct upload_writer *writer, const void *bytes, size_t count,
	     struct fault *fault)
{
	enum status status;

	pthread_mutex_lock(&writer->lock);
	status = room_check(writer, count, fault);
	if (status == STATUS_OK)
		status = bytes_write(writer, bytes, count, fault);
	if (status == STATUS_OK && writer->digest == NULL &&
	    writer->at - writer->durable >= CHECKPOINT_BYTES)
		status = writer_sync(writer, false, fault);
	pthread_mutex_unlock(&writer->lock);
	return status;
}

/* The bytes of a check that failed are as if they had never come. */
static enum status
checksum_check(struct upload_writer *writer, struct fault *fault)
{
	size_t length = writer->writing.checksum == UPLOAD_SHA1 ? SHA1_BYTES :
								  SHA256_BYTES;
	uint8_t sum[SHA256_BYTES];

	if (writer->digest == NULL)
		return STATUS_OK;
	digest_finish(writer->digest, sum);
	writer->digest = NULL;
	if (memcmp(sum, writer->writing.sum, length) == 0)
		return STATUS_OK;
	writer->at = writer->start;
	writer->ended = true;
	return fault_field(fault, STATUS_CORRUPT, "checksum",
			   "the bytes are not those that were sent");
}

enum status
upload_write_commit(struct upload_writer *writer, int64_t *offset,
		    bool *complete, struct fault *fault)
{
	enum status status;

	pthread_mutex_lock(&writer->lock);
	status = room_check(writer, 0, fault);
	if (status == STATUS_OK)
		status = checksum_check(writer, fault);
	*complete = writer->at == writer->size_bytes;
	if (status == STATUS_OK)
		status = writer_sync(writer, *complete, fault);
	if (status == STATUS_OK)
		writer->ended = true;
	*offset = writer->at;
	pthread_mutex_unlock(&writer->lock);
	return status;
}

void
upload_write_close(struct upload_writer *writer)
{
	if (writer == NULL)
		return;
	pthread_mutex_lock(&writer->lock);
	writer_end(writer);
	pthread_mutex_unlock(&writer->lock);
	writer_unref(writer);
}
