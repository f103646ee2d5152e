/* s3.c - see s3.h: the client, and exchanges with its server.
 *
 * libcurl pushes and callers pull, so each exchange drives a multi handle of its
 * own: s3_read() lets it work until there is something, and a callback that has
 * enough pauses it. Handles are kept for the next exchange, and with them their
 * connections. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/version.h"
#include "driver/s3_private.h"

#define HELD_BYTES ((size_t)256 << 10)
#define ERROR_BYTES 65536
#define CONNECT_MS 5000L
#define TIMEOUT_MS 15000
#define TRIES 3
#define PAUSE_MS 200 /* before the second try; doubles */
#define REQUEST_EXPIRES_S 900
#define STEP_MS 1000
#define SKEW_MS 300000 /* of the clocks; signatures are refused past 15 min */

struct s3_exchange {
	struct s3_client *s3;
	struct s3_line line;
	struct curl_slist *fields;
	struct buffer held; /* what came; read up to held_at */
	size_t held_at;
	const struct s3_request *request; /* while its body is sent */
	uint64_t body_at, body_bytes;
	bool head_seen, paused, done;
	CURLcode code; /* when it is done */
	char why[CURL_ERROR_SIZE];
};

#define OFFSET(field) offsetof(struct s3_settings, field)

const struct option s3_options[] = {
	{ .name = "S3_ENDPOINT", .type = OPTION_TEXT, .preset = "",
	  .summary = "Address of an S3 server for covers and uploads, like "
		     "https://s3.example.org; empty: they stay in the data "
		     "folder.",
	  .offset = OFFSET(server.endpoint) },
	{ .name = "S3_REGION", .type = OPTION_TEXT, .preset = "us-east-1",
	  .summary = "The region that the S3 server's signatures name.",
	  .offset = OFFSET(server.region) },
	{ .name = "S3_ACCESS_KEY", .type = OPTION_TEXT, .preset = "",
	  .summary = "Name of the key at the S3 server.",
	  .offset = OFFSET(server.access_key) },
	{ .name = "S3_SECRET_KEY", .type = OPTION_TEXT, .preset = "",
	  .summary = "Secret of the key at the S3 server.", .secret = true,
	  .offset = OFFSET(server.secret_key) },
	{ .name = "S3_CA_FILE", .type = OPTION_TEXT, .preset = "",
	  .summary = "Certificates the S3 server's is checked with; empty: "
		     "the system's.",
	  .offset = OFFSET(server.ca_file) },
	{ .name = "S3_PATH_STYLE", .type = OPTION_BOOL, .preset = "true",
	  .summary = "Name the bucket in the path; false: in the host's "
		     "name, as Amazon wants it.",
	  .offset = OFFSET(server.path_style) },
	{ .name = "S3_TIMEOUT_MS", .type = OPTION_U32, .preset = "15000",
	  .unit = "ms", .min = 1000, .max = 600000,
	  .summary = "How long the S3 server may say nothing.",
	  .offset = OFFSET(server.timeout_ms) },
	{ .name = "S3_BUCKET_TRACKS", .type = OPTION_TEXT,
	  .preset = "ogma-tracks",
	  .summary = "The S3 bucket of uploaded music.",
	  .offset = OFFSET(bucket_tracks) },
	{ .name = "S3_BUCKET_COVERS", .type = OPTION_TEXT,
	  .preset = "ogma-covers", .summary = "The S3 bucket of pictures.",
	  .offset = OFFSET(bucket_covers) },
	{ .name = "S3_BUCKET_PLAYLISTS", .type = OPTION_TEXT,
	  .preset = "ogma-playlists",
	  .summary = "An S3 bucket of other programs, counted with ours: "
		     "playlists' pictures are in S3_BUCKET_COVERS.",
	  .offset = OFFSET(bucket_playlists) },
	{ .name = "S3_BUCKET_TEMP", .type = OPTION_TEXT,
	  .preset = "ogma-temp",
	  .summary = "An S3 bucket whose objects are removed on request "
		     "when they are old.",
	  .offset = OFFSET(bucket_temp) },
	{ .name = "S3_PRESIGN_SECONDS", .type = OPTION_U32,
	  .preset = "3600", .unit = "seconds", .min = 1, .max = 604800,
	  .summary = "How long the address of a stored track may be used.",
	  .offset = OFFSET(presign_seconds) },
	{ 0 }
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
curl_start(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* ---- the client ---- */

/* The host as libcurl will write it into its Host field, which is signed: no
 * port where it is the scheme's own. */
static bool
endpoint_read(const char *text, char **endpoint, char **host)
{
	static const char *const schemes[][2] = { { "http://", ":80" },
						  { "https://", ":443" } };
	size_t length = strlen(text);

	while (length > 0 && text[length - 1] == '/')
		length--;
	for (size_t i = 0; i < ARRAY_LENGTH(schemes); i++) {
		size_t start = strlen(schemes[i][0]);
		size_t port = strlen(schemes[i][1]);

		if (strncmp(text, schemes[i][0], start) != 0)
			continue;
		if (length <= start ||
		    strcspn(text + start, "/?#@ ") < length - start)
			return false;
		if (length > start + port &&
		    strncmp(text + length - port, schemes[i][1], port) == 0)
			length -= port;
		*endpoint = mem_new(length + 1, 1);
		memcpy(*endpoint, text, length);
		*host = *endpoint + start;
		return true;
	}
	return false;
}

enum status
s3_open(const struct s3_server *server, struct s3_client **out,
	struct fault *fault)
{
	struct s3_client *s3;
	char *endpoint, *host;

	if (!endpoint_read(server->endpoint, &endpoint, &host))
		return fault_field(fault, STATUS_INVALID, "S3_ENDPOINT",
				   "S3_ENDPOINT: that is not the http or https "
				   "address of a server");
	pthread_once(&once, curl_start);
	s3 = mem_new(1, sizeof *s3);
	s3->endpoint = endpoint;
	s3->host = host;
	s3->region = mem_copy_text(server->region);
	s3->access_key = mem_copy_text(server->access_key);
	s3->secret_key = mem_copy_text(server->secret_key);
	s3->ca_file = mem_copy_text(server->ca_file != NULL ? server->ca_file :
							      "");
	s3->path_style = server->path_style;
	s3->timeout_ms = server->timeout_ms > 0 ? server->timeout_ms :
						  TIMEOUT_MS;
	pthread_mutex_init(&s3->lock, NULL);
	*out = s3;
	return STATUS_OK;
}

static void
line_close(struct s3_line *line)
{
	curl_easy_cleanup(line->easy);
	curl_multi_cleanup(line->multi);
}

void
s3_close(struct s3_client *s3)
{
	if (s3 == NULL)
		return;
	for (unsigned i = 0; i < s3->kept_count; i++)
		line_close(&s3->kept[i]);
	pthread_mutex_destroy(&s3->lock);
	free(s3->endpoint);
	free(s3->region);
	free(s3->access_key);
	free(s3->secret_key);
	free(s3->ca_file);
	free(s3);
}

static struct s3_line
line_take(struct s3_client *s3)
{
	struct s3_line line = { NULL, NULL };

	pthread_mutex_lock(&s3->lock);
	if (s3->kept_count > 0)
		line = s3->kept[--s3->kept_count];
	pthread_mutex_unlock(&s3->lock);
	if (line.easy == NULL)
		line = (struct s3_line){ curl_multi_init(),
					 curl_easy_init() };
	return line;
}

static void
line_give(struct s3_client *s3, struct s3_line *line)
{
	curl_easy_reset(line->easy);
	pthread_mutex_lock(&s3->lock);
	if (s3->kept_count < S3_LINES_KEPT) {
		s3->kept[s3->kept_count++] = *line;
		line->easy = NULL;
	}
	pthread_mutex_unlock(&s3->lock);
	if (line->easy != NULL)
		line_close(line);
}

/* Whether it may be asked. The first to ask after a pause finds out for all. */
static bool
may_ask(struct s3_client *s3)
{
	int64_t now_ms = clock_monotonic_ms();
	bool may;

	pthread_mutex_lock(&s3->lock);
	may = now_ms >= s3->down_until_ms;
	if (may && s3->down_until_ms != 0)
		s3->down_until_ms = now_ms + S3_DOWN_MS;
	pthread_mutex_unlock(&s3->lock);
	return may;
}

bool
s3_answers(struct s3_client *s3)
{
	bool answers;

	pthread_mutex_lock(&s3->lock);
	answers = s3->down_until_ms == 0;
	pthread_mutex_unlock(&s3->lock);
	return answers;
}

static void
answers_set(struct s3_client *s3, bool answers)
{
	pthread_mutex_lock(&s3->lock);
	s3->down_until_ms = answers ? 0 : clock_monotonic_ms() + S3_DOWN_MS;
	pthread_mutex_unlock(&s3->lock);
}

/* ---- what libcurl calls ---- */

static size_t
on_head(char *bytes, size_t size, size_t count, void *cookie)
{
	struct s3_exchange *exchange = cookie;
	long code = 0;

	curl_easy_getinfo(exchange->line.easy, CURLINFO_RESPONSE_CODE, &code);
	if (size * count == 2 && bytes[0] == '\r' && code >= 200)
		exchange->head_seen = true;
	return size * count;
}

static size_t
on_bytes(char *bytes, size_t size, size_t count, void *cookie)
{
	struct s3_exchange *exchange = cookie;

	if (exchange->held.length > 0 &&
	    exchange->held.length + size * count > HELD_BYTES) {
		exchange->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	buffer_add(&exchange->held, bytes, size * count);
	return exchange->held.full ? 0 : size * count;
}

static size_t
on_body_wanted(char *room, size_t size, size_t count, void *cookie)
{
	struct s3_exchange *exchange = cookie;
	const struct s3_request *request = exchange->request;
	size_t length = size * count;
	ssize_t got;

	if (length > exchange->body_bytes - exchange->body_at)
		length = (size_t)(exchange->body_bytes - exchange->body_at);
	if (request->text.length > 0) {
		memcpy(room, request->text.at + exchange->body_at, length);
		got = (ssize_t)length;
	} else {
		got = pread(request->fd, room, length,
			    (off_t)(request->first + exchange->body_at));
	}
	if (got < 0 || (got == 0 && length > 0))
		return CURL_READFUNC_ABORT;
	exchange->body_at += (uint64_t)got;
	return (size_t)got;
}

/* A kept connection may turn out to be closed: libcurl begins anew. */
static int
on_body_seek(void *cookie, curl_off_t offset, int origin)
{
	struct s3_exchange *exchange = cookie;

	if (origin != SEEK_SET || offset < 0 ||
	    (uint64_t)offset > exchange->body_bytes)
		return CURL_SEEKFUNC_FAIL;
	exchange->body_at = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

__attribute__((format(printf, 2, 3))) static void
field_add(struct s3_exchange *exchange, const char *format, ...)
{
	char field[S3_ETAG_BYTES + 40];
	va_list args;

	va_start(args, format);
	vsnprintf(field, sizeof field, format, args);
	va_end(args);
	exchange->fields = curl_slist_append(exchange->fields, field);
}

/* ---- exchanges ---- */

static void
body_set(struct s3_exchange *exchange, const struct s3_request *request)
{
	CURL *easy = exchange->line.easy;
	bool post = strcmp(request->method, "POST") == 0;

	exchange->request = request;
	exchange->body_bytes = request->text.length > 0 ?
				       request->text.length :
				       request->body_bytes;
	curl_easy_setopt(easy, post ? CURLOPT_POST : CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy,
			 post ? CURLOPT_POSTFIELDSIZE_LARGE :
				CURLOPT_INFILESIZE_LARGE,
			 (curl_off_t)exchange->body_bytes);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_body_wanted);
	curl_easy_setopt(easy, CURLOPT_READDATA, exchange);
	curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_body_seek);
	curl_easy_setopt(easy, CURLOPT_SEEKDATA, exchange);
	field_add(exchange, "Content-Type: %s",
		  request->content_type != NULL ? request->content_type :
						  "application/octet-stream");
}

static void
method_set(struct s3_exchange *exchange, const struct s3_request *request)
{
	CURL *easy = exchange->line.easy;

	if (strcmp(request->method, "PUT") == 0 ||
	    strcmp(request->method, "POST") == 0)
		body_set(exchange, request);
	else if (strcmp(request->method, "HEAD") == 0)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else if (strcmp(request->method, "GET") != 0)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static void
options_set(struct s3_exchange *exchange, const struct s3_request *request,
	    const char *address)
{
	const struct s3_client *s3 = exchange->s3;
	CURL *easy = exchange->line.easy;

	curl_easy_setopt(easy, CURLOPT_URL, address);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	if (*s3->ca_file != '\0')
		curl_easy_setopt(easy, CURLOPT_CAINFO, s3->ca_file);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->why);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "Ogma/" OGMA_VERSION);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 s3->timeout_ms < CONNECT_MS ? (long)s3->timeout_ms :
						       CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
			 (long)(s3->timeout_ms + 999) / 1000);
	curl_easy_setopt(easy, CURLOPT_FILETIME, 1L);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
	if (request->ping)
		curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)S3_PING_MS);
	if (request->range != NULL)
		curl_easy_setopt(easy, CURLOPT_RANGE,
				 request->range + strlen("bytes="));
	method_set(exchange, request);
	if (request->if_match != NULL)
		field_add(exchange, "If-Match: \"%s\"", request->if_match);
	if (request->if_none)
		field_add(exchange, "If-None-Match: %s", "*");
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->fields);
}

