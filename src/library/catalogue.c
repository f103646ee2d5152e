/* catalogue.c - transactions of the catalogue, and what it remembers between
 * them; see catalogue.h.
 *
 * Invariant: remembered ids are those of rows that are committed, or made by
 * the transaction that runs now. Rows that have an id are never deleted, so a
 * committed id stays right whatever other processes do. When a transaction may
 * not have happened, everything is forgotten. */
#include "library/catalogue_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/fold.h"

/* ---- memory of ids -------------------------------------------------------- */

#define KNOWN_SLOTS 131072 /* a power of two above KNOWN_MAX */

struct identity
identity_of(const struct span *parts, size_t count)
{
	struct buffer text;
	uint8_t sum[SHA256_BYTES];
	struct identity identity;

	buffer_init(&text, 0);
	for (size_t i = 0; i < count; i++) {
		uint64_t length = parts[i].length;

		buffer_add(&text, &length, sizeof length);
		buffer_add_span(&text, parts[i]);
	}
	sha256(text.bytes, text.length, sum);
	memcpy(identity.bytes, sum, sizeof identity.bytes);
	buffer_release(&text);
	return identity;
}

static size_t
slot_of(const struct identity *key, size_t room)
{
	size_t hash;

	memcpy(&hash, key->bytes, sizeof hash); /* already random */
	return hash & (room - 1);
}

void
known_clear(struct known_map *map)
{
	free(map->slots);
	*map = (struct known_map){ 0 };
}

static void
known_insert(struct known_map *map, const struct known *entry)
{
	size_t at = slot_of(&entry->key, map->room);

	while (map->slots[at].id != 0 &&
	       memcmp(&map->slots[at].key, &entry->key, IDENTITY_BYTES) != 0)
		at = (at + 1) & (map->room - 1);
	if (map->slots[at].id == 0)
		map->count++;
	map->slots[at] = *entry;
}

static void
known_widen(struct known_map *map)
{
	struct known_map wider = { .room = map->room == 0 ? 1024
							  : map->room * 2 };

	wider.slots = mem_new(wider.room, sizeof *wider.slots);
	for (size_t i = 0; i < map->room; i++)
		if (map->slots[i].id != 0)
			known_insert(&wider, &map->slots[i]);
	free(map->slots);
	*map = wider;
}

const struct known *
known_find(const struct known_map *map, const struct identity *key)
{
	if (map->count == 0)
		return NULL;
	for (size_t at = slot_of(key, map->room); map->slots[at].id != 0;
	     at = (at + 1) & (map->room - 1))
		if (memcmp(&map->slots[at].key, key, IDENTITY_BYTES) == 0)
			return &map->slots[at];
	return NULL;
}

void
known_add(struct known_map *map, const struct known *entry)
{
	assert(entry->id != 0);
	if (map->count >= KNOWN_MAX)
		known_clear(map);
	if (map->count * 2 >= map->room)
		known_widen(map);
	known_insert(map, entry);
}

/* ---- small helpers -------------------------------------------------------- */

struct span
sort_key_cut(struct arena *arena, const char *text, size_t limit)
{
	struct span key = fold_sort_key(arena, text);

	if (key.length > limit)
		key.length = limit;
	return key;
}

struct sql_value
sql_span_bytes(struct span span)
{
	return sql_bytes(span.at, span.length);
}

struct sql_value
sql_id(int64_t id)
{
	return sql_int_or_null(id, id != 0);
}

/* ---- transactions --------------------------------------------------------- */

struct catalogue *
catalogue_new(struct store *store)
{
	struct catalogue *catalogue = mem_new(1, sizeof *catalogue);

	catalogue->store = store;
	arena_init(&catalogue->arena);
	return catalogue;
}

static void
deltas_clear(struct delta_set *deltas)
{
	free(deltas->items);
	free(deltas->slots);
	*deltas = (struct delta_set){ 0 };
}

void
catalogue_free(struct catalogue *catalogue)
{
	if (catalogue == NULL)
		return;
	known_clear(&catalogue->known);
	known_clear(&catalogue->unmoved);
	deltas_clear(&catalogue->deltas);
	artist_edits_clear(catalogue);
	arena_release(&catalogue->arena);
	free(catalogue);
}

/* One run of the work; there may be several until one is committed. */
static enum status
catalogue_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct catalogue *catalogue = cookie;
	enum status status;

	if (catalogue->doubtful)
		known_clear(&catalogue->known);
	catalogue->doubtful = true;
	catalogue->session = session;
	catalogue->now_ms = clock_now_ms();
	catalogue->totals = (struct totals){ 0 };
	known_clear(&catalogue->unmoved);
	deltas_clear(&catalogue->deltas);
	arena_reset(&catalogue->arena);
	status = sql_lock(session, "totals", fault);
	if (status == STATUS_OK)
		status = edits_follow(catalogue, fault);
	if (status == STATUS_OK)
		status = catalogue->work(catalogue, session, catalogue->cookie,
					 fault);
	if (status == STATUS_OK)
		status = catalogue_settle(catalogue, fault);
	catalogue->session = NULL;
	return status;
}

enum status
catalogue_write(struct catalogue *catalogue, catalogue_work *work,
		void *cookie, struct fault *fault)
{
	enum status status;

	catalogue->work = work;
	catalogue->cookie = cookie;
	status = store_write(catalogue->store, catalogue_run, catalogue, fault);
	if (status == STATUS_OK)
		catalogue->doubtful = false;
	arena_reset(&catalogue->arena);
	return status;
}
