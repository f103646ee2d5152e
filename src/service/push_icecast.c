/* push_icecast.c - a source of an Icecast server; see push_private.h.
 *
 * libcurl makes the connection (names, TLS, the check of the address); the
 * request has no end, and Icecast 2.4 takes no chunks, so its lines are our own.
 * Titles of formats that have no place for them go over /admin/metadata. */
#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/version.h"
#include "service/fetch.h"
#include "service/push_private.h"

#define ANSWER_BYTES_MAX 8192
#define TITLE_MS 3000

struct icecast {
	CURL *curl;
	struct push_run *run;
	char *host, *port, *path, *scheme;
	bool refused; /* the address */
};

/* ---- connecting ----------------------------------------------------------- */

static curl_socket_t
socket_open(void *cookie, curlsocktype purpose, struct curl_sockaddr *target)
{
	struct icecast *icecast = cookie;
	struct sockaddr_storage storage = { 0 };
	struct address address;

	(void)purpose;
	if (!icecast->run->pushes->args.options->private_servers) {
		if (target->addrlen > sizeof storage)
			return CURL_SOCKET_BAD;
		memcpy(&storage, &target->addr, target->addrlen);
		address = address_of(&storage);
		if (!fetch_address_allowed(&address)) {
			icecast->refused = true;
			return CURL_SOCKET_BAD;
		}
	}
	return socket(target->family, target->socktype | SOCK_CLOEXEC,
		      target->protocol);
}

static int
go_on(void *cookie, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct icecast *icecast = cookie;

	(void)a, (void)b, (void)c, (void)d;
	return atomic_load(&icecast->run->stopped);
}

static bool
url_cut(struct icecast *icecast, const char *text)
{
	CURLU *url = curl_url();
	bool fine = url != NULL &&
		    curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
		    curl_url_get(url, CURLUPART_SCHEME, &icecast->scheme,
				 0) == CURLUE_OK &&
		    curl_url_get(url, CURLUPART_HOST, &icecast->host, 0) ==
			    CURLUE_OK &&
		    curl_url_get(url, CURLUPART_PORT, &icecast->port,
				 CURLU_DEFAULT_PORT) == CURLUE_OK &&
		    curl_url_get(url, CURLUPART_PATH, &icecast->path, 0) ==
			    CURLUE_OK;

	curl_url_cleanup(url);
	return fine;
}

static void
options_set(struct icecast *icecast)
{
	const struct push_run *run = icecast->run;
	const char *ca_file = run->pushes->args.options->ca_file;
	CURL *curl = icecast->curl;

	curl_easy_setopt(curl, CURLOPT_URL, run->row.url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)PUSH_CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
			 (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION,
			 (long)CURL_SSLVERSION_TLSv1_2);
	if (*ca_file != '\0')
		curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, socket_open);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, icecast);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, go_on);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, icecast);
}

static enum status
connect_outcome(const struct icecast *icecast, CURLcode code,
		struct fault *fault)
{
	if (code == CURLE_OK)
		return STATUS_OK;
	if (icecast->refused)
		return fault_set(fault, STATUS_DENIED,
				 "that address is not on the public Internet");
	return fault_set(fault, STATUS_UNAVAILABLE, "%s",
			 curl_easy_strerror(code));
}

/* ---- bytes there and back ------------------------------------------------- */

static enum status
gone(struct fault *fault)
{
	return fault_set(fault, STATUS_UNAVAILABLE,
			 "the server closed the connection");
}

/* Waits for the socket; STATUS_TIMED_OUT after deadline_ms. */
static enum status
socket_wait(struct icecast *icecast, short events, int64_t deadline_ms,
	    struct fault *fault)
{
	struct pollfd one = { .fd = -1, .events = events };

	curl_easy_getinfo(icecast->curl, CURLINFO_ACTIVESOCKET, &one.fd);
	while (clock_monotonic_ms() < deadline_ms) {
		if (atomic_load(&icecast->run->stopped))
			return fault_set(fault, STATUS_CANCELLED, "stopped");
		if (poll(&one, 1, PUSH_SLICE_MS) > 0)
			return STATUS_OK;
	}
	return fault_set(fault, STATUS_TIMED_OUT,
			 "the server does not answer");
}

