/* multipart.c - the push parser of form data; see multipart.h.
 *
 * The delimiter is CR LF "--" boundary. CR stands nowhere else in it, so that
 * after a mismatch no shorter match can have begun inside the bytes matched so
 * far: they are data, and are given out from the delimiter itself. The body may
 * start with the delimiter without its CR LF, as if those had been seen. */
#include "net/multipart.h"

#include <stdlib.h>

#include "base/memory.h"

enum multipart_state {
	MULTIPART_PREAMBLE, /* what stands before the first delimiter */
	MULTIPART_AFTER_DELIMITER,
	MULTIPART_CLOSING,  /* one "-" after the delimiter */
	MULTIPART_LINE_END, /* CR after the delimiter */
	MULTIPART_HEAD,
	MULTIPART_DATA,
	MULTIPART_OVER,
};

struct multipart {
	const struct multipart_events *events;
	void *cookie;
	enum multipart_state state;
	uint32_t parts, parts_max;
	struct buffer head;
	size_t matched; /* bytes of the delimiter seen */
	size_t delimiter_length;
	char delimiter[4 + MULTIPART_BOUNDARY_MAX + 1];
};

/* ---- parameters: ; name=value ; name="value" ----------------------------- */

/* Where a quoted string that starts at text.at[0] ends, with its quote; 0 when
 * it does not. */
static size_t
quoted_length(struct span text)
{
	for (size_t i = 1; i < text.length; i++) {
		if (text.at[i] == '"')
			return i + 1;
		/* Only these: old browsers send whole Windows paths raw. */
		if (text.at[i] == '\\' && i + 1 < text.length &&
		    (text.at[i + 1] == '"' || text.at[i + 1] == '\\'))
			i++;
	}
	return 0;
}

static void
skip(struct span *text, size_t count)
{
	text->at += count;
	text->length -= count;
}

/* Cuts the next parameter off; the value keeps its quotes. False at the end and
 * on malformed ones. */
static bool
parameter_next(struct span *rest, struct span *name, struct span *value)
{
	size_t length = 0;

	while (rest->length > 0 && (*rest->at == ';' || *rest->at == ' ' ||
				    *rest->at == '\t'))
		skip(rest, 1);
	while (length < rest->length && rest->at[length] != '=')
		length++;
	if (length == 0 || length == rest->length)
		return false;
	*name = span_trim((struct span){ rest->at, length });
	skip(rest, length + 1);
	if (rest->length > 0 && *rest->at == '"') {
		length = quoted_length(*rest);
		if (length == 0)
			return false;
	} else {
		for (length = 0;
		     length < rest->length && rest->at[length] != ';';)
			length++;
	}
	*value = span_trim((struct span){ rest->at, length });
	skip(rest, length);
	return true;
}

static bool
parameter_find(struct span parameters, const char *wanted, struct span *value)
{
	struct span name;

	while (parameter_next(&parameters, &name, value)) {
		if (span_equal_nocase(name, span_of(wanted)))
			return true;
	}
	return false;
}

static bool
starts_with_escape_of_quote(struct span text)
{
	return text.length >= 3 && text.at[0] == '%' && text.at[1] == '2' &&
	       text.at[2] == '2';
}

/* The text of a value: quotes off, \" and (browsers) %22 as ". Bytes that are
 * not UTF-8 become U+FFFD. */
static char *
value_text(struct arena *arena, struct span value)
{
	bool quoted = value.length >= 2 && *value.at == '"';
	char *text = arena_alloc(arena, value.length * 3 + 1);
	const char *at, *end;
	size_t length = 0;

	if (quoted) {
		skip(&value, 1);
		value.length--;
	}
	at = value.at;
	end = value.at + value.length;
	while (at < end) {
		struct span rest = { at, (size_t)(end - at) };

		if (quoted && *at == '\\' && rest.length > 1 &&
		    (at[1] == '"' || at[1] == '\\')) {
			text[length++] = at[1];
			at += 2;
		} else if (quoted && starts_with_escape_of_quote(rest)) {
			text[length++] = '"';
			at += 3;
		} else {
			uint32_t c = utf8_next(&at, end);

			if (c != 0)
				length += utf8_write(c, text + length);
		}
	}
	text[length] = '\0';
	return text;
}

static const char *
without_folders(const char *path)
{
	const char *name = path;

	for (; *path != '\0'; path++) {
		if (*path == '/' || *path == '\\')
			name = path + 1;
	}
	return name;
}

/* ---- starting ----------------------------------------------------------- */

