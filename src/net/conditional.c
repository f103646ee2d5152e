/* conditional.c - evaluates preconditions; see conditional.h. */
#include "net/conditional.h"

#include "base/clock.h"

static bool
is_weak(struct span etag)
{
	return span_starts(etag, SPAN("W/"));
}

static struct span
opaque_of(struct span etag)
{
	if (is_weak(etag)) {
		etag.at += 2;
		etag.length -= 2;
	}
	return etag;
}

/* RFC 9110 8.8.3.2. */
static bool
etag_equal(struct span a, struct span b, bool strong)
{
	if (strong && (is_weak(a) || is_weak(b)))
		return false;
	return span_equal(opaque_of(a), opaque_of(b));
}

/* Cuts one entity tag off the front: [W/] DQUOTE *etagc DQUOTE. */
static bool
etag_next(struct span *rest, struct span *etag)
{
	size_t at = is_weak(*rest) ? 2 : 0;

	if (at >= rest->length || rest->at[at] != '"')
		return false;
	for (at++; at < rest->length && rest->at[at] != '"'; at++) {
		unsigned char c = (unsigned char)rest->at[at];

		if (c <= ' ' || c == 0x7F)
			return false;
	}
	if (at == rest->length)
		return false;
	*etag = (struct span){ rest->at, at + 1 };
	rest->at += at + 1;
	rest->length -= at + 1;
	return true;
}

static void
skip_blanks(struct span *rest, bool commas_too)
{
	while (rest->length > 0 &&
	       (*rest->at == ' ' || *rest->at == '\t' ||
		(commas_too && *rest->at == ','))) {
		rest->at++;
		rest->length--;
	}
}

bool
etag_list_has(struct span list, struct span etag, bool strong)
{
	struct span rest = span_trim(list);
	bool found = false;

	if (span_equal(rest, SPAN("*")))
		return true;
	skip_blanks(&rest, true);
	while (rest.length > 0) {
		struct span one;

		if (!etag_next(&rest, &one))
			return false;
		if (etag.at != NULL && etag_equal(one, etag, strong))
			found = true;
		skip_blanks(&rest, false);
		if (rest.length > 0 && *rest.at != ',')
			return false;
		skip_blanks(&rest, true);
	}
	return found;
}

static bool
date_field(const struct request_head *head, const char *name, int64_t *unix_ms)
{
	struct span value;

	return request_head_field(head, name, &value) &&
	       clock_parse_http(value.at, value.length, unix_ms);
}

/* What the client can know of a time: whole seconds. */
static int64_t
whole_seconds(int64_t unix_ms)
{
	return unix_ms - unix_ms % 1000;
}

/* If-Match, else If-Unmodified-Since. */
static bool
may_go_on(const struct request_head *head, const struct validators *validators,
	  struct arena *arena)
{
	struct span list = request_head_list(head, "if-match", arena);
	int64_t date_ms;

	if (list.at != NULL)
		return etag_list_has(list, validators->etag, true);
	return validators->modified_ms == 0 ||
	       !date_field(head, "if-unmodified-since", &date_ms) ||
	       whole_seconds(validators->modified_ms) <= date_ms;
}

/* If-None-Match, else If-Modified-Since. */
static bool
client_has_it(const struct request_head *head,
	      const struct validators *validators, struct arena *arena)
{
	struct span list = request_head_list(head, "if-none-match", arena);
	bool reads = head->method == HTTP_GET || head->method == HTTP_HEAD;
	int64_t date_ms;

	if (list.at != NULL)
		return etag_list_has(list, validators->etag, false);
	return reads && validators->modified_ms != 0 &&
	       date_field(head, "if-modified-since", &date_ms) &&
	       whole_seconds(validators->modified_ms) <= date_ms;
}

enum condition
condition_check(const struct request_head *head,
		const struct validators *validators, struct arena *arena)
{
	if (!may_go_on(head, validators, arena))
		return CONDITION_FAILED;
	if (!client_has_it(head, validators, arena))
		return CONDITION_PASSED;
	return head->method == HTTP_GET || head->method == HTTP_HEAD ?
		       CONDITION_NOT_MODIFIED :
		       CONDITION_FAILED;
}

bool
condition_range_counts(const struct request_head *head,
		       const struct validators *validators, int64_t now_ms)
{
	struct span value;
	int64_t date_ms;

	if (!request_head_field(head, "if-range", &value))
		return true;
	if (value.length > 0 && (*value.at == '"' || is_weak(value)))
		return validators->etag.at != NULL &&
		       etag_equal(value, validators->etag, true);
	return validators->modified_ms != 0 &&
	       clock_parse_http(value.at, value.length, &date_ms) &&
	       whole_seconds(validators->modified_ms) == date_ms &&
	       date_ms + 1000 < now_ms;
}