static enum status
bytes_send(struct icecast *icecast, const char *bytes, size_t count,
	   struct fault *fault)
{
	int64_t deadline = clock_monotonic_ms() + PUSH_SEND_MS;

	while (count > 0) {
		size_t put = 0;
		CURLcode code = curl_easy_send(icecast->curl, bytes, count,
					       &put);
		enum status status;

		if (code != CURLE_OK && code != CURLE_AGAIN)
			return gone(fault);
		bytes += put;
		count -= put;
		if (count == 0)
			break;
		status = socket_wait(icecast, POLLOUT, deadline, fault);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

/* The head of the answer, up to the empty line. */
static enum status
head_receive(struct icecast *icecast, struct buffer *head,
	     struct fault *fault)
{
	int64_t deadline = clock_monotonic_ms() + PUSH_CONNECT_MS;

	while (head->length == 0 || strstr(head->bytes, "\r\n\r\n") == NULL) {
		char part[512];
		size_t got = 0;
		CURLcode code = curl_easy_recv(icecast->curl, part,
					       sizeof part, &got);
		enum status status = STATUS_OK;

		if (code == CURLE_AGAIN)
			status = socket_wait(icecast, POLLIN, deadline, fault);
		else if (code != CURLE_OK || got == 0 || head->full)
			status = head->length > 0 ? STATUS_OK : gone(fault);
		if (status != STATUS_OK)
			return status;
		if (code != CURLE_AGAIN && got == 0)
			break;
		buffer_add(head, part, got);
	}
	return STATUS_OK;
}

/* ---- the request ---------------------------------------------------------- */

static void
field_add(struct buffer *out, const char *name, const char *value)
{
	buffer_print(out, "%s: ", name);
	for (; *value != '\0'; value++)
		buffer_add_char(out, (unsigned char)*value < ' ' ? ' ' :
								   *value);
	buffer_add_text(out, "\r\n");
}

static const char *
user_of(const struct push_run *run)
{
	return run->row.settings.username != NULL ?
		       run->row.settings.username :
		       "source";
}

static void
authorization_add(struct buffer *out, const struct push_run *run)
{
	struct buffer both;

	buffer_init(&both, 0);
	buffer_print(&both, "%s:%s", user_of(run),
		     run->secret != NULL ? run->secret : "");
	buffer_add_text(out, "Authorization: Basic ");
	base64_add(out, both.bytes, both.length);
	buffer_add_text(out, "\r\n");
	buffer_release(&both);
}

static void
request_add(struct buffer *out, const struct icecast *icecast)
{
	const struct push_run *run = icecast->run;

	buffer_print(out, "PUT %s HTTP/1.1\r\nHost: %s:%s\r\n", icecast->path,
		     icecast->host, icecast->port);
	authorization_add(out, run);
	field_add(out, "User-Agent", "Ogma/" OGMA_VERSION);
	field_add(out, "Content-Type",
		  run->format == MEDIA_LIVE_MP3 ? "audio/mpeg" :
		  run->format == MEDIA_LIVE_AAC ? "audio/aac" :
						  "application/ogg");
	field_add(out, "Ice-Name", run->name);
	field_add(out, "Ice-Public", "0");
	if (run->row.settings.bitrate_kbps != 0)
		buffer_print(out, "Ice-Bitrate: %u\r\n",
			     run->row.settings.bitrate_kbps);
	field_add(out, "Expect", "100-continue");
	buffer_add_text(out, "\r\n");
}

static enum status
answer_judge(const struct buffer *head, struct fault *fault)
{
	unsigned code = 0;

	if (head->length == 0 ||
	    sscanf(head->bytes, "HTTP/%*u.%*u %3u", &code) != 1)
		return fault_set(fault, STATUS_UNAVAILABLE,
				 "the server does not speak HTTP");
	if (code == 100 || code == 200)
		return STATUS_OK;
	if (code == 401)
		return fault_set(fault, STATUS_DENIED,
				 "the server refuses the name or password "
				 "(401)");
	if (code == 403 && strstr(head->bytes, "in use") != NULL)
		return fault_set(fault, STATUS_CONFLICT,
				 "somebody else sends to that mount (403)");
	if (code == 403)
		return fault_set(fault, STATUS_DENIED,
				 "the server refuses the stream (403)");
	return fault_set(fault, STATUS_UNAVAILABLE, "the server answered %u",
			 code);
}

static enum status
request_make(struct icecast *icecast, struct fault *fault)
{
	struct buffer text, head;
	enum status status;

	buffer_init(&text, 0);
	buffer_init(&head, ANSWER_BYTES_MAX);
	request_add(&text, icecast);
	status = bytes_send(icecast, text.bytes, text.length, fault);
	if (status == STATUS_OK)
		status = head_receive(icecast, &head, fault);
	if (status == STATUS_OK)
		status = answer_judge(&head, fault);
	buffer_release(&text);
	buffer_release(&head);
	return status;
}

/* ---- the sink ------------------------------------------------------------- */

static enum status
icecast_open(struct push_run *run, struct fault *fault)
{
	struct icecast *icecast = mem_new(1, sizeof *icecast);
	enum status status;

	run->connection = icecast;
	icecast->run = run;
	icecast->curl = curl_easy_init();
	if (icecast->curl == NULL)
		return fault_set(fault, STATUS_FAILED, "cannot start libcurl");
	if (!url_cut(icecast, run->row.url))
		return fault_set(fault, STATUS_DENIED,
				 "that is no address of http or https");
	options_set(icecast);
	status = connect_outcome(icecast, curl_easy_perform(icecast->curl),
				 fault);
	return status != STATUS_OK ? status : request_make(icecast, fault);
}

static enum status
icecast_send(struct push_run *run, const struct push_packet *packet,
	     struct fault *fault)
{
	return bytes_send(run->connection, packet->bytes, packet->length,
			  fault);
}

static void
icecast_playing(struct push_run *run, const char *title, int64_t track_id)
{
	const struct icecast *icecast = run->connection;
	struct fetch_request request = {
		.user = user_of(run),
		.password = run->secret != NULL ? run->secret : "",
		.timeout_ms = TITLE_MS,
		.limit_bytes = 65536,
		.any_address = run->pushes->args.options->private_servers,
		.ca_file = run->pushes->args.options->ca_file,
	};
	struct fault fault = { 0 };
	struct buffer url, answer;
	unsigned code = 0;

	(void)track_id;
	if (run->format != MEDIA_LIVE_MP3 && run->format != MEDIA_LIVE_AAC)
		return;
	buffer_init(&url, 0);
	buffer_init(&answer, 0);
	buffer_print(&url, "%s://%s:%s/admin/metadata?", icecast->scheme,
		     icecast->host, icecast->port);
	fetch_form_add(&url, "mode", "updinfo");
	fetch_form_add(&url, "mount", icecast->path);
	fetch_form_add(&url, "charset", "UTF-8");
	fetch_form_add(&url, "song", *title != '\0' ? title : run->name);
	request.url = url.bytes;
	if (fetch(&request, &answer, &code, &fault) != STATUS_OK ||
	    code >= 400)
		log_warning("push", "a server did not take a title",
			    LOG_INT("push_id", run->row.id),
			    LOG_INT("status", code));
	buffer_release(&url);
	buffer_release(&answer);
}

static void
icecast_close(struct push_run *run)
{
	struct icecast *icecast = run->connection;

	curl_easy_cleanup(icecast->curl);
	curl_free(icecast->host);
	curl_free(icecast->port);
	curl_free(icecast->path);
	curl_free(icecast->scheme);
	free(icecast);
	run->connection = NULL;
}

const struct push_sink push_sink_icecast = {
	.open = icecast_open,
	.send = icecast_send,
	.playing = icecast_playing,
	.close = icecast_close,
};
