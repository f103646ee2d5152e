/* fuzz_multipart.c - a form reads the same whole and byte by byte, and its
 * events come in order. */
#include <stdlib.h>

#include "base/memory.h"
#include "net/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct record {
	struct buffer text;
	bool in_part;
};

static enum status
on_begin(void *cookie, const struct multipart_part *part, struct fault *fault)
{
	struct record *record = cookie;

	(void)fault;
	if (record->in_part || part->name == NULL ||
	    !utf8_valid(part->name, strlen(part->name)))
		abort();
	if (part->filename != NULL && strpbrk(part->filename, "/\\") != NULL)
		abort();
	record->in_part = true;
	buffer_print(&record->text, "{%s|%s|%s}", part->name,
		     part->filename != NULL ? part->filename : "-",
		     part->content_type != NULL ? part->content_type : "-");
	return STATUS_OK;
}

static enum status
on_data(void *cookie, const void *bytes, size_t count, struct fault *fault)
{
	struct record *record = cookie;

	(void)fault;
	if (!record->in_part || count == 0)
		abort();
	buffer_add(&record->text, bytes, count);
	return STATUS_OK;
}

static enum status
on_end(void *cookie, struct fault *fault)
{
	struct record *record = cookie;

	(void)fault;
	if (!record->in_part)
		abort();
	record->in_part = false;
	buffer_add_char(&record->text, '.');
	return STATUS_OK;
}

static enum status
parse(const uint8_t *data, size_t size, size_t step, struct record *record)
{
	static const struct multipart_events events = { on_begin, on_data,
							on_end };
	const struct multipart_args args = {
		.content_type = SPAN("multipart/form-data; boundary=XyZ"),
		.events = &events,
		.cookie = record,
		.parts_max = 8,
		.head_max_bytes = 300
	};
	struct multipart *multipart;
	enum status status = multipart_new(&args, &multipart, NULL);

	buffer_init(&record->text, 0);
	for (size_t at = 0; at < size && status == STATUS_OK; at += step)
		status = multipart_push(multipart, data + at,
					size - at < step ? size - at : step,
					NULL);
	if (status == STATUS_OK)
		status = multipart_finish(multipart, NULL);
	multipart_free(multipart);
	return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record whole = { .in_part = false }, pieces = whole;

	if (size == 0)
		return 0;
	if (parse(data, size, size, &whole) !=
		    parse(data, size, 1, &pieces) ||
	    whole.text.length != pieces.text.length ||
	    (whole.text.length > 0 &&
	     memcmp(whole.text.bytes, pieces.text.bytes, whole.text.length) !=
		     0))
		abort();
	buffer_release(&whole.text);
	buffer_release(&pieces.text);
	return 0;
}
