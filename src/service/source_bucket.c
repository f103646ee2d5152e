/* source_bucket.c - see source_bucket.h. */
#include "service/source_bucket.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/seal.h"
#include "driver/s3.h"
#include "driver/source.h"
#include "library/sources.h"
#include "service/place.h"
#include "service/scan.h"

static const char *
text_of(const json_t *config, const char *name, struct arena *arena)
{
	const char *text = json_string_value(json_object_get(config, name));

	return text == NULL ? NULL : arena_copy_text(arena, text);
}

static json_t *
config_read(const char *config)
{
	json_t *read = json_loads(config, 0, NULL);

	if (json_is_object(read))
		return read;
	json_decref(read);
	return json_object();
}

void
source_bucket_look(const char *config, struct arena *arena,
		   struct source_bucket_seen *out)
{
	json_t *read = config_read(config);
	const json_t *style = json_object_get(read, "path_style");

	*out = (struct source_bucket_seen){
		.endpoint = text_of(read, "endpoint", arena),
		.region = text_of(read, "region", arena),
		.access_key = text_of(read, "access_key", arena),
		.has_secret = json_object_get(read, "secret_key") != NULL,
		.path_style = style == NULL || json_is_true(style),
	};
	if (out->endpoint == NULL)
		out->endpoint = "";
	json_decref(read);
}

/* ---- writing ---------------------------------------------------------------- */

static void
text_put(json_t *config, const char *name, const char *given)
{
	if (given == NULL)
		return;
	if (*given == '\0')
		json_object_del(config, name);
	else
		json_object_set_new(config, name, json_string(given));
}

static void
given_put(json_t *config, const struct source_bucket *given,
	  const struct seal *seal, struct arena *arena)
{
	const char *before = json_string_value(
		json_object_get(config, "endpoint"));
	const char *secret = given->secret_key;

	if (secret != NULL && *secret != '\0')
		secret = seal_text(seal, SOURCE_SECRET, secret, arena);
	if (given->endpoint != NULL &&
	    (before == NULL || strcmp(before, given->endpoint) != 0))
		json_object_del(config, "secret_key");
	text_put(config, "endpoint", given->endpoint);
	text_put(config, "region", given->region);
	text_put(config, "access_key", given->access_key);
	text_put(config, "secret_key", secret);
	if (given->path_style_given)
		json_object_set_new(config, "path_style",
				    json_boolean(given->path_style));
}

static enum status
config_check(const json_t *config, struct fault *fault)
{
	static const char *const keys[] = { "access_key", "secret_key" };
	const char *endpoint = json_string_value(
		json_object_get(config, "endpoint"));

	if (endpoint == NULL && json_object_size(config) > 0)
		return fault_field(fault, STATUS_INVALID, "endpoint",
				   "keys of its own are for a server of its "
				   "own");
	if (endpoint == NULL)
		return STATUS_OK;
	if (strncmp(endpoint, "http://", 7) != 0 &&
	    strncmp(endpoint, "https://", 8) != 0)
		return fault_field(fault, STATUS_INVALID, "endpoint",
				   "that is not the http or https address of "
				   "a server");
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (json_object_get(config, keys[i]) == NULL)
			return fault_field(fault, STATUS_INVALID, keys[i],
					   "a server of its own needs it");
	}
	return STATUS_OK;
}

enum status
source_bucket_config(const char *config, const struct source_bucket *given,
		     const struct s3_access *s3, struct arena *arena, const char **out,
		     struct fault *fault)
{
	json_t *made = config_read(config);
	enum status status;
	char *text;

	given_put(made, given, s3 == NULL ? NULL : s3->seal, arena);
	if (given->endpoint != NULL && *given->endpoint == '\0')
		json_object_clear(made);
	status = config_check(made, fault);
	if (status == STATUS_OK) {
		text = json_dumps(made, JSON_COMPACT | JSON_SORT_KEYS);
		*out = arena_copy_text(arena, text);
		free(text);
	}
	json_decref(made);
	return status;
}

/* ---- trying ----------------------------------------------------------------- */

enum status
source_bucket_try(const struct s3_access *s3, const char *root, const char *config,
		  struct fault *fault)
{
	const struct place place = { source_driver_s3.name, root, config };
	const struct source_args args = { .s3 = s3 };
	struct source *source;
	enum status status = place_open(&place, &args, &source, fault);

	if (status != STATUS_OK)
		return status;
	status = source_check(source, fault);
	source_close(source);
	return status;
}

struct row_work {
	int64_t id;
	struct arena *arena;
	struct source_row row;
};

static enum status
row_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct row_work *work = cookie;

	return sources_get(session, work->id, work->arena, &work->row, fault);
}

enum status
source_bucket_try_given(struct store *store, const struct s3_access *s3,
			int64_t id, const char *path, const struct source_bucket *given,
			struct fault *fault)
{
	struct row_work work = { .id = id, .row = { .config = "{}" } };
	enum status status = STATUS_OK;
	const char *config = NULL;
	char root[PATH_MAX];
	struct arena arena;

	arena_init(&arena);
	work.arena = &arena;
	if (id != 0)
		status = store_read(store, row_run, &work, fault);
	if (status == STATUS_OK && id != 0)
		path = work.row.root;
	if (status == STATUS_OK && strncmp(path, "s3:", 3) != 0)
		status = fault_field(fault, STATUS_INVALID, "path",
				     "this is a folder, not a bucket");
	if (status == STATUS_OK)
		status = scan_source_root(path, root, fault);
	if (status == STATUS_OK)
		status = source_bucket_config(work.row.config, given, s3,
					      &arena, &config, fault);
	if (status == STATUS_OK)
		status = source_bucket_try(s3, root, config, fault);
	arena_release(&arena);
	return status;
}
