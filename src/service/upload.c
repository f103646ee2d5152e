/* upload.c - rows of uploads and who may touch them; tidying; see upload.h. */
#include "service/upload_private.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "driver/source.h"
#include "library/jobs.h"
#include "service/place.h"

#define KEY_BYTES 16
#define ROOM_LEFT_BYTES (64u << 20) /* that an upload leaves on the disk */
#define FAILED_KEEP_MS (7 * DAY_MS)
#define DAY_MS ((int64_t)86400000)
#define HOUR_MS ((int64_t)3600000)
#define TIDY_STEP 100

#define OFFSET(field) offsetof(struct upload_settings, field)

const struct option upload_options[] = {
	{ .name = "UPLOADS_PATH", .type = OPTION_TEXT, .preset = "",
	  .summary = "Folder that uploaded files end in, a source of its own; "
		     "empty: music in the data folder.",
	  .offset = OFFSET(path) },
	{ .name = "UPLOAD_LIMIT_BYTES", .type = OPTION_U64,
	  .preset = "2147483648", .unit = "bytes", .min = 1,
	  .max = 1099511627776.0,
	  .summary = "Largest file that may be uploaded.",
	  .offset = OFFSET(limit_bytes) },
	{ .name = "UPLOAD_UNFINISHED_MAX", .type = OPTION_U32,
	  .preset = "200", .unit = "uploads", .min = 1, .max = 100000,
	  .summary = "Uploads that one person may have begun and not "
		     "finished.",
	  .offset = OFFSET(unfinished_max) },
	{ .name = "UPLOAD_UNFINISHED_BYTES", .type = OPTION_U64,
	  .preset = "21474836480", .unit = "bytes", .min = 1,
	  .max = 1099511627776.0,
	  .summary = "Bytes that these may take in all.",
	  .offset = OFFSET(unfinished_bytes) },
	{ .name = "UPLOAD_EXPIRES", .type = OPTION_U32, .preset = "24",
	  .unit = "hours", .min = 1, .max = 8760,
	  .summary = "An upload that is not gone on with for so long is "
		     "forgotten.",
	  .offset = OFFSET(expires_hours) },
	{ .name = "UPLOAD_FETCH_SECONDS", .type = OPTION_U32,
	  .preset = "1800", .unit = "seconds", .min = 1, .max = 86400,
	  .summary = "Longest time a file may take to come from an address "
		     "that somebody gave.",
	  .offset = OFFSET(fetch_seconds) },
	{ 0 },
};

/* ---- bytes ----------------------------------------------------------------- */

const char *
upload_bytes_path(const struct upload_service *service, const char *key,
		  struct arena *arena)
{
	return arena_print(arena, "%s/%s", service->folder, key);
}

void
upload_bytes_remove(const struct upload_service *service, const char *key)
{
	struct arena arena;

	arena_init(&arena);
	unlink(upload_bytes_path(service, key, &arena));
	arena_release(&arena);
}

enum status
upload_room_check(const struct upload_service *service, uint64_t size_bytes,
		  struct fault *fault)
{
	struct statvfs disk;
	uint64_t left;

	if (statvfs(service->folder, &disk) != 0)
		return fault_errno(fault, errno, "cannot look at %s",
				   service->folder);
	left = (uint64_t)disk.f_bavail * disk.f_frsize;
	if (left >= ROOM_LEFT_BYTES && left - ROOM_LEFT_BYTES >= size_bytes)
		return STATUS_OK;
	return fault_set(fault, STATUS_FULL,
			 "the disk has no room for this file: %llu MiB are "
			 "free",
			 (unsigned long long)(left >> 20));
}

/* ---- the service ----------------------------------------------------------- */

/* As the source's row has it: whole, and free of links as far as it is there. */
static enum status
music_folder(const struct upload_args *args, char **out, struct fault *fault)
{
	const char *given = args->settings->path;
	char real[PATH_MAX], whole[PATH_MAX];

	if (*given != '\0' && *given != '/')
		return fault_field(fault, STATUS_INVALID, "UPLOADS_PATH",
				   "UPLOADS_PATH: the path must be absolute");
	if (*given == '\0' && realpath(args->data_dir, real) == NULL)
		return fault_errno(fault, errno, "cannot look at %s",
				   args->data_dir);
	if (snprintf(whole, sizeof whole, "%s%s",
		     *given == '\0' ? real : given,
		     *given == '\0' ? "/music" : "") >= (int)sizeof whole)
		return fault_field(fault, STATUS_INVALID, "UPLOADS_PATH",
				   "UPLOADS_PATH: the path is too long");
	*out = mem_copy_text(realpath(whole, real) != NULL ? real : whole);
	return STATUS_OK;
}

