/* playlist_files.c - routes that bring playlists in and out as files. */
#include <stdio.h>

#include "api/api.h"
#include "api/handlers.h"
#include "api/playlists.h"
#include "library/outbox.h"
#include "net/multipart.h"
#include "service/playlist_file.h"
#include "service/playlist_import.h"

#define UNMATCHED_TOLD_MAX 1000
#define FORM_PARTS_MAX 20
/* What is exported can be imported: 5 MiB of fingerprints. */
#define PLAYLIST_PRINTS_MAX 2000

/* ---- out ------------------------------------------------------------------
 */

struct export_work {
	struct call *call;
	struct playlist playlist;
	enum playlist_format format;
	struct track_place *places;
	size_t count;
};

static enum status
export_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct export_work *work = cookie;
	struct call *call = work->call;
	int64_t *ids = NULL;
	size_t count = 0;
	enum status status = playlist_to_see(
		session, call, call_int(call, "id"), &work->playlist, fault);

	if (status == STATUS_OK)
		status = playlist_all(session, &work->playlist, call->arena,
				      &ids, &count, fault);
	if (status == STATUS_OK)
		status = track_places(session, ids, count, call->arena,
				      &work->places, &work->count, fault);
	if (status == STATUS_OK && work->format == PLAYLIST_FORMAT_JSON)
		status = track_places_hear(session, work->places, work->count,
					   PLAYLIST_PRINTS_MAX, call->arena,
					   fault);
	return status;
}

/* attachment; with the title in UTF-8 (RFC 6266, RFC 8187). */
static const char *
disposition(struct call *call, const char *title, const char *extension)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~";
	struct buffer out;
	const char *text;

	buffer_init(&out, 0);
	buffer_print(&out,
		     "attachment; filename=\"playlist.%s\"; "
		     "filename*=UTF-8''",
		     extension);
	for (const char *at = title; *at != '\0'; at++) {
		if (strchr(plain, *at) != NULL)
			buffer_add_char(&out, *at);
		else
			buffer_print(&out, "%%%02X", (unsigned char)*at);
	}
	buffer_print(&out, ".%s", extension);
	text = arena_copy_text(call->arena, out.bytes);
	buffer_release(&out);
	return text;
}

void
handle_playlist_export(struct call *call)
{
	struct export_work work = { .call = call,
				    .format = PLAYLIST_FORMAT_M3U };
	struct playlist_export what;
	struct buffer body;

	playlist_format_parse(call_text(call, "format"), &work.format);
	if (!call_read_store(call, export_run, &work))
		return;
	what = (struct playlist_export){
		.title = work.playlist.title,
		.description = work.playlist.description,
		.rules = work.playlist.rules,
		.tracks = work.places,
		.count = work.count,
	};
	buffer_init(&body, 0);
	playlist_file_write(&what, work.format, &body);
	http_answer_field(
		call->request, "Content-Disposition",
		disposition(call, what.title, playlist_format_name(work.format)));
	http_answer_buffer(call->request, 200, playlist_format_type(work.format),
			   &body);
}

/* ---- in: the bytes --------------------------------------------------------
 */

struct form_file {
	bool wanted, found;
	struct buffer bytes;
};

static enum status
form_begin(void *cookie, const struct multipart_part *part, struct fault *fault)
{
	struct form_file *file = cookie;

	(void)fault;
	file->wanted = !file->found && strcmp(part->name, "file") == 0;
	file->found |= file->wanted;
	return STATUS_OK;
}

static enum status
form_data(void *cookie, const void *bytes, size_t count, struct fault *fault)
{
	struct form_file *file = cookie;

	(void)fault;
	if (file->wanted)
		buffer_add(&file->bytes, bytes, count);
	return STATUS_OK;
}

static enum status
form_end(void *cookie, struct fault *fault)
{
	struct form_file *file = cookie;

	(void)fault;
	file->wanted = false;
	return STATUS_OK;
}

