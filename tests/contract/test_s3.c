/* test_s3.c - the S3 client (driver/s3.h) against a server that checks
 * signatures, dates, regions and parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "driver/s3.h"
#include "tests/support/http_client.h"
#include "tests/support/s3_server.h"

#define BUCKET S3_SERVER_BUCKET

static int
client_open(void **state)
{
	*state = NULL;
	if (s3_server_missing() == NULL)
		*state = s3_server_client();
	else
		print_message("# %s\n", s3_server_missing());
	return 0;
}

static int
client_close(void **state)
{
	s3_close(*state);
	return 0;
}

static struct s3_client *
client_of(void **state)
{
	if (*state == NULL)
		skip();
	return *state;
}

static int
file_of(const void *bytes, size_t count)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, count), (ssize_t)count);
	return fd;
}

static void
put_text(struct s3_client *s3, const char *key, const char *text)
{
	int fd = file_of(text, strlen(text));
	struct fault fault = { 0 };

	if (s3_put(s3, BUCKET, key, fd, strlen(text), NULL, &fault) !=
	    STATUS_OK)
		fail_msg("%s: %s", key, fault.message);
	close(fd);
}

/* What is under the key, or NULL. The caller frees it. */
static char *
get_text(struct s3_client *s3, const char *key, const char *range)
{
	const struct s3_request get = { .method = "GET", .bucket = BUCKET,
					.key = key, .range = range };
	struct buffer out;
	enum status status;

	buffer_init(&out, 0);
	status = s3_ask(s3, &get, NULL, &out, NULL);
	if (status != STATUS_OK) {
		buffer_release(&out);
		return NULL;
	}
	return buffer_take(&out, NULL);
}

static void
assert_text(struct s3_client *s3, const char *key, const char *range,
	    const char *wanted)
{
	char *text = get_text(s3, key, range);

	assert_non_null(text);
	assert_string_equal(text, wanted);
	free(text);
}

/* ---- signatures ---- */

static void
signs_as_amazons_documents_show_it(void **state)
{
	/* docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth */
	const struct s3_server server = {
		.endpoint = "https://s3.amazonaws.com:443/",
		.region = "us-east-1",
		.access_key = "AKIAIOSFODNN7EXAMPLE",
		.secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	};
	const struct s3_request get = { .method = "GET",
					.bucket = "examplebucket",
					.key = "test.txt" };
	struct s3_client *s3;
	struct buffer address;

	(void)state;
	assert_int_equal(s3_open(&server, &s3, NULL), STATUS_OK);
	buffer_init(&address, 0);
	s3_presign(s3, &get, 1369353600000, 86400, &address);
	assert_string_equal(
		address.bytes,
		"https://examplebucket.s3.amazonaws.com/test.txt"
		"?X-Amz-Algorithm=AWS4-HMAC-SHA256"
		"&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1"
		"%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z"
		"&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
		"&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c2"
		"65957d157751f604d404");
	buffer_release(&address);
	s3_close(s3);
}

static void
an_endpoint_that_is_no_servers_address_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "s3.example.org", "ftp://s3.example.org", "https://",
		"https://s3.example.org/bucket", "http://a:b@s3.example.org",
		"https://s3.example.org?x",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		struct s3_server server = { .endpoint = wrong[i],
					    .region = "", .access_key = "",
					    .secret_key = "" };
		struct s3_client *s3 = NULL;

		assert_int_equal(s3_open(&server, &s3, NULL), STATUS_INVALID);
		assert_null(s3);
	}
}

static void
keys_of_any_letters_are_stored_and_read(void **state)
{
	static const char *const keys[] = {
		"plain.flac",
		"Кино/Группа крови/01 Группа крови.mp3",
		"a b+c&d=e?f#g%20h/i;j:k@l$m,n!o*p'q(r)s~t.mp3",
		"quotes \"and\" <angles>.mp3",
		"dots/../and/./twice//slashes",
		"日本語/🎵.ogg",
	};
	struct s3_client *s3 = client_of(state);

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		put_text(s3, keys[i], keys[i]);
		assert_text(s3, keys[i], NULL, keys[i]);
	}
}

