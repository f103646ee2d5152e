/* track_places.c - see track_places.h. Each track has one slot that it may be
 * in, so a lookup is a comparison and an entry is replaced without a search. */
#include "service/track_places.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "driver/store.h"

#define SLOTS 128

struct slot {
	struct track_place place; /* version 0: empty */
	struct arena arena;       /* of its texts */
	struct ranged_file named; /* how the file was when it got the name */
	char name[TRACK_PLACE_NAME_BYTES]; /* "": none */
};

struct track_places {
	struct store *store;
	pthread_mutex_t lock;
	struct slot slots[SLOTS];
};

struct track_places *
track_places_new(struct store *store)
{
	struct track_places *places = mem_new(1, sizeof *places);

	places->store = store;
	pthread_mutex_init(&places->lock, NULL);
	for (size_t i = 0; i < SLOTS; i++)
		arena_init(&places->slots[i].arena);
	return places;
}

void
track_places_free(struct track_places *places)
{
	if (places == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		arena_release(&places->slots[i].arena);
	pthread_mutex_destroy(&places->lock);
	free(places);
}

static void
place_copy(struct arena *arena, const struct file_place *from,
	   struct file_place *to)
{
	*to = *from;
	to->source_kind = arena_copy_text(arena, from->source_kind);
	to->source_root = arena_copy_text(arena, from->source_root);
	to->source_config = arena_copy_text(arena, from->source_config);
	to->folder = arena_copy_text(arena, from->folder);
	to->name = arena_copy_text(arena, from->name);
	to->container = arena_copy_text(arena, from->container);
	to->codec = arena_copy_text(arena, from->codec);
	if (from->audio_key != NULL)
		to->audio_key = (const uint8_t *)arena_copy_bytes(
			arena, from->audio_key, FILE_AUDIO_KEY_BYTES);
}

/* The track's slot when it holds just that; called with the lock. */
static struct slot *
slot_holding(struct track_places *places, int64_t track_id, uint64_t version)
{
	struct slot *slot = &places->slots[(uint64_t)track_id % SLOTS];

	return version != 0 && slot->place.version == version &&
			       slot->place.track_id == track_id
		       ? slot
		       : NULL;
}

static bool
slot_read(struct track_places *places, struct arena *arena,
	  struct track_place *out)
{
	struct slot *slot;

	pthread_mutex_lock(&places->lock);
	slot = slot_holding(places, out->track_id, out->version);
	if (slot != NULL)
		place_copy(arena, &slot->place.file, &out->file);
	pthread_mutex_unlock(&places->lock);
	return slot != NULL;
}

static void
slot_write(struct track_places *places, const struct track_place *place)
{
	struct slot *slot = &places->slots[(uint64_t)place->track_id % SLOTS];

	pthread_mutex_lock(&places->lock);
	arena_reset(&slot->arena);
	slot->place = *place;
	place_copy(&slot->arena, &place->file, &slot->place.file);
	slot->name[0] = '\0';
	pthread_mutex_unlock(&places->lock);
}

struct question {
	struct track_place *place;
	struct arena *arena;
};

static enum status
place_ask(struct store_session *session, void *cookie, struct fault *fault)
{
	struct question *question = cookie;

	return files_of_track(session, question->place->track_id,
			      question->arena, &question->place->file, fault);
}

enum status
track_places_find(struct track_places *places, int64_t track_id,
		  struct arena *arena, struct track_place *out,
		  struct fault *fault)
{
	struct question question = { out, arena };
	enum status status;

	*out = (struct track_place){
		.track_id = track_id,
		/* Before it is read: what is committed meanwhile makes it old. */
		.version = store_version(places->store),
	};
	if (slot_read(places, arena, out))
		return STATUS_OK;
	status = store_read(places->store, place_ask, &question, fault);
	if (status == STATUS_OK)
		slot_write(places, out);
	return status;
}

static bool
same_file(const struct ranged_file *a, const struct ranged_file *b)
{
	return a->size_bytes == b->size_bytes &&
	       a->modified_ns == b->modified_ns && a->far == b->far &&
	       a->mark == b->mark;
}

bool
track_places_name(struct track_places *places, const struct track_place *place,
		  const struct ranged_file *now,
		  char name[TRACK_PLACE_NAME_BYTES])
{
	const struct slot *slot;
	bool found;

	pthread_mutex_lock(&places->lock);
	slot = slot_holding(places, place->track_id, place->version);
	found = slot != NULL && slot->name[0] != '\0' &&
		same_file(&slot->named, now);
	if (found)
		memcpy(name, slot->name, TRACK_PLACE_NAME_BYTES);
	pthread_mutex_unlock(&places->lock);
	return found;
}

void
track_places_keep_name(struct track_places *places,
		       const struct track_place *place,
		       const struct ranged_file *now,
		       const char name[TRACK_PLACE_NAME_BYTES])
{
	struct slot *slot;

	pthread_mutex_lock(&places->lock);
	slot = slot_holding(places, place->track_id, place->version);
	if (slot != NULL) {
		slot->named = *now;
		memcpy(slot->name, name, TRACK_PLACE_NAME_BYTES);
	}
	pthread_mutex_unlock(&places->lock);
}
