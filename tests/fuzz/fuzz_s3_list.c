/* fuzz_s3_list.c - what S3 servers answer: lists, begun uploads and errors. An
 * object that is told has a key, texts end, and a list never claims to go on
 * without a token. */
#include <stdlib.h>
#include <string.h>

#include "driver/s3.h"

#define ETAG_MAX 8192 /* of one element */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum status
look(void *cookie, const struct s3_object *object, struct fault *fault)
{
	size_t *count = cookie;

	(void)fault;
	if (strlen(object->key) == 0 || strlen(object->etag) > ETAG_MAX)
		abort();
	(*count)++;
	return STATUS_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span xml = { (const char *)data, size };
	struct buffer code, message, token;
	struct fault fault = { 0 };
	size_t count = 0;

	buffer_init(&token, 0);
	buffer_init(&code, 0);
	buffer_init(&message, 0);
	if (s3_list_parse(xml, look, &count, &token, &fault) != STATUS_OK &&
	    fault.status == STATUS_OK)
		abort();
	s3_uploads_parse(xml, look, &count, NULL);
	if (s3_error_parse(xml, &code, &message) && code.length == 0)
		abort();
	buffer_clear(&code);
	s3_element_parse(xml, "UploadId", &code);
	buffer_release(&token);
	buffer_release(&code);
	buffer_release(&message);
	return 0;
}
