/* source.c - windowed reading; see source.h. */
#include "media/read/source.h"

#include <string.h>

bool
source_from_fd(struct source *source, int fd)
{
	if (ranged_open(fd, &source->file, NULL) != STATUS_OK)
		return false;
	source->memory = NULL;
	source->size_bytes = source->file.size_bytes;
	source->window_at = 0;
	source->window_bytes = 0;
	return true;
}

void
source_from_memory(struct source *source, const void *bytes, size_t count)
{
	source->memory = bytes;
	source->size_bytes = count;
	source->window_at = 0;
	source->window_bytes = 0;
}

static void
window_move(struct source *source, uint64_t offset)
{
	source->window_at = offset;
	source->window_bytes = ranged_read_all(&source->file, source->window,
					       SOURCE_WINDOW_BYTES, offset);
}

size_t
source_read(struct source *source, uint64_t offset, void *out, size_t count)
{
	uint64_t left;

	if (offset >= source->size_bytes)
		return 0;
	left = source->size_bytes - offset;
	if (count > left)
		count = (size_t)left;
	if (source->memory != NULL) {
		memcpy(out, source->memory + offset, count);
		return count;
	}
	if (count > SOURCE_WINDOW_BYTES / 2)
		return ranged_read_all(&source->file, out, count, offset);
	if (offset < source->window_at ||
	    offset + count > source->window_at + source->window_bytes)
		window_move(source, offset);
	if (count > source->window_bytes)
		count = source->window_bytes;
	memcpy(out, source->window + (offset - source->window_at), count);
	return count;
}

bool
source_read_all(struct source *source, uint64_t offset, void *out,
		size_t count)
{
	return source_read(source, offset, out, count) == count;
}
