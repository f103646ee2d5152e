/* settings.h - every setting of the program, gathered from the floors below.
 *
 * Floor: 6 (app). Threads: filled before threads start; read-only after.
 */
#ifndef OGMA_APP_SETTINGS_H
#define OGMA_APP_SETTINGS_H

#include "api/api.h"
#include "base/option.h"
#include "driver/blob.h"
#include "driver/events.h"
#include "driver/s3.h"
#include "driver/store.h"
#include "driver/telegram.h"
#include "media/media.h"
#include "net/http.h"
#include "service/access.h"
#include "service/analyse.h"
#include "service/backup.h"
#include "service/chores.h"
#include "service/cover.h"
#include "service/cleanup.h"
#include "service/limits.h"
#include "service/listening.h"
#include "service/monitor.h"
#include "service/live_out.h"
#include "service/push.h"
#include "service/oidc.h"
#include "service/scan.h"
#include "service/scheduler.h"
#include "service/stream.h"
#include "service/station.h"
#include "service/upload.h"
#include "service/watch.h"
#include "service/write_back.h"

struct program_settings {
	const char *data_dir;
	const char *cache_dir; /* "": cache/ in the data folder */
	const char *roles; /* "all", or some of api,stream,ingest,live */
	uint32_t drain_ms;
	const char *log_level;
	bool log_stderr;
	uint64_t log_rotate_bytes;
	uint32_t log_keep_files;
	bool prometheus_enabled;
	uint32_t prometheus_port; /* 0: only on the main port */
	const char *metrics_aliases; /* sattva, or "" */
	const char *fetch_private_addresses; /* networks; "": none */
};

enum role { /* bits */
	ROLE_API = 1,
	ROLE_STREAM = 2,
	ROLE_INGEST = 4,
	ROLE_LIVE = 8, /* channels are on the air */
};

struct settings {
	struct options *options;
	struct option_table *tables;
	unsigned roles; /* bits of enum role */

	struct program_settings program;
	struct http_settings http;
	struct api_settings api;
	struct sockets_settings sockets;
	struct access_settings access;
	struct limits_settings limits;
	struct oidc_settings oidc;
	struct backup_settings backup;
	struct events_settings events;
	struct listening_settings listening;
	struct monitor_settings monitor;
	struct store_sqlite_settings sqlite;
	struct store_postgres_settings postgres;
	struct media_settings media;
	struct scan_settings scan;
	struct analyse_settings analyse;
	struct watch_settings watch;
	struct upload_settings upload;
	struct scheduler_settings scheduler;
	struct chores_settings chores;
	struct cleanup_settings cleanup;
	struct write_back_settings write_back;
	struct station_settings station;
	struct s3_settings s3;
	struct telegram_settings telegram;
	struct cover_settings cover;
	struct stream_settings stream;
	struct live_out_settings live_out;
	struct push_options push;
};

/* Reads flags out of *arguments (those it knows are taken out, *count shrinks),
 * then the environment, then `config` or, when NULL, ogma.conf in the data
 * folder if there is one. */
enum status settings_load(struct settings *settings, const char *config,
			  char **arguments, int *count, struct fault *fault);
void settings_release(struct settings *settings);

#endif /* OGMA_APP_SETTINGS_H */