/* RFC 2046 5.1.1: bchars, not ending with a blank. */
static bool
boundary_is_valid(struct span boundary)
{
	if (boundary.length == 0 || boundary.length > MULTIPART_BOUNDARY_MAX ||
	    boundary.at[boundary.length - 1] == ' ')
		return false;
	for (size_t i = 0; i < boundary.length; i++) {
		char c = boundary.at[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') &&
		    (c == '\0' || strchr("'()+_,-./:=? ", c) == NULL))
			return false;
	}
	return true;
}

static enum status
boundary_find(struct span content_type, struct span *boundary,
	      struct fault *fault)
{
	struct span type;

	if (!span_next(&content_type, ';', &type) ||
	    !span_equal_nocase(span_trim(type), SPAN("multipart/form-data")))
		return fault_set(fault, STATUS_UNSUPPORTED,
				 "the body has to be multipart/form-data");
	if (content_type.at != NULL &&
	    parameter_find(content_type, "boundary", boundary)) {
		if (boundary->length >= 2 && *boundary->at == '"') {
			skip(boundary, 1);
			boundary->length--;
		}
		if (boundary_is_valid(*boundary))
			return STATUS_OK;
	}
	return fault_set(fault, STATUS_INVALID,
			 "the content type has no valid boundary");
}

enum status
multipart_new(const struct multipart_args *args, struct multipart **out,
	      struct fault *fault)
{
	struct multipart *multipart;
	struct span boundary;
	enum status status =
		boundary_find(args->content_type, &boundary, fault);

	if (status != STATUS_OK)
		return status;
	multipart = mem_new(1, sizeof *multipart);
	multipart->events = args->events;
	multipart->cookie = args->cookie;
	multipart->parts_max = args->parts_max;
	buffer_init(&multipart->head, args->head_max_bytes);
	memcpy(multipart->delimiter, "\r\n--", 4);
	memcpy(multipart->delimiter + 4, boundary.at, boundary.length);
	multipart->delimiter_length = 4 + boundary.length;
	multipart->state = MULTIPART_PREAMBLE;
	multipart->matched = 2;
	*out = multipart;
	return STATUS_OK;
}

void
multipart_free(struct multipart *multipart)
{
	if (multipart == NULL)
		return;
	buffer_release(&multipart->head);
	free(multipart);
}

/* ---- data --------------------------------------------------------------- */

static enum status
data_give(struct multipart *multipart, const char *bytes, size_t count,
	  struct fault *fault)
{
	if (count == 0 || multipart->state == MULTIPART_PREAMBLE)
		return STATUS_OK;
	return multipart->events->data(multipart->cookie, bytes, count, fault);
}

static enum status
delimiter_seen(struct multipart *multipart, struct fault *fault)
{
	bool ends_part = multipart->state == MULTIPART_DATA;

	multipart->matched = 0;
	multipart->state = MULTIPART_AFTER_DELIMITER;
	return ends_part ? multipart->events->end(multipart->cookie, fault) :
			   STATUS_OK;
}

/* Goes on with a delimiter that may have begun. */
static enum status
data_match(struct multipart *multipart, struct span *input,
	   struct fault *fault)
{
	size_t seen;

	while (input->length > 0 &&
	       multipart->matched < multipart->delimiter_length) {
		if (*input->at != multipart->delimiter[multipart->matched]) {
			seen = multipart->matched;
			multipart->matched = 0;
			return data_give(multipart, multipart->delimiter, seen,
					 fault);
		}
		multipart->matched++;
		skip(input, 1);
	}
	if (multipart->matched == multipart->delimiter_length)
		return delimiter_seen(multipart, fault);
	return STATUS_OK;
}

static enum status
data_step(struct multipart *multipart, struct span *input, struct fault *fault)
{
	const char *at = input->at;
	const char *cr;
	size_t count;

	if (multipart->matched > 0)
		return data_match(multipart, input, fault);
	cr = memchr(at, '\r', input->length);
	count = cr != NULL ? (size_t)(cr - at) : input->length;
	skip(input, count);
	if (cr != NULL) {
		multipart->matched = 1;
		skip(input, 1);
	}
	return data_give(multipart, at, count, fault);
}

/* ---- heads -------------------------------------------------------------- */

static enum status
malformed(struct fault *fault)
{
	return fault_set(fault, STATUS_INVALID,
			 "the parts of the form are malformed");
}

static bool
line_value(struct span line, const char *name, struct span *value)
{
	struct span key;

	if (!span_next(&line, ':', &key) || line.at == NULL ||
	    !span_equal_nocase(span_trim(key), span_of(name)))
		return false;
	*value = span_trim(line);
	return true;
}

