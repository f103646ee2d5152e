/* answer_file.c - answers with a file: conditions first, then ranges.
 *
 * Decides everything on the handler's thread; what is left for the loop is a
 * list of parts to send. */
#include <assert.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/ranged.h"
#include "net/conditional.h"
#include "net/range.h"
#include "net/request.h"

static void
validator_fields(struct http_request *request,
		 const struct validators *validators)
{
	char date[CLOCK_TEXT_BYTES];

	if (validators->etag.at != NULL)
		answer_head_field(request, "ETag", validators->etag.at);
	if (validators->modified_ms != 0) {
		clock_print_http(validators->modified_ms, date);
		answer_head_field(request, "Last-Modified", date);
	}
}

static void
refuse_range(struct http_request *request, uint64_t size_bytes)
{
	char text[40];

	snprintf(text, sizeof text, "bytes */%llu",
		 (unsigned long long)size_bytes);
	http_answer_field(request, "Content-Range", text);
	http_answer_problem(request, 416, "range_not_satisfiable",
			    "The range asked for lies outside of the file.");
}

static const char *
content_range(struct arena *arena, const struct byte_range *range,
	      uint64_t size_bytes)
{
	return arena_print(arena, "bytes %llu-%llu/%llu",
			   (unsigned long long)range->first_byte,
			   (unsigned long long)(range->first_byte +
						range->length_bytes - 1),
			   (unsigned long long)size_bytes);
}

static void
parts_attach(struct http_request *request, const struct http_file *file,
	     const struct byte_range *ranges, size_t count)
{
	struct answer *answer = &request->answer;

	answer->parts = arena_new(&request->arena, struct answer_part, count);
	for (size_t i = 0; i < count; i++) {
		answer->parts[i].first_byte =
			file->first_byte + ranges[i].first_byte;
		answer->parts[i].length_bytes = ranges[i].length_bytes;
	}
	answer->part_count = count;
}

static void
whole_or_one(struct http_request *request, const struct http_file *file,
	     const struct validators *validators,
	     const struct byte_range *range)
{
	struct byte_range whole = { 0, file->size_bytes };
	const char *span_text =
		range == NULL ? NULL :
				content_range(&request->arena, range,
					      file->size_bytes);

	answer_head_begin(request, range == NULL ? 200 : 206);
	validator_fields(request, validators);
	answer_head_field(request, "Accept-Ranges", "bytes");
	answer_head_field(request, "Content-Type", file->content_type);
	if (span_text != NULL)
		answer_head_field(request, "Content-Range", span_text);
	answer_head_number(request, "Content-Length",
			   range == NULL ? file->size_bytes :
					   range->length_bytes);
	answer_head_end(request);
	if (range != NULL)
		parts_attach(request, file, range, 1);
	else if (file->size_bytes > 0)
		parts_attach(request, file, &whole, 1);
}

/* RFC 9110 14.6. */
static void
several(struct http_request *request, const struct http_file *file,
	const struct validators *validators, const struct byte_range *ranges,
	size_t count)
{
	struct answer *answer = &request->answer;
	char boundary[33], type[80];
	uint8_t dice[16];
	uint64_t length = 0;

	random_bytes(dice, sizeof dice);
	hex_print(dice, sizeof dice, boundary);
	parts_attach(request, file, ranges, count);
	for (size_t i = 0; i < count; i++) {
		struct answer_part *part = &answer->parts[i];

		part->before = span_of(arena_print(
			&request->arena,
			"%s--%s\r\nContent-Type: %s\r\nContent-Range: %s\r\n\r\n",
			i > 0 ? "\r\n" : "", boundary, file->content_type,
			content_range(&request->arena, &ranges[i],
				      file->size_bytes)));
		length += part->before.length + part->length_bytes;
	}
	answer->trailer = span_of(
		arena_print(&request->arena, "\r\n--%s--\r\n", boundary));
	length += answer->trailer.length;

	snprintf(type, sizeof type, "multipart/byteranges; boundary=%s",
		 boundary);
	answer_head_begin(request, 206);
	validator_fields(request, validators);
	answer_head_field(request, "Accept-Ranges", "bytes");
	answer_head_field(request, "Content-Type", type);
	answer_head_number(request, "Content-Length", length);
	answer_head_end(request);
}

/* Answers from the head alone: 304, 412. */
static bool
answered_by_condition(struct http_request *request,
		      const struct validators *validators)
{
	switch (condition_check(&request->head, validators,
				&request->arena)) {
	case CONDITION_PASSED:
		return false;
	case CONDITION_NOT_MODIFIED:
		answer_head_begin(request, 304);
		validator_fields(request, validators);
		answer_head_end(request);
		request_submit(request);
		return true;
	case CONDITION_FAILED:
		break;
	}
	http_answer_problem(request, 412, "precondition_failed",
			    "The file is not in the state asked for.");
	return true;
}

static enum range_result
ranges_asked(struct http_request *request, const struct http_file *file,
	     const struct validators *validators,
	     struct byte_range ranges[RANGES_MAX], size_t *count)
{
	struct span list;

	/* Ranges have a meaning for GET alone (RFC 9110 14.2). */
	if (request->head.method != HTTP_GET)
		return RANGE_IGNORED;
	list = request_head_list(&request->head, "range", &request->arena);
	if (list.at == NULL ||
	    !condition_range_counts(&request->head, validators,
				    clock_now_ms()))
		return RANGE_IGNORED;
	return range_parse(list, file->size_bytes, ranges, count);
}

void
http_answer_file(struct http_request *request, const struct http_file *file)
{
	assert(file->fd >= 0 && file->content_type != NULL);

	struct byte_range ranges[RANGES_MAX];
	struct validators validators = { .modified_ms = file->modified_ms };
	size_t count = 0;
	enum range_result asked;

	if (file->etag != NULL)
		validators.etag = span_of(
			arena_print(&request->arena, "\"%s\"", file->etag));
	if (answered_by_condition(request, &validators)) {
		close(file->fd);
		return;
	}
	asked = ranges_asked(request, file, &validators, ranges, &count);
	if (asked == RANGE_UNSATISFIABLE) {
		refuse_range(request, file->size_bytes);
		close(file->fd);
		return;
	}
	if (count > 1)
		several(request, file, &validators, ranges, count);
	else
		whole_or_one(request, file, &validators,
			     count == 1 ? &ranges[0] : NULL);
	if (answer_is_bodiless(request, request->answer.status)) {
		request->answer.part_count = 0;
		request->answer.trailer.length = 0;
		close(file->fd);
	} else {
		request->answer.fd = file->fd;
		request->answer.far = ranged_is_far(file->fd);
	}
	request_submit(request);
}