static enum status
music_place(struct upload_service *service, struct fault *fault)
{
	const struct place *place = service->args.place;

	service->args.place = NULL; /* it may go now */
	service->kind = place == NULL ? source_driver_folder.name : place->kind;
	if (place == NULL)
		return music_folder(&service->args, &service->music, fault);
	service->music = mem_copy_text(place->root);
	return STATUS_OK;
}

enum status
upload_open(const struct upload_args *args, struct upload_service **out,
	    struct fault *fault)
{
	struct upload_service *service = mem_new(1, sizeof *service);
	struct buffer path;
	enum status status;
	int64_t forgotten;

	service->args = *args;
	pthread_mutex_init(&service->lock, NULL);
	buffer_init(&path, 0);
	buffer_print(&path, "%s/uploads", args->data_dir);
	service->folder = buffer_take(&path, NULL);
	status = music_place(service, fault);
	if (status == STATUS_OK)
		status = folder_make(service->folder, fault);
	if (status == STATUS_OK)
		status = upload_tidy(service, &forgotten, fault);
	if (status == STATUS_OK)
		*out = service;
	else
		upload_close(service);
	return status;
}

void
upload_close(struct upload_service *service)
{
	if (service == NULL)
		return;
	pthread_mutex_destroy(&service->lock);
	free(service->folder);
	free(service->music);
	free(service);
}

const char *
upload_music_path(const struct upload_service *service)
{
	return service->music;
}

const char *
upload_waiting_path(const struct upload_service *service)
{
	return service->folder;
}

const struct upload_settings *
upload_settings_of(const struct upload_service *service)
{
	return service->args.settings;
}

int64_t
upload_expires_ms(const struct upload_service *service,
		  const struct upload *upload)
{
	return upload->updated_at_ms +
	       service->args.settings->expires_hours * HOUR_MS;
}

/* ---- rows ------------------------------------------------------------------- */

enum status
upload_queue(struct store_session *session, int64_t id, int64_t user_id,
	     struct fault *fault)
{
	struct job_ask ask = { .kind = UPLOAD_JOB, .requested_by = user_id,
			       .shared = true };
	int64_t job_id = 0;
	enum status status;
	char detail[24];

	snprintf(detail, sizeof detail, "%lld", (long long)id);
	ask.detail = detail;
	status = jobs_ask(session, &ask, &job_id, fault);
	if (status == STATUS_CONFLICT && job_id != 0)
		status = STATUS_OK;
	if (status == STATUS_OK)
		status = uploads_queue(session, id, job_id, fault);
	return status;
}

struct beginning {
	const struct upload_service *service;
	struct upload_draft draft;
	int64_t id;
};

static enum status
usage_check(struct store_session *session, const struct beginning *beginning,
	    struct fault *fault)
{
	const struct upload_settings *settings =
		beginning->service->args.settings;
	int64_t size = beginning->draft.size_bytes;
	struct upload_usage usage = { 0 };
	enum status status = uploads_usage(session, beginning->draft.user_id,
					   &usage, fault);

	if (status != STATUS_OK)
		return status;
	if (usage.count >= settings->unfinished_max)
		return fault_field(fault, STATUS_FULL, "uploads",
				   "%lld uploads are begun and not finished: "
				   "finish or cancel some",
				   (long long)usage.count);
	if ((uint64_t)(usage.bytes + (size > 0 ? size : 0)) >
	    settings->unfinished_bytes)
		return fault_field(fault, STATUS_FULL, "uploads",
				   "the uploads that are not finished take "
				   "too much: finish or cancel some");
	return STATUS_OK;
}

static enum status
begin_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct beginning *beginning = cookie;
	const struct upload_draft *draft = &beginning->draft;
	enum status status = sql_lock(session, "etl_jobs", fault);

	if (status == STATUS_OK)
		status = usage_check(session, beginning, fault);
	if (status == STATUS_OK)
		status = uploads_add(session, draft, &beginning->id, fault);
	if (status == STATUS_OK && draft->url != NULL)
		status = upload_queue(session, beginning->id, draft->user_id,
				      fault);
	return status;
}

static enum status
size_check(const struct upload_service *service,
	   const struct upload_wish *wish, struct fault *fault)
{
	uint64_t limit = service->args.settings->limit_bytes;

	if (wish->size_bytes > 0 && (uint64_t)wish->size_bytes > limit)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "a file may have %llu MiB at most",
				 (unsigned long long)(limit >> 20));
	return upload_room_check(service,
				 wish->size_bytes > 0 ?
					 (uint64_t)wish->size_bytes :
					 0,
				 fault);
}

