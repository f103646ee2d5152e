/* app.c - builds the floors bottom-up and ends them top-down; see app.h. */
#include "app/app.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/log.h"
#include "base/seal.h"
#include "library/migrations.h"

static char *
path_below(const struct settings *settings, const char *name)
{
	struct buffer path;

	buffer_init(&path, 0);
	buffer_print(&path, "%s/%s", settings->program.data_dir, name);
	return buffer_take(&path, NULL);
}

static enum status
open_store(struct app *app, struct fault *fault)
{
	struct store_sqlite_settings sqlite = app->settings->sqlite;
	enum status status;

	if (*sqlite.path == '\0')
		sqlite.path = app->store_path;
	status = store_open_by_settings(&sqlite, &app->settings->postgres,
					&app->store, fault);
	if (status == STATUS_OK)
		status = migrations_apply(app->store, fault);
	return status;
}

static enum status
open_index(struct app *app, bool follow, struct fault *fault)
{
	struct index_args args = {
		.store = app->store,
		.driver = &search_driver_fts5,
		.folder = app->settings->program.data_dir,
		.follow = follow,
	};

	return index_open(&args, &app->index, fault);
}

/* A server that is down does not keep us from starting. */
static void
bucket_make(struct app *app, const char *bucket)
{
	struct fault fault = { 0 };

	if (s3_bucket_make(app->s3, bucket, &fault) != STATUS_OK)
		log_warning("app", "an S3 bucket cannot be used",
			    LOG_TEXT("bucket", bucket),
			    LOG_TEXT("reason", fault.message));
}

/* Servers that share a store have no file in common: there SECRET_KEY seals, or
 * nothing does. */
static enum status
open_seal(struct app *app, struct fault *fault)
{
	const struct access_settings *settings = &app->settings->access;
	bool shared = app->store->driver != &store_driver_sqlite;
	char *path = path_below(app->settings, "seal.key");
	const struct seal_args args = {
		.secret = settings->secret_key,
		.old_secrets = settings->old_secrets,
		.key_path = shared ? NULL : path,
	};
	enum status status = seal_open(&args, &app->seal, fault);

	free(path);
	return status;
}

static enum status
open_s3(struct app *app, struct fault *fault)
{
	const struct s3_settings *settings = &app->settings->s3;
	enum status status;

	if (*settings->server.endpoint == '\0')
		return STATUS_OK;
	status = s3_open(&settings->server, &app->s3, fault);
	if (status != STATUS_OK)
		return status;
	bucket_make(app, settings->bucket_tracks);
	bucket_make(app, settings->bucket_covers);
	return STATUS_OK;
}

static enum status
open_blobs(struct app *app, struct fault *fault)
{
	char *spool_path = path_below(app->settings, "spool");
	struct blob_folder_settings folder = { .path = app->blobs_path };
	struct blob_s3_settings s3 = {
		.client = app->s3,
		.bucket = app->settings->s3.bucket_covers,
		.spool_path = spool_path,
	};
	struct blob_open_args args = { .settings = &folder };
	const struct blob_driver *driver = &blob_driver_folder;
	enum status status;

	if (app->s3 != NULL) {
		driver = &blob_driver_s3;
		args.settings = &s3;
	}
	status = blob_store_open(driver, &args, &app->blobs, fault);
	free(spool_path);
	return status;
}

static enum status
open_media(struct app *app, struct fault *fault)
{
	enum status status = open_s3(app, fault);

	app->buckets = (struct s3_access){
		.client = app->s3,
		.ca_file = app->settings->s3.server.ca_file,
		.seal = app->seal,
	};
	if (status == STATUS_OK)
		status = open_blobs(app, fault);
	if (status == STATUS_OK)
		status = media_pool_open(&app->settings->media, &app->media,
					 fault);
	app->scan = (struct scan_services){ .store = app->store,
					    .s3 = &app->buckets,
					    .blobs = app->blobs,
					    .media = app->media,
					    .settings = &app->settings->scan };
	return status;
}

static enum status
open_delivery(struct app *app, struct fault *fault)
{
	struct cover_args cover = { .store = app->store,
				    .blobs = app->blobs,
				    .media = app->media,
				    .cache_dir = app->cache_path,
				    .settings = &app->settings->cover };
	struct stream_args stream = { .store = app->store,
				      .s3 = &app->buckets,
				      .media = app->media,
				      .cache_dir = app->cache_path,
				      .settings = &app->settings->stream };
	struct pushes_args push = { .options = &app->settings->push,
				    .store = app->store,
				    .seal = app->seal,
				    .media = app->media };
	enum status status = folder_make(app->cache_path, fault);

	if (status == STATUS_OK)
		status = covers_open(&cover, &app->covers, fault);
	push.covers = app->covers;
	if (status == STATUS_OK)
		status = streams_open(&stream, &app->streams, fault);
	if (status == STATUS_OK)
		status = live_out_open(&app->settings->live_out, &app->out,
				       fault);
	if (status == STATUS_OK)
		status = pushes_open(&push, &app->pushes, fault);
	return status;
}

