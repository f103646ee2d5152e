/* source_s3.c - the objects below a prefix of an S3 bucket; see source.h.
 *
 *	root	s3://bucket/prefix
 *	config	{}, or a server of its own: {"endpoint":"https://…",
 *		"region":"…","access_key":"…","secret_key":"…",
 *		"path_style":true}
 *
 * A folder is what keys have in common up to a "/". The mark of an object is its
 * ETag. A walk is one list of all keys, which the server gives in the order of
 * their bytes: what is below a folder comes together, so that the folders that
 * are still open are those above the last key. */
#include "driver/source.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/ranged.h"
#include "base/seal.h"
#include "driver/far_file.h"
#include "driver/s3.h"

#define SCHEME "s3://"
#define REGION "us-east-1"
#define ASK_TIMEOUT_MS 10000
#define DEVICE 0x5333 /* of all objects: a mark is one in every bucket */

struct s3_source {
	struct source base;
	struct s3_client *s3;  /* the one to ask */
	struct s3_client *own; /* NULL: it is borrowed */
	char *bucket;
	char *prefix; /* "", or up to and with a "/" */
	struct far_files *far;
};

static struct s3_source *
s3_of(struct source *source)
{
	return container_of(source, struct s3_source, base);
}

/* ---- opening -------------------------------------------------------------- */

bool
source_s3_root_parse(const char *root, struct arena *arena,
		     const char **bucket, const char **prefix)
{
	const char *name = root + strlen(SCHEME), *slash;
	size_t length;

	if (strncmp(root, SCHEME, strlen(SCHEME)) != 0)
		return false;
	slash = strchr(name, '/');
	length = slash == NULL ? strlen(name) : (size_t)(slash - name);
	if (length < 3 || length > 63 ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != length)
		return false;
	*bucket = arena_copy_bytes(arena, name, length);
	while (slash != NULL && *slash == '/')
		slash++;
	*prefix = slash == NULL ? "" : slash;
	length = strlen(*prefix);
	while (length > 0 && (*prefix)[length - 1] == '/')
		length--;
	*prefix = length == 0 ? "" :
				arena_print(arena, "%.*s/", (int)length,
					    *prefix);
	return true;
}

static const char *
config_text(const json_t *config, const char *name)
{
	const char *text = json_string_value(json_object_get(config, name));

	return text == NULL ? "" : text;
}

/* Keys of another server are never sent to this one. */
static enum status
own_client_open(const json_t *config, const struct s3_access *access,
		struct s3_client **out, struct fault *fault)
{
	const char *region = config_text(config, "region");
	const json_t *path_style = json_object_get(config, "path_style");
	struct s3_server server = {
		.endpoint = config_text(config, "endpoint"),
		.region = *region != '\0' ? region : REGION,
		.access_key = config_text(config, "access_key"),
		.ca_file = access->ca_file,
		.path_style = path_style == NULL || json_is_true(path_style),
		.timeout_ms = ASK_TIMEOUT_MS,
	};
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = seal_read(access->seal, SOURCE_SECRET,
			   config_text(config, "secret_key"), &arena,
			   &server.secret_key, fault);
	if (status == STATUS_OK)
		status = s3_open(&server, out, fault);
	arena_release(&arena);
	return status;
}

static enum status
client_choose(struct s3_source *source, const struct source_args *args,
	      struct fault *fault)
{
	static const struct s3_access nothing;
	const struct s3_access *access = args->s3 != NULL ? args->s3 :
							    &nothing;
	json_t *config = json_loads(
		args->config == NULL ? "{}" : args->config, 0, NULL);
	enum status status = STATUS_OK;

	if (!json_is_object(config))
		status = fault_field(fault, STATUS_CORRUPT, "config",
				     "the configuration of the bucket is no "
				     "JSON object");
	else if (json_object_get(config, "endpoint") != NULL)
		status = own_client_open(config, access, &source->own, fault);
	else if (access->client == NULL)
		status = fault_field(fault, STATUS_UNAVAILABLE, "s3",
				     "no S3 server is set (S3_ENDPOINT)");
	source->s3 = source->own != NULL ? source->own : access->client;
	json_decref(config);
	return status;
}

static void
s3_source_close(struct source *base)
{
	struct s3_source *source = s3_of(base);

	far_files_free(source->far);
	s3_close(source->own);
	free(source->bucket);
	free(source->prefix);
	free(source);
}

