/* upload_job.c - from the bytes of an upload to a track; see upload.h.
 *
 *	fetch (of an address) → read → known? → may they? → put → save → done
 *
 * Each step can be done again. The path is in the row before a file is put there,
 * so that a try after a crash finds its own file and not a second place for it;
 * the track is saved by the path, in one transaction with the end of the row. */
#include "service/upload_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/ranged.h"
#include "driver/source.h"
#include "library/audit.h"
#include "library/edits.h"
#include "library/ownership.h"
#include "library/sources.h"
#include "media/facts.h"
#include "service/fetch.h"
#include "service/place.h"
#include "service/scan.h"

#define HASH_PIECE_BYTES 262144
#define NUMBER_MAX 10000 /* files of one name */

struct arrival {
	struct upload_service *service;
	struct job *job;
	struct arena arena;
	struct upload upload;
	enum user_role role; /* of who sent it, now */
	int fd;              /* the bytes */
	uint8_t sha256[SHA256_BYTES];
	struct scan_found *found;
	struct upload_names names;
	int64_t source_id;
	struct source *source;
	bool put; /* it is in its place: the row ends with the track */
};

static enum status upload_job_run(struct job *job, void *cookie,
				  struct fault *fault);

const struct job_kind upload_kinds[] = {
	{ .name = UPLOAD_JOB, .summary = "Takes in a file that somebody sent.",
	  .concurrency = 2, .attempts = 5, .run = upload_job_run },
	{ 0 },
};

/* ---- the row ------------------------------------------------------------------ */

static enum status
load_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct arrival *arrival = cookie;
	struct user user;
	int64_t id = 0;
	enum status status;

	span_to_i64(span_of(job_detail(arrival->job)), &id);
	status = uploads_get(session, id, &arrival->arena, &arrival->upload,
			     fault);
	if (status == STATUS_OK)
		status = users_get(session, arrival->upload.user_id,
				   &arrival->arena, &user, fault);
	if (status == STATUS_OK)
		arrival->role = user_may_sign_in(&user) ?
					user_role_of(user.role) :
					USER_ROLE_NONE;
	return status;
}

/* The row ends with its track, and the audit log tells who sent what. `known`:
 * the same bytes were there already. */
static enum status
arrival_done(struct store_session *session, const struct arrival *arrival,
	     int64_t track_id, bool known, struct fault *fault)
{
	const struct upload *upload = &arrival->upload;
	const struct audit_actor sender = { .user_id = upload->user_id };
	enum status status =
		uploads_done(session, upload->id, track_id, fault);
	struct json_writer json;
	struct buffer values;

	if (status != STATUS_OK)
		return status;
	buffer_init(&values, 0);
	json_writer_init(&json, &values);
	json_object_begin(&json);
	json_member_text(&json, "file", upload->name);
	json_member_int(&json, "size_bytes", upload->received_bytes);
	json_member_int(&json, "track_id", track_id);
	json_member_bool(&json, "known", known);
	json_object_end(&json);
	status = audit_write(session, &sender, "create", "upload", upload->id,
			     NULL, values.bytes, fault);
	buffer_release(&values);
	return status;
}

struct done_work {
	const struct arrival *arrival;
	int64_t track_id;
};

static enum status
done_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct done_work *work = cookie;

	return arrival_done(session, work->arrival, work->track_id, true,
			    fault);
}

/* ---- bytes from an address ------------------------------------------------------ */

static enum status
piece_take(void *cookie, const void *bytes, size_t count, struct fault *fault)
{
	struct arrival *arrival = cookie;

	return fd_write(arrival->fd, bytes, count, fault);
}

static bool
still_wanted(void *cookie)
{
	const struct arrival *arrival = cookie;

	return !job_stopping(arrival->job);
}

static enum status
fetched_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct arrival *arrival = cookie;

	return uploads_fetched(session, arrival->upload.id,
			       arrival->upload.received_bytes, fault);
}

