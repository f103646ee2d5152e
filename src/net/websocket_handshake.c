/* websocket_handshake.c - see websocket_handshake.h. */
#include "net/websocket_handshake.h"

#include <openssl/evp.h>
#include <stdlib.h>

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define SHA1_BYTES 20
#define WINDOW_BITS_MIN 8
#define WINDOW_BITS_MAX 15

/* ---- opening --------------------------------------------------------------- */

/* Whether a list of tokens names one. */
static bool
list_has(struct span list, struct span token)
{
	struct span item;

	if (list.length == 0)
		return false;
	while (span_next(&list, ',', &item)) {
		if (span_equal_nocase(span_trim(item), token))
			return true;
	}
	return false;
}

/* 16 bytes are 22 digits and two signs of padding; of the last digit only two
 * bits count. */
static bool
key_good(struct span key)
{
	if (key.length != WS_KEY_LENGTH || key.at[22] != '=' ||
	    key.at[23] != '=' || strchr("AQgw", key.at[21]) == NULL ||
	    key.at[21] == '\0')
		return false;
	for (size_t i = 0; i < 22; i++) {
		char c = key.at[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		      (c >= '0' && c <= '9') || c == '+' || c == '/'))
			return false;
	}
	return true;
}

enum ws_opening_result
ws_opening_check(const struct ws_opening *opening)
{
	if (!list_has(opening->upgrade, SPAN("websocket")) ||
	    !list_has(opening->connection, SPAN("upgrade")))
		return WS_OPENING_NONE;
	if (!span_equal(span_trim(opening->version), SPAN("13")))
		return WS_OPENING_VERSION;
	return key_good(span_trim(opening->key)) ? WS_OPENING_GOOD :
						   WS_OPENING_BAD;
}

void
ws_accept_print(struct span key, char out[WS_ACCEPT_BYTES])
{
	char text[WS_KEY_LENGTH + sizeof GUID];
	uint8_t digest[SHA1_BYTES];

	key = span_trim(key);
	memcpy(text, key.at, WS_KEY_LENGTH);
	memcpy(text + WS_KEY_LENGTH, GUID, sizeof GUID);
	if (EVP_Digest(text, sizeof text - 1, digest, NULL, EVP_sha1(),
		       NULL) != 1)
		abort(); /* SHA-1 is not there */
	EVP_EncodeBlock((unsigned char *)out, digest, SHA1_BYTES);
}

/* ---- permessage-deflate ------------------------------------------------------ */

/* "name" or "name=value", the value perhaps in quotes. */
static void
param_split(struct span param, struct span *name, struct span *value)
{
	const char *sign = param.length == 0 ?
				   NULL :
				   memchr(param.at, '=', param.length);

	*name = span_trim(param);
	*value = (struct span){ 0 };
	if (sign == NULL)
		return;
	*name = span_trim(
		(struct span){ param.at, (size_t)(sign - param.at) });
	*value = span_trim((struct span){
		sign + 1, param.length - (size_t)(sign + 1 - param.at) });
	if (value->length >= 2 && value->at[0] == '"' &&
	    value->at[value->length - 1] == '"')
		*value = (struct span){ value->at + 1, value->length - 2 };
}

static bool
window_bits_read(struct span value, uint64_t *out)
{
	return value.length > 0 && value.at[0] != '0' &&
	       span_to_u64(value, out) && *out >= WINDOW_BITS_MIN &&
	       *out <= WINDOW_BITS_MAX;
}

enum { SEEN_SERVER_NONE = 1, SEEN_CLIENT_NONE = 2, SEEN_SERVER_BITS = 4,
       SEEN_CLIENT_BITS = 8 };

/* One parameter: false when it cannot be met, or read, or comes again. */
static bool
param_met(struct span param, unsigned *seen)
{
	struct span name, value;
	uint64_t bits = 0;
	unsigned bit;
	bool good;

	param_split(param, &name, &value);
	if (span_equal(name, SPAN("server_no_context_takeover"))) {
		bit = SEEN_SERVER_NONE;
		good = value.length == 0;
	} else if (span_equal(name, SPAN("client_no_context_takeover"))) {
		bit = SEEN_CLIENT_NONE;
		good = value.length == 0;
	} else if (span_equal(name, SPAN("server_max_window_bits"))) {
		bit = SEEN_SERVER_BITS;
		good = window_bits_read(value, &bits) &&
		       bits == WINDOW_BITS_MAX;
	} else if (span_equal(name, SPAN("client_max_window_bits"))) {
		bit = SEEN_CLIENT_BITS;
		good = value.length == 0 || window_bits_read(value, &bits);
	} else {
		return false;
	}
	good = good && !(*seen & bit);
	*seen |= bit;
	return good;
}

bool
ws_deflate_offered(struct span extensions)
{
	struct span offer, param;

	if (extensions.length == 0)
		return false;
	while (span_next(&extensions, ',', &offer)) {
		unsigned seen = 0;
		bool met = span_next(&offer, ';', &param) &&
			   span_equal_nocase(span_trim(param),
					     SPAN("permessage-deflate"));

		while (met && span_next(&offer, ';', &param))
			met = param_met(param, &seen);
		if (met)
			return true;
	}
	return false;
}