/* name and filename of Content-Disposition: form-data; ... */
static bool
disposition_parse(struct span value, struct arena *arena,
		  struct multipart_part *part)
{
	struct span type, parameter;

	if (!span_next(&value, ';', &type) || value.at == NULL ||
	    !span_equal_nocase(span_trim(type), SPAN("form-data")) ||
	    !parameter_find(value, "name", &parameter))
		return false;
	part->name = value_text(arena, parameter);
	if (parameter_find(value, "filename", &parameter))
		part->filename =
			without_folders(value_text(arena, parameter));
	return true;
}

static bool
head_parse(struct span head, struct arena *arena, struct multipart_part *part)
{
	struct span line, value;
	bool named = false;

	while (span_next(&head, '\n', &line)) {
		if (line.length > 0 && line.at[line.length - 1] == '\r')
			line.length--;
		if (line_value(line, "content-disposition", &value)) {
			if (named || !disposition_parse(value, arena, part))
				return false;
			named = true;
		} else if (line_value(line, "content-type", &value)) {
			part->content_type = value_text(arena, value);
		}
	}
	return named;
}

static enum status
head_complete(struct multipart *multipart, struct fault *fault)
{
	struct multipart_part part = { .name = NULL };
	struct arena arena;
	enum status status;

	if (++multipart->parts > multipart->parts_max)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "the form has more than %u parts",
				 multipart->parts_max);
	arena_init(&arena);
	if (head_parse((struct span){ multipart->head.bytes,
				      multipart->head.length },
		       &arena, &part))
		status = multipart->events->begin(multipart->cookie, &part,
						  fault);
	else
		status = malformed(fault);
	arena_release(&arena);
	buffer_clear(&multipart->head);
	multipart->state = MULTIPART_DATA;
	return status;
}

static bool
head_ends(const struct buffer *head)
{
	return (head->length == 2 && memcmp(head->bytes, "\r\n", 2) == 0) ||
	       (head->length >= 4 &&
		memcmp(head->bytes + head->length - 4, "\r\n\r\n", 4) == 0);
}

static enum status
head_step(struct multipart *multipart, struct span *input, struct fault *fault)
{
	const char *line_end = memchr(input->at, '\n', input->length);
	size_t count = line_end != NULL ? (size_t)(line_end - input->at) + 1 :
					  input->length;

	buffer_add(&multipart->head, input->at, count);
	skip(input, count);
	if (multipart->head.full)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "the head of a part is too large");
	return head_ends(&multipart->head) ? head_complete(multipart, fault) :
					     STATUS_OK;
}

/* ---- what follows a delimiter -------------------------------------------- */

/* "--" for the last, else blanks and CR LF. */
static enum status
after_delimiter_step(struct multipart *multipart, struct span *input,
		     struct fault *fault)
{
	char c = *input->at;

	skip(input, 1);
	switch (multipart->state) {
	case MULTIPART_CLOSING:
		multipart->state = MULTIPART_OVER;
		return c == '-' ? STATUS_OK : malformed(fault);
	case MULTIPART_LINE_END:
		multipart->state = MULTIPART_HEAD;
		return c == '\n' ? STATUS_OK : malformed(fault);
	default:
		if (c == '-')
			multipart->state = MULTIPART_CLOSING;
		else if (c == '\r')
			multipart->state = MULTIPART_LINE_END;
		else if (c != ' ' && c != '\t')
			return malformed(fault);
		return STATUS_OK;
	}
}

enum status
multipart_push(struct multipart *multipart, const void *bytes, size_t count,
	       struct fault *fault)
{
	struct span input = { bytes, count };
	enum status status = STATUS_OK;

	while (input.length > 0 && status == STATUS_OK) {
		switch (multipart->state) {
		case MULTIPART_PREAMBLE:
		case MULTIPART_DATA:
			status = data_step(multipart, &input, fault);
			break;
		case MULTIPART_AFTER_DELIMITER:
		case MULTIPART_CLOSING:
		case MULTIPART_LINE_END:
			status = after_delimiter_step(multipart, &input,
						      fault);
			break;
		case MULTIPART_HEAD:
			status = head_step(multipart, &input, fault);
			break;
		case MULTIPART_OVER:
			return STATUS_OK; /* the epilogue means nothing */
		}
	}
	return status;
}

enum status
multipart_finish(struct multipart *multipart, struct fault *fault)
{
	if (multipart->state != MULTIPART_OVER)
		return fault_set(fault, STATUS_INVALID,
				 "the form ends in the middle");
	return STATUS_OK;
}