struct telegram_args
app_telegram_args(const struct app *app)
{
	return (struct telegram_args){
		.settings = &app->settings->telegram,
		.data_dir = app->settings->program.data_dir,
		.cache_dir = app->cache_path,
	};
}

static enum status
open_telegram(struct app *app, struct fault *fault)
{
	const struct telegram_args args = app_telegram_args(app);

	return telegram_open(&args, &app->telegram, fault);
}

/* A key of our own lies beside an embedded store; servers that share a store
 * share the key through it. */
static enum status
open_access(struct app *app, struct fault *fault)
{
	const struct settings *settings = app->settings;
	bool shared = app->store->driver != &store_driver_sqlite;
	char *path = path_below(settings, "access.key");
	struct access_args args = { .settings = &settings->access,
				    .store = app->store,
				    .key_path = shared ? NULL : path };
	enum status status =
		limits_open(&settings->limits, &app->limits, fault);

	args.limits = app->limits;
	if (status == STATUS_OK)
		status = access_open(&args, &app->access, fault);
	if (status == STATUS_OK)
		status = oidc_open(&settings->oidc,
				   settings->access.public_url, &app->oidc,
				   fault);
	free(path);
	return status;
}

static enum status
open_events(struct app *app, struct fault *fault)
{
	char *path = path_below(app->settings, "events.db");
	struct events_open_args events = { .settings = &app->settings->events,
					   .path = path };
	struct listening_args args = { .settings = &app->settings->listening,
				       .store = app->store,
				       .follow = true };
	enum status status = events_open(&events_driver_sqlite, &events,
					 &app->events, fault);

	args.log = app->events;
	if (status == STATUS_OK)
		status = listening_open(&args, &app->listening, fault);
	free(path);
	return status;
}

enum status
app_open(struct app *app, const struct settings *settings, unsigned parts,
	 struct fault *fault)
{
	enum status status;

	*app = (struct app){ .settings = settings, .live = live_hub_new() };
	app->store_path = path_below(settings, "ogma.db");
	app->blobs_path = path_below(settings, "blobs");
	app->cache_path = *settings->program.cache_dir != '\0' ?
				  mem_copy_text(settings->program.cache_dir) :
				  path_below(settings, "cache");
	status = folder_make(settings->program.data_dir, fault);
	if (status == STATUS_OK && parts != 0)
		status = open_store(app, fault);
	if (status == STATUS_OK && (parts & (APP_INDEX | APP_INDEX_FOLLOW)))
		status = open_index(app, parts & APP_INDEX_FOLLOW, fault);
	if (status == STATUS_OK &&
	    (parts & (APP_MEDIA | APP_DELIVERY | APP_ACCESS)))
		status = open_seal(app, fault);
	if (status == STATUS_OK && (parts & (APP_MEDIA | APP_DELIVERY)))
		status = open_media(app, fault);
	if (status == STATUS_OK && (parts & APP_DELIVERY))
		status = open_delivery(app, fault);
	if (status == STATUS_OK && (parts & APP_ACCESS))
		status = open_access(app, fault);
	if (status == STATUS_OK && (parts & APP_EVENTS))
		status = open_events(app, fault);
	if (status == STATUS_OK && (parts & APP_TELEGRAM))
		status = open_telegram(app, fault);
	if (status != STATUS_OK)
		app_close(app);
	return status;
}

void
app_close(struct app *app)
{
	live_out_close(app->out);
	pushes_close(app->pushes);
	live_hub_free(app->live);
	listening_close(app->listening);
	events_close(app->events);
	oidc_close(app->oidc);
	access_close(app->access);
	limits_close(app->limits);
	streams_close(app->streams);
	covers_close(app->covers);
	telegram_close(app->telegram);
	if (app->media != NULL)
		media_pool_close(app->media);
	blob_store_close(app->blobs);
	s3_close(app->s3);
	seal_close(app->seal);
	index_close(app->index);
	store_close(app->store);
	free(app->store_path);
	free(app->blobs_path);
	free(app->cache_path);
	*app = (struct app){ 0 };
}
