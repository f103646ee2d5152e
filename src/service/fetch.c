/* fetch.c - see fetch.h. */
#include "service/fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <unistd.h>

#include "base/version.h"

/* Networks that are not the public Internet (IANA special-purpose registries);
 * IPv4 in its IPv6 form. */
static const char closed_networks[] =
	"0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, "
	"172.16.0.0/12, 192.0.0.0/24, 192.0.2.0/24, 192.88.99.0/24, "
	"192.168.0.0/16, 198.18.0.0/15, 198.51.100.0/24, 203.0.113.0/24, "
	"224.0.0.0/4, 240.0.0.0/4, ::/128, ::1/128, ::ffff:0:0:0/96, "
	"64:ff9b:1::/48, 100::/64, 2001::/23, 2001:db8::/32, 2002::/16, "
	"fc00::/7, fe80::/10, fec0::/10, ff00::/8";

/* IPv4 behind these is reached by translation: 64:ff9b::a.b.c.d, ::a.b.c.d. */
static bool
embedded_ipv4(const struct address *address, struct address *out)
{
	static const uint8_t translated[12] = { 0x00, 0x64, 0xff, 0x9b };
	static const uint8_t compatible[12] = { 0 };

	if (memcmp(address->bytes, translated, 12) != 0 &&
	    memcmp(address->bytes, compatible, 12) != 0)
		return false;
	*out = (struct address){ .bytes = { [10] = 0xff, [11] = 0xff } };
	memcpy(out->bytes + 12, address->bytes + 12, 4);
	return true;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct networks closed;
static struct networks trusted;

static void
start(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
	networks_parse(span_of(closed_networks), &closed, NULL);
}

enum status
fetch_trust(const char *text, struct fault *fault)
{
	return networks_parse(span_of(text), &trusted, fault);
}

bool
fetch_address_allowed(const struct address *address)
{
	struct address inner;

	pthread_once(&once, start);
	if (networks_contain(&trusted, address))
		return true;
	if (closed.count == 0 || networks_contain(&closed, address))
		return false;
	return !embedded_ipv4(address, &inner) ||
	       !networks_contain(&closed, &inner);
}

/* ---- one request ---------------------------------------------------------- */

struct transfer {
	const struct fetch_request *request;
	struct buffer *out;
	CURL *curl;
	uint64_t taken_bytes;
	bool refused, too_large, stopped;
	enum status taker_status;
	struct fault taker_fault;
};

/* Called with each address before it is connected to. */
static curl_socket_t
socket_open(void *cookie, curlsocktype purpose, struct curl_sockaddr *target)
{
	struct transfer *transfer = cookie;
	struct sockaddr_storage storage = { 0 };
	struct address address;

	(void)purpose;
	if (!transfer->request->any_address) {
		if (target->addrlen > sizeof storage)
			return CURL_SOCKET_BAD;
		memcpy(&storage, &target->addr, target->addrlen);
		address = address_of(&storage);
		if (!fetch_address_allowed(&address)) {
			transfer->refused = true;
			return CURL_SOCKET_BAD;
		}
	}
	return socket(target->family, target->socktype | SOCK_CLOEXEC,
		      target->protocol);
}

static size_t
body_take(char *bytes, size_t size, size_t count, void *cookie)
{
	struct transfer *transfer = cookie;
	const struct fetch_request *request = transfer->request;
	size_t length = size * count;
	long answered = 0;

	if (transfer->taken_bytes + length > request->limit_bytes) {
		transfer->too_large = true;
		return 0;
	}
	transfer->taken_bytes += length;
	if (request->take == NULL) {
		buffer_add(transfer->out, bytes, length);
		return length;
	}
	curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &answered);
	if (answered >= 400)
		return length;
	transfer->taker_status = request->take(
		request->cookie, bytes, length, &transfer->taker_fault);
	return transfer->taker_status == STATUS_OK ? length : 0;
}

static int
progress_look(void *cookie, curl_off_t total, curl_off_t now,
	      curl_off_t upload_total, curl_off_t upload_now)
{
	struct transfer *transfer = cookie;

	(void)total, (void)now, (void)upload_total, (void)upload_now;
	transfer->stopped =
		!transfer->request->go_on(transfer->request->cookie);
	return transfer->stopped;
}

static void
options_set(CURL *curl, struct transfer *transfer, struct curl_slist *fields)
{
	const struct fetch_request *request = transfer->request;

	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, request->follow ? 1L :
									 0L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS_MAX);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "Ogma/" OGMA_VERSION);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, socket_open);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, body_take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
	if (request->go_on != NULL) {
		curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
		curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION,
				 progress_look);
		curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
	}
	if (request->ca_file != NULL && *request->ca_file != '\0')
		curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_file);
	if (request->form != NULL)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->form);
	if (request->user != NULL) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		curl_easy_setopt(curl, CURLOPT_USERNAME, request->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, request->password);
	}
	if (request->bearer != NULL) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
		curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER,
				 request->bearer);
	}
}

static enum status
outcome_of(const struct transfer *transfer, CURLcode code,
	   struct fault *fault)
{
	if (transfer->refused)
		return fault_field(fault, STATUS_INVALID, "url",
				   "that address is not on the public "
				   "Internet");
	if (transfer->too_large)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "the answer is larger than %zu bytes",
				 transfer->request->limit_bytes);
	if (transfer->stopped)
		return fault_set(fault, STATUS_CANCELLED, "it was stopped");
	if (transfer->taker_status != STATUS_OK) {
		if (fault != NULL)
			*fault = transfer->taker_fault;
		return transfer->taker_status;
	}
	switch (code) {
	case CURLE_OK:
		return STATUS_OK;
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return fault_field(fault, STATUS_INVALID, "url",
				   "that is no address of http or https");
	case CURLE_OPERATION_TIMEDOUT:
		return fault_set(fault, STATUS_TIMED_OUT,
				 "the other server did not answer in time");
	default:
		return fault_set(fault, STATUS_UNAVAILABLE,
				 "cannot ask the other server: %s",
				 curl_easy_strerror(code));
	}
}

enum status
fetch(const struct fetch_request *request, struct buffer *out,
      unsigned *http_status, struct fault *fault)
{
	struct transfer transfer = { .request = request, .out = out };
	struct curl_slist *fields = NULL;
	long answered = 0;
	CURL *curl;
	CURLcode code;

	pthread_once(&once, start);
	curl = curl_easy_init();
	if (curl == NULL)
		return fault_set(fault, STATUS_FAILED, "cannot start libcurl");
	transfer.curl = curl;
	if (request->take == NULL)
		buffer_clear(out);
	fields = curl_slist_append(fields, "Accept: application/json, */*");
	options_set(curl, &transfer, fields);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answered);
	curl_slist_free_all(fields);
	curl_easy_cleanup(curl);
	*http_status = (unsigned)answered;
	return outcome_of(&transfer, code, fault);
}

/* Unreserved characters (RFC 3986 2.3) stay. */
static void
percent_add(struct buffer *out, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		bool plain = (c >= '0' && c <= '9') ||
			     (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z') ||
			     strchr("-._~", c) != NULL;

		if (plain) {
			buffer_add_char(out, (char)c);
			continue;
		}
		buffer_add_char(out, '%');
		buffer_add_char(out, digits[c >> 4]);
		buffer_add_char(out, digits[c & 15]);
	}
}

void
fetch_form_add(struct buffer *form, const char *name, const char *value)
{
	if (form->length > 0 && form->bytes[form->length - 1] != '?')
		buffer_add_char(form, '&');
	percent_add(form, name);
	buffer_add_char(form, '=');
	percent_add(form, value);
}