static enum status
s3_source_open(const struct source_args *args, struct source **out,
	       struct fault *fault)
{
	const char *bucket, *prefix;
	struct s3_source *source;
	enum status status = STATUS_OK;
	struct arena arena;

	arena_init(&arena);
	if (!source_s3_root_parse(args->root, &arena, &bucket, &prefix)) {
		arena_release(&arena);
		return fault_field(fault, STATUS_INVALID, "path",
				   "a bucket is written s3://bucket or "
				   "s3://bucket/folder");
	}
	source = mem_new(1, sizeof *source);
	source->base.driver = &source_driver_s3;
	source->bucket = mem_copy_text(bucket);
	source->prefix = mem_copy_text(prefix);
	arena_release(&arena);
	status = client_choose(source, args, fault);
	if (status != STATUS_OK) {
		s3_source_close(&source->base);
		return status;
	}
	source->far = far_files_new(source_driver_s3.name);
	*out = &source->base;
	return STATUS_OK;
}

static enum status
s3_source_check(struct source *base, struct fault *fault)
{
	struct s3_source *source = s3_of(base);

	return s3_bucket_check(source->s3, source->bucket, fault);
}

/* ---- one object ----------------------------------------------------------- */

static uint64_t
mark_of(const char *etag)
{
	uint8_t sum[SHA256_BYTES];
	uint64_t mark;

	sha256(etag, strlen(etag), sum);
	memcpy(&mark, sum, sizeof mark);
	return mark | 1; /* never "no such thing" */
}

static void
describe(const char *name, const char *etag, uint64_t size_bytes,
	 int64_t modified_ms, struct source_file *out)
{
	*out = (struct source_file){ .name = name,
				     .kind = source_name_kind(name),
				     .size_bytes = size_bytes,
				     .modified_ns = modified_ms * 1000000,
				     .inode = mark_of(etag),
				     .device = DEVICE,
				     .etag = etag };
}

static const char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static enum status
object_head(struct s3_source *source, const char *path, struct s3_head *head,
	    struct fault *fault)
{
	struct s3_request request = { .method = "HEAD",
				      .bucket = source->bucket };
	struct arena arena;
	enum status status;

	arena_init(&arena);
	request.key = arena_print(&arena, "%s%s", source->prefix, path);
	status = s3_ask(source->s3, &request, head, NULL, fault);
	arena_release(&arena);
	return status == STATUS_NOT_FOUND ?
		       fault_set(fault, status, "there is no object %s", path) :
		       status;
}

static enum status
s3_source_stat(struct source *base, const char *path, struct source_file *out,
	       struct fault *fault)
{
	struct s3_head head = { 0 };
	enum status status = object_head(s3_of(base), path, &head, fault);

	if (status == STATUS_OK) {
		describe(name_of(path), head.etag, head.length_bytes,
			 head.modified_ms, out);
		out->etag = NULL; /* it does not live that long */
	}
	return status;
}

struct far_object {
	struct s3_source *source;
	char *key;
	char etag[S3_ETAG_BYTES];
};

static enum status
far_read(void *cookie, uint64_t offset, char *room, size_t count,
	 struct fault *fault)
{
	struct far_object *object = cookie;
	char range[64];
	const struct s3_request request = { .method = "GET",
					    .bucket = object->source->bucket,
					    .key = object->key,
					    .range = range,
					    .if_match = object->etag };
	struct buffer body;
	enum status status;

	snprintf(range, sizeof range, "bytes=%llu-%llu",
		 (unsigned long long)offset,
		 (unsigned long long)(offset + count - 1));
	buffer_init(&body, count + 1);
	status = s3_ask(object->source->s3, &request, NULL, &body, fault);
	if (status == STATUS_CONFLICT)
		status = fault_field(fault, STATUS_UNAVAILABLE, "s3",
				     "the object changed while it was read");
	else if (status == STATUS_OK && body.length != count)
		status = fault_field(fault, STATUS_UNAVAILABLE, "s3",
				     "the S3 server gave other bytes than "
				     "were asked for");
	if (status == STATUS_OK)
		memcpy(room, body.bytes, count);
	buffer_release(&body);
	return status;
}

static void
far_release(void *cookie)
{
	struct far_object *object = cookie;

	free(object->key);
	free(object);
}

static enum status
s3_source_open_file(struct source *base, const char *path, int *out_fd,
		    struct fault *fault)
{
	struct s3_source *source = s3_of(base);
	struct s3_head head = { 0 };
	struct far_object *object;
	enum status status = object_head(source, path, &head, fault);
	struct far_file file;
	struct buffer key;

