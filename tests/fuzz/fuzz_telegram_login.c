/* fuzz_telegram_login.c - whatever a page sends as data of a Mini App: nothing is
 * accepted that was not hashed with the token, and what is hashed with it says
 * the same however its fields are ordered. */
#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "net/http.h"
#include "service/telegram_login.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct telegram_rule rule = { .bot_token = "1:fuzz",
					   .age_seconds = 3600,
					   .now_ms = 1700000000000 };

/* Gives the fields a right hash when there is one way to read them: one line for
 * each, as they come. */
static const char *
hash_it(struct span data, struct arena *arena)
{
	uint8_t secret[SHA256_BYTES], hash[SHA256_BYTES];
	char text[2 * SHA256_BYTES + 1];
	struct span name, value, decoded;
	struct buffer line;
	size_t count = 0;

	buffer_init(&line, 0);
	for (struct span rest = data; http_query_next(&rest, &name, &value);
	     count++) {
		if (http_decode(name, true, arena, &decoded, NULL) !=
		    STATUS_OK)
			break;
		buffer_add_span(&line, decoded);
		buffer_add_char(&line, '=');
		if (http_decode(value, true, arena, &decoded, NULL) !=
		    STATUS_OK)
			break;
		buffer_add_span(&line, decoded);
	}
	hmac_sha256(SPAN("WebAppData"), span_of(rule.bot_token), secret);
	hmac_sha256((struct span){ (char *)secret, sizeof secret },
		    (struct span){ line.bytes, line.length }, hash);
	buffer_release(&line);
	hex_print(hash, sizeof hash, text);
	return arena_print(arena, "%.*s&hash=%s", (int)data.length, data.at,
			   text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	uint8_t key[TELEGRAM_KEY_BYTES] = { 1 };
	struct telegram_person person = { 0 };
	struct arena arena;

	arena_init(&arena);
	if (size > 0 && memchr(data, '\0', size) == NULL) {
		/* Without the token no hash is right. */
		if (telegram_webapp(&rule, text, &arena, &person, NULL) ==
		    STATUS_OK)
			abort();
		if (telegram_webapp_signed(&rule, 1, key, text, &arena,
					   &person, NULL) == STATUS_OK)
			abort();
		if (telegram_webapp(&rule, span_of(hash_it(text, &arena)),
				    &arena, &person, NULL) == STATUS_OK &&
		    (person.id <= 0 || person.auth_date_ms <= 0))
			abort();
	}
	arena_release(&arena);
	return 0;
}