enum status
upload_begin(struct upload_service *service, const struct caller *caller,
	     const struct upload_wish *wish, int64_t *id, struct fault *fault)
{
	char key[2 * KEY_BYTES + 1];
	uint8_t dice[KEY_BYTES];
	struct beginning beginning = {
		.service = service,
		.draft = { .user_id = caller->user_id,
			   .name = wish->name,
			   .key = key,
			   .size_bytes = wish->size_bytes,
			   .url = wish->url,
			   .batch = wish->batch,
			   .album = wish->album,
			   .artist = wish->artist },
	};
	enum status status = size_check(service, wish, fault);

	random_bytes(dice, sizeof dice);
	hex_print(dice, sizeof dice, key);
	if (status == STATUS_OK)
		status = store_write(service->args.store, begin_work,
				     &beginning, fault);
	if (status == STATUS_OK)
		*id = beginning.id;
	return status;
}

/* ---- looking ----------------------------------------------------------------- */

enum status
upload_expect(const struct upload_service *service,
	      struct store_session *session, const struct caller *caller,
	      int64_t id, bool only_own, struct arena *arena,
	      struct upload *out, struct fault *fault)
{
	enum status status = uploads_get(session, id, arena, out, fault);
	bool may;

	if (status != STATUS_OK)
		return status;
	may = caller_may_touch(caller, out->user_id,
			       only_own ? USER_ROLE_NONE : USER_ROLE_ADMIN);
	if (may && (out->state != UPLOAD_RECEIVING ||
		    upload_expires_ms(service, out) > clock_now_ms()))
		return STATUS_OK;
	return fault_set(fault, STATUS_NOT_FOUND, "there is no such upload");
}

struct looking {
	const struct upload_service *service;
	const struct caller *caller;
	int64_t id;
	bool only_own;
	struct arena *arena;
	struct upload *out;
};

static enum status
look_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct looking *looking = cookie;

	return upload_expect(looking->service, session, looking->caller,
			     looking->id, looking->only_own, looking->arena,
			     looking->out, fault);
}

enum status
upload_look(struct upload_service *service, const struct caller *caller,
	    int64_t id, struct arena *arena, struct upload *out,
	    struct fault *fault)
{
	struct looking looking = { service, caller, id, false, arena, out };

	return store_read(service->args.store, look_work, &looking, fault);
}

enum status
upload_offset(struct upload_service *service, const struct caller *caller,
	      int64_t id, struct arena *arena, struct upload *out,
	      struct fault *fault)
{
	struct looking looking = { service, caller, id, true, arena, out };
	enum status status = store_read(service->args.store, look_work,
					&looking, fault);

	if (status != STATUS_OK || out->state != UPLOAD_RECEIVING)
		return status;
	upload_writer_end(service, id);
	return store_read(service->args.store, look_work, &looking, fault);
}

/* ---- ends -------------------------------------------------------------------- */

struct ending {
	struct looking looking;
	struct upload upload;
	const char *album, *artist, *reason;
};

static enum status
complete_work(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct ending *ending = cookie;
	int64_t id = ending->looking.id;
	enum status status = sql_lock(session, "etl_jobs", fault);

	if (status == STATUS_OK)
		status = look_work(session, &ending->looking, fault);
	if (status == STATUS_OK)
		status = uploads_describe(session, id, ending->album,
					  ending->artist, fault);
	if (status == STATUS_OK)
		status = upload_queue(session, id, ending->upload.user_id,
				      fault);
	return status;
}

enum status
upload_complete(struct upload_service *service, const struct caller *caller,
		int64_t id, const char *album, const char *artist,
		struct fault *fault)
{
	struct ending ending = { .album = album, .artist = artist };
	struct arena arena;
	enum status status;

	arena_init(&arena);
	ending.looking = (struct looking){ service, caller, id, true, &arena,
					   &ending.upload };
	status = store_write(service->args.store, complete_work, &ending,
			     fault);
	arena_release(&arena);
	return status;
}

static enum status
remove_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct ending *ending = cookie;
	const struct upload *upload = &ending->upload;
	enum status status = look_work(session, &ending->looking, fault);

	if (status == STATUS_OK && upload->state != UPLOAD_RECEIVING &&
	    upload->state != UPLOAD_FAILED)
		status = fault_set(fault, STATUS_CONFLICT,
				   "all of this upload is here already");
	if (status == STATUS_OK)
		status = uploads_remove(session, ending->looking.id, fault);
	return status;
}