	if (status != STATUS_OK)
		return status;
	buffer_init(&key, 0);
	buffer_print(&key, "%s%s", source->prefix, path);
	object = mem_new(1, sizeof *object);
	object->source = source;
	object->key = buffer_take(&key, NULL);
	memcpy(object->etag, head.etag, sizeof object->etag);
	file = (struct far_file){ .size_bytes = head.length_bytes,
				  .modified_ns = head.modified_ms * 1000000,
				  .mark = mark_of(head.etag),
				  .read = far_read,
				  .release = far_release,
				  .cookie = object };
	return far_files_open(source->far, &file, out_fd, fault);
}

/* ---- walking -------------------------------------------------------------- */

/* What a folder holds. */
struct found {
	struct found *next;
	struct arena arena;
	const char *path; /* below the source's root */
	struct source_file *files;
	size_t count, room;
};

/* A folder above the last key. Marks that make it ignored come in the order of
 * keys too, so that what is below it waits until they would have come. */
struct level {
	struct found *found;
	struct found *waiting;
	bool ignored, decided;
};

struct walk {
	struct s3_source *source;
	const struct source_visitor *visitor;
	struct fault *fault;
	const char *root; /* the folder that is walked */
	struct level levels[SOURCE_DEPTH_LIMIT];
	size_t depth; /* of levels; 0: nothing was seen */
};

/* Sorts behind all ignore marks. */
#define LAST_MARK ".ogmaignore"

static struct found *
found_new(const char *path)
{
	struct found *found = mem_new(1, sizeof *found);

	arena_init(&found->arena);
	found->path = arena_copy_text(&found->arena, path);
	return found;
}

static void
found_free(struct found *found)
{
	while (found != NULL) {
		struct found *next = found->next;

		free(found->files);
		arena_release(&found->arena);
		free(found);
		found = next;
	}
}

static void
found_add(struct found *found, const char *name,
	  const struct s3_object *object)
{
	struct source_file *file;

	if (found->count == found->room) {
		found->room = found->room == 0 ? 32 : 2 * found->room;
		found->files = mem_grow(found->files, found->room,
					sizeof *found->files);
	}
	file = &found->files[found->count++];
	describe(arena_copy_text(&found->arena, name),
		 arena_copy_text(&found->arena, object->etag),
		 object->size_bytes, object->modified_ms, file);
}

/* Tells of a folder, or lets it wait at the nearest level below `depth` that may
 * still turn out to be ignored. Takes it. */
static enum status
found_tell(struct walk *walk, struct found *found, size_t depth)
{
	const struct source_folder folder = { found->path, found->files,
					      found->count };
	enum status status = STATUS_OK;

	for (size_t i = depth; i-- > 0;) {
		struct level *level = &walk->levels[i];

		if (!level->decided && !level->ignored) {
			found->next = level->waiting;
			level->waiting = found;
			return STATUS_OK;
		}
	}
	if (found->count > 0)
		status = walk->visitor->folder(walk->visitor->cookie, &folder,
					       walk->fault);
	found_free(found);
	return status;
}

/* No mark comes any more: what waited goes on. */
static enum status
level_decide(struct walk *walk, size_t at)
{
	struct level *level = &walk->levels[at];
	enum status status = STATUS_OK;

	level->decided = true;
	while (level->waiting != NULL && status == STATUS_OK) {
		struct found *found = level->waiting;

		level->waiting = found->next;
		found->next = NULL;
		status = found_tell(walk, found, at);
	}
	return status;
}

static void
level_ignore(struct level *level)
{
	level->ignored = true;
	found_free(level->waiting);
	level->waiting = NULL;
}

static bool
is_ignored(const struct walk *walk)
{
	for (size_t i = 0; i < walk->depth; i++) {
		if (walk->levels[i].ignored)
			return true;
	}
	return false;
}

static void
level_enter(struct walk *walk, const char *path)
{
	walk->levels[walk->depth++] =
		(struct level){ .found = found_new(path) };
}

static enum status
level_leave(struct walk *walk)
{
	size_t at = walk->depth - 1;
	struct level *level = &walk->levels[at];
	enum status status = level->ignored ? STATUS_OK :
					      level_decide(walk, at);
	struct found *found = level->found;
	bool ignored = is_ignored(walk);

	walk->depth = at;
	if (status == STATUS_OK && !ignored)
		return found_tell(walk, found, at);
	found_free(found);
	found_free(level->waiting);
	return status;
}

