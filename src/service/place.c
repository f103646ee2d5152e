/* place.c - see place.h. */
#include "service/place.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "driver/source.h"

#define NO_CONFIG "{}"

/* Stays open to the end: there are no more of them than an admin made, and
 * changed. */
struct open_place {
	struct open_place *next;
	struct source *source;
	char *kind, *root, *config;
};

struct places {
	const struct s3_access *s3;
	pthread_mutex_t lock;
	struct open_place *first;
};

static const char *
config_of(const struct place *place)
{
	return place->config == NULL ? NO_CONFIG : place->config;
}

enum status
place_open(const struct place *place, const struct source_args *args,
	   struct source **out, struct fault *fault)
{
	const struct source_driver *driver = source_driver_find(place->kind);
	struct source_args whole = *args;

	if (driver == NULL)
		return fault_set(fault, STATUS_UNSUPPORTED,
				 "there is no source driver \"%s\"",
				 place->kind);
	whole.root = place->root;
	whole.config = config_of(place);
	return driver->open(&whole, out, fault);
}

struct places *
places_new(const struct s3_access *s3)
{
	struct places *places = mem_new(1, sizeof *places);

	places->s3 = s3;
	pthread_mutex_init(&places->lock, NULL);
	return places;
}

void
places_free(struct places *places)
{
	if (places == NULL)
		return;
	while (places->first != NULL) {
		struct open_place *open = places->first;

		places->first = open->next;
		source_close(open->source);
		free(open->kind);
		free(open->root);
		free(open->config);
		free(open);
	}
	pthread_mutex_destroy(&places->lock);
	free(places);
}

static struct open_place *
find(const struct places *places, const struct place *place)
{
	struct open_place *open = places->first;

	while (open != NULL && (strcmp(open->kind, place->kind) != 0 ||
				strcmp(open->root, place->root) != 0 ||
				strcmp(open->config, config_of(place)) != 0))
		open = open->next;
	return open;
}

/* The open one, or a new one; under the lock. */
static enum status
find_or_open(struct places *places, const struct place *place,
	     struct source **out, struct fault *fault)
{
	const struct source_args args = { .s3 = places->s3 };
	struct open_place *open = find(places, place);
	struct source *source;
	enum status status;

	if (open == NULL) {
		status = place_open(place, &args, &source, fault);
		if (status != STATUS_OK)
			return status;
		open = mem_new(1, sizeof *open);
		open->source = source;
		open->kind = mem_copy_text(place->kind);
		open->root = mem_copy_text(place->root);
		open->config = mem_copy_text(config_of(place));
		open->next = places->first;
		places->first = open;
	}
	*out = open->source;
	return STATUS_OK;
}

enum status
places_open_file(struct places *places, const struct place *place,
		 const char *path, int *out_fd, struct fault *fault)
{
	struct source *source;
	enum status status;

	pthread_mutex_lock(&places->lock);
	status = find_or_open(places, place, &source, fault);
	pthread_mutex_unlock(&places->lock);
	return status == STATUS_OK ?
		       source_open_file(source, path, out_fd, fault) :
		       status;
}
