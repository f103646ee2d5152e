/* s3_sign.c - addresses with signatures in them; see s3.h. By
 * docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/digest.h"
#include "driver/s3_private.h"

/* By RFC 3986; `slashes` stay in paths. */
static void
escape_add(struct buffer *out, const char *text, bool slashes)
{
	while (*text != '\0') {
		size_t length = slashes ? strcspn(text, "/") : strlen(text);
		char *escaped = length == 0 ? NULL :
					      curl_easy_escape(NULL, text,
							       (int)length);

		if (escaped != NULL)
			buffer_add_text(out, escaped);
		curl_free(escaped);
		text += length;
		if (*text == '/') {
			buffer_add_char(out, '/');
			text++;
		}
	}
}

static void
host_add(const struct s3_client *s3, const char *bucket, struct buffer *out)
{
	if (!s3->path_style)
		buffer_print(out, "%s.", bucket);
	buffer_add_text(out, s3->host);
}

static void
path_add(const struct s3_client *s3, const struct s3_request *request,
	 struct buffer *out)
{
	const char *key = request->key != NULL ? request->key : "";

	buffer_add_char(out, '/');
	if (s3->path_style) {
		escape_add(out, request->bucket, false);
		if (key[0] != '\0')
			buffer_add_char(out, '/');
	}
	escape_add(out, key, true);
}

/* Sorted: "X-Amz-" comes before the lower-case names of the request. */
static void
query_add(const struct s3_client *s3, const struct s3_request *request,
	  const char *at, uint32_t expires_s, struct buffer *out)
{
	char credential[512];

	snprintf(credential, sizeof credential, "%s/%.8s/%s/s3/aws4_request",
		 s3->access_key, at, s3->region);
	buffer_add_text(out, "X-Amz-Algorithm=AWS4-HMAC-SHA256"
			     "&X-Amz-Credential=");
	escape_add(out, credential, false);
	buffer_print(out,
		     "&X-Amz-Date=%s&X-Amz-Expires=%u"
		     "&X-Amz-SignedHeaders=host",
		     at, expires_s);
	for (size_t i = 0; i < request->query_count; i++) {
		buffer_print(out, "&%s=", request->query[i].name);
		escape_add(out, request->query[i].value, false);
	}
}

static void
signing_key(const struct s3_client *s3, const char *at,
	    uint8_t key[SHA256_BYTES])
{
	const char *const steps[] = { s3->region, "s3", "aws4_request" };
	struct buffer first;
	struct span secret;

	buffer_init(&first, 0);
	buffer_print(&first, "AWS4%s", s3->secret_key);
	secret = (struct span){ first.bytes, first.length };
	hmac_sha256(secret, (struct span){ at, 8 }, key);
	for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
		uint8_t next[SHA256_BYTES];

		hmac_sha256((struct span){ (const char *)key, SHA256_BYTES },
			    span_of(steps[i]), next);
		memcpy(key, next, sizeof next);
	}
	buffer_release(&first);
}

static void
signature_add(const struct s3_client *s3, const char *at, struct span canonical,
	      struct buffer *out)
{
	uint8_t key[SHA256_BYTES], digest[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];
	struct buffer text;

	sha256(canonical.at, canonical.length, digest);
	hex_print(digest, sizeof digest, hex);
	buffer_init(&text, 0);
	buffer_print(&text,
		     "AWS4-HMAC-SHA256\n%s\n%.8s/%s/s3/aws4_request\n%s", at,
		     at, s3->region, hex);
	signing_key(s3, at, key);
	hmac_sha256((struct span){ (const char *)key, sizeof key },
		    (struct span){ text.bytes, text.length }, digest);
	hex_print(digest, sizeof digest, hex);
	buffer_print(out, "&X-Amz-Signature=%s", hex);
	buffer_release(&text);
}

void
s3_presign(const struct s3_client *s3, const struct s3_request *request,
	   int64_t now_ms, uint32_t expires_s, struct buffer *out)
{
	time_t seconds = (time_t)(now_ms / 1000);
	struct buffer canonical, query;
	struct tm parts;
	char at[32];

	gmtime_r(&seconds, &parts);
	strftime(at, sizeof at, "%Y%m%dT%H%M%SZ", &parts);
	buffer_init(&query, 0);
	query_add(s3, request, at, expires_s, &query);
	buffer_init(&canonical, 0);
	buffer_print(&canonical, "%s\n", request->method);
	path_add(s3, request, &canonical);
	buffer_print(&canonical, "\n%s\nhost:", query.bytes);
	host_add(s3, request->bucket, &canonical);
	buffer_add_text(&canonical, "\n\nhost\nUNSIGNED-PAYLOAD");

	buffer_print(out, "%.*s", (int)(s3->host - s3->endpoint),
		     s3->endpoint);
	host_add(s3, request->bucket, out);
	path_add(s3, request, out);
	buffer_print(out, "?%s", query.bytes);
	signature_add(s3, at,
		      (struct span){ canonical.bytes, canonical.length }, out);
	buffer_release(&canonical);
	buffer_release(&query);
}