/* Frees what is left after a failure. */
static void
levels_drop(struct walk *walk)
{
	while (walk->depth > 0) {
		struct level *level = &walk->levels[--walk->depth];

		found_free(level->found);
		found_free(level->waiting);
	}
}

/* What is behind the folder of a level; NULL: the path is not below it. */
static const char *
rest_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	if (length == 0)
		return path;
	return strncmp(path, folder, length) == 0 && path[length] == '/' ?
		       path + length + 1 :
		       NULL;
}

static bool
part_is_usable(const char *part, size_t length)
{
	return length > 0 && !(part[0] == '.' && length == 1) &&
	       !(part[0] == '.' && part[1] == '.' && length == 2);
}

/* Leaves and enters folders until the last level is the one of `path`; *name is
 * its last part. NULL: no path that we could open again. */
static enum status
levels_follow(struct walk *walk, const char *path, struct arena *arena,
	      const char **name)
{
	enum status status = STATUS_OK;
	const char *rest, *slash;

	while (status == STATUS_OK && walk->depth > 1 &&
	       rest_below(path, walk->levels[walk->depth - 1].found->path) ==
		       NULL)
		status = level_leave(walk);
	rest = rest_below(path, walk->levels[walk->depth - 1].found->path);
	*name = NULL;
	while (status == STATUS_OK && (slash = strchr(rest, '/')) != NULL) {
		const char *part = arena_copy_bytes(arena, rest,
						    (size_t)(slash - rest));

		if (!part_is_usable(part, strlen(part)) ||
		    walk->depth == SOURCE_DEPTH_LIMIT)
			return STATUS_OK;
		if (strcmp(part, LAST_MARK) >= 0)
			status = level_decide(walk, walk->depth - 1);
		level_enter(walk, arena_copy_bytes(arena, path,
						   (size_t)(slash - path)));
		if (source_folder_ignored(part))
			level_ignore(&walk->levels[walk->depth - 1]);
		rest = slash + 1;
	}
	if (part_is_usable(rest, strlen(rest)))
		*name = rest;
	return status;
}

static enum status
object_visit(void *cookie, const struct s3_object *object,
	     struct fault *fault)
{
	struct walk *walk = cookie;
	const char *path = object->key + strlen(walk->source->prefix), *name;
	struct level *level;
	enum status status;
	struct arena arena;

	(void)fault;
	if (walk->depth == 0)
		level_enter(walk, walk->root);
	arena_init(&arena);
	status = levels_follow(walk, path, &arena, &name);
	level = &walk->levels[walk->depth - 1];
	if (status != STATUS_OK || name == NULL)
		;
	else if (source_name_is_ignore_mark(name))
		level_ignore(level);
	else if (!is_ignored(walk)) {
		if (strcmp(name, LAST_MARK) > 0)
			status = level_decide(walk, walk->depth - 1);
		if (source_name_kind(name) != SOURCE_NOTHING)
			found_add(level->found, name, object);
	}
	arena_release(&arena);
	return status;
}

/* Is there an object of that name, such as a mark? */
static enum status
is_there(struct s3_source *source, const char *path, bool *there,
	 struct fault *fault)
{
	struct s3_head head;
	enum status status = object_head(source, path, &head, fault);

	*there = status == STATUS_OK;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* A folder may be ignored because of one above it. */
static enum status
above_check(struct s3_source *source, const char *path, bool *ignored,
	    struct fault *fault)
{
	static const char *const marks[] = { ".nomedia", LAST_MARK };
	enum status status = STATUS_OK;
	const char *at = path, *slash;
	struct arena arena;

