/* request_head.c - reads and checks the head of a request; see request_head.h.
 *
 * Invariant: every byte of a head that is accepted has been looked at by one
 * of the line readers below; nothing is skipped over. */
#include "net/request_head.h"

#include <stdlib.h>

static const struct refusal bare_line_end = {
	400, "bad_request", "Lines of a request end with CR LF."
};
static const struct refusal head_too_large = {
	431, "head_too_large", "The head of the request is too large."
};
static const struct refusal target_too_long = {
	414, "uri_too_long", "The address asked for is too long."
};
static const struct refusal bad_request_line = {
	400, "bad_request", "The request line is malformed."
};
static const struct refusal bad_field = {
	400, "bad_request", "A header field is malformed."
};
static const struct refusal bad_host = {
	400, "bad_request", "The request needs exactly one valid Host."
};
static const struct refusal bad_framing = {
	400, "bad_request", "The length of the body is not clear."
};

static bool
refuse(struct refusal *out, struct refusal why)
{
	*out = why;
	return false;
}

bool
is_token_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_token(struct span text)
{
	for (size_t i = 0; i < text.length; i++) {
		if (!is_token_char(text.at[i]))
			return false;
	}
	return text.length > 0;
}

/* ---- where the head ends ------------------------------------------------ */

/* The limits of a head whose end has not been seen. */
static enum head_state
head_unfinished(struct span bytes, const struct request_limits *limits,
		struct refusal *refusal)
{
	bool in_first_line =
		bytes.length == 0 ||
		memchr(bytes.at, '\n', bytes.length) == NULL;

	/* 32: the method, two blanks and the version. */
	if (in_first_line && bytes.length > REQUEST_TARGET_LIMIT_BYTES + 32) {
		*refusal = target_too_long;
		return HEAD_REFUSED;
	}
	if (bytes.length >= limits->head_bytes) {
		*refusal = in_first_line ? target_too_long : head_too_large;
		return HEAD_REFUSED;
	}
	return HEAD_INCOMPLETE;
}

enum head_state
request_head_end(struct span bytes, const struct request_limits *limits,
		 size_t *length, struct refusal *refusal)
{
	const char *at = bytes.at;
	const char *end = bytes.at + bytes.length;
	const char *line_end;

	while (at < end &&
	       (line_end = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		if (line_end == bytes.at || line_end[-1] != '\r') {
			*refusal = bare_line_end;
			return HEAD_REFUSED;
		}
		if (line_end == at + 1) {
			*length = (size_t)(line_end + 1 - bytes.at);
			if (*length > limits->head_bytes) {
				*refusal = head_too_large;
				return HEAD_REFUSED;
			}
			return HEAD_COMPLETE;
		}
		at = line_end + 1;
	}
	return head_unfinished(bytes, limits, refusal);
}

/* ---- the request line --------------------------------------------------- */

static const struct {
	const char *name;
	enum http_method method;
} methods[] = {
	{ "GET", HTTP_GET },	   { "HEAD", HTTP_HEAD },
	{ "POST", HTTP_POST },	   { "PUT", HTTP_PUT },
	{ "PATCH", HTTP_PATCH },   { "DELETE", HTTP_DELETE },
	{ "OPTIONS", HTTP_OPTIONS }, { "SOURCE", HTTP_SOURCE },
};

const char *
http_method_name(enum http_method method)
{
	for (size_t i = 0; i < ARRAY_LENGTH(methods); i++) {
		if (methods[i].method == method)
			return methods[i].name;
	}
	return "OTHER";
}

/* Known methods, and others that are spelt right (llhttp then says whether
 * they exist). CONNECT makes a tunnel, which nobody gets here. */
static bool
method_parse(struct span name, enum http_method *out, struct refusal *refusal)
{
	*out = HTTP_METHOD_OTHER;
	for (size_t i = 0; i < ARRAY_LENGTH(methods); i++) {
		if (span_equal(span_of(methods[i].name), name))
			*out = methods[i].method;
	}
	if (span_equal(name, SPAN("CONNECT")))
		return refuse(refusal, (struct refusal){
			501, "not_implemented", "There are no tunnels here." });
	return is_token(name) || refuse(refusal, bad_request_line);
}

static bool
version_parse(struct span text, enum http_method method, unsigned *minor,
	      struct refusal *refusal)
{
	if (method == HTTP_SOURCE && span_equal(text, SPAN("ICE/1.0"))) {
		*minor = 0;
		return true;
	}
	if (text.length != 8 || !span_starts(text, SPAN("HTTP/")) ||
	    text.at[5] < '0' || text.at[5] > '9' || text.at[6] != '.' ||
	    text.at[7] < '0' || text.at[7] > '9')
		return refuse(refusal, bad_request_line);
	if (text.at[5] != '1' || text.at[7] > '1')
		return refuse(refusal, (struct refusal){
			505, "version_not_supported",
			"Only HTTP/1.0 and HTTP/1.1 are spoken here." });
	*minor = (unsigned)(text.at[7] - '0');
	return true;
}

static bool
is_host_char(char c)
{
	/* unreserved, sub-delims and "%" of RFC 3986 3.2.2. */
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("-._~!$&'()*+,;=%", c) != NULL);
}

