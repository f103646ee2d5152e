/* source.h - a file (base/ranged.h), or bytes in memory, read at any place.
 *
 * The readers of tags and headers hop about in a file in small steps; a window
 * turns those into few reads, and the descriptor's offset stays where it is (it
 * is shared with the process that passed it).
 *
 * Floor: 1 (media). Threads: a source belongs to one thread.
 */
#ifndef OGMA_MEDIA_READ_SOURCE_H
#define OGMA_MEDIA_READ_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ranged.h"

#define SOURCE_WINDOW_BYTES 16384

struct source {
	struct ranged_file file; /* unless `memory` is the content */
	const uint8_t *memory;
	uint64_t size_bytes;
	uint64_t window_at;
	size_t window_bytes;
	uint8_t window[SOURCE_WINDOW_BYTES];
};

/* False when the descriptor cannot be read at any place (a pipe). */
bool source_from_fd(struct source *source, int fd);
void source_from_memory(struct source *source, const void *bytes, size_t count);

/* Copies up to `count` bytes from `offset`; fewer only at the end of the file
 * or on a read error. */
size_t source_read(struct source *source, uint64_t offset, void *out,
		   size_t count);

/* True when all `count` bytes were there. */
bool source_read_all(struct source *source, uint64_t offset, void *out,
		     size_t count);

/* Numbers in a header. */
static inline uint32_t
be16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static inline uint32_t
be24(const uint8_t *at)
{
	return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

static inline uint32_t
be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | be24(at + 1);
}

static inline uint64_t
be64(const uint8_t *at)
{
	return (uint64_t)be32(at) << 32 | be32(at + 4);
}

static inline uint32_t
le16(const uint8_t *at)
{
	return (uint32_t)at[1] << 8 | at[0];
}

static inline uint32_t
le32(const uint8_t *at)
{
	return le16(at + 2) << 16 | le16(at);
}

static inline uint64_t
le64(const uint8_t *at)
{
	return (uint64_t)le32(at + 4) << 32 | le32(at);
}

#endif /* OGMA_MEDIA_READ_SOURCE_H */
