/* gzip.c - see gzip.h. */
#include "net/gzip.h"

#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/memory.h"

/* Bodies are packed once per answer: speed counts for more than size. */
#define LEVEL 4
#define GZIP_WINDOW_BITS (15 + 16)

bool
gzip_pack(struct span body, char **out, size_t *out_length)
{
	z_stream stream = { 0 };
	char *packed = NULL;
	bool good;

	if (body.length > UINT32_MAX / 2 ||
	    deflateInit2(&stream, LEVEL, Z_DEFLATED, GZIP_WINDOW_BITS, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	packed = mem_new(body.length, 1);
	stream.next_in = (const Bytef *)body.at;
	stream.avail_in = (uInt)body.length;
	stream.next_out = (Bytef *)packed;
	stream.avail_out = (uInt)body.length;
	good = deflate(&stream, Z_FINISH) == Z_STREAM_END;
	if (good) {
		*out = packed;
		*out_length = stream.total_out;
		packed = NULL;
	}
	deflateEnd(&stream);
	free(packed);
	return good;
}