static struct s3_exchange *
exchange_new(struct s3_client *s3, const struct s3_request *request)
{
	struct s3_exchange *exchange = mem_new(1, sizeof *exchange);
	struct buffer address;

	exchange->s3 = s3;
	exchange->line = line_take(s3);
	buffer_init(&exchange->held, 4 * HELD_BYTES);
	buffer_init(&address, 0);
	s3_presign(s3, request, clock_now_ms(), REQUEST_EXPIRES_S, &address);
	options_set(exchange, request, address.bytes);
	buffer_release(&address);
	curl_multi_add_handle(exchange->line.multi, exchange->line.easy);
	return exchange;
}

void
s3_end(struct s3_exchange *exchange)
{
	curl_multi_remove_handle(exchange->line.multi, exchange->line.easy);
	line_give(exchange->s3, &exchange->line);
	curl_slist_free_all(exchange->fields);
	buffer_release(&exchange->held);
	free(exchange);
}

/* Lets it work until something happened. */
static void
exchange_step(struct s3_exchange *exchange)
{
	size_t held = exchange->held.length;
	bool seen = exchange->head_seen;
	int running = 0, left = 0;
	CURLMsg *message;

	if (exchange->paused) {
		exchange->paused = false;
		curl_easy_pause(exchange->line.easy, CURLPAUSE_CONT);
	}
	curl_multi_perform(exchange->line.multi, &running);
	while ((message = curl_multi_info_read(exchange->line.multi, &left)) !=
	       NULL) {
		if (message->msg != CURLMSG_DONE)
			continue;
		exchange->done = true;
		exchange->code = message->data.result;
	}
	if (!exchange->done && !exchange->paused &&
	    exchange->held.length == held && exchange->head_seen == seen)
		curl_multi_poll(exchange->line.multi, NULL, 0, STEP_MS, NULL);
}

