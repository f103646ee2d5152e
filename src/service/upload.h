/* upload.h - files that people send, from the first byte to the track.
 *
 * begin → write (any number of times, each going on where the one before ended)
 * → complete, at once when the last byte is there → a job "upload" reads the
 * file, puts it into the managed source and saves its track → done or failed,
 * with the reason. An address instead of bytes is fetched by the job.
 *
 * Bytes lie in DATA/uploads until the job is through. What write_commit() told
 * is durable: after a crash the sender goes on from there. The job can be killed
 * anywhere: the next try finds the same file and the same track.
 *
 * Who may: moderators and above everything. An artist's user files whose main,
 * featured and album artists are theirs; names nobody has become theirs, as by
 * POST /artists (docs/decisions/0026-uploads.md).
 *
 * Threads: every call may block: from workers. A writer belongs to one thread at
 * a time.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_UPLOAD_H
#define OGMA_SERVICE_UPLOAD_H

#include "base/option.h"
#include "library/uploads.h"
#include "service/caller.h"
#include "service/job.h"

struct place;
struct scan_services;

#define UPLOAD_NAME_MAX 255  /* characters of a file's name */
#define UPLOAD_BATCH_MAX 200 /* of what files sent together have in common */
#define UPLOAD_JOB "upload"

struct upload_settings {
	const char *path;         /* UPLOADS_PATH; "": music in the data folder */
	uint64_t limit_bytes;     /* UPLOAD_LIMIT_BYTES */
	uint32_t unfinished_max;  /* UPLOAD_UNFINISHED_MAX */
	uint64_t unfinished_bytes; /* UPLOAD_UNFINISHED_BYTES */
	uint32_t expires_hours;   /* UPLOAD_EXPIRES */
	uint32_t fetch_seconds;   /* UPLOAD_FETCH_SECONDS */
};
extern const struct option upload_options[];

struct upload_service;

struct upload_args { /* all borrowed */
	struct store *store;
	const struct scan_services *scan;
	const struct upload_settings *settings;
	const char *data_dir;
	const struct place *place; /* where the files of tracks go (its kind is
				    * a constant text); NULL: as the settings
				    * say. Until it is open */
};

enum status upload_open(const struct upload_args *args,
			struct upload_service **out, struct fault *fault);
void upload_close(struct upload_service *service); /* NULL is fine */

const struct upload_settings *
upload_settings_of(const struct upload_service *service);

/* Where uploads end, and where their bytes wait. */
const char *upload_music_path(const struct upload_service *service);
const char *upload_waiting_path(const struct upload_service *service);

/* The rows of the table of job kinds; `cookie` is the service. */
extern const struct job_kind upload_kinds[];

/* ---- sending -------------------------------------------------------------- */

struct upload_wish {
	const char *name;   /* of the file */
	int64_t size_bytes; /* or UPLOAD_SIZE_UNKNOWN */
	const char *url;    /* fetch it from there; NULL: it is sent */
	const char *batch, *album, *artist; /* may be NULL */
};

/* STATUS_TOO_LARGE over UPLOAD_LIMIT_BYTES. STATUS_FULL: with field "uploads"
 * when the caller has too much unfinished, without one when the disk has no
 * room. One with a url is complete at once. */
enum status upload_begin(struct upload_service *service,
			 const struct caller *caller,
			 const struct upload_wish *wish, int64_t *id,
			 struct fault *fault);

/* The caller's own, or anybody's for admins. STATUS_NOT_FOUND: none, somebody
 * else's, or expired. */
enum status upload_look(struct upload_service *service,
			const struct caller *caller, int64_t id,
			struct arena *arena, struct upload *out,
			struct fault *fault);

/* Ends the life of a writer that still has it (its client has gone, or was
 * replaced), and tells how far it is. */
enum status upload_offset(struct upload_service *service,
			  const struct caller *caller, int64_t id,
			  struct arena *arena, struct upload *out,
			  struct fault *fault);

enum upload_checksum { UPLOAD_UNCHECKED, UPLOAD_SHA1, UPLOAD_SHA256 };
#define UPLOAD_CHECKSUM_BYTES 32 /* of the longest */

struct upload_writing {
	int64_t id, offset;
	enum upload_checksum checksum;
	uint8_t sum[UPLOAD_CHECKSUM_BYTES]; /* what it must be */
};

struct upload_writer;

/* STATUS_CONFLICT with field "offset" when it is not where the upload is; a
 * writer that still has it is ended first. */
enum status upload_write_open(struct upload_service *service,
			      const struct caller *caller,
			      const struct upload_writing *writing,
			      struct upload_writer **out, struct fault *fault);

/* STATUS_TOO_LARGE past the size; STATUS_CONFLICT: somebody ended it. */
enum status upload_write(struct upload_writer *writer, const void *bytes,
			 size_t count, struct fault *fault);

/* What was written is durable then; *offset is the new one. *complete: that was
 * all (of a known size), and a job has it. STATUS_CORRUPT with field "checksum":
 * the bytes are others than were sent, and forgotten. */
enum status upload_write_commit(struct upload_writer *writer, int64_t *offset,
				bool *complete, struct fault *fault);

/* Keeps what came, but for bytes that are to be checked. NULL is fine. */
void upload_write_close(struct upload_writer *writer);

/* An upload of unknown size has ended; `album`, `artist` as in the wish. */
enum status upload_complete(struct upload_service *service,
			    const struct caller *caller, int64_t id,
			    const char *album, const char *artist,
			    struct fault *fault);

/* Forgets an upload that is received or failed. STATUS_CONFLICT when it is
 * queued or done. Own ones, or anybody's for admins. */
enum status upload_remove(struct upload_service *service,
			  const struct caller *caller, int64_t id,
			  struct fault *fault);

/* It cannot become a track: the row keeps the sentence, the bytes go. */
enum status upload_give_up(struct upload_service *service, int64_t id,
			   const char *reason, struct fault *fault);

/* When an upload that nothing happens to is forgotten; Unix ms. */
int64_t upload_expires_ms(const struct upload_service *service,
			  const struct upload *upload);

/* Forgets what expired, and bytes that no row names. A chore, and done by
 * upload_open(). *count: how many. */
enum status upload_tidy(struct upload_service *service, int64_t *count,
			struct fault *fault);

#endif /* OGMA_SERVICE_UPLOAD_H */
