/* upload_forms.c - uploads by a form of many files, and by an address. */
#include "api/uploads.h"

#include <stdlib.h>
#include <strings.h>

#include "api/api.h"
#include "api/handlers.h"
#include "api/jobs.h"
#include "base/digest.h"
#include "net/multipart.h"

#define FILES_MAX 1000
#define PARTS_MAX (FILES_MAX + 20)
#define WORD_BYTES_MAX 2000

/* One file of the form and what became of it. */
struct form_file {
	int64_t id; /* 0: it was refused at once */
	char *name;
	struct fault fault; /* why, when it was */
};

enum form_word { WORD_NONE, WORD_ALBUM, WORD_ARTIST, WORD_BATCH, WORDS };

struct upload_form {
	struct upload_service *service;
	struct caller caller; /* without its texts: they are the request's */
	struct multipart *multipart;
	struct arena arena;
	struct form_file *files;
	size_t count, room;
	struct upload_writer *writer; /* of the last file */
	enum form_word word;          /* that is being read */
	struct buffer words[WORDS];
	char own_batch[33];
	bool complete; /* the files are the job's now */
};

/* ---- parts of the form --------------------------------------------------------- */

static struct form_file *
file_add(struct upload_form *form, const char *name)
{
	if (form->count == form->room) {
		form->room = form->room == 0 ? 16 : 2 * form->room;
		form->files = mem_grow(form->files, form->room,
				       sizeof *form->files);
	}
	form->files[form->count] = (struct form_file){
		.name = mem_copy_text(upload_file_name(&form->arena, name)),
	};
	return &form->files[form->count++];
}

/* The file goes on without its bytes. */
static void
file_refuse(struct upload_form *form, struct form_file *file)
{
	upload_write_close(form->writer);
	form->writer = NULL;
	if (file->id != 0)
		(void)upload_remove(form->service, &form->caller, file->id,
				    NULL);
	file->id = 0;
}

static const char *
word_of(struct upload_form *form, enum form_word word)
{
	struct buffer *text = &form->words[word];

	if (text->length == 0 || text->full ||
	    !utf8_valid(text->bytes, text->length))
		return NULL;
	for (size_t i = 0; i < text->length; i++) {
		if ((unsigned char)text->bytes[i] < ' ')
			return NULL;
	}
	return upload_word(&form->arena, text->bytes, 200);
}

static void
file_begin(struct upload_form *form, const char *name)
{
	struct form_file *file = file_add(form, name);
	const char *batch = word_of(form, WORD_BATCH);
	const struct upload_wish wish = {
		.name = file->name,
		.size_bytes = UPLOAD_SIZE_UNKNOWN,
		.batch = batch != NULL ? batch : form->own_batch,
	};
	struct upload_writing writing = { 0 };

	if (upload_begin(form->service, &form->caller, &wish, &file->id,
			 &file->fault) != STATUS_OK) {
		file_refuse(form, file);
		return;
	}
	writing.id = file->id;
	if (upload_write_open(form->service, &form->caller, &writing,
			      &form->writer, &file->fault) != STATUS_OK)
		file_refuse(form, file);
}

static enum status
part_begin(void *cookie, const struct multipart_part *part,
	   struct fault *fault)
{
	static const char *const names[WORDS] = { "", "album", "artist",
						  "batch" };
	struct upload_form *form = cookie;

	form->word = WORD_NONE;
	if (part->filename != NULL && form->count == FILES_MAX)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "a form may hold %d files", FILES_MAX);
	if (part->filename != NULL && *part->filename != '\0') {
		file_begin(form, part->filename);
		return STATUS_OK;
	}
	for (int i = WORD_ALBUM; i < WORDS && part->filename == NULL; i++) {
		if (strcmp(part->name, names[i]) == 0)
			form->word = (enum form_word)i;
	}
	if (form->word != WORD_NONE)
		buffer_clear(&form->words[form->word]);
	return STATUS_OK;
}

static enum status
part_data(void *cookie, const void *bytes, size_t count, struct fault *fault)
{
	struct upload_form *form = cookie;

	(void)fault;
	if (form->word != WORD_NONE) {
		buffer_add(&form->words[form->word], bytes, count);
	} else if (form->writer != NULL) {
		struct form_file *file = &form->files[form->count - 1];

		if (upload_write(form->writer, bytes, count, &file->fault) !=
		    STATUS_OK)
			file_refuse(form, file);
	}
	return STATUS_OK;
}

static enum status
part_end(void *cookie, struct fault *fault)
{
	struct upload_form *form = cookie;
	struct form_file *file;
	bool complete;
	int64_t offset;

	(void)fault;
	form->word = WORD_NONE;
	if (form->writer == NULL)
		return STATUS_OK;
	file = &form->files[form->count - 1];
	if (upload_write_commit(form->writer, &offset, &complete,
				&file->fault) != STATUS_OK)
		file_refuse(form, file);
	upload_write_close(form->writer);
	form->writer = NULL;
	return STATUS_OK;
}

/* ---- the body -------------------------------------------------------------------- */

static void
form_close(void *cookie)
{
	struct upload_form *form = cookie;

	upload_write_close(form->writer);
	for (size_t i = 0; i < form->count; i++) {
		/* Nobody can go on with a form that broke off. */
		if (!form->complete && form->files[i].id != 0)
			(void)upload_remove(form->service, &form->caller,
					    form->files[i].id, NULL);
		free(form->files[i].name);
	}
	for (int i = 0; i < WORDS; i++)
		buffer_release(&form->words[i]);
	multipart_free(form->multipart);
	arena_release(&form->arena);
	free(form->files);
	free(form);
}