/* The other server refused, or what it has will never do. */
static enum status
fetch_judge(enum status status, unsigned answered, struct fault *fault)
{
	if (status == STATUS_TOO_LARGE)
		return fault_field(fault, STATUS_INVALID, "url",
				   "the file is larger than files may be");
	if (status == STATUS_OK && answered >= 500)
		return fault_set(fault, STATUS_UNAVAILABLE,
				 "the other server answered %u", answered);
	if (status == STATUS_OK && answered >= 300)
		return fault_field(fault, STATUS_INVALID, "url",
				   "the other server answered %u", answered);
	return status;
}

static enum status
bytes_fetch(struct arrival *arrival, struct fault *fault)
{
	const struct upload_settings *settings =
		arrival->service->args.settings;
	const struct fetch_request request = {
		.url = arrival->upload.url,
		.timeout_ms = settings->fetch_seconds * 1000,
		.limit_bytes = (size_t)settings->limit_bytes,
		.follow = true,
		.take = piece_take,
		.go_on = still_wanted,
		.cookie = arrival,
	};
	unsigned answered = 0;
	struct stat facts;
	enum status status;

	if (ftruncate(arrival->fd, 0) != 0 ||
	    lseek(arrival->fd, 0, SEEK_SET) != 0)
		return fault_errno(fault, errno, "cannot keep the file");
	status = fetch(&request, NULL, &answered, fault);
	status = fetch_judge(status, answered, fault);
	if (status == STATUS_OK && (fdatasync(arrival->fd) != 0 ||
				    fstat(arrival->fd, &facts) != 0))
		status = fault_errno(fault, errno, "cannot keep the file");
	if (status != STATUS_OK)
		return status;
	arrival->upload.received_bytes = (int64_t)facts.st_size;
	return store_write(arrival->service->args.store, fetched_work, arrival,
			   fault);
}

static enum status
bytes_open(struct arrival *arrival, struct fault *fault)
{
	const struct upload *upload = &arrival->upload;
	bool fetches = upload->url != NULL &&
		       upload->size_bytes == UPLOAD_SIZE_UNKNOWN;
	const char *path = upload_bytes_path(arrival->service, upload->key,
					     &arrival->arena);

	arrival->fd = open(path, O_RDWR | O_CLOEXEC | (fetches ? O_CREAT : 0),
			   0640);
	if (arrival->fd < 0)
		/* Another server may have them. */
		return fault_set(fault, STATUS_UNAVAILABLE,
				 "the bytes of the upload are not here");
	return fetches ? bytes_fetch(arrival, fault) : STATUS_OK;
}

/* ---- what it is ------------------------------------------------------------------ */

static enum status
bytes_hash(int fd, uint8_t out[SHA256_BYTES], struct fault *fault)
{
	struct digest *digest = digest_new();
	char *piece = mem_new(HASH_PIECE_BYTES, 1);
	struct ranged_file file;
	uint64_t at = 0;
	enum status status = ranged_open(fd, &file, fault);

	while (status == STATUS_OK && at < file.size_bytes) {
		size_t got = ranged_read_all(&file, piece, HASH_PIECE_BYTES,
					     at);

		if (got == 0)
			status = fault_set(fault, STATUS_FAILED,
					   "the file cannot be read to its "
					   "end");
		digest_add(digest, piece, got);
		at += got;
	}
	free(piece);
	digest_finish(digest, out);
	return status;
}

struct knowing {
	struct arrival *arrival;
	struct upload known;
	bool hidden;
};

static enum status
known_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct knowing *knowing = cookie;
	struct arrival *arrival = knowing->arrival;
	enum status status = uploads_known(session, arrival->source_id,
					   arrival->sha256, &arrival->arena,
					   &knowing->known, fault);

	knowing->hidden = false;
	if (status == STATUS_OK)
		status = track_hidden(session, knowing->known.track_id,
				      &knowing->hidden, fault);
	return status;
}