static enum status
exchange_state(const struct s3_exchange *exchange, struct fault *fault)
{
	if (!exchange->done || exchange->code == CURLE_OK)
		return STATUS_OK;
	if (exchange->code == CURLE_ABORTED_BY_CALLBACK)
		return fault_set(fault, STATUS_FAILED,
				 "the file that is sent is shorter than it "
				 "was, or cannot be read");
	if (exchange->code == CURLE_SSL_CACERT_BADFILE)
		return fault_field(fault, STATUS_UNAVAILABLE, "s3",
				   "S3_CA_FILE: there are no certificates to "
				   "be read in %s", exchange->s3->ca_file);
	if (exchange->code == CURLE_PEER_FAILED_VERIFICATION)
		return fault_field(fault, STATUS_UNAVAILABLE, "s3",
				   "the S3 server's certificate is not "
				   "trusted: %s (S3_CA_FILE)", exchange->why);
	return fault_field(fault, STATUS_UNAVAILABLE, "s3",
			   "the S3 server cannot be asked: %s",
			   curl_easy_strerror(exchange->code));
}

/* Nothing that asking again, or later, would change. */
static bool
is_distrust(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION ||
	       code == CURLE_SSL_CACERT_BADFILE;
}

/* ---- refusals ---- */

/* A signature is good for minutes; who is off by more is refused for it. */
static bool
skew_find(CURL *easy, int64_t *ahead_ms)
{
	struct curl_header *date;
	int64_t theirs;

	if (curl_easy_header(easy, "date", 0, CURLH_HEADER, -1, &date) !=
		    CURLHE_OK ||
	    !clock_parse_http(date->value, strlen(date->value), &theirs))
		return false;
	*ahead_ms = clock_now_ms() - theirs;
	return *ahead_ms > SKEW_MS || *ahead_ms < -SKEW_MS;
}