	arena_init(&arena);
	*ignored = false;
	while (*at != '\0' && status == STATUS_OK && !*ignored) {
		const char *above = arena_copy_bytes(&arena, path,
						     (size_t)(at - path));
		char *part;

		slash = strchr(at, '/');
		part = arena_copy_bytes(&arena, at,
					slash == NULL ?
						strlen(at) :
						(size_t)(slash - at));
		*ignored = source_folder_ignored(part);
		for (size_t i = 0; i < ARRAY_LENGTH(marks) && !*ignored &&
				   status == STATUS_OK;
		     i++)
			status = is_there(source,
					  arena_print(&arena, "%s%s", above,
						      marks[i]),
					  ignored, fault);
		at += strlen(part) + (slash != NULL);
	}
	arena_release(&arena);
	return status;
}

static enum status
s3_source_walk(struct source *base, const char *path, bool deep,
	       const struct source_visitor *visitor, struct fault *fault)
{
	struct s3_source *source = s3_of(base);
	struct walk *walk;
	bool ignored = false, empty;
	enum status status;
	struct arena arena;

	status = above_check(source, path, &ignored, fault);
	if (status != STATUS_OK || ignored)
		return status != STATUS_OK ?
			       status :
			       fault_set(fault, STATUS_NOT_FOUND,
					 "the folder %s is passed over", path);
	walk = mem_new(1, sizeof *walk);
	*walk = (struct walk){ .source = source, .visitor = visitor,
			       .fault = fault, .root = path };
	arena_init(&arena);
	status = s3_list(source->s3, source->bucket,
			 arena_print(&arena, "%s%s%s", source->prefix, path,
				     path[0] == '\0' ? "" : "/"),
			 "", deep ? NULL : "/", object_visit, walk, fault);
	empty = walk->depth == 0;
	while (status == STATUS_OK && walk->depth > 0)
		status = level_leave(walk);
	levels_drop(walk);
	free(walk);
	arena_release(&arena);
	if (status == STATUS_OK && empty && path[0] != '\0')
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no folder %s", path);
	return status;
}

/* ---- putting -------------------------------------------------------------- */

static pthread_mutex_t put_lock = PTHREAD_MUTEX_INITIALIZER;

/* What comes in one piece cannot replace what somebody else puts there at this
 * moment, if the server knows conditions; where it does not, and for long files,
 * only we are kept from it. */
static enum status
put_object(struct s3_source *source, const char *key, int fd,
	   uint64_t size_bytes, struct fault *fault)
{
	const struct s3_request head = { .method = "HEAD",
					 .bucket = source->bucket,
					 .key = key };
	const struct s3_request put = { .method = "PUT",
					.bucket = source->bucket,
					.key = key,
					.if_none = true,
					.fd = fd,
					.body_bytes = size_bytes };
	enum status status = STATUS_UNSUPPORTED;

	if (size_bytes <= S3_PART_BYTES)
		status = s3_ask(source->s3, &put, NULL, NULL, fault);
	if (status != STATUS_UNSUPPORTED)
		return status;
	pthread_mutex_lock(&put_lock);
	status = s3_ask(source->s3, &head, NULL, NULL, fault);
	if (status == STATUS_NOT_FOUND)
		status = s3_put(source->s3, source->bucket, key, fd,
				size_bytes, NULL, fault);
	else if (status == STATUS_OK)
		status = STATUS_CONFLICT;
	pthread_mutex_unlock(&put_lock);
	return status;
}

static enum status
s3_source_put(struct source *base, const char *path, int fd,
	      struct fault *fault)
{
	struct s3_source *source = s3_of(base);
	enum status status = source_path_check(path, fault);
	struct ranged_file file;
	struct s3_head head;
	struct arena arena;

	if (status == STATUS_OK)
		status = ranged_open(fd, &file, fault);
	if (status != STATUS_OK)
		return status;
	status = object_head(source, path, &head, fault);
	arena_init(&arena);
	if (status == STATUS_OK)
		status = STATUS_CONFLICT;
	else if (status == STATUS_NOT_FOUND)
		status = put_object(source,
				    arena_print(&arena, "%s%s", source->prefix,
						path),
				    fd, file.size_bytes, fault);
	arena_release(&arena);
	return status == STATUS_CONFLICT ?
		       fault_set(fault, status,
				 "there is an object %s already", path) :
		       status;
}

static enum status
s3_source_remove(struct source *base, const char *path, struct fault *fault)
{
	struct s3_source *source = s3_of(base);
	enum status status = source_path_check(path, fault);
	struct s3_head head;
	struct arena arena;

	if (status == STATUS_OK)
		status = object_head(source, path, &head, fault);
	if (status != STATUS_OK)
		return status;
	arena_init(&arena);
	status = s3_remove(source->s3, source->bucket,
			   arena_print(&arena, "%s%s", source->prefix, path),
			   fault);
	arena_release(&arena);
	return status;
}

const struct source_driver source_driver_s3 = {
	.name = "s3",
	.summary = "objects of an S3 bucket",
	.remote = true,
	.open = s3_source_open,
	.close = s3_source_close,
	.check = s3_source_check,
	.walk = s3_source_walk,
	.open_file = s3_source_open_file,
	.stat = s3_source_stat,
	.put_file = s3_source_put,
	.remove_file = s3_source_remove,
};
