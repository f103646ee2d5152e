/* fuzz_http_range.c - whatever the field says, what is granted lies inside the
 * file, once. The first eight bytes are the size. */
#include <stdlib.h>

#include "net/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct byte_range *ranges, size_t count, uint64_t size)
{
	if (count == 0 || count > RANGES_MAX)
		abort();
	for (size_t i = 0; i < count; i++) {
		uint64_t first = ranges[i].first_byte;
		uint64_t length = ranges[i].length_bytes;

		if (length == 0 || first >= size || length > size - first)
			abort();
		for (size_t j = 0; j < i; j++) {
			if (first < ranges[j].first_byte +
					    ranges[j].length_bytes &&
			    ranges[j].first_byte < first + length)
				abort();
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct byte_range ranges[RANGES_MAX];
	uint64_t file_size;
	size_t count = 0;

	if (size < sizeof file_size)
		return 0;
	memcpy(&file_size, data, sizeof file_size);
	if (range_parse((struct span){ (const char *)data + sizeof file_size,
				       size - sizeof file_size },
			file_size, ranges, &count) == RANGE_GRANTED)
		check(ranges, count, file_size);
	return 0;
}