static enum status
form_read(struct call *call, struct span type, struct form_file *file,
	  struct fault *fault)
{
	static const struct multipart_events events = { .begin = form_begin,
							.data = form_data,
							.end = form_end };
	const struct multipart_args args = { .content_type = type,
					     .events = &events,
					     .cookie = file,
					     .parts_max = FORM_PARTS_MAX,
					     .head_max_bytes = 8192 };
	struct span body = http_request_body(call->request);
	struct multipart *multipart = NULL;
	enum status status = multipart_new(&args, &multipart, fault);

	if (status == STATUS_OK)
		status = multipart_push(multipart, body.at, body.length, fault);
	if (status == STATUS_OK)
		status = multipart_finish(multipart, fault);
	multipart_free(multipart);
	if (status == STATUS_OK && !file->found)
		status = fault_set(fault, STATUS_INVALID, "no file");
	if (status == STATUS_OK)
		return STATUS_OK;
	return fault_field(fault, STATUS_INVALID, "file",
			   "there is no file in the form");
}

/* The file: the body itself, or the field "file" of a form. */
static enum status
file_read(struct call *call, struct playlist_file *out, struct fault *fault)
{
	struct span bytes = http_request_body(call->request), type;
	enum playlist_format format = PLAYLIST_FORMAT_AUTO;
	struct form_file file = { .wanted = false };
	enum status status = STATUS_OK;

	playlist_format_parse(call_text(call, "format"), &format);
	buffer_init(&file.bytes, PLAYLIST_FILE_BYTES_MAX);
	if (http_request_field(call->request, "content-type", &type) &&
	    type.length >= 19 &&
	    span_equal_nocase((struct span){ type.at, 19 },
			      SPAN("multipart/form-data"))) {
		status = form_read(call, type, &file, fault);
		bytes = (struct span){ file.bytes.bytes, file.bytes.length };
	}
	if (status == STATUS_OK)
		status = playlist_file_read(bytes, format, call->arena, out,
					    fault);
	buffer_release(&file.bytes);
	return status;
}

/* ---- in: the playlist -----------------------------------------------------
 */

struct import_work {
	struct call *call;
	struct playlist_file file;
	struct import_report report;
	const char *title;
	int64_t playlist_id; /* given, or made; 0: none */
	bool makes;
	size_t skipped;
	struct playlist playlist;
	struct taste taste;
};

static enum status
match_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct import_work *work = cookie;

	return playlist_import_match(session, &work->file, work->call->arena,
				     &work->report, fault);
}

static enum status
import_target(struct store_session *session, struct import_work *work,
	      struct fault *fault)
{
	struct playlist_draft draft = { .owner_id = work->call->caller.user_id,
					.title = work->title,
					.description = work->file.description,
					.rules = work->file.rules };

	if (!work->makes)
		return playlist_to_change(session, work->call,
					  work->playlist_id, &work->playlist,
					  fault);
	playlist_visibility_parse(call_text(work->call, "visibility"),
				  &draft.visibility);
	return playlists_add(session, &draft, &work->playlist_id, fault);
}

/* In pieces, because one edit has a bound. */
static enum status
import_fill(struct store_session *session, struct import_work *work,
	    struct fault *fault)
{
	const struct import_report *report = &work->report;
	struct playlist_addition addition = {
		.position = PLAYLIST_AT_END,
		.duplicates = work->makes ? DUPLICATES_ADD : DUPLICATES_SKIP,
		.added_by = work->call->caller.user_id,
	};
	enum status status = STATUS_OK;

	work->skipped = 0;
	if (work->makes && work->file.rules != NULL)
		return STATUS_OK;
	for (size_t i = 0; i < report->matched && status == STATUS_OK;
	     i += addition.count) {
		struct playlist_added added = { 0 };

		addition.track_ids = report->track_ids + i;
		addition.count = report->matched - i < PLAYLIST_EDIT_MAX
					 ? report->matched - i
					 : PLAYLIST_EDIT_MAX;
		status = playlist_tracks_add(session, work->playlist_id,
					     &addition, work->call->arena,
					     &added, fault);
		work->skipped += added.duplicate_count;
	}
	return status;
}

