/* fuzz_ranged.c - packets of far files, both ways: no more is believed than came,
 * and what is believed is printed back as it was. */
#include <stdlib.h>

#include "base/ranged.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span packet = { (const char *)data, size };
	char head[RANGED_HEAD_BYTES];
	struct ranged_answer answer, again;
	struct ranged_ask ask, same;

	if (ranged_ask_parse(packet, &ask)) {
		ranged_ask_print(&ask, head);
		if (!ranged_ask_parse((struct span){ head, sizeof head },
				      &same) ||
		    !ranged_ask_same(&ask, &same))
			abort();
	}
	if (!ranged_answer_parse(packet, &answer))
		return 0;
	if (answer.bytes.at < packet.at ||
	    answer.bytes.at + answer.bytes.length > packet.at + size)
		abort();
	if (answer.ask.kind == RANGED_READ && answer.status == STATUS_OK &&
	    answer.bytes.length > answer.ask.length)
		abort();
	answer.bytes.length = 0;
	ranged_answer_print(&answer, head);
	if (!ranged_answer_parse((struct span){ head, sizeof head }, &again) ||
	    again.status != answer.status || again.mark != answer.mark)
		abort();
	return 0;
}
