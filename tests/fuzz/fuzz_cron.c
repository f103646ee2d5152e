/* fuzz_cron.c - times in the words of cron(5): what is taken has a next time
 * after the given one, on a minute and among the minutes asked for. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "service/cron.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int64_t after_ms = INT64_C(1774746000000); /* a change of clocks */
	char *text = malloc(size + 1);
	struct cron cron;

	memcpy(text, data, size);
	text[size] = '\0';
	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	if (cron_parse(text, &cron, NULL) == STATUS_OK) {
		int64_t next_ms = cron_next(&cron, after_ms);
		time_t next = (time_t)(next_ms / 1000);
		struct tm parts;

		assert(next_ms == 0 || next_ms > after_ms);
		localtime_r(&next, &parts);
		if (next_ms != 0) {
			assert(next_ms % 60000 == 0);
			assert(cron.minutes >> parts.tm_min & 1);
		}
	}
	free(text);
	return 0;
}
