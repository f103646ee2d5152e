/* s3_put.c - sending files and making buckets; see s3.h. */
#include <stdio.h>
#include <string.h>

#include "driver/s3_private.h"

#define PARTS_MAX 10000 /* of one upload */
#define ANSWER_BYTES 65536
#define AMAZONS_FIRST_REGION "us-east-1" /* never named in a request */

/* ---- in parts ---- */

struct upload {
	struct s3_client *s3;
	const struct s3_request *whole;
	struct buffer id;
	struct buffer parts; /* the list that completes it */
};

static enum status
upload_ask(struct upload *upload, const char *method,
	   const struct s3_pair *query, size_t query_count, struct span text,
	   const char *wanted, struct buffer *out, struct fault *fault)
{
	const struct s3_request request = {
		.method = method, .bucket = upload->whole->bucket,
		.key = upload->whole->key, .query = query,
		.query_count = query_count, .text = text,
		.content_type = text.length > 0 ? "application/xml" :
						  upload->whole->content_type,
	};
	struct buffer xml;
	enum status status;

	buffer_init(&xml, ANSWER_BYTES);
	status = s3_ask(upload->s3, &request, NULL, &xml, fault);
	if (status == STATUS_OK && wanted != NULL &&
	    !s3_element_parse((struct span){ xml.bytes, xml.length }, wanted,
			      out))
		status = fault_field(fault, STATUS_UNAVAILABLE, "s3",
				     "the S3 server did not take the file: "
				     "%.200s",
				     xml.length > 0 ? xml.bytes : "");
	buffer_release(&xml);
	return status;
}

static enum status
upload_part(struct upload *upload, unsigned number, uint64_t first,
	    uint64_t count, struct fault *fault)
{
	struct s3_request request = *upload->whole;
	char number_text[16];
	const struct s3_pair query[] = { { "partNumber", number_text },
					 { "uploadId", upload->id.bytes } };
	struct s3_head head;
	enum status status;

	snprintf(number_text, sizeof number_text, "%u", number);
	request.query = query;
	request.query_count = ARRAY_LENGTH(query);
	request.first = first;
	request.body_bytes = count;
	status = s3_ask(upload->s3, &request, &head, NULL, fault);
	if (status == STATUS_OK)
		buffer_print(&upload->parts,
			     "<Part><PartNumber>%u</PartNumber>"
			     "<ETag>&quot;%s&quot;</ETag></Part>",
			     number, head.etag);
	return status;
}

static enum status
upload_complete(struct upload *upload, struct fault *fault)
{
	const struct s3_pair query[] = { { "uploadId", upload->id.bytes } };
	struct span list;
	struct buffer etag;
	enum status status;

	buffer_add_text(&upload->parts, "</CompleteMultipartUpload>");
	list = (struct span){ upload->parts.bytes, upload->parts.length };
	buffer_init(&etag, 0);
	status = upload_ask(upload, "POST", query, 1, list, "ETag", &etag,
			    fault);
	buffer_release(&etag);
	return status;
}

static enum status
put_parts(struct s3_client *s3, const struct s3_request *whole,
	  struct fault *fault)
{
	const struct s3_pair begin[] = { { "uploads", "" } };
	struct upload upload = { .s3 = s3, .whole = whole };
	uint64_t part = S3_PART_BYTES, at = 0, size = whole->body_bytes;
	struct span nothing = { "", 0 };
	unsigned number = 0;
	enum status status;

	while (size / part >= PARTS_MAX)
		part *= 2;
	buffer_init(&upload.id, 0);
	buffer_init(&upload.parts, 0);
	buffer_add_text(&upload.parts, "<CompleteMultipartUpload>");
	status = upload_ask(&upload, "POST", begin, 1, nothing, "UploadId",
			    &upload.id, fault);
	while (status == STATUS_OK && at < size) {
		uint64_t count = size - at < part ? size - at : part;

		status = upload_part(&upload, ++number, at, count, fault);
		at += count;
	}
	if (status == STATUS_OK)
		status = upload_complete(&upload, fault);
	if (status != STATUS_OK && upload.id.length > 0) {
		const struct s3_pair id[] = { { "uploadId",
						upload.id.bytes } };

		upload_ask(&upload, "DELETE", id, 1, nothing, NULL, NULL,
			   NULL);
	}
	buffer_release(&upload.id);
	buffer_release(&upload.parts);
	return status;
}