static enum status
import_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct import_work *work = cookie;
	struct call *call = work->call;
	struct playlist after;
	enum status status = outbox_begin(session, fault);

	if (status == STATUS_OK)
		status = import_target(session, work, fault);
	if (status == STATUS_OK)
		status = import_fill(session, work, fault);
	if (status == STATUS_OK)
		status = playlists_get(session, work->playlist_id, call->arena,
				       &after, fault);
	if (status == STATUS_OK && !work->makes)
		status = playlist_audit(session, call, "update",
					&work->playlist, &after, fault);
	if (status == STATUS_OK)
		work->playlist = after;
	return status;
}

static void
unmatched_form(struct json_writer *json, const struct import_work *work)
{
	const struct import_report *report = &work->report;

	json_member_array_begin(json, "unmatched");
	for (size_t i = 0;
	     i < report->unmatched_count && i < UNMATCHED_TOLD_MAX; i++) {
		size_t index = report->unmatched[i];
		const struct track_wanted *entry = &work->file.entries[index];

		json_object_begin(json);
		json_member_int(json, "index", (int64_t)index);
		json_member_text(json, "path", entry->path);
		json_member_text(json, "artist", entry->artist);
		json_member_text(json, "title", entry->title);
		if (entry->duration_ms > 0)
			json_member_int(json, "duration_ms",
					entry->duration_ms);
		else
			json_member_null(json, "duration_ms");
		json_object_end(json);
	}
	json_array_end(json);
	json_member_int(json, "unmatched_count",
			(int64_t)report->unmatched_count);
}

static void
import_answer(struct import_work *work, unsigned status)
{
	const struct import_report *report = &work->report;
	struct json_writer json;
	struct buffer body;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_name(&json, "playlist");
	if (status == 201)
		form_playlist(&json, work->call, &work->playlist, &work->taste,
			      false);
	else
		json_null_value(&json);
	json_member_text(&json, "format",
			 playlist_format_name(work->file.format));
	json_member_text(&json, "encoding", work->file.encoding);
	json_member_text(&json, "title", work->title);
	json_member_int(&json, "total", (int64_t)work->file.count);
	json_member_int(&json, "matched", (int64_t)report->matched);
	json_member_object_begin(&json, "by");
	json_member_int(&json, "path", (int64_t)report->by_path);
	json_member_int(&json, "audio", (int64_t)report->by_audio);
	json_member_int(&json, "tags", (int64_t)report->by_tags);
	json_member_int(&json, "fingerprint", (int64_t)report->by_fingerprint);
	json_member_int(&json, "id", (int64_t)report->by_id);
	json_object_end(&json);
	unmatched_form(&json, work);
	json_member_int(&json, "skipped_duplicates", (int64_t)work->skipped);
	json_object_end(&json);
	call_answer_json(work->call, status, &body);
}

/* A title of the address, of the file, or a word for it; cut to the bound. */
static const char *
import_title(const struct call *call, const struct playlist_file *file)
{
	const char *title = call_text(call, "title");

	if (title == NULL || title[strspn(title, " \t\r\n")] == '\0')
		title = file->title;
	if (title == NULL)
		title = call->language == LANGUAGE_RU ? "Загруженный плейлист"
						      : "Imported playlist";
	return arena_copy_bytes(
		call->arena, title,
		utf8_cut(title, strlen(title), PLAYLIST_TITLE_MAX_BYTES));
}

/* Rules of a file are checked as if they were sent by themselves. */
static enum status
import_rules_check(struct call *call, const struct playlist_file *file,
		   struct fault *fault)
{
	struct playlist_rules *rules;

	return file->rules == NULL
		       ? STATUS_OK
		       : playlist_rules_parse(file->rules, call->arena, &rules,
					      fault);
}

void
handle_playlist_import(struct call *call)
{
	struct import_work work = { .call = call,
				    .playlist_id =
					    call_int(call, "playlist_id") };
	struct fault fault = { 0 };

	work.makes = work.playlist_id == 0;
	if (file_read(call, &work.file, &fault) != STATUS_OK ||
	    import_rules_check(call, &work.file, &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	work.title = import_title(call, &work.file);
	if (!call_read_store(call, match_run, &work))
		return;
	if (call_int(call, "dry_run") != 0)
		import_answer(&work, 200);
	else if (call_write_store(call, import_run, &work))
		import_answer(&work, 201);
}
