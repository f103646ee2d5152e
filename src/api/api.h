/* api.h - the HTTP face of Ogma: routes in, service calls out.
 *
 * This floor decides nothing: it reads parameters, calls library/ and
 * service/, and writes JSON. Start reading at routes.c, the table.
 *
 * Floor: 5 (api). Threads: callbacks of struct http_server_args run on loop
 * threads; handlers run on workers unless their row says on_loop.
 */
#ifndef OGMA_API_API_H
#define OGMA_API_API_H

#include "api/sockets.h"
#include "base/option.h"
#include "base/worker.h"
#include "driver/store.h"
#include "net/http.h"
#include "service/backup.h"
#include "service/edit.h"
#include "service/storage.h"

struct access;
struct covers;
struct index_service;
struct job_runner;
struct limits;
struct listening;
struct live_hub;
struct monitor;
struct live_out;
struct live_in;
struct on_air;
struct telegram;
struct oidc;
struct pushes;
struct seal;
struct router;
struct s3_client;
struct scheduler_settings;
struct streams;
struct upload_service;
struct watch;

struct api_settings {
	const char *cors_origins; /* comma separated, or "*", or "" */
	const char *frame_ancestors; /* who may embed the web app */
	uint32_t worker_threads;
	uint32_t worker_queue_max;
	bool access_log;
};

extern const struct option api_options[];

struct api_args {
	const struct api_settings *settings;
	const struct sockets_settings *sockets;
	struct store *store;
	struct index_service *index;
	struct covers *covers;
	struct streams *streams;
	const struct options *options; /* for the page of settings */
	struct access *access;
	struct limits *limits;
	struct oidc *oidc; /* NULL: no single sign-on */
	struct listening *listening;
	struct sounds *sounds; /* NULL: nothing sounds alike here */
	struct telegram *telegram; /* NULL: not configured */
	struct on_air *on_air; /* NULL: another process has the channels */
	struct live_hub *live;
	struct monitor *monitor;
	struct pushes *pushes; /* to other servers */
	const struct seal *seal; /* secrets of rows */
	struct live_in *in;   /* what comes into them; NULL: likewise */
	struct live_out *out; /* what goes out of channels on the air */
	struct editor editor;
	struct write_back *write_back;
	struct backup_place backups;
	struct storage storage;
	const char *data_dir;
	uint32_t auto_end_minutes; /* of new channels */
	const struct scheduler_settings *scheduler;
	struct upload_service *uploads;
	struct job_runner *jobs; /* NULL: another process runs them */
	struct watch *watch;     /* NULL: likewise */
	bool serves_api, serves_streams, serves_metrics; /* by role */
};

struct api {
	struct api_args args;
	struct router *router;
	struct worker_pool *workers;
	struct sockets *sockets;
	struct route_metrics *metrics; /* one per row, see traffic.c */
	int64_t started_at_ms;
	struct buffer openapi; /* printed once */
};

/* Everything in args is borrowed and outlives the api. */
enum status api_open(const struct api_args *args, struct api **out,
		     struct fault *fault);

/* After the HTTP server was closed. */
void api_close(struct api *api);

/* Callbacks for struct http_server_args, with the api as cookie. */
void api_on_head(void *cookie, struct http_request *request,
		 struct http_plan *plan);
void api_on_request(void *cookie, struct http_request *request);
void api_on_done(void *cookie, struct http_request *request, unsigned status,
		 uint64_t sent_bytes, int64_t took_us);

#endif /* OGMA_API_API_H */