static void *
form_open(struct call *call)
{
	static const struct multipart_events events = { part_begin, part_data,
							part_end };
	struct upload_form *form = mem_new(1, sizeof *form);
	struct multipart_args args = { .content_type = { "", 0 },
				       .events = &events,
				       .cookie = form,
				       .parts_max = PARTS_MAX,
				       .head_max_bytes = 8192 };
	struct fault fault = { 0 };
	uint8_t dice[16];

	form->service = call->api->args.uploads;
	form->caller = (struct caller){ .user_id = call->caller.user_id,
					.role = call->caller.role };
	arena_init(&form->arena);
	for (int i = 0; i < WORDS; i++)
		buffer_init(&form->words[i], WORD_BYTES_MAX);
	random_bytes(dice, sizeof dice);
	hex_print(dice, sizeof dice, form->own_batch);
	(void)http_request_field(call->request, "content-type",
				 &args.content_type);
	if (multipart_new(&args, &form->multipart, &fault) == STATUS_OK)
		return form;
	form_close(form);
	call_answer_fault(call, &fault);
	return NULL;
}

static enum status
form_take(void *cookie, const void *bytes, size_t count, struct fault *fault)
{
	struct upload_form *form = cookie;

	return multipart_push(form->multipart, bytes, count, fault);
}

const struct route_intake upload_form_intake = {
	.open = form_open, .take = form_take, .close = form_close,
};

/* ---- its end ---------------------------------------------------------------------- */

static void
files_complete(struct upload_form *form)
{
	const char *album = word_of(form, WORD_ALBUM);
	const char *artist = word_of(form, WORD_ARTIST);

	for (size_t i = 0; i < form->count; i++) {
		struct form_file *file = &form->files[i];

		if (file->id != 0 &&
		    upload_complete(form->service, &form->caller, file->id,
				    album, artist, &file->fault) != STATUS_OK)
			file_refuse(form, file);
	}
	form->complete = true;
}

static void
outcome_form(struct json_writer *json, const struct form_file *file)
{
	json_object_begin(json);
	json_member_text(json, "name", file->name);
	if (file->id != 0)
		json_member_int(json, "upload_id", file->id);
	else
		json_member_null(json, "upload_id");
	json_member_text(json, "state", file->id != 0 ? "queued" : "failed");
	json_member_text(json, "error",
			 file->id != 0 ? NULL :
					 status_name(file->fault.status));
	json_member_text(json, "reason",
			 file->id != 0 ? NULL : file->fault.message);
	json_object_end(json);
}

static void
outcomes_answer(struct call *call, const struct upload_form *form)
{
	struct json_writer json;
	struct buffer body;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_array_begin(&json, "items");
	for (size_t i = 0; i < form->count; i++)
		outcome_form(&json, &form->files[i]);
	json_array_end(&json);
	json_object_end(&json);
	call_answer_json(call, 202, &body);
}

void
handle_tracks_upload(struct call *call)
{
	struct upload_form *form = intake_cookie(call);
	struct fault fault = { 0 };
	size_t good = 0;

	if (multipart_finish(form->multipart, &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	if (form->count == 0) {
		call_answer_field(call, "file",
				  "there is no file in the form");
		return;
	}
	files_complete(form);
	for (size_t i = 0; i < form->count; i++)
		good += form->files[i].id != 0;
	/* When no file was taken, the first says why. */
	if (good == 0) {
		call_answer_fault(call, &form->files[0].fault);
		return;
	}
	jobs_wake(call);
	outcomes_answer(call, form);
}

/* ---- an address --------------------------------------------------------------------- */

/* The last part of the path, as a name. */
static const char *
url_name(struct call *call, const char *url)
{
	size_t length = strcspn(url, "?#");
	const char *start = strstr(url, "://");
	struct span path, decoded;

	start = start == NULL ? url : start + 3;
	path = (struct span){ start, (size_t)(url + length - start) };
	if (memchr(path.at, '/', path.length) == NULL ||
	    http_decode(path, false, call->arena, &decoded, NULL) != STATUS_OK)
		return "upload";
	return upload_file_name(call->arena, decoded.at);
}

void
handle_tracks_upload_from_url(struct call *call)
{
	const char *url = call_field_text(call, "url");
	const struct upload_wish wish = {
		.name = url_name(call, url),
		.size_bytes = UPLOAD_SIZE_UNKNOWN,
		.url = url,
		.batch = upload_word(call->arena,
				     call_field_text(call, "batch"),
				     UPLOAD_BATCH_MAX),
		.album = upload_word(call->arena,
				     call_field_text(call, "album"), 200),
		.artist = upload_word(call->arena,
				      call_field_text(call, "artist"), 200),
	};
	struct fault fault = { 0 };
	int64_t id = 0;

	if (strncasecmp(url, "http://", 7) != 0 &&
	    strncasecmp(url, "https://", 8) != 0) {
		call_answer_field(call, "url",
				  "that is no address of http or https");
		return;
	}
	if (!work_done(call,
		       upload_begin(call->api->args.uploads, &call->caller,
				    &wish, &id, &fault),
		       &fault))
		return;
	jobs_wake(call);
	upload_answer(call, id, 202);
}