enum status
s3_put(struct s3_client *s3, const char *bucket, const char *key, int fd,
       uint64_t size_bytes, const char *content_type, struct fault *fault)
{
	const struct s3_request whole = { .method = "PUT",
					  .bucket = bucket,
					  .key = key,
					  .content_type = content_type,
					  .fd = fd,
					  .body_bytes = size_bytes };

	if (size_bytes > S3_OBJECT_BYTES_MAX)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "an object in S3 has 5 TiB at most");
	return size_bytes > S3_PART_BYTES ? put_parts(s3, &whole, fault) :
					    s3_ask(s3, &whole, NULL, NULL, fault);
}

/* ---- the rest ---- */

enum status
s3_remove(struct s3_client *s3, const char *bucket, const char *key,
	  struct fault *fault)
{
	const struct s3_request request = { .method = "DELETE",
					    .bucket = bucket, .key = key };
	enum status status = s3_ask(s3, &request, NULL, NULL, fault);

	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status
first_name_ask(struct s3_client *s3, const char *bucket, bool ping,
	       struct fault *fault)
{
	const struct s3_pair query[] = { { "list-type", "2" },
					 { "max-keys", "1" } };
	const struct s3_request request = { .method = "GET",
					    .bucket = bucket,
					    .query = query,
					    .query_count = 2,
					    .ping = ping };

	return s3_ask(s3, &request, NULL, NULL, fault);
}

enum status
s3_bucket_check(struct s3_client *s3, const char *bucket, struct fault *fault)
{
	return first_name_ask(s3, bucket, false, fault);
}

enum status
s3_ping(struct s3_client *s3, const char *bucket, struct fault *fault)
{
	return first_name_ask(s3, bucket, true, fault);
}

enum status
s3_bucket_find(struct s3_client *s3, const char *bucket, struct fault *fault)
{
	const struct s3_request request = { .method = "HEAD",
					    .bucket = bucket };

	return s3_ask(s3, &request, NULL, NULL, fault);
}

enum status
s3_bucket_make(struct s3_client *s3, const char *bucket, struct fault *fault)
{
	struct s3_request request = { .method = "PUT", .bucket = bucket };
	enum status status = s3_bucket_check(s3, bucket, fault);
	struct buffer where;

	if (status == STATUS_OK || !s3_answers(s3))
		return status;
	buffer_init(&where, 0);
	if (strcmp(s3->region, AMAZONS_FIRST_REGION) != 0) {
		buffer_print(&where,
			     "<CreateBucketConfiguration><LocationConstraint>"
			     "%s</LocationConstraint>"
			     "</CreateBucketConfiguration>",
			     s3->region);
		request.text = (struct span){ where.bytes, where.length };
	}
	status = s3_ask(s3, &request, NULL, NULL, fault);
	buffer_release(&where);
	return status;
}

/* ---- what was begun and never ended ---- */

struct dropping {
	struct s3_client *s3;
	const char *bucket;
	int64_t before_ms, dropped;
};

static enum status
drop_old(void *cookie, const struct s3_object *begun, struct fault *fault)
{
	struct dropping *dropping = cookie;
	const struct s3_pair query[] = { { "uploadId", begun->etag } };
	const struct s3_request request = { .method = "DELETE",
					    .bucket = dropping->bucket,
					    .key = begun->key,
					    .query = query,
					    .query_count = 1 };
	enum status status;

	if (begun->modified_ms >= dropping->before_ms)
		return STATUS_OK;
	status = s3_ask(dropping->s3, &request, NULL, NULL, fault);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK; /* it ended meanwhile */
	dropping->dropped += status == STATUS_OK;
	return status;
}

enum status
s3_uploads_drop(struct s3_client *s3, const char *bucket, int64_t before_ms,
		int64_t *count, struct fault *fault)
{
	const struct s3_pair query[] = { { "uploads", "" } };
	const struct s3_request request = { .method = "GET",
					    .bucket = bucket,
					    .query = query,
					    .query_count = 1 };
	struct dropping dropping = { s3, bucket, before_ms, 0 };
	enum status status;

	/* Dropped ones are not in the next page. */
	do {
		struct buffer xml;

		*count += dropping.dropped;
		dropping.dropped = 0;
		buffer_init(&xml, 0);
		status = s3_ask(s3, &request, NULL, &xml, fault);
		if (status == STATUS_OK)
			status = s3_uploads_parse(
				(struct span){ xml.bytes, xml.length },
				drop_old, &dropping, fault);
		buffer_release(&xml);
	} while (status == STATUS_OK && dropping.dropped > 0);
	*count += dropping.dropped;
	return status;
}