enum status
upload_remove(struct upload_service *service, const struct caller *caller,
	      int64_t id, struct fault *fault)
{
	struct ending ending = { 0 };
	struct arena arena;
	enum status status;

	arena_init(&arena);
	ending.looking = (struct looking){ service, caller, id, false, &arena,
					   &ending.upload };
	status = store_write(service->args.store, remove_work, &ending, fault);
	if (status == STATUS_OK) {
		upload_writer_end(service, id);
		upload_bytes_remove(service, ending.upload.key);
	}
	arena_release(&arena);
	return status;
}

static enum status
give_up_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct ending *ending = cookie;
	enum status status = uploads_get(session, ending->looking.id,
					 ending->looking.arena,
					 &ending->upload, fault);

	if (status == STATUS_OK)
		status = uploads_fail(session, ending->looking.id,
				      ending->reason, fault);
	return status;
}

enum status
upload_give_up(struct upload_service *service, int64_t id, const char *reason,
	       struct fault *fault)
{
	struct ending ending = { .reason = reason };
	struct arena arena;
	enum status status;

	arena_init(&arena);
	ending.looking = (struct looking){ .service = service, .id = id,
					   .arena = &arena };
	status = store_write(service->args.store, give_up_work, &ending,
			     fault);
	if (status == STATUS_OK) {
		upload_writer_end(service, id);
		upload_bytes_remove(service, ending.upload.key);
	}
	arena_release(&arena);
	return status;
}

/* ---- tidying ------------------------------------------------------------------ */

struct tidying {
	enum upload_state state;
	int64_t before_ms;
	int64_t ids[TIDY_STEP];
	size_t count;
};

/* Received ones and failed ones are forgotten; a queued one whose job gave up
 * has failed. */
static enum status
tidy_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct tidying *tidying = cookie;
	enum status status = uploads_old(session, tidying->state,
					 tidying->before_ms, tidying->ids,
					 TIDY_STEP, &tidying->count, fault);

	for (size_t i = 0; i < tidying->count && status == STATUS_OK; i++)
		status = tidying->state == UPLOAD_QUEUED ?
				 uploads_fail(session, tidying->ids[i],
					      "it could not be read in", fault) :
				 uploads_remove(session, tidying->ids[i],
						fault);
	return status;
}

static enum status
rows_tidy(struct upload_service *service, enum upload_state state,
	  int64_t age_ms, int64_t *total, struct fault *fault)
{
	struct tidying tidying = { .state = state,
				   .before_ms = clock_now_ms() - age_ms };
	enum status status;

	do {
		status = store_write(service->args.store, tidy_work, &tidying,
				     fault);
		for (size_t i = 0; i < tidying.count && status == STATUS_OK;
		     i++)
			upload_writer_end(service, tidying.ids[i]);
		if (status == STATUS_OK)
			*total += (int64_t)tidying.count;
	} while (status == STATUS_OK && tidying.count == TIDY_STEP);
	return status;
}

struct bytes_look {
	const char *key;
	bool needed;
};

static enum status
bytes_look_work(struct store_session *session, void *cookie,
		struct fault *fault)
{
	struct bytes_look *look = cookie;

	return uploads_needs(session, look->key, &look->needed, fault);
}

/* The row is there before its bytes, so bytes without one are left over. */
static enum status
bytes_tidy(struct upload_service *service, struct fault *fault)
{
	DIR *folder = opendir(service->folder);
	const struct dirent *entry;
	enum status status = STATUS_OK;

	if (folder == NULL)
		return fault_errno(fault, errno, "cannot read %s",
				   service->folder);
	while (status == STATUS_OK && (entry = readdir(folder)) != NULL) {
		struct bytes_look look = { .key = entry->d_name };

		if (entry->d_name[0] == '.')
			continue;
		status = store_read(service->args.store, bytes_look_work,
				    &look, fault);
		if (status == STATUS_OK && !look.needed)
			upload_bytes_remove(service, look.key);
	}
	closedir(folder);
	return status;
}

enum status
upload_tidy(struct upload_service *service, int64_t *count,
	    struct fault *fault)
{
	int64_t expires_ms = service->args.settings->expires_hours * HOUR_MS;
	enum status status;

	*count = 0;
	status = rows_tidy(service, UPLOAD_RECEIVING, expires_ms, count,
			   fault);
	if (status == STATUS_OK)
		status = rows_tidy(service, UPLOAD_QUEUED, FAILED_KEEP_MS,
				   count, fault);
	if (status == STATUS_OK)
		status = rows_tidy(service, UPLOAD_FAILED, FAILED_KEEP_MS,
				   count, fault);
	if (status == STATUS_OK)
		status = bytes_tidy(service, fault);
	return status;
}