static enum status
status_of(long http, const char *code)
{
	static const struct {
		const char *code;
		enum status status;
	} codes[] = {
		{ "NoSuchBucket", STATUS_UNAVAILABLE },
		{ "NotImplemented", STATUS_UNSUPPORTED },
		{ "SlowDown", STATUS_AGAIN_LATER },
		{ "RequestTimeout", STATUS_AGAIN_LATER },
		{ "OperationAborted", STATUS_AGAIN_LATER },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(codes); i++) {
		if (strcmp(code, codes[i].code) == 0)
			return codes[i].status;
	}
	switch (http) {
	case 404: return STATUS_NOT_FOUND;
	case 409:
	case 412: return STATUS_CONFLICT;
	case 416: return STATUS_OUT_OF_RANGE;
	case 429:
	case 500:
	case 502:
	case 503:
	case 504: return STATUS_AGAIN_LATER;
	default: return STATUS_UNAVAILABLE;
	}
}

/* The server refused: its own words, if it says any. */
static enum status
refusal(struct s3_exchange *exchange, const char *bucket, long http,
	struct fault *fault)
{
	struct buffer code, message;
	enum status status;
	int64_t ahead_ms;

	while (!exchange->done && exchange->held.length < ERROR_BYTES)
		exchange_step(exchange);
	buffer_init(&code, 0);
	buffer_init(&message, 0);
	buffer_add_text(&code, "");
	buffer_add_text(&message, "");
	s3_error_parse((struct span){ exchange->held.bytes,
				      exchange->held.length },
		       &code, &message);
	status = status_of(http, code.bytes);
	if (strcmp(code.bytes, "NoSuchBucket") == 0)
		fault_field(fault, status, "s3", "there is no bucket %s",
			    bucket);
	else if (http == 403 && skew_find(exchange->line.easy, &ahead_ms))
		fault_field(fault, status, "s3",
			    "the S3 server refuses us: this machine's clock "
			    "is %lld minutes %s of its own",
			    llabs((long long)ahead_ms) / 60000,
			    ahead_ms > 0 ? "ahead" : "behind");
	else if (strcmp(code.bytes, "InvalidAccessKeyId") == 0)
		fault_field(fault, status, "s3",
			    "the S3 server does not know the access key (%s)",
			    code.bytes);
	else if (strcmp(code.bytes, "SignatureDoesNotMatch") == 0)
		fault_field(fault, status, "s3",
			    "the S3 server refuses us: the secret key is not "
			    "that of the access key (%s)",
			    code.bytes);
	else if (strcmp(code.bytes, "AuthorizationHeaderMalformed") == 0 ||
		 strcmp(code.bytes, "PermanentRedirect") == 0 ||
		 strcmp(code.bytes, "AuthorizationQueryParametersError") == 0)
		fault_field(fault, status, "s3",
			    "the S3 server refuses us, the bucket may be in "
			    "another region: %s", message.bytes);
	else
		fault_field(fault, status, "s3",
			    "the S3 server says %ld %s%s%s", http, code.bytes,
			    message.length > 0 ? ": " : "", message.bytes);
	buffer_release(&code);
	buffer_release(&message);
	return status;
}