/* The same bytes came before, and their file is still there. */
static enum status
known_find(struct arrival *arrival, int64_t *track_id, struct fault *fault)
{
	struct knowing knowing = { .arrival = arrival };
	struct source_file file;
	enum status status = store_read(arrival->service->args.store,
					known_work, &knowing, fault);

	*track_id = 0;
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status == STATUS_OK && knowing.hidden)
		return fault_field(fault, STATUS_INVALID, "file",
				   "this recording was taken out of the "
				   "library");
	if (status == STATUS_OK &&
	    source_stat(arrival->source, knowing.known.path, &file, NULL) ==
		    STATUS_OK)
		*track_id = knowing.known.track_id;
	return status;
}

/* ---- the managed source ------------------------------------------------------------ */

static enum status
source_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct arrival *arrival = cookie;
	const char *root = arrival->service->music;
	bool is_new = false;
	struct source_row row;
	enum status status = scan_source_write(session, root, NULL,
					       &arrival->source_id, &is_new,
					       fault);

	/* A folder that was known and is gone is on a disk that is away:
	 * nothing is made in its place. */
	if (status == STATUS_OK && is_new && *root == '/')
		status = folder_make(root, fault);
	if (status == STATUS_OK)
		status = sources_get(session, arrival->source_id,
				     &arrival->arena, &row, fault);
	if (status == STATUS_OK && !row.managed)
		status = sources_set_managed(session, arrival->source_id, true,
					     fault);
	return status;
}

/* The row and the place are made when they are first needed. */
static enum status
source_expect(struct arrival *arrival, struct fault *fault)
{
	const struct upload_service *service = arrival->service;
	const struct place place = { service->kind, service->music, NULL };
	const struct source_args args = { .s3 = service->args.scan->s3 };
	enum status status = store_write(service->args.store, source_work,
					 arrival, fault);

	if (status == STATUS_OK)
		status = place_open(&place, &args, &arrival->source, fault);
	if (status == STATUS_OK && !source_can_put(arrival->source))
		status = fault_set(fault, STATUS_UNSUPPORTED,
				   "no files can be put into %s", place.root);
	if (status == STATUS_OK)
		status = source_check(arrival->source, fault);
	return status;
}

/* ---- who may, and what the tags leave open ------------------------------------------- */

static bool
has_main_artist(const struct media_facts *media)
{
	for (size_t i = 0; i < media->credit_count; i++) {
		if (media->credits[i].role == CREDIT_MAIN)
			return true;
	}
	return false;
}

/* An artist's user has the name of an artist: theirs, or new and theirs now. */
static enum status
artist_claim(const struct arrival *arrival, struct catalogue *catalogue,
	     struct store_session *session, const char *name,
	     struct fault *fault)
{
	int64_t user_id = arrival->upload.user_id, id = 0;
	bool owns = false;
	enum status status = artist_create(catalogue, name, &id, fault);

	if (status == STATUS_OK)
		return ownership_add(session, id, user_id, user_id, NULL,
				     fault);
	if (status != STATUS_CONFLICT)
		return status;
	status = ownership_check(session, user_id, OWNED_ARTIST, id, &owns,
				 fault);
	if (status == STATUS_OK && !owns)
		status = fault_field(fault, STATUS_DENIED, "artist",
				     "it names %.100s, who is not yours: ask a "
				     "moderator to send it",
				     name);
	return status;
}

