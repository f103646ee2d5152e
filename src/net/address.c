/* address.c - addresses, networks and proxies; see address.h. */
#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

static const uint8_t v4_start[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255 };

static bool
is_v4(const struct address *address)
{
	return memcmp(address->bytes, v4_start, sizeof v4_start) == 0;
}

static struct address
address_of_v4(const void *four_bytes)
{
	struct address address;

	memcpy(address.bytes, v4_start, sizeof v4_start);
	memcpy(address.bytes + 12, four_bytes, 4);
	return address;
}

void
address_print(const struct address *address, char out[ADDRESS_TEXT_BYTES])
{
	if (is_v4(address))
		inet_ntop(AF_INET, address->bytes + 12, out,
			  ADDRESS_TEXT_BYTES);
	else
		inet_ntop(AF_INET6, address->bytes, out, ADDRESS_TEXT_BYTES);
}

bool
address_parse(struct span text, struct address *out)
{
	char copy[ADDRESS_TEXT_BYTES];
	struct in_addr v4;
	struct in6_addr v6;

	if (text.length == 0 || text.length >= sizeof copy ||
	    memchr(text.at, '\0', text.length) != NULL)
		return false;
	memcpy(copy, text.at, text.length);
	copy[text.length] = '\0';
	if (inet_pton(AF_INET, copy, &v4) == 1) {
		*out = address_of_v4(&v4);
		return true;
	}
	if (inet_pton(AF_INET6, copy, &v6) != 1)
		return false;
	memcpy(out->bytes, &v6, sizeof out->bytes);
	return true;
}

struct address
address_of(const struct sockaddr_storage *socket_address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct address address;

	if (socket_address->ss_family == AF_INET) {
		memcpy(&v4, socket_address, sizeof v4);
		return address_of_v4(&v4.sin_addr);
	}
	memcpy(&v6, socket_address, sizeof v6);
	memcpy(address.bytes, &v6.sin6_addr, sizeof address.bytes);
	return address;
}

struct address
address_group(const struct address *address)
{
	struct address group = *address;

	if (!is_v4(address))
		memset(group.bytes + 8, 0, 8);
	return group;
}

static bool
network_parse(struct span text, struct network *out)
{
	struct span address = text;
	const char *slash = memchr(text.at, '/', text.length);
	uint64_t bits;
	unsigned widest;

	if (slash != NULL)
		address.length = (size_t)(slash - text.at);
	if (!address_parse(address, &out->address))
		return false;
	out->prefix_bits = 128;
	if (slash == NULL)
		return true;
	widest = is_v4(&out->address) &&
				 memchr(text.at, ':', text.length) == NULL ?
			 32 :
			 128;
	if (!span_to_u64((struct span){ slash + 1,
					text.length - address.length - 1 },
			 &bits) ||
	    bits > widest)
		return false;
	out->prefix_bits = (unsigned)bits + 128 - widest;
	return true;
}

enum status
networks_parse(struct span text, struct networks *out, struct fault *fault)
{
	struct networks networks = { .count = 0 };
	struct span part;

	while (span_next(&text, ',', &part)) {
		part = span_trim(part);
		if (part.length == 0)
			continue;
		if (networks.count == NETWORKS_MAX)
			return fault_set(fault, STATUS_INVALID,
					 "more than %d trusted proxies",
					 NETWORKS_MAX);
		if (!network_parse(part, &networks.items[networks.count++]))
			return fault_set(fault, STATUS_INVALID,
					 "\"%.*s\" is no address or network",
					 (int)part.length, part.at);
	}
	*out = networks;
	return STATUS_OK;
}

static bool
network_contains(const struct network *network, const struct address *address)
{
	unsigned whole = network->prefix_bits / 8;
	unsigned rest = network->prefix_bits % 8;
	unsigned mask = 0xFFu << (8 - rest) & 0xFFu;

	if (memcmp(network->address.bytes, address->bytes, whole) != 0)
		return false;
	return rest == 0 || (network->address.bytes[whole] & mask) ==
				    (address->bytes[whole] & mask);
}

bool
networks_contain(const struct networks *networks,
		 const struct address *address)
{
	for (size_t i = 0; i < networks->count; i++) {
		if (network_contains(&networks->items[i], address))
			return true;
	}
	return false;
}

/* "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]:80", "2001:db8::1". */
static bool
node_parse(struct span text, struct address *out)
{
	const char *colon;

	if (text.length > 0 && text.at[0] == '[') {
		const char *end = memchr(text.at, ']', text.length);

		return end != NULL &&
		       address_parse((struct span){ text.at + 1,
						    (size_t)(end - text.at) -
							    1 },
				     out);
	}
	colon = text.length > 0 ? memchr(text.at, ':', text.length) : NULL;
	if (colon != NULL && memchr(text.at, '.', text.length) != NULL &&
	    memchr(text.at, '.', text.length) < (const void *)colon)
		text.length = (size_t)(colon - text.at);
	return address_parse(text, out);
}

/* The for= of one element of Forwarded, without its quotes. */
static struct span
forwarded_for(struct span element)
{
	struct span pair;

	while (span_next(&element, ';', &pair)) {
		pair = span_trim(pair);
		if (pair.length < 4 ||
		    !span_equal_nocase((struct span){ pair.at, 4 },
				       SPAN("for=")))
			continue;
		pair.at += 4;
		pair.length -= 4;
		if (pair.length >= 2 && pair.at[0] == '"' &&
		    pair.at[pair.length - 1] == '"') {
			pair.at++;
			pair.length -= 2;
		}
		return pair;
	}
	return (struct span){ "", 0 };
}

/* Cuts the last element off the chain; false when it is used up. */
static bool
last_element(struct span *chain, struct span *element)
{
	size_t at = chain->length;

	if (chain->at == NULL)
		return false;
	while (at > 0 && chain->at[at - 1] != ',')
		at--;
	*element = span_trim(
		(struct span){ chain->at + at, chain->length - at });
	if (at == 0)
		chain->at = NULL;
	else
		chain->length = at - 1;
	return true;
}

struct address
address_behind(const struct networks *trusted, const struct address *peer,
	       struct span chain, bool is_forwarded)
{
	struct address client = *peer;
	struct span element;

	while (networks_contain(trusted, &client) &&
	       last_element(&chain, &element)) {
		if (is_forwarded)
			element = forwarded_for(element);
		if (!node_parse(element, &client))
			break;
	}
	return client;
}
