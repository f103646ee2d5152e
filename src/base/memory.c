/* memory.c - arenas and allocation that does not fail; see memory.h.
 *
 * An arena is a list of pages. Small requests are cut off the newest page;
 * one larger than a page gets a page of its own behind the newest, so that the
 * rest of the newest stays usable. */
#include "base/memory.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES 4000

struct arena_page {
	struct arena_page *next;
	size_t room_bytes;
	size_t used_bytes;
	alignas(max_align_t) char bytes[];
};

static void *
or_die(void *memory)
{
	if (memory == NULL) {
		fputs("ogma: out of memory\n", stderr);
		abort();
	}
	return memory;
}

void *
mem_new(size_t count, size_t size)
{
	return or_die(calloc(count > 0 ? count : 1, size > 0 ? size : 1));
}

void *
mem_grow(void *old, size_t count, size_t size)
{
	return or_die(reallocarray(old, count > 0 ? count : 1, size));
}

char *
mem_copy_text(const char *text)
{
	return or_die(strdup(text));
}

void
arena_init(struct arena *arena)
{
	*arena = (struct arena){ 0 };
}

void
arena_release(struct arena *arena)
{
	struct arena_page *page = arena->pages;

	while (page != NULL) {
		struct arena_page *next = page->next;

		free(page);
		page = next;
	}
	*arena = (struct arena){ 0 };
}

void
arena_reset(struct arena *arena)
{
	struct arena_page *keep = arena->pages;

	if (keep == NULL || keep->room_bytes > PAGE_BYTES) {
		arena_release(arena);
		return;
	}
	arena->pages = keep->next;
	arena_release(arena);
	keep->next = NULL;
	keep->used_bytes = 0;
	arena->pages = keep;
}

static struct arena_page *
page_new(size_t room_bytes)
{
	struct arena_page *page =
		or_die(malloc(sizeof(struct arena_page) + room_bytes));

	page->next = NULL;
	page->room_bytes = room_bytes;
	page->used_bytes = 0;
	return page;
}

/* A page with room for `size_bytes`, linked in. */
static struct arena_page *
arena_page_with_room(struct arena *arena, size_t size_bytes)
{
	struct arena_page *newest = arena->pages;
	struct arena_page *page;

	if (newest != NULL &&
	    newest->room_bytes - newest->used_bytes >= size_bytes)
		return newest;
	if (size_bytes > PAGE_BYTES / 2 && newest != NULL) {
		page = page_new(size_bytes);
		page->next = newest->next;
		newest->next = page;
		return page;
	}
	page = page_new(size_bytes > PAGE_BYTES ? size_bytes : PAGE_BYTES);
	page->next = newest;
	arena->pages = page;
	return page;
}

void *
arena_alloc(struct arena *arena, size_t size_bytes)
{
	const size_t align = alignof(max_align_t);
	struct arena_page *page;
	void *at;

	if (size_bytes > SIZE_MAX / 2)
		or_die(NULL);
	size_bytes = (size_bytes + align - 1) / align * align;
	page = arena_page_with_room(arena, size_bytes);
	at = page->bytes + page->used_bytes;
	page->used_bytes += size_bytes;
	arena->used_bytes += size_bytes;
	return memset(at, 0, size_bytes);
}

void *
arena_alloc_array(struct arena *arena, size_t count, size_t size_bytes)
{
	if (size_bytes > 0 && count > SIZE_MAX / 2 / size_bytes)
		or_die(NULL);
	return arena_alloc(arena, count * size_bytes);
}

char *
arena_copy_text(struct arena *arena, const char *text)
{
	return text == NULL ? NULL :
			      arena_copy_bytes(arena, text, strlen(text));
}

char *
arena_copy_bytes(struct arena *arena, const void *bytes, size_t count)
{
	char *copy = arena_alloc(arena, count + 1);

	if (count > 0)
		memcpy(copy, bytes, count);
	return copy;
}

char *
arena_print(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	int length;
	char *text;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		or_die(NULL);
	text = arena_alloc(arena, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}
