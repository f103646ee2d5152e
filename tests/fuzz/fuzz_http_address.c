/* fuzz_http_address.c - chains of proxies. The first line is a list of
 * networks, the rest a chain. */
#include <stdlib.h>

#include "net/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = { (const char *)data, size };
	struct address peer = { { 0 } }, client;
	char text[ADDRESS_TEXT_BYTES];
	struct networks trusted;
	struct span line;

	if (size == 0 || !span_next(&rest, '\n', &line) ||
	    networks_parse(line, &trusted, NULL) != STATUS_OK)
		return 0;
	if (trusted.count > 0)
		peer = trusted.items[0].address;
	for (int forwarded = 0; forwarded <= 1; forwarded++) {
		client = address_behind(&trusted, &peer, rest, forwarded);
		address_print(&client, text);
		if (!address_parse(span_of(text), &client))
			abort();
	}
	return 0;
}
