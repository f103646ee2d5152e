/* s3_list.c - the XML of S3: pages of lists, and errors; see s3.h. By expat,
 * and with no doctype: an entity that grows has no place here. */
#include <expat.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "driver/s3.h"

#define TEXT_BYTES 8192 /* of one element: a key is 1,024 at most */
#define PAGE_BYTES ((size_t)16 << 20)

enum place { IN_OTHER, IN_CONTENTS, IN_UPLOAD };

struct page {
	XML_Parser parser;
	s3_visit *visit;
	void *cookie;
	struct fault *fault;
	enum status status;
	enum place place;
	bool is_list, is_error, truncated, found;
	const char *wanted; /* an element, for `out`; NULL: none */
	struct buffer *out;
	struct buffer text, key, etag, size, modified, token, code, message;
};

static struct buffer *
target_of(struct page *page, const char *name)
{
	const struct {
		const char *name;
		enum place place;
		struct buffer *target;
	} rows[] = {
		{ "Key", IN_CONTENTS, &page->key },
		{ "ETag", IN_CONTENTS, &page->etag },
		{ "Size", IN_CONTENTS, &page->size },
		{ "LastModified", IN_CONTENTS, &page->modified },
		{ "Key", IN_UPLOAD, &page->key },
		{ "UploadId", IN_UPLOAD, &page->etag },
		{ "Initiated", IN_UPLOAD, &page->modified },
		{ "NextContinuationToken", IN_OTHER, &page->token },
		{ "Code", IN_OTHER, &page->code },
		{ "Message", IN_OTHER, &page->message },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (rows[i].place == page->place &&
		    strcmp(rows[i].name, name) == 0)
			return rows[i].target;
	}
	return NULL;
}

/* A namespace, if one is declared, stays out of the names. */
static void
on_start(void *cookie, const XML_Char *name, const XML_Char **attributes)
{
	struct page *page = cookie;

	(void)attributes;
	buffer_clear(&page->text);
	if (strcmp(name, "ListBucketResult") == 0)
		page->is_list = true;
	else if (strcmp(name, "Error") == 0)
		page->is_error = true;
	else if (strcmp(name, "Contents") == 0)
		page->place = IN_CONTENTS;
	else if (strcmp(name, "Upload") == 0)
		page->place = IN_UPLOAD;
}

static void
on_text(void *cookie, const XML_Char *text, int length)
{
	struct page *page = cookie;

	buffer_add(&page->text, text, (size_t)length);
}

static const char *
text_of(const struct buffer *buffer)
{
	return buffer->length > 0 ? buffer->bytes : "";
}

static void
object_tell(struct page *page)
{
	struct s3_object object = { .key = text_of(&page->key) };
	struct span etag = { text_of(&page->etag), page->etag.length };

	while (etag.length > 0 && etag.at[etag.length - 1] == '"')
		page->etag.bytes[--etag.length] = '\0';
	object.etag = etag.at + strspn(etag.at, "\"");
	if (page->key.length == 0 ||
	    (page->place == IN_CONTENTS &&
	     !span_to_u64(span_of(text_of(&page->size)),
			  &object.size_bytes))) {
		page->status = fault_set(page->fault, STATUS_CORRUPT,
					 "the S3 server lists an object "
					 "without key or size");
		return;
	}
	clock_parse_rfc3339(text_of(&page->modified), &object.modified_ms);
	if (page->visit != NULL)
		page->status = page->visit(page->cookie, &object, page->fault);
}

static void
on_end(void *cookie, const XML_Char *name)
{
	struct page *page = cookie;
	struct buffer *target = target_of(page, name);

	if (target != NULL) {
		buffer_clear(target);
		buffer_add(target, text_of(&page->text), page->text.length);
	}
	if (page->wanted != NULL && !page->found &&
	    strcmp(name, page->wanted) == 0) {
		page->found = true;
		buffer_add(page->out, text_of(&page->text), page->text.length);
	} else if (strcmp(name, "IsTruncated") == 0) {
		page->truncated = strcmp(text_of(&page->text), "true") == 0;
	} else if (strcmp(name, "Contents") == 0 ||
		   (strcmp(name, "Upload") == 0 && page->visit != NULL)) {
		object_tell(page);
		page->place = IN_OTHER;
		buffer_clear(&page->key);
		buffer_clear(&page->etag);
		buffer_clear(&page->size);
		buffer_clear(&page->modified);
	}
	buffer_clear(&page->text);
	if (page->status != STATUS_OK)
		XML_StopParser(page->parser, XML_FALSE);
}

