/* stream.c - the bytes of tracks: files by range, transcodes as they grow. */
#include "api/handlers.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/api.h"
#include "api/identify.h"
#include "base/clock.h"
#include "base/counter.h"
#include "library/tracks.h"
#include "service/access.h"
#include "service/stream.h"

static struct metric started_total =
	METRIC_COUNTER("ogma_stream_answers_total",
		       "Audio answers begun, by the form that was sent.",
		       "format");

/* attachment with an ASCII name for old clients and the real one in UTF-8
 * (RFC 6266 4.3, RFC 8187). */
static void
disposition_field(struct call *call, const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-._~";
	struct buffer value;

	buffer_init(&value, 4096);
	buffer_add_text(&value, "attachment; filename=\"");
	for (const char *at = name; *at != '\0'; at++) {
		unsigned char c = (unsigned char)*at;

		/* One "_" for each character outside ASCII. */
		if ((c & 0xC0) != 0x80)
			buffer_add_char(&value, c < 0x20 || c >= 0x7F ||
							c == '"' || c == '\\' ?
							'_' :
							*at);
	}
	buffer_add_text(&value, "\"; filename*=UTF-8''");
	for (const char *at = name; *at != '\0'; at++) {
		if (strchr(plain, *at) != NULL)
			buffer_add_char(&value, *at);
		else
			buffer_print(&value, "%%%02X", (unsigned char)*at);
	}
	http_answer_field(call->request, "Content-Disposition", value.bytes);
	buffer_release(&value);
}

/* ---- a transcode that grows, as a body for net -------------------------- */

static ssize_t
source_read(void *cookie, void *room, size_t room_bytes)
{
	ssize_t got = stream_read(cookie, room, room_bytes);

	switch (got) {
	case STREAM_WAIT:
		return HTTP_SOURCE_WAIT;
	case STREAM_FAILED:
		return HTTP_SOURCE_FAILED;
	default:
		return got;
	}
}

static void
source_release(void *cookie)
{
	stream_reader_close(cookie);
}

static void
source_ready(void *cookie)
{
	http_source_wake(cookie);
}

static void
reader_answer(struct call *call, struct stream_reader *reader,
	      const char *content_type)
{
	struct http_source source = { .read = source_read,
				      .release = source_release,
				      .cookie = reader,
				      .length_bytes = -1,
				      .content_type = content_type };

	stream_reader_on_ready(reader, source_ready, call->request);
	http_answer_field(call->request, "Accept-Ranges", "none");
	http_answer_field(call->request, "Cache-Control", "no-store");
	http_answer_source(call->request, 200, &source);
}

static void
track_answer(struct call *call, const char *id_name, bool download)
{
	const char *format = call_text(call, "format");
	struct stream_request request = {
		.track_id = call_int(call, id_name),
		.bitrate_kbps = (uint32_t)call_int(call, "bitrate"),
		.offset_ms = call_int(call, "offset_ms"),
		.want_name = download,
	};
	struct stream_answer answer;
	struct fault fault = { 0 };
	struct http_file file;

	if (format != NULL)
		stream_format_parse(format, &request.format);
	if (stream_open(call->api->args.streams, &request, &answer, &fault) !=
	    STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	counter_add(metric_cell(&started_total, format ? format : "raw"), 1);
	if (download)
		disposition_field(call, answer.file_name);
	if (answer.reader != NULL) {
		reader_answer(call, answer.reader, answer.content_type);
		return;
	}
	file = (struct http_file){ .fd = answer.fd,
				   .size_bytes = answer.size_bytes,
				   .content_type = answer.content_type,
				   .etag = answer.etag,
				   .modified_ms = answer.modified_ms };
	http_answer_field(call->request, "Cache-Control",
			  "private, max-age=0, must-revalidate");
	http_answer_file(call->request, &file);
}

void
stream_metrics_register(void)
{
	metric_register(&started_total);
}

/* The alias names its parameter after the seed. */
static const char *
id_name(const struct call *call)
{
	return strstr(call->route->pattern, "{track_id}") != NULL ?
		       "track_id" :
		       "id";
}

void
handle_track_stream(struct call *call)
{
	track_answer(call, id_name(call), false);
}

void
handle_track_download(struct call *call)
{
	track_answer(call, "id", true);
}

/* ---- links for players that cannot sign in ------------------------------ */

struct link_job {
	struct arena *arena;
	int64_t id;
};

static enum status
link_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct link_job *job = cookie;
	struct track track;

	return tracks_get(session, job->id, job->arena, &track, fault);
}

static void
link_answer(struct call *call, int64_t id, int64_t expires_ms)
{
	const char *sig = link_sign(call, "track", id, expires_ms);
	struct json_writer json;
	struct buffer body;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "stream_url",
			 arena_print(call->arena, "/stream/%lld?sig=%s",
				     (long long)id, sig));
	json_member_text(&json, "download_url",
			 arena_print(call->arena,
				     "/api/v1/tracks/%lld/download?sig=%s",
				     (long long)id, sig));
	json_member_time(&json, "expires_at", expires_ms);
	json_object_end(&json);
	call_answer_json(call, 201, &body);
}

void
handle_track_link(struct call *call)
{
	struct link_job job = { .arena = call->arena,
				.id = call_int(call, "id") };

	if (call_read_store(call, link_work, &job))
		link_answer(call, job.id, link_expiry(call));
}
