/* answer.c - builds answers that are in memory, and the heads of all.
 *
 * Runs on the handler's thread: reads the request's head, writes its answer,
 * and touches nothing that the loop owns. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/accept.h"
#include "net/conditional.h"
#include "net/gzip.h"
#include "net/request.h"

/* Bodies up to this size are put behind the head, so that one write sends
 * both. */
#define INLINE_BODY_BYTES 16384
#define GZIP_FROM_BYTES 1024

static bool
value_is_valid(const char *value)
{
	for (; *value != '\0'; value++) {
		unsigned char c = (unsigned char)*value;

		if ((c < ' ' && c != '\t') || c == 0x7F)
			return false;
	}
	return true;
}

static bool
name_is_valid(const char *name)
{
	const char *at = name;

	while (is_token_char(*at))
		at++;
	return at > name && *at == '\0';
}

static void
field_add(struct buffer *out, const char *name, const char *value)
{
	buffer_add_text(out, name);
	buffer_add(out, ": ", 2);
	buffer_add_text(out, value);
	buffer_add(out, "\r\n", 2);
}

void
http_answer_field(struct http_request *request, const char *name,
		  const char *value)
{
	if (name_is_valid(name) && value_is_valid(value))
		field_add(&request->fields, name, value);
	else
		log_warning("http", "dropped a header field that is not valid",
			    LOG_TEXT("name", name));
}

void
http_answer_field_drop(struct http_request *request, const char *name)
{
	struct span rest = { request->fields.bytes, request->fields.length };
	struct buffer kept;
	struct span line;

	buffer_init(&kept, 0);
	while (span_next(&rest, '\n', &line)) {
		struct span text = line, field;

		if (line.length > 0 && span_next(&text, ':', &field) &&
		    !span_equal_nocase(field, span_of(name))) {
			buffer_add_span(&kept, line);
			buffer_add_char(&kept, '\n');
		}
	}
	buffer_release(&request->fields);
	request->fields = kept;
}

void
http_answer_etag(struct http_request *request, const char *etag, bool weak)
{
	const char *text = arena_print(&request->arena, "%s\"%s\"",
				       weak ? "W/" : "", etag);

	request->etag = span_of(text);
}

/* ---- heads -------------------------------------------------------------- */

/* The text of now, made once a second per thread. */
static const char *
date_text(void)
{
	static _Thread_local char text[CLOCK_TEXT_BYTES];
	static _Thread_local int64_t text_second = -1;
	int64_t now_ms = clock_now_ms();

	if (now_ms / 1000 != text_second) {
		text_second = now_ms / 1000;
		clock_print_http(now_ms, text);
	}
	return text;
}

void
answer_head_field(struct http_request *request, const char *name,
		  const char *value)
{
	field_add(&request->answer.out, name, value);
}

void
answer_head_number(struct http_request *request, const char *name,
		   uint64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)value);
	field_add(&request->answer.out, name, text);
}

void
answer_head_begin(struct http_request *request, unsigned status)
{
	struct answer *answer = &request->answer;

	assert(answer->status == 0 && "a request is answered once");
	/* The rest of a body that is not resumed is never read. */
	if (loop_is_draining(request->loop) || request->body_paused)
		request->keep_alive = false;
	answer->status = status;
	buffer_print(&answer->out, "HTTP/1.1 %u %s\r\n", status,
		     status_reason(status));
	answer_head_field(request, "Date", date_text());
	answer_head_field(request, "X-Request-Id", request->id);
	if (!request->keep_alive)
		answer_head_field(request, "Connection", "close");
	else if (request->head.minor == 0)
		answer_head_field(request, "Connection", "keep-alive");
}

void
answer_head_end(struct http_request *request)
{
	struct answer *answer = &request->answer;

	buffer_add(&answer->out, request->fields.bytes,
		   request->fields.length);
	buffer_add(&answer->out, "\r\n", 2);
	answer->head_bytes = answer->out.length;
}

bool
answer_is_bodiless(const struct http_request *request, unsigned status)
{
	return request->head.method == HTTP_HEAD || status == 204 ||
	       status == 304;
}

/* ---- bodies in memory --------------------------------------------------- */

/* A body, and who frees it. */
struct memory_body {
	struct span bytes;
	char *owned;     /* NULL: not ours to free */
	bool is_lasting; /* lives as long as the program */
	const char *content_type;
	const char *encoding; /* NULL: none */
	bool varies;          /* by Accept-Encoding */
};

static bool
is_unchanged(struct http_request *request, unsigned status)
{
	struct validators validators = { .etag = request->etag };

	return status == 200 && request->etag.at != NULL &&
	       (request->head.method == HTTP_GET ||
		request->head.method == HTTP_HEAD) &&
	       condition_check(&request->head, &validators, &request->arena) ==
		       CONDITION_NOT_MODIFIED;
}