static bool
port_is_valid(struct span port)
{
	uint64_t number;

	return port.length == 0 ||
	       (port.length <= 5 && span_to_u64(port, &number) &&
		number <= 65535);
}

/* uri-host [ ":" port ]; no userinfo (RFC 9110 4.2.4). */
static bool
authority_is_valid(struct span text)
{
	size_t at = 0;

	if (text.length > 0 && text.at[0] == '[') {
		at = 1;
		while (at < text.length &&
		       strchr("0123456789abcdefABCDEF:.", text.at[at]) != NULL)
			at++;
		if (at < 4 || at == text.length || text.at[at] != ']')
			return false;
		at++;
	} else {
		while (at < text.length && is_host_char(text.at[at]))
			at++;
	}
	if (at == text.length)
		return true;
	return text.at[at] == ':' &&
	       port_is_valid((struct span){ text.at + at + 1,
					    text.length - at - 1 });
}

/* "http://authority/path" to "/path" (RFC 9112 3.2.2); the Host field must be
 * there too and is checked like every other, but not used. */
static bool
absolute_form_strip(struct span *target)
{
	struct span rest = *target;
	struct span authority;
	size_t scheme;

	if (rest.length >= 7 &&
	    span_equal_nocase((struct span){ rest.at, 7 }, SPAN("http://")))
		scheme = 7;
	else if (rest.length >= 8 &&
		 span_equal_nocase((struct span){ rest.at, 8 },
				   SPAN("https://")))
		scheme = 8;
	else
		return false;
	rest.at += scheme;
	rest.length -= scheme;
	authority = rest;
	while (rest.length > 0 && *rest.at != '/' && *rest.at != '?') {
		rest.at++;
		rest.length--;
	}
	authority.length -= rest.length;
	*target = rest;
	return authority.length > 0 && authority_is_valid(authority);
}

static bool
target_split(struct span target, struct request_head *out)
{
	const char *mark;

	if (target.length == 0)
		return false;
	for (size_t i = 0; i < target.length; i++) {
		if (target.at[i] <= ' ' || target.at[i] >= 0x7F ||
		    target.at[i] == '#')
			return false;
	}
	if (target.at[0] != '/' && out->method == HTTP_OPTIONS &&
	    span_equal(target, SPAN("*"))) {
		out->path = target;
		return true;
	}
	if (target.at[0] != '/' && !absolute_form_strip(&target))
		return false;
	mark = target.length > 0 ? memchr(target.at, '?', target.length) : NULL;
	out->path = target;
	if (mark != NULL) {
		out->path.length = (size_t)(mark - target.at);
		out->query = (struct span){
			mark + 1, target.length - out->path.length - 1
		};
	}
	if (out->path.length == 0)
		out->path = SPAN("/");
	return true;
}

static bool
request_line_parse(struct span line, struct request_head *out,
		   struct refusal *refusal)
{
	struct span method, target;

	if (!span_next(&line, ' ', &method) ||
	    !span_next(&line, ' ', &target) || line.at == NULL)
		return refuse(refusal, bad_request_line);
	if (!method_parse(method, &out->method, refusal) ||
	    !version_parse(line, out->method, &out->minor, refusal))
		return false;
	if (target.length > REQUEST_TARGET_LIMIT_BYTES)
		return refuse(refusal, target_too_long);
	return target_split(target, out) || refuse(refusal, bad_request_line);
}

/* ---- fields ------------------------------------------------------------- */

static bool
field_parse(struct span line, struct http_field *out)
{
	struct span name;

	if (!span_next(&line, ':', &name) || line.at == NULL ||
	    !is_token(name))
		return false;
	for (size_t i = 0; i < line.length; i++) {
		unsigned char c = (unsigned char)line.at[i];

		if ((c < ' ' && c != '\t') || c == 0x7F)
			return false;
	}
	out->name = name;
	out->value = span_trim(line);
	return true;
}

/* The next line without its CR LF. The end of the head was found by
 * request_head_end(), so every LF follows a CR. */
static struct span
line_next(struct span *rest)
{
	struct span line = { "", 0 };

	span_next(rest, '\n', &line);
	if (line.length > 0)
		line.length--;
	return line;
}

static size_t
lines_count(struct span bytes)
{
	size_t count = 0;

	for (size_t i = 0; i < bytes.length; i++)
		count += bytes.at[i] == '\n';
	return count;
}

static bool
fields_parse(struct span rest, const struct request_limits *limits,
	     struct arena *arena, struct request_head *out,
	     struct refusal *refusal)
{
	size_t count = lines_count(rest) - 1; /* the last line is empty */
	struct http_field *fields;

	if (count > limits->fields)
		return refuse(refusal, (struct refusal){
			431, "too_many_fields",
			"The request has too many header fields." });
	fields = arena_new(arena, struct http_field, count + 1);
	for (size_t i = 0; i < count; i++) {
		if (!field_parse(line_next(&rest), &fields[i]))
			return refuse(refusal, bad_field);
	}
	out->fields = fields;
	out->field_count = count;
	return true;
}