static void
head_read(CURL *easy, struct s3_head *head)
{
	curl_off_t length = 0, modified = 0;
	struct curl_header *etag;

	curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	curl_easy_getinfo(easy, CURLINFO_FILETIME_T, &modified);
	head->length_bytes = length > 0 ? (uint64_t)length : 0;
	head->modified_ms = modified > 0 ? (int64_t)modified * 1000 : 0;
	head->etag[0] = '\0';
	if (curl_easy_header(easy, "etag", 0, CURLH_HEADER, -1, &etag) ==
	    CURLHE_OK)
		snprintf(head->etag, sizeof head->etag, "%.*s",
			 (int)strcspn(etag->value + (etag->value[0] == '"'),
				      "\""),
			 etag->value + (etag->value[0] == '"'));
}

/* ---- asking ---- */

struct attempt {
	bool reached; /* the server said something */
	bool again;   /* and may say something else next time */
};

static enum status
begin_once(struct s3_client *s3, const struct s3_request *request,
	   struct s3_exchange **out, struct s3_head *head,
	   struct attempt *attempt, struct fault *fault)
{
	struct s3_exchange *exchange = exchange_new(s3, request);
	enum status status;
	long http = 0;

	while (!exchange->head_seen && !exchange->done)
		exchange_step(exchange);
	status = exchange_state(exchange, fault);
	curl_easy_getinfo(exchange->line.easy, CURLINFO_RESPONSE_CODE, &http);
	attempt->reached = http >= 200 || status == STATUS_FAILED ||
			   is_distrust(exchange->code);
	if (http >= 300) {
		status = refusal(exchange, request->bucket, http, fault);
		attempt->again = status == STATUS_AGAIN_LATER;
	} else if (status == STATUS_UNAVAILABLE) {
		attempt->again = exchange->code != CURLE_OPERATION_TIMEDOUT &&
				 !is_distrust(exchange->code);
	}
	if (status != STATUS_OK) {
		s3_end(exchange);
		return status;
	}
	if (head != NULL)
		head_read(exchange->line.easy, head);
	*out = exchange;
	return STATUS_OK;
}