static enum status
rights_before(struct catalogue *catalogue, struct store_session *session,
	      int64_t track_id, void *cookie, struct fault *fault)
{
	const struct arrival *arrival = cookie;
	const struct media_facts *media = scan_found_media(arrival->found);
	enum status status = STATUS_OK;

	(void)track_id;
	if (arrival->role >= USER_ROLE_MODERATOR)
		return STATUS_OK;
	if (arrival->role < USER_ROLE_ARTIST)
		return fault_field(fault, STATUS_DENIED, "user",
				   "whoever sent it may not send files");
	for (size_t i = 0; i < media->credit_count && status == STATUS_OK;
	     i++) {
		const struct media_credit *credit = &media->credits[i];

		if (credit->role == CREDIT_MAIN ||
		    credit->role == CREDIT_FEATURED ||
		    credit->role == CREDIT_ALBUM_MAIN)
			status = artist_claim(arrival, catalogue, session,
					      credit->name, fault);
	}
	if (status == STATUS_OK && !has_main_artist(media) &&
	    arrival->upload.artist != NULL)
		status = artist_claim(arrival, catalogue, session,
				      arrival->upload.artist, fault);
	return status;
}

/* What its sender said stands over tags that say nothing. */
static enum status
words_lay(const struct arrival *arrival, struct catalogue *catalogue,
	  int64_t track_id, struct fault *fault)
{
	const struct media_facts *media = scan_found_media(arrival->found);
	const struct upload *upload = &arrival->upload;
	json_t *set = json_object();
	const struct edit_change change = { .id = track_id, .set = set,
					    .by = upload->user_id };
	enum status status = STATUS_OK;

	if (upload->artist != NULL && !has_main_artist(media))
		json_object_set_new(set, "artists",
				    json_pack("[{s:s}]", "name",
					      upload->artist));
	if (upload->album != NULL && media->album == NULL) {
		json_object_set_new(set, "album", json_string(upload->album));
		if (upload->artist != NULL)
			json_object_set_new(set, "album_artist",
					    json_string(upload->artist));
	}
	if (json_object_size(set) > 0)
		status = track_edit(catalogue, &change, fault);
	json_decref(set);
	return status;
}

static enum status
rights_check(const struct arrival *arrival, struct store_session *session,
	     int64_t track_id, struct fault *fault)
{
	bool owns = false;
	enum status status;

	if (arrival->role >= USER_ROLE_MODERATOR)
		return STATUS_OK;
	status = ownership_of_all(session, arrival->upload.user_id, track_id,
				  &owns, fault);
	if (status == STATUS_OK && !owns)
		status = fault_field(fault, STATUS_DENIED, "artist",
				     "not everybody it names is yours: say "
				     "who plays it, or ask a moderator to "
				     "send it");
	return status;
}

static enum status
saved_after(struct catalogue *catalogue, struct store_session *session,
	    int64_t track_id, void *cookie, struct fault *fault)
{
	const struct arrival *arrival = cookie;
	enum status status =
		words_lay(arrival, catalogue, track_id, fault);

	if (status == STATUS_OK)
		status = rights_check(arrival, session, track_id, fault);
	if (status == STATUS_OK && arrival->put)
		status = arrival_done(session, arrival, track_id, false,
				      fault);
	return status;
}

/* `there`: the file is in its place; else only whether it would do. */
static enum status
track_save(struct arrival *arrival, const char *path, bool there,
	   int64_t *track_id, struct fault *fault)
{
	const struct scan_file file = {
		.source_id = arrival->source_id,
		.source = arrival->source,
		.path = path,
		.rehearsal = !there,
		.before = rights_before,
		.after = saved_after,
		.cookie = arrival,
	};

	arrival->put = there;
	return scan_file_save(arrival->service->args.scan, &file,
			      arrival->found, track_id, fault);
}

/* ---- its place --------------------------------------------------------------------------- */

struct placing {
	struct arrival *arrival;
	const char *folder, *album; /* its last part */
	const char *path;
	bool joins; /* a file of its batch decides the folder */
};

/* The folder of a file that was sent together with this one and is of an album
 * of this name: untagged album artists are told by folder. */
static bool
folder_join(void *cookie, const char *path)
{
	struct placing *placing = cookie;
	struct arena *arena = &placing->arrival->arena;
	const char *end = strrchr(path, '/'), *part;
	const char *folder;

	if (end == NULL)
		return true;
	folder = arena_copy_bytes(arena, path, (size_t)(end - path));
	part = strrchr(folder, '/');
	if (part == NULL || strcmp(part + 1, placing->album) != 0)
		return true;
	placing->folder = folder;
	return false;
}

