/* upload_private.h - what the files of the upload service share:
 *
 *	upload.c         rows and rights, tidying
 *	upload_write.c   bytes on their way in
 *	upload_job.c     from bytes to a track
 *	upload_path.c    where the file of a track goes
 *
 * Floor: 4 (service), private.
 */
#ifndef OGMA_SERVICE_UPLOAD_PRIVATE_H
#define OGMA_SERVICE_UPLOAD_PRIVATE_H

#include <pthread.h>

#include "driver/store.h"
#include "service/upload.h"

struct media_facts;

struct upload_service {
	struct upload_args args;
	char *folder; /* of the bytes */
	const char *kind; /* of the managed source */
	char *music;      /* its root */
	pthread_mutex_t lock; /* of the list of writers */
	struct upload_writer *writers;
};

/* Where the bytes lie. Arena-owned. */
const char *upload_bytes_path(const struct upload_service *service,
			      const char *key, struct arena *arena);
void upload_bytes_remove(const struct upload_service *service,
			 const char *key);

/* STATUS_FULL unless so many more bytes fit on the disk. */
enum status upload_room_check(const struct upload_service *service,
			      uint64_t size_bytes, struct fault *fault);

/* In the caller's transaction: a job, and the row is queued. */
enum status upload_queue(struct store_session *session, int64_t id,
			 int64_t user_id, struct fault *fault);

/* As upload_look(), in a transaction; only_own: not of others, whoever asks. */
enum status upload_expect(const struct upload_service *service,
			  struct store_session *session,
			  const struct caller *caller, int64_t id,
			  bool only_own, struct arena *arena,
			  struct upload *out, struct fault *fault);

/* Ends the writer of this upload, if there is one. */
void upload_writer_end(struct upload_service *service, int64_t id);

/* What the path of a file is made of; texts may be NULL. */
struct upload_names {
	const char *artist; /* of the album, or of the track */
	const char *album, *title;
	uint32_t disc_no, track_no; /* 0: none */
	const char *ending;         /* "mp3" */
};

/* By the tags, what its sender said where they are silent, and the file's own
 * name. Arena-owned. */
struct upload_names upload_names_of(struct arena *arena,
				    const struct upload *upload,
				    const struct media_facts *media);

/* "Artist/Album", without the file. */
const char *upload_folder_of(struct arena *arena,
			     const struct upload_names *names);

/* Last part of the folder: the same for files of one album. */
const char *upload_album_part(struct arena *arena,
			      const struct upload_names *names);

/* "folder/01 Title.mp3"; number 2: "01 Title (2).mp3". */
const char *upload_path_of(struct arena *arena, const char *folder,
			   const struct upload_names *names, unsigned number);

#endif /* OGMA_SERVICE_UPLOAD_PRIVATE_H */
