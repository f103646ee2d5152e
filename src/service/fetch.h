/* fetch.h - asking other servers over HTTP, with bounds on everything, through
 * libcurl.
 *
 * Where the address comes from a person and not from the operator, only public
 * addresses are connected to (fetch_address_allowed()): otherwise somebody could
 * make this server ask what only it can reach. The check is made on the address
 * that is connected to, after names were resolved, and again for each redirect.
 *
 * Floor: 4 (service). Threads: any; each call blocks for timeout_ms at most.
 */
#ifndef OGMA_SERVICE_FETCH_H
#define OGMA_SERVICE_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "net/address.h"

#define FETCH_REDIRECTS_MAX 5

struct fetch_request {
	const char *url;       /* http or https */
	const char *form;      /* POST of an encoded form; NULL: GET */
	const char *user, *password; /* Basic, or NULL */
	const char *bearer;    /* a token, or NULL */
	const char *ca_file;   /* certificates; NULL, "": the system's */
	uint32_t timeout_ms;   /* of the whole */
	size_t limit_bytes;    /* of the answer */
	bool any_address;      /* the operator named the address */
	bool follow;           /* redirects, FETCH_REDIRECTS_MAX at most */

	/* For answers too large for memory; `out` is not touched then (and may
	 * be NULL). A body that comes with a status of 400 or more is not taken.
	 * What take() returns other than OK ends it. go_on() is asked about
	 * once a second; false: STATUS_CANCELLED. */
	enum status (*take)(void *cookie, const void *bytes, size_t count,
			    struct fault *fault);
	bool (*go_on)(void *cookie);
	void *cookie;
};

/* The body replaces what is in *out. STATUS_INVALID: not an address that may be
 * asked; STATUS_TOO_LARGE; STATUS_TIMED_OUT; STATUS_UNAVAILABLE else. A status of
 * 400 or more is no failure here: look at *http_status. */
enum status fetch(const struct fetch_request *request, struct buffer *out,
		  unsigned *http_status, struct fault *fault);

/* Networks the operator trusts beside the public ones, as networks_parse() takes
 * them. Once, before anything is fetched. */
enum status fetch_trust(const char *trusted, struct fault *fault);

/* Public unicast addresses, of both families, and of IPv4 inside IPv6; and those
 * of fetch_trust(). */
bool fetch_address_allowed(const struct address *address);

/* Percent-encodes one value of a form or query. */
void fetch_form_add(struct buffer *form, const char *name, const char *value);

#endif /* OGMA_SERVICE_FETCH_H */