static enum status
place_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct placing *placing = cookie;
	struct arrival *arrival = placing->arrival;
	const struct upload *upload = &arrival->upload;
	enum status status = STATUS_OK;

	placing->folder = upload_folder_of(&arrival->arena, &arrival->names);
	if (placing->joins)
		status = uploads_of_batch(session, upload->user_id,
					  upload->batch, arrival->source_id,
					  folder_join, placing, fault);
	if (status != STATUS_OK)
		return status;
	placing->path = upload_path_of(&arrival->arena, placing->folder,
				       &arrival->names, 1);
	return uploads_place(session, upload->id, arrival->source_id,
			     placing->path, arrival->sha256, fault);
}

struct renaming {
	const struct arrival *arrival;
	const char *path;
};

static enum status
rename_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct renaming *renaming = cookie;
	const struct arrival *arrival = renaming->arrival;

	return uploads_place(session, arrival->upload.id, arrival->source_id,
			     renaming->path, arrival->sha256, fault);
}

/* The file at the path is this one: of a try before, or put there by hand. */
static enum status
same_there(const struct arrival *arrival, const char *path, bool *same,
	   struct fault *fault)
{
	uint8_t sum[SHA256_BYTES];
	struct source_file file;
	enum status status;
	int fd;

	*same = false;
	status = source_stat(arrival->source, path, &file, fault);
	if (status != STATUS_OK)
		return status == STATUS_UNSUPPORTED ? STATUS_OK : status;
	if ((int64_t)file.size_bytes != arrival->upload.received_bytes)
		return STATUS_OK;
	status = source_open_file(arrival->source, path, &fd, fault);
	if (status != STATUS_OK)
		return status;
	status = bytes_hash(fd, sum, fault);
	close(fd);
	*same = status == STATUS_OK &&
		memcmp(sum, arrival->sha256, sizeof sum) == 0;
	return status;
}

/* Puts it at the path, or at the first with a number that is free. */
static enum status
file_put(struct arrival *arrival, const struct placing *placing,
	 const char **path, bool *new_file, struct fault *fault)
{
	struct renaming renaming = { arrival, placing->path };
	enum status status = STATUS_CONFLICT;
	bool same = false;

	for (unsigned number = 2; number < NUMBER_MAX; number++) {
		status = source_put_file(arrival->source, renaming.path,
					 arrival->fd, fault);
		*new_file = status == STATUS_OK;
		if (status != STATUS_CONFLICT)
			break;
		status = same_there(arrival, renaming.path, &same, fault);
		if (status != STATUS_OK || same)
			break;
		renaming.path = upload_path_of(&arrival->arena,
					       placing->folder,
					       &arrival->names, number);
		status = store_write(arrival->service->args.store, rename_work,
				     &renaming, fault);
		if (status != STATUS_OK)
			break;
	}
	*path = renaming.path;
	return status;
}

static enum status
place_find(struct arrival *arrival, struct placing *placing,
	   struct fault *fault)
{
	const struct upload *upload = &arrival->upload;
	const struct media_facts *media = scan_found_media(arrival->found);
	const char *slash;

	arrival->names = upload_names_of(&arrival->arena, upload, media);
	*placing = (struct placing){
		.arrival = arrival,
		.album = upload_album_part(&arrival->arena, &arrival->names),
		.joins = *upload->batch != '\0' && media->album != NULL &&
			 media->album_artist_text == NULL,
	};
	if (upload->path == NULL || upload->source_id != arrival->source_id)
		return store_write(arrival->service->args.store, place_work,
				   placing, fault);
	/* A try before decided it. */
	placing->path = upload->path;
	slash = strrchr(upload->path, '/');
	placing->folder = arena_copy_bytes(&arrival->arena, upload->path,
					   (size_t)(slash - upload->path));
	return STATUS_OK;
}

