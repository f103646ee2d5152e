/* address.h - network addresses: text forms, networks, and whose word about the
 * client's address counts.
 *
 * Every address is kept as IPv6; IPv4 as ::ffff:a.b.c.d. Pure functions.
 *
 * Floor: 1 (net). Threads: no shared state.
 * Sources: RFC 4291, RFC 7239 (Forwarded), and the common X-Forwarded-For.
 */
#ifndef OGMA_NET_ADDRESS_H
#define OGMA_NET_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/text.h"

#define ADDRESS_TEXT_BYTES 46
#define NETWORKS_MAX 32

struct address {
	uint8_t bytes[16];
};

struct network {
	struct address address;
	unsigned prefix_bits; /* of the IPv6 form */
};

struct networks {
	struct network items[NETWORKS_MAX];
	size_t count;
};

/* IPv4 in its own notation, so that logs read as people expect. */
void address_print(const struct address *address,
		   char out[ADDRESS_TEXT_BYTES]);

/* "192.0.2.1" or "2001:db8::1", nothing else. */
bool address_parse(struct span text, struct address *out);
struct address address_of(const struct sockaddr_storage *socket_address);

/* What connections are counted by: an IPv4 address, or the /64 of IPv6, which
 * is what one household gets. */
struct address address_group(const struct address *address);

/* "127.0.0.1, 10.0.0.0/8, fd00::/8"; empty: none. STATUS_INVALID names the
 * part that is wrong. */
enum status networks_parse(struct span text, struct networks *out,
			   struct fault *fault);
bool networks_contain(const struct networks *networks,
		      const struct address *address);

/* The client behind trusted proxies: the last address in the chain that is not
 * one of theirs. `chain` is the value of X-Forwarded-For, or of Forwarded when
 * `is_forwarded`; `peer` is who is connected. What stands left of an entry
 * that cannot be read is not believed. */
struct address address_behind(const struct networks *trusted,
			      const struct address *peer, struct span chain,
			      bool is_forwarded);

#endif /* OGMA_NET_ADDRESS_H */