static void
body_pack(struct http_request *request, struct memory_body *body)
{
	char *packed;
	size_t length;

	if (body->bytes.length <= GZIP_FROM_BYTES || body->encoding != NULL ||
	    !media_type_is_text(span_of(body->content_type)))
		return;
	body->varies = true;
	if (http_request_accepts(request, "gzip") == 0 ||
	    !gzip_pack(body->bytes, &packed, &length))
		return;
	free(body->owned);
	body->owned = packed;
	body->bytes = (struct span){ packed, length };
	body->encoding = "gzip";
	/* Other bytes, same meaning: no longer a strong tag (RFC 9110 8.8.3.3) */
	if (request->etag.at != NULL && *request->etag.at == '"')
		request->etag = span_of(arena_print(&request->arena, "W/%s",
						    request->etag.at));
}

static void
body_attach(struct answer *answer, struct memory_body *body)
{
	if (body->bytes.length <= INLINE_BODY_BYTES) {
		buffer_add_span(&answer->out, body->bytes);
		free(body->owned);
		return;
	}
	if (body->owned == NULL && !body->is_lasting) {
		body->owned = mem_new(body->bytes.length, 1);
		memcpy(body->owned, body->bytes.at, body->bytes.length);
		body->bytes.at = body->owned;
	}
	answer->body = body->bytes;
	answer->body_owned = body->owned;
}

static void
memory_answer(struct http_request *request, unsigned status,
	      struct memory_body *body)
{
	bool has_body;

	if (is_unchanged(request, status))
		status = 304;
	if (status != 304)
		body_pack(request, body);
	has_body = !answer_is_bodiless(request, status);
	answer_head_begin(request, status);
	if (request->etag.at != NULL && status < 400)
		answer_head_field(request, "ETag", request->etag.at);
	if (body->varies)
		answer_head_field(request, "Vary", "Accept-Encoding");
	if (status != 304 && body->content_type != NULL)
		answer_head_field(request, "Content-Type", body->content_type);
	if (status != 304 && body->encoding != NULL)
		answer_head_field(request, "Content-Encoding", body->encoding);
	if (status != 304 && status != 204)
		answer_head_number(request, "Content-Length",
				   body->bytes.length);
	answer_head_end(request);
	if (has_body)
		body_attach(&request->answer, body);
	else
		free(body->owned);
	request_submit(request);
}

void
http_answer_bytes(struct http_request *request, unsigned status,
		  const char *content_type, struct span bytes)
{
	struct memory_body body = { .bytes = bytes,
				    .content_type = content_type };

	memory_answer(request, status, &body);
}

void
http_answer_buffer(struct http_request *request, unsigned status,
		   const char *content_type, struct buffer *buffer)
{
	struct memory_body body = { .content_type = content_type };

	body.bytes.length = buffer->length;
	body.owned = buffer_take(buffer, NULL);
	body.bytes.at = body.owned;
	memory_answer(request, status, &body);
}

void
http_answer_static(struct http_request *request, unsigned status,
		   const char *content_type, const char *encoding,
		   struct span bytes)
{
	struct memory_body body = {
		.bytes = bytes,
		.is_lasting = true,
		.content_type = content_type,
		.encoding = encoding,
		/* There are other forms of it, or the caller could make one. */
		.varies = encoding != NULL ||
			  media_type_is_text(span_of(content_type)),
	};

	memory_answer(request, status, &body);
}

void
http_answer_empty(struct http_request *request, unsigned status)
{
	struct memory_body body = { .bytes = { "", 0 } };

	memory_answer(request, status, &body);
}

/* ---- bodies made while they are sent ------------------------------------ */

void
http_answer_source(struct http_request *request, unsigned status,
		   const struct http_source *source)
{
	struct answer *answer = &request->answer;
	bool known = source->length_bytes >= 0;

	if (!known && request->head.minor == 0)
		request->keep_alive = false; /* the end of the body is the
					      * end of the connection */
	answer_head_begin(request, status);
	if (request->etag.at != NULL)
		answer_head_field(request, "ETag", request->etag.at);
	if (source->content_type != NULL)
		answer_head_field(request, "Content-Type",
				  source->content_type);
	if (known)
		answer_head_number(request, "Content-Length",
				   (uint64_t)source->length_bytes);
	else if (request->head.minor > 0)
		answer_head_field(request, "Transfer-Encoding", "chunked");
	answer_head_end(request);
	answer->source = *source;
	answer->chunked = !known && request->head.minor > 0;
	request->source_left = source->length_bytes;
	request->source_ended = answer_is_bodiless(request, status);
	request_submit(request);
}

/* ---- connections given away --------------------------------------------- */

void
http_answer_takeover(struct http_request *request, unsigned status,
		     const struct http_takeover *takeover, void *cookie)
{
	if (loop_is_draining(request->loop)) {
		http_answer_problem(request, 503, "unavailable",
				    "The server is about to end.");
		takeover->closed(cookie);
		return;
	}
	request->keep_alive = status == 101;
	answer_head_begin(request, status);
	answer_head_end(request);
	request->answer.takeover = takeover;
	request->answer.taker = cookie;
	request_submit(request);
}
