/* fuzz_media_sniff.c - first bytes of files and pictures: always one of the known
 * kinds, and a measured picture has a size. */
#include <stdlib.h>

#include "media/read/picture.h"
#include "media/sniff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { NULL, "a.mp3", "a.aac", "a" };
	struct picture_head head;

	for (int i = 0; i < 4; i++) {
		enum media_kind kind = media_sniff(data, size, i == 3,
						   names[i]);

		if (kind >= KIND_COUNT || media_kind_row(kind)->name == NULL)
			abort();
	}
	if (picture_measure((struct span){ (const char *)data, size }, &head) &&
	    (head.width == 0 || head.height == 0 || head.turn < 1 ||
	     head.turn > 8))
		abort();
	return 0;
}
