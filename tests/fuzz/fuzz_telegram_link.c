/* fuzz_telegram_link.c - whatever is given as the address of a post: what is read
 * is in its bounds, and written plainly it is read as the same. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "driver/telegram_link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
round_check(const struct telegram_link *link, struct arena *arena)
{
	struct telegram_link again = { 0 };
	const char *plain =
		link->name[0] != '\0' ?
			arena_print(arena, "https://t.me/%s/%lld", link->name,
				    (long long)link->post) :
			arena_print(arena, "https://t.me/c/%lld/%lld",
				    (long long)link->channel,
				    (long long)link->post);

	if (!telegram_link_parse(span_of(plain), &again) ||
	    memcmp(&again, link, sizeof again) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { size > 0 ? (const char *)data : "", size };
	struct telegram_link link;
	struct arena arena;

	arena_init(&arena);
	if (telegram_link_parse(text, &link)) {
		if (link.post < 1 || telegram_link_message_id(&link) < 1 ||
		    (link.name[0] == '\0') != (link.channel > 0) ||
		    telegram_link_chat_id(&link) > -1000000000000)
			abort();
		round_check(&link, &arena);
	}
	arena_release(&arena);
	return 0;
}