static enum status
file_take_in(struct arrival *arrival, int64_t *track_id, struct fault *fault)
{
	struct placing placing;
	const char *path = NULL;
	bool new_file = false;
	enum status status = place_find(arrival, &placing, fault);

	/* What is not allowed is found out before anybody sees the file. */
	if (status == STATUS_OK && arrival->role < USER_ROLE_MODERATOR)
		status = track_save(arrival, placing.path, false, track_id,
				    fault);
	if (status == STATUS_OK)
		status = file_put(arrival, &placing, &path, &new_file, fault);
	if (status != STATUS_OK)
		return status;
	status = track_save(arrival, path, true, track_id, fault);
	if (status == STATUS_DENIED && new_file)
		(void)source_remove_file(arrival->source, path, NULL);
	return status;
}

/* ---- the job ---------------------------------------------------------------------------------- */

static enum status
arrival_look(struct arrival *arrival, struct fault *fault)
{
	enum status status = bytes_open(arrival, fault);

	if (status == STATUS_OK)
		status = scan_file_look(arrival->service->args.scan,
					arrival->fd, arrival->upload.name,
					&arrival->found, fault);
	if (status == STATUS_OK)
		status = bytes_hash(arrival->fd, arrival->sha256, fault);
	return status;
}

static enum status
arrival_run(struct arrival *arrival, int64_t *track_id, struct fault *fault)
{
	struct done_work done = { .arrival = arrival };
	enum status status = job_step(arrival->job, "extract", fault);

	if (status == STATUS_OK)
		status = arrival_look(arrival, fault);
	if (status == STATUS_OK)
		status = source_expect(arrival, fault);
	if (status == STATUS_OK)
		status = job_step(arrival->job, "load", fault);
	if (status == STATUS_OK)
		status = known_find(arrival, track_id, fault);
	if (status != STATUS_OK)
		return status;
	if (*track_id == 0)
		return file_take_in(arrival, track_id, fault);
	done.track_id = *track_id;
	return store_write(arrival->service->args.store, done_work, &done,
			   fault);
}

/* It never will be a track, whoever tries again. */
static bool
refused(enum status status)
{
	return status == STATUS_INVALID || status == STATUS_DENIED;
}

static void
arrival_end(struct arrival *arrival)
{
	scan_found_free(arrival->found);
	source_close(arrival->source);
	if (arrival->fd >= 0)
		close(arrival->fd);
	arena_release(&arrival->arena);
}

static enum status
upload_job_run(struct job *job, void *cookie, struct fault *fault)
{
	struct arrival arrival = { .service = cookie, .job = job, .fd = -1 };
	struct job_progress progress = { .total = 1, .eta_seconds = -1 };
	struct fault why = { 0 };
	int64_t track_id = 0;
	enum status status;

	arena_init(&arrival.arena);
	status = store_read(arrival.service->args.store, load_work, &arrival,
			    fault);
	if (status != STATUS_OK || arrival.upload.state != UPLOAD_QUEUED)
		goto out;
	status = arrival_run(&arrival, &track_id, fault);
	if (refused(status)) {
		job_log(job, "warning", arrival.upload.name, fault->message);
		status = upload_give_up(arrival.service, arrival.upload.id,
					fault->message, &why);
		progress.rejected = 1;
		if (status != STATUS_OK)
			*fault = why;
	} else if (status == STATUS_OK) {
		upload_bytes_remove(arrival.service, arrival.upload.key);
		log_info("upload", "a file was taken in",
			 LOG_INT("upload", arrival.upload.id),
			 LOG_INT("track", track_id));
		progress.added = 1;
	}
	progress.done = status == STATUS_OK;
	if (status == STATUS_OK)
		status = job_note(job, &progress, fault);
out:
	arrival_end(&arrival);
	return status;
}