/* What anybody gets who has the address. */
static unsigned
status_for_others(const char *address)
{
	const char *host = strstr(address, "://") + 3;
	const char *path = strchr(host, '/');
	const char *port = strchr(host, ':') + 1;
	struct buffer request;
	uint64_t number;
	unsigned status;

	assert_true(span_to_u64((struct span){ port, (size_t)(path - port) },
				&number));
	buffer_init(&request, 0);
	buffer_print(&request, "GET %s HTTP/1.1\r\nHost: %.*s\r\n\r\n", path,
		     (int)(path - host), host);
	status = client_status((uint16_t)number, request.bytes);
	buffer_release(&request);
	return status;
}

static void
a_presigned_address_needs_no_key_and_runs_out(void **state)
{
	const struct s3_request get = { .method = "GET", .bucket = BUCKET,
					.key = "presigned ё.txt" };
	struct s3_client *s3 = client_of(state);
	struct buffer address;

	put_text(s3, "presigned ё.txt", "open");
	buffer_init(&address, 0);
	s3_presign(s3, &get, clock_now_ms(), 60, &address);
	assert_int_equal(status_for_others(address.bytes), 200);
	buffer_clear(&address);
	s3_presign(s3, &get, clock_now_ms() - 100000, 60, &address);
	assert_int_equal(status_for_others(address.bytes), 403);
	buffer_release(&address);
}

static enum status
ask_with(const struct s3_server *server, const char *bucket,
	 struct fault *fault)
{
	struct s3_client *s3;
	enum status status;

	assert_int_equal(s3_open(server, &s3, NULL), STATUS_OK);
	status = s3_bucket_check(s3, bucket, fault);
	s3_close(s3);
	return status;
}

static void
a_wrong_secret_is_refused_with_the_servers_words(void **state)
{
	struct s3_server server;
	struct fault fault = { 0 };

	client_of(state);
	server = s3_server_place();
	server.secret_key = "not the secret";
	assert_int_equal(ask_with(&server, BUCKET, &fault),
			 STATUS_UNAVAILABLE);
	assert_string_equal(fault.field, "s3");
	assert_non_null(strstr(fault.message, "SignatureDoesNotMatch"));
	assert_null(strstr(fault.message, "not the secret"));
}

static void
another_region_is_refused_with_the_servers_words(void **state)
{
	struct s3_server server;
	struct fault fault = { 0 };

	client_of(state);
	server = s3_server_place();
	server.region = "eu-north-1";
	assert_int_equal(ask_with(&server, BUCKET, &fault),
			 STATUS_UNAVAILABLE);
	assert_non_null(strstr(fault.message, "us-east-1"));
}

static void
a_bucket_that_is_not_there_is_named(void **state)
{
	struct s3_server server;
	struct fault fault = { 0 };

	client_of(state);
	server = s3_server_place();
	assert_int_equal(ask_with(&server, "nowhere", &fault),
			 STATUS_UNAVAILABLE);
	assert_string_equal(fault.message, "there is no bucket nowhere");
}

/* ---- TLS ---- */