static size_t
field_count(const struct request_head *head, struct span name,
	    struct span *first)
{
	size_t count = 0;

	for (size_t i = 0; i < head->field_count; i++) {
		if (span_equal_nocase(head->fields[i].name, name) &&
		    count++ == 0)
			*first = head->fields[i].value;
	}
	return count;
}

bool
request_head_field(const struct request_head *head, const char *name,
		   struct span *value)
{
	struct span wanted = span_of(name);

	for (size_t i = 0; i < head->field_count; i++) {
		if (span_equal_nocase(head->fields[i].name, wanted)) {
			*value = head->fields[i].value;
			return true;
		}
	}
	return false;
}

struct span
request_head_list(const struct request_head *head, const char *name,
		  struct arena *arena)
{
	struct span wanted = span_of(name), first = { NULL, 0 };
	size_t count = field_count(head, wanted, &first);
	size_t room = 0, length = 0;
	char *all;

	if (count < 2)
		return first;
	for (size_t i = 0; i < head->field_count; i++)
		room += head->fields[i].value.length + 2;
	all = arena_alloc(arena, room);
	for (size_t i = 0; i < head->field_count; i++) {
		const struct http_field *field = &head->fields[i];

		if (!span_equal_nocase(field->name, wanted))
			continue;
		if (length > 0)
			all[length++] = ',';
		memcpy(all + length, field->value.at, field->value.length);
		length += field->value.length;
	}
	return (struct span){ all, length };
}

/* ---- what the fields say about the message ------------------------------ */

static bool
host_check(const struct request_head *head, struct refusal *refusal)
{
	struct span host;
	size_t count = field_count(head, SPAN("host"), &host);

	if (count == 0 && head->minor == 0)
		return true;
	if (count != 1 || !authority_is_valid(host))
		return refuse(refusal, bad_host);
	return true;
}

/* One coding, and that is chunked (RFC 9112 6.1). */
static bool
transfer_encoding_check(struct request_head *head, struct span coding,
			size_t count, struct refusal *refusal)
{
	if (head->minor == 0 || count != 1 || head->has_length)
		return refuse(refusal, bad_framing);
	if (!span_equal_nocase(coding, SPAN("chunked")))
		return refuse(refusal, (struct refusal){
			501, "not_implemented",
			"The only transfer coding known here is chunked." });
	head->chunked = true;
	return true;
}

static bool
framing_check(struct request_head *head, struct refusal *refusal)
{
	struct span value;
	size_t count = field_count(head, SPAN("content-length"), &value);

	if (count > 0) {
		if (count > 1 || !span_to_u64(value, &head->length_bytes) ||
		    head->length_bytes > INT64_MAX)
			return refuse(refusal, bad_framing);
		head->has_length = true;
	}
	count = field_count(head, SPAN("transfer-encoding"), &value);
	return count == 0 ||
	       transfer_encoding_check(head, value, count, refusal);
}

static bool
list_has(struct span list, struct span token)
{
	struct span part;

	while (span_next(&list, ',', &part)) {
		if (span_equal_nocase(span_trim(part), token))
			return true;
	}
	return false;
}

static void
connection_read(struct request_head *head)
{
	bool close = false, keep = false;

	for (size_t i = 0; i < head->field_count; i++) {
		const struct http_field *field = &head->fields[i];

		if (!span_equal_nocase(field->name, SPAN("connection")))
			continue;
		close |= list_has(field->value, SPAN("close"));
		keep |= list_has(field->value, SPAN("keep-alive"));
	}
	head->keep_alive = !close && (head->minor > 0 || keep);
}

static bool
expect_check(struct request_head *head, struct refusal *refusal)
{
	struct span value;
	size_t count = field_count(head, SPAN("expect"), &value);

	/* RFC 9110 10.1.1: HTTP/1.0 cannot wait for a 100. */
	if (count == 0 || head->minor == 0)
		return true;
	if (count > 1 || !span_equal_nocase(value, SPAN("100-continue")))
		return refuse(refusal, (struct refusal){
			417, "expectation_failed",
			"The only expectation met here is 100-continue." });
	head->expects_continue = true;
	return true;
}

bool
request_head_parse(struct span bytes, const struct request_limits *limits,
		   struct arena *arena, struct request_head *out,
		   struct refusal *refusal)
{
	struct request_head head = { .query = { "", 0 } };
	struct span rest = bytes;
	struct span line = line_next(&rest);

	if (memchr(line.at, '\r', line.length) != NULL)
		return refuse(refusal, bare_line_end);
	if (!request_line_parse(line, &head, refusal) ||
	    !fields_parse(rest, limits, arena, &head, refusal) ||
	    !host_check(&head, refusal) || !framing_check(&head, refusal) ||
	    !expect_check(&head, refusal))
		return false;
	connection_read(&head);
	*out = head;
	return true;
}
