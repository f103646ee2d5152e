/* source.c - windowed reading; see source.h. */
#include "media/read/source.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool
source_from_fd(struct source *source, int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);

	if (size < 0)
		return false;
	source->fd = fd;
	source->memory = NULL;
	source->size_bytes = (uint64_t)size;
	source->window_at = 0;
	source->window_bytes = 0;
	return true;
}

void
source_from_memory(struct source *source, const void *bytes, size_t count)
{
	source->fd = -1;
	source->memory = bytes;
	source->size_bytes = count;
	source->window_at = 0;
	source->window_bytes = 0;
}

static size_t
read_straight(struct source *source, uint64_t offset, uint8_t *out,
	      size_t count)
{
	size_t done = 0;

	while (done < count) {
		ssize_t got = pread(source->fd, out + done, count - done,
				    (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

static void
window_move(struct source *source, uint64_t offset)
{
	source->window_at = offset;
	source->window_bytes = read_straight(source, offset, source->window,
					     SOURCE_WINDOW_BYTES);
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
		return read_straight(source, offset, out, count);
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