static void
a_certificate_is_trusted_by_ca_file_only(void **state)
{
	struct s3_server server;
	struct fault fault = { 0 };

	client_of(state);
	server = s3_server_tls_place("localhost");
	if (ask_with(&server, BUCKET, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	server.ca_file = NULL;
	assert_int_equal(ask_with(&server, BUCKET, &fault),
			 STATUS_UNAVAILABLE);
	assert_string_equal(fault.field, "s3");
	assert_non_null(strstr(fault.message, "certificate is not trusted"));
	assert_non_null(strstr(fault.message, "S3_CA_FILE"));
	server.ca_file = "/nowhere/ca.pem";
	assert_int_equal(ask_with(&server, BUCKET, &fault),
			 STATUS_UNAVAILABLE);
	assert_string_equal(fault.message,
			    "S3_CA_FILE: there are no certificates to be read "
			    "in /nowhere/ca.pem");
}

static void
a_certificate_of_another_name_is_refused_each_time(void **state)
{
	struct s3_server server;
	struct s3_client *s3;
	struct fault fault = { 0 };

	client_of(state);
	server = s3_server_tls_place("127.0.0.1");
	assert_int_equal(s3_open(&server, &s3, NULL), STATUS_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(s3_bucket_check(s3, BUCKET, &fault),
				 STATUS_UNAVAILABLE);
		assert_non_null(strstr(fault.message, "is not trusted"));
		assert_non_null(strstr(fault.message, "'127.0.0.1'"));
	}
	s3_close(s3);
}

static void
buckets_are_hosts_where_the_path_has_none(void **state)
{
	const size_t count = S3_PART_BYTES + 1;
	struct s3_server server;
	struct s3_client *s3;
	char *bytes, *text;
	int fd;

	client_of(state);
	bytes = mem_new(count, 1);
	fd = file_of(bytes, count);
	server = s3_server_tls_place("s3.localhost");
	server.path_style = false;
	assert_int_equal(s3_open(&server, &s3, NULL), STATUS_OK);
	put_text(s3, "host/ё & a+b.txt", "by its host");
	assert_text(s3, "host/ё & a+b.txt", "bytes=3-5", "its");
	assert_text(client_of(state), "host/ё & a+b.txt", NULL, "by its host");
	assert_int_equal(s3_put(s3, BUCKET, "host/large", fd, count, NULL,
				NULL),
			 STATUS_OK);
	text = get_text(s3, "host/large", "bytes=16777216-");
	assert_non_null(text);
	free(text);
	assert_int_equal(s3_bucket_make(s3, "hosted", NULL), STATUS_OK);
	assert_int_equal(s3_bucket_find(client_of(state), "hosted", NULL),
			 STATUS_OK);
	assert_int_equal(s3_bucket_find(s3, "nowhere", NULL),
			 STATUS_NOT_FOUND);
	s3_close(s3);
	close(fd);
	free(bytes);
}

/* ---- objects ---- */

static void
a_range_gives_its_bytes_and_one_past_the_end_is_said(void **state)
{
	const struct s3_request past = { .method = "GET", .bucket = BUCKET,
					 .key = "digits",
					 .range = "bytes=10-" };
	struct s3_client *s3 = client_of(state);

	put_text(s3, "digits", "0123456789");
	assert_text(s3, "digits", "bytes=0-0", "0");
	assert_text(s3, "digits", "bytes=3-5", "345");
	assert_text(s3, "digits", "bytes=7-", "789");
	assert_text(s3, "digits", "bytes=8-100", "89");
	assert_int_equal(s3_ask(s3, &past, NULL, NULL, NULL),
			 STATUS_OUT_OF_RANGE);
}

static void
a_head_tells_size_time_and_etag(void **state)
{
	const struct s3_request head = { .method = "HEAD", .bucket = BUCKET,
					 .key = "headed" };
	struct s3_client *s3 = client_of(state);
	struct s3_head about;

	put_text(s3, "headed", "hello");
	assert_int_equal(s3_ask(s3, &head, &about, NULL, NULL), STATUS_OK);
	assert_int_equal(about.length_bytes, 5);
	assert_string_equal(about.etag, "5d41402abc4b2a76b9719d911017c592");
	assert_true(llabs(about.modified_ms - clock_now_ms()) < 60000);
}

static void
what_was_removed_is_not_found_and_may_be_removed_again(void **state)
{
	const struct s3_request head = { .method = "HEAD", .bucket = BUCKET,
					 .key = "passing" };
	struct s3_client *s3 = client_of(state);

	put_text(s3, "passing", "by");
	assert_int_equal(s3_remove(s3, BUCKET, "passing", NULL), STATUS_OK);
	assert_int_equal(s3_ask(s3, &head, NULL, NULL, NULL),
			 STATUS_NOT_FOUND);
	assert_int_equal(s3_remove(s3, BUCKET, "passing", NULL), STATUS_OK);
}

static void
assert_same_bytes(struct s3_client *s3, const char *key, const char *bytes,
		  size_t count)
{
	const struct s3_request get = { .method = "GET", .bucket = BUCKET,
					.key = key };
	struct s3_exchange *exchange;
	struct s3_head head;
	size_t at = 0, got = 1;
	char room[50000];

	assert_int_equal(s3_begin(s3, &get, &exchange, &head, NULL),
			 STATUS_OK);
	assert_int_equal(head.length_bytes, count);
	while (got > 0) {
		assert_int_equal(s3_read(exchange, room, sizeof room, &got,
					 NULL),
				 STATUS_OK);
		assert_true(at + got <= count);
		assert_memory_equal(room, bytes + at, got);
		at += got;
	}
	assert_int_equal(at, count);
	s3_end(exchange);
}

static void
a_large_file_goes_in_parts_and_comes_back_whole(void **state)
{
	const size_t count = (size_t)2 * S3_PART_BYTES + 12345;
	struct s3_client *s3 = client_of(state);
	char *bytes = mem_new(count, 1);
	int fd;

	random_bytes(bytes, count);
	fd = file_of(bytes, count);
	assert_int_equal(s3_put(s3, BUCKET, "large ё", fd, count,
				"audio/flac", NULL),
			 STATUS_OK);
	assert_same_bytes(s3, "large ё", bytes, count);
	close(fd);
	free(bytes);
}

static void
a_file_that_breaks_off_leaves_nothing_behind(void **state)
{
	const struct s3_request head = { .method = "HEAD", .bucket = BUCKET,
					 .key = "broken" };
	const struct s3_pair query[] = { { "uploads", "" } };
	const struct s3_request uploads = { .method = "GET",
					    .bucket = BUCKET,
					    .query = query,
					    .query_count = 1 };
	struct s3_client *s3 = client_of(state);
	int fd = file_of("short", 5);
	struct buffer xml, id;

	assert_int_not_equal(s3_put(s3, BUCKET, "broken", fd,
				    2 * S3_PART_BYTES, NULL, NULL),
			     STATUS_OK);
	assert_int_equal(s3_ask(s3, &head, NULL, NULL, NULL),
			 STATUS_NOT_FOUND);
	buffer_init(&xml, 0);
	buffer_init(&id, 0);
	assert_int_equal(s3_ask(s3, &uploads, NULL, &xml, NULL), STATUS_OK);
	assert_false(s3_element_parse((struct span){ xml.bytes, xml.length },
				      "UploadId", &id));
	buffer_release(&xml);
	buffer_release(&id);
	close(fd);
}

static void
a_reader_that_stops_half_way_leaves_the_client_usable(void **state)
{
	const struct s3_request get = { .method = "GET", .bucket = BUCKET,
					.key = "half" };
	struct s3_client *s3 = client_of(state);
	const size_t count = 3 << 20;
	char *bytes = mem_new(count, 1), room[100];
	int fd = file_of(bytes, count);

	assert_int_equal(s3_put(s3, BUCKET, "half", fd, count, NULL, NULL),
			 STATUS_OK);
	for (int i = 0; i < 3; i++) {
		struct s3_exchange *exchange;
		size_t got;

		assert_int_equal(s3_begin(s3, &get, &exchange, NULL, NULL),
				 STATUS_OK);
		assert_int_equal(s3_read(exchange, room, sizeof room, &got,
					 NULL),
				 STATUS_OK);
		assert_true(got > 0);
		s3_end(exchange);
	}
	put_text(s3, "after half", "well");
	assert_text(s3, "after half", NULL, "well");
	close(fd);
	free(bytes);
}

/* ---- lists ---- */

struct listed {
	struct buffer keys;
	size_t count;
	uint64_t bytes;
};

static enum status
list_take(void *cookie, const struct s3_object *object, struct fault *fault)
{
	struct listed *listed = cookie;

	(void)fault;
	listed->count++;
	listed->bytes += object->size_bytes;
	assert_int_equal(strlen(object->etag), 32);
	assert_true(object->modified_ms > 0);
	if (listed->keys.length < 200)
		buffer_print(&listed->keys, "%s ", object->key);
	return STATUS_OK;
}

static void
list(struct s3_client *s3, const char *prefix, const char *after,
     struct listed *out)
{
	struct fault fault = { 0 };

	*out = (struct listed){ .count = 0 };
	buffer_init(&out->keys, 0);
	buffer_add_text(&out->keys, "");
	if (s3_list(s3, BUCKET, prefix, after, NULL, list_take, out, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
}

static void
a_list_has_the_keys_of_its_prefix_in_order_and_after_a_key(void **state)
{
	struct s3_client *s3 = client_of(state);
	struct listed listed;

	put_text(s3, "list/б&<б>", "12");
	put_text(s3, "list/a", "1");
	put_text(s3, "list/c d", "123");
	put_text(s3, "lists", "");
	list(s3, "list/", "", &listed);
	assert_string_equal(listed.keys.bytes, "list/a list/c d list/б&<б> ");
	assert_int_equal(listed.bytes, 6);
	buffer_release(&listed.keys);
	list(s3, "list/", "list/c d", &listed);
	assert_string_equal(listed.keys.bytes, "list/б&<б> ");
	buffer_release(&listed.keys);
	list(s3, "nothing/", "", &listed);
	assert_int_equal(listed.count, 0);
	buffer_release(&listed.keys);
}

/* ---- a server in trouble ---- */

static void
a_server_that_is_gone_is_said_at_once_after_the_first_time(void **state)
{
	struct s3_server server = { .endpoint = "http://127.0.0.1:1",
				    .region = "us-east-1",
				    .access_key = "a", .secret_key = "b",
				    .path_style = true };
	struct s3_client *s3;
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(s3_open(&server, &s3, NULL), STATUS_OK);
	assert_int_equal(s3_bucket_check(s3, BUCKET, &fault),
			 STATUS_UNAVAILABLE);
	assert_non_null(strstr(fault.message, "cannot be asked"));
	assert_int_equal(s3_bucket_check(s3, BUCKET, &fault),
			 STATUS_UNAVAILABLE);
	assert_string_equal(fault.message, "the S3 server does not answer");
	s3_close(s3);
}

static void
a_server_that_says_nothing_is_given_up(void **state)
{
	struct s3_server server;
	struct fault fault = { 0 };
	enum status status;

	client_of(state);
	server = s3_server_place();
	server.timeout_ms = 1000;
	s3_server_hold();
	status = ask_with(&server, BUCKET, &fault);
	s3_server_let_go();
	assert_int_equal(status, STATUS_UNAVAILABLE);
	assert_int_equal(ask_with(&server, BUCKET, &fault), STATUS_OK);
}

/* ---- a server that says what we want ---- */

struct canned {
	int listener;
	const char *const *answers; /* one for each connection; NULL ends */
	pthread_t thread;
	unsigned asked;
};

static void *
canned_run(void *cookie)
{
	struct canned *canned = cookie;

	for (; canned->answers[canned->asked] != NULL; canned->asked++) {
		const char *answer = canned->answers[canned->asked];
		int fd = accept(canned->listener, NULL, NULL);
		char head[4096];

		if (fd < 0)
			break;
		assert_true(read(fd, head, sizeof head) > 0);
		assert_int_equal(write(fd, answer, strlen(answer)),
				 (ssize_t)strlen(answer));
		shutdown(fd, SHUT_WR);
		while (read(fd, head, sizeof head) > 0)
			; /* so that the answer is not reset away */
		close(fd);
	}
	/* Who asks once more is refused, and does not wait for an answer. */
	shutdown(canned->listener, SHUT_RDWR);
	return NULL;
}

static struct s3_client *
canned_open(struct canned *canned, const char *const *answers)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t length = sizeof address;
	struct s3_server server = { .region = "us-east-1", .access_key = "a",
				    .secret_key = "b", .path_style = true };
	struct s3_client *s3;
	char endpoint[64];

	*canned = (struct canned){ .answers = answers };
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	canned->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(canned->listener, (void *)&address, length), 0);
	assert_int_equal(listen(canned->listener, 8), 0);
	assert_int_equal(getsockname(canned->listener, (void *)&address,
				     &length),
			 0);
	assert_int_equal(pthread_create(&canned->thread, NULL, canned_run,
					canned),
			 0);
	snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u",
		 ntohs(address.sin_port));
	server.endpoint = endpoint;
	assert_int_equal(s3_open(&server, &s3, NULL), STATUS_OK);
	return s3;
}

/* How many answers were asked for. */
static unsigned
canned_close(struct canned *canned, struct s3_client *s3)
{
	shutdown(canned->listener, SHUT_RDWR);
	pthread_join(canned->thread, NULL);
	close(canned->listener);
	s3_close(s3);
	return canned->asked;
}

#define CANNED(status, fields, body) \
	"HTTP/1.1 " status "\r\nConnection: close\r\n" fields "\r\n" body
#define SLOW_DOWN                                                            \
	CANNED("503 Slow Down", "",                                          \
	       "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>" \
	       "Please reduce your request rate.</Message></Error>")

static void
a_busy_server_is_asked_again_and_given_up_after_three_times(void **state)
{
	static const char *const twice[] = {
		SLOW_DOWN, CANNED("500 Internal", "Content-Length: 0\r\n", ""),
		CANNED("200 OK", "Content-Length: 0\r\n", ""), NULL
	};
	static const char *const always[] = { SLOW_DOWN, SLOW_DOWN, SLOW_DOWN,
					      SLOW_DOWN, NULL };
	struct fault fault = { 0 };
	struct canned canned;
	struct s3_client *s3;

	(void)state;
	s3 = canned_open(&canned, twice);
	assert_int_equal(s3_bucket_check(s3, BUCKET, &fault), STATUS_OK);
	assert_int_equal(canned_close(&canned, s3), 3);

	s3 = canned_open(&canned, always);
	assert_int_equal(s3_bucket_check(s3, BUCKET, &fault),
			 STATUS_UNAVAILABLE);
	assert_int_equal(fault.status, STATUS_UNAVAILABLE);
	assert_string_equal(fault.message,
			    "the S3 server says 503 SlowDown: Please reduce "
			    "your request rate.");
	assert_true(s3_answers(s3));
	assert_int_equal(canned_close(&canned, s3), 3);
}

static void
a_clock_that_is_off_is_named(void **state)
{
	static const char *const refused[] = {
		CANNED("403 Forbidden",
		       "Date: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
		       "Content-Length: 0\r\n",
		       ""),
		NULL
	};
	struct fault fault = { 0 };
	struct canned canned;
	struct s3_client *s3 = canned_open(&canned, refused);

	(void)state;
	assert_int_equal(s3_bucket_check(s3, BUCKET, &fault),
			 STATUS_UNAVAILABLE);
	assert_non_null(strstr(fault.message, "this machine's clock is"));
	assert_non_null(strstr(fault.message, "minutes ahead of its own"));
	canned_close(&canned, s3);
}

static void
an_answer_that_breaks_off_is_no_whole_answer(void **state)
{
	static const char *const cut[] = {
		CANNED("200 OK", "Content-Length: 100\r\n", "ten bytes."), NULL
	};
	const struct s3_request get = { .method = "GET", .bucket = BUCKET,
					.key = "cut" };
	struct buffer out;
	struct canned canned;
	struct s3_client *s3 = canned_open(&canned, cut);

	(void)state;
	buffer_init(&out, 0);
	assert_int_equal(s3_ask(s3, &get, NULL, &out, NULL),
			 STATUS_UNAVAILABLE);
	buffer_release(&out);
	canned_close(&canned, s3);
}

static void
an_upload_that_ends_with_an_error_after_all_has_failed(void **state)
{
	static const char *const broken[] = {
		CANNED("200 OK", "",
		       "<InitiateMultipartUploadResult><UploadId>u</UploadId>"
		       "</InitiateMultipartUploadResult>"),
		CANNED("200 OK", "ETag: \"e\"\r\nContent-Length: 0\r\n", ""),
		CANNED("200 OK", "ETag: \"e\"\r\nContent-Length: 0\r\n", ""),
		CANNED("200 OK", "",
		       "<Error><Code>InternalError</Code><Message>Sorry."
		       "</Message></Error>"),
		CANNED("204 No Content", "", ""), NULL
	};
	const size_t count = S3_PART_BYTES + 1;
	char *bytes = mem_new(count, 1);
	int fd = file_of(bytes, count);
	struct fault fault = { 0 };
	struct canned canned;
	struct s3_client *s3 = canned_open(&canned, broken);

	(void)state;
	assert_int_equal(s3_put(s3, BUCKET, "k", fd, count, NULL, &fault),
			 STATUS_UNAVAILABLE);
	assert_non_null(strstr(fault.message, "InternalError"));
	assert_int_equal(canned_close(&canned, s3), 5);
	close(fd);
	free(bytes);
}

/* ---- what servers say ---- */

static enum status
parse(const char *xml, size_t *count, struct buffer *token)
{
	struct listed listed = { .count = 0 };
	enum status status;

	buffer_init(&listed.keys, 0);
	status = s3_list_parse(span_of(xml), list_take, &listed, token, NULL);
	*count = listed.count;
	buffer_release(&listed.keys);
	return status;
}

#define OBJECT                                              \
	"<Contents><Key>k</Key><Size>1</Size>"              \
	"<ETag>\"5d41402abc4b2a76b9719d911017c592\"</ETag>" \
	"<LastModified>2026-11-28T14:12:29.000Z</LastModified></Contents>"

static void
a_list_that_makes_no_sense_is_corrupt_and_never_cut_short(void **state)
{
	static const char *const wrong[] = {
		"",
		"not XML",
		"<Other/>",
		"<ListBucketResult>" OBJECT,
		"<ListBucketResult><IsTruncated>true</IsTruncated>"
		"</ListBucketResult>",
		"<ListBucketResult><Contents><Size>1</Size></Contents>"
		"</ListBucketResult>",
		"<ListBucketResult><Contents><Key>k</Key><Size>much</Size>"
		"</Contents></ListBucketResult>",
		"<!DOCTYPE x [<!ENTITY a \"a\">]><ListBucketResult/>",
	};
	struct buffer token;
	size_t count;

	(void)state;
	buffer_init(&token, 0);
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
		assert_int_equal(parse(wrong[i], &count, &token),
				 STATUS_CORRUPT);
	assert_int_equal(parse("<ListBucketResult><IsTruncated>true"
			       "</IsTruncated><NextContinuationToken>t&amp;"
			       "</NextContinuationToken>" OBJECT
			       "</ListBucketResult>",
			       &count, &token),
			 STATUS_OK);
	assert_int_equal(count, 1);
	assert_string_equal(token.bytes, "t&");
	buffer_release(&token);
}

#define SCENARIO(f) { #f, f, client_open, client_close, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_as_amazons_documents_show_it),
		cmocka_unit_test(
			an_endpoint_that_is_no_servers_address_is_refused),
		SCENARIO(keys_of_any_letters_are_stored_and_read),
		SCENARIO(a_presigned_address_needs_no_key_and_runs_out),
		SCENARIO(a_wrong_secret_is_refused_with_the_servers_words),
		SCENARIO(another_region_is_refused_with_the_servers_words),
		SCENARIO(a_bucket_that_is_not_there_is_named),
		SCENARIO(a_certificate_is_trusted_by_ca_file_only),
		SCENARIO(a_certificate_of_another_name_is_refused_each_time),
		SCENARIO(buckets_are_hosts_where_the_path_has_none),
		SCENARIO(a_range_gives_its_bytes_and_one_past_the_end_is_said),
		SCENARIO(a_head_tells_size_time_and_etag),
		SCENARIO(what_was_removed_is_not_found_and_may_be_removed_again),
		SCENARIO(a_large_file_goes_in_parts_and_comes_back_whole),
		SCENARIO(a_file_that_breaks_off_leaves_nothing_behind),
		SCENARIO(a_reader_that_stops_half_way_leaves_the_client_usable),
		SCENARIO(
			a_list_has_the_keys_of_its_prefix_in_order_and_after_a_key),
		SCENARIO(a_server_that_says_nothing_is_given_up),
		cmocka_unit_test(
			a_server_that_is_gone_is_said_at_once_after_the_first_time),
		cmocka_unit_test(
			a_busy_server_is_asked_again_and_given_up_after_three_times),
		cmocka_unit_test(a_clock_that_is_off_is_named),
		cmocka_unit_test(an_answer_that_breaks_off_is_no_whole_answer),
		cmocka_unit_test(
			an_upload_that_ends_with_an_error_after_all_has_failed),
		cmocka_unit_test(
			a_list_that_makes_no_sense_is_corrupt_and_never_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