static void
on_doctype(void *cookie, const XML_Char *name, const XML_Char *system_id,
	   const XML_Char *public_id, int has_internal_subset)
{
	struct page *page = cookie;

	(void)name, (void)system_id, (void)public_id;
	(void)has_internal_subset;
	page->status = fault_set(page->fault, STATUS_CORRUPT,
				 "the S3 server sends a doctype");
	XML_StopParser(page->parser, XML_FALSE);
}

static struct buffer *const *
buffers_of(struct page *page, struct buffer *out[8])
{
	struct buffer *all[] = { &page->text,	  &page->key,  &page->etag,
				 &page->size,	  &page->modified,
				 &page->token,	  &page->code, &page->message };

	memcpy(out, all, sizeof all);
	return out;
}

static void
page_read(struct page *page, struct span xml)
{
	struct buffer *all[8];

	buffers_of(page, all);
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
		buffer_init(all[i], TEXT_BYTES);
	page->parser = XML_ParserCreate(NULL);
	XML_SetUserData(page->parser, page);
	XML_SetElementHandler(page->parser, on_start, on_end);
	XML_SetCharacterDataHandler(page->parser, on_text);
	XML_SetStartDoctypeDeclHandler(page->parser, on_doctype);
	if (XML_Parse(page->parser, xml.at, (int)xml.length, XML_TRUE) !=
		    XML_STATUS_OK &&
	    page->status == STATUS_OK)
		page->status = fault_set(page->fault, STATUS_CORRUPT,
					 "the S3 server's answer is no XML");
	XML_ParserFree(page->parser);
}

static void
page_release(struct page *page)
{
	struct buffer *all[8];

	buffers_of(page, all);
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
		buffer_release(all[i]);
}

enum status
s3_list_parse(struct span xml, s3_visit *visit, void *cookie,
	      struct buffer *token, struct fault *fault)
{
	struct page page = { .visit = visit, .cookie = cookie, .fault = fault };
	enum status status;

	buffer_clear(token);
	page_read(&page, xml);
	if (page.status == STATUS_OK && !page.is_list)
		page.status = fault_set(fault, STATUS_CORRUPT,
					"the S3 server's answer is no list");
	if (page.status == STATUS_OK && page.truncated) {
		buffer_add(token, text_of(&page.token), page.token.length);
		if (token->length == 0)
			page.status = fault_set(fault, STATUS_CORRUPT,
						"the S3 server's list "
						"breaks off");
	}
	status = page.status;
	page_release(&page);
	return status;
}

enum status
s3_uploads_parse(struct span xml, s3_visit *visit, void *cookie,
		 struct fault *fault)
{
	struct page page = { .visit = visit, .cookie = cookie, .fault = fault };

	page_read(&page, xml);
	page_release(&page);
	return page.status;
}

bool
s3_error_parse(struct span xml, struct buffer *code, struct buffer *message)
{
	struct page page = { 0 };
	bool is_error;

	page_read(&page, xml);
	is_error = page.status == STATUS_OK && page.is_error &&
		   page.code.length > 0;
	if (is_error) {
		buffer_add(code, page.code.bytes, page.code.length);
		buffer_add(message, text_of(&page.message),
			   page.message.length);
	}
	page_release(&page);
	return is_error;
}

bool
s3_element_parse(struct span xml, const char *name, struct buffer *out)
{
	struct page page = { .wanted = name, .out = out };
	bool found;

	page_read(&page, xml);
	found = page.status == STATUS_OK && page.found && !page.is_error;
	page_release(&page);
	return found;
}

enum status
s3_list(struct s3_client *s3, const char *bucket, const char *prefix,
	const char *after, const char *delimiter, s3_visit *visit,
	void *cookie, struct fault *fault)
{
	enum status status;
	struct buffer xml, token;

	buffer_init(&xml, PAGE_BYTES);
	buffer_init(&token, TEXT_BYTES);
	do {
		struct s3_pair query[5];
		size_t count = 0;

		if (token.length > 0)
			query[count++] = (struct s3_pair){ "continuation-token",
							   token.bytes };
		if (delimiter != NULL)
			query[count++] = (struct s3_pair){ "delimiter",
							   delimiter };
		query[count++] = (struct s3_pair){ "list-type", "2" };
		query[count++] = (struct s3_pair){ "prefix", prefix };
		if (after[0] != '\0' && token.length == 0)
			query[count++] = (struct s3_pair){ "start-after",
							   after };
		buffer_clear(&xml);
		status = s3_ask(s3,
				&(struct s3_request){ .method = "GET",
						      .bucket = bucket,
						      .query = query,
						      .query_count = count },
				NULL, &xml, fault);
		if (status == STATUS_OK)
			status = s3_list_parse((struct span){ xml.bytes,
							      xml.length },
					       visit, cookie, &token, fault);
	} while (status == STATUS_OK && token.length > 0);
	buffer_release(&xml);
	buffer_release(&token);
	return status;
}
