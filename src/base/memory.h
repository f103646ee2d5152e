/* memory.h - memory that belongs to a lifetime.
 *
 * An arena holds all that one request, job or track of a station needs and is
 * released in one call. Memory from here is zeroed and never NULL: a process
 * that cannot get a few kilobytes ends at once with a message, because every
 * allocation that input can make large is bounded before it is asked for.
 *
 * Floor: 0 (base). Threads: one arena belongs to one thread at a time.
 */
#ifndef OGMA_BASE_MEMORY_H
#define OGMA_BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

#define container_of(pointer, type, member) \
	((type *)(void *)((char *)(pointer) - offsetof(type, member)))

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* calloc, realloc and strdup that do not return on failure. Freed by free().
 * mem_grow() checks count * size for overflow and leaves the new part as is. */
void *mem_new(size_t count, size_t size);
void *mem_grow(void *old, size_t count, size_t size);
char *mem_copy_text(const char *text);

struct arena_page;

struct arena {
	struct arena_page *pages; /* newest first */
	size_t used_bytes;        /* handed out since init or reset */
};

void arena_init(struct arena *arena);
void arena_release(struct arena *arena);

/* Forgets everything but keeps one page, for a loop that reuses the arena. */
void arena_reset(struct arena *arena);

/* Zeroed, aligned for any type, valid until reset or release. */
void *arena_alloc(struct arena *arena, size_t size_bytes);
#define arena_new(arena, type, count) \
	((type *)arena_alloc_array((arena), (count), sizeof(type)))
void *arena_alloc_array(struct arena *arena, size_t count, size_t size_bytes);

/* NULL in, NULL out. */
char *arena_copy_text(struct arena *arena, const char *text);
char *arena_copy_bytes(struct arena *arena, const void *bytes, size_t count);
char *arena_print(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* OGMA_BASE_MEMORY_H */