static void
pause_before(int try)
{
	struct timespec pause = { 0, (long)PAUSE_MS * 1000000L << try };

	nanosleep(&pause, NULL);
}

enum status
s3_begin(struct s3_client *s3, const struct s3_request *request,
	 struct s3_exchange **out, struct s3_head *head, struct fault *fault)
{
	struct attempt attempt = { .again = true };
	enum status status = STATUS_OK;

	if (!may_ask(s3))
		return fault_field(fault, STATUS_UNAVAILABLE, "s3",
				   "the S3 server does not answer");
	for (int try = 0; try < TRIES && attempt.again; try++) {
		if (try > 0)
			pause_before(try - 1);
		attempt = (struct attempt){ false, false };
		status = begin_once(s3, request, out, head, &attempt, fault);
		attempt.again = attempt.again && !request->ping;
	}
	answers_set(s3, attempt.reached);
	if (status == STATUS_AGAIN_LATER) {
		status = STATUS_UNAVAILABLE;
		if (fault != NULL)
			fault->status = status;
	}
	return status;
}

enum status
s3_read(struct s3_exchange *exchange, void *buffer, size_t room_bytes,
	size_t *got_bytes, struct fault *fault)
{
	enum status status;

	while (exchange->held.length == 0 && !exchange->done)
		exchange_step(exchange);
	status = exchange->held.length == 0 ? exchange_state(exchange, fault) :
					      STATUS_OK;
	if (status != STATUS_OK)
		return status;
	if (room_bytes > exchange->held.length - exchange->held_at)
		room_bytes = exchange->held.length - exchange->held_at;
	if (room_bytes > 0)
		memcpy(buffer, exchange->held.bytes + exchange->held_at,
		       room_bytes);
	exchange->held_at += room_bytes;
	if (exchange->held_at == exchange->held.length) {
		buffer_clear(&exchange->held);
		exchange->held_at = 0;
	}
	*got_bytes = room_bytes;
	return STATUS_OK;
}

enum status
s3_ask(struct s3_client *s3, const struct s3_request *request,
       struct s3_head *head, struct buffer *out, struct fault *fault)
{
	struct s3_exchange *exchange;
	char room[16384];
	size_t got = 1;
	enum status status = s3_begin(s3, request, &exchange, head, fault);

	if (status != STATUS_OK)
		return status;
	while (status == STATUS_OK && got > 0) {
		status = s3_read(exchange, room, sizeof room, &got, fault);
		if (status != STATUS_OK || out == NULL)
			continue;
		buffer_add(out, room, got);
		if (out->full)
			status = fault_set(fault, STATUS_TOO_LARGE,
					   "the S3 server's answer is too "
					   "large");
	}
	s3_end(exchange);
	return status;
}
