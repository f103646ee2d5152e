/* app.h - builds the floors bottom-up and ends them top-down.
 *
 * Each command opens what it needs. What is open is not NULL.
 *
 * Floor: 6 (app). Threads: opened and closed on the main thread.
 */
#ifndef OGMA_APP_APP_H
#define OGMA_APP_APP_H

#include "app/settings.h"
#include "service/index.h"
#include "service/listening.h"
#include "service/live_hub.h"
#include "service/live_out.h"
#include "service/push.h"

enum app_part { /* bits; a part opens those it stands on */
	APP_STORE = 1,
	APP_INDEX = 2,        /* without its thread */
	APP_INDEX_FOLLOW = 4, /* with it */
	APP_MEDIA = 8,        /* and blobs */
	APP_DELIVERY = 16,    /* covers and streams */
	APP_ACCESS = 32,      /* signing in, limits */
	APP_EVENTS = 64,      /* the log of events, with its threads */
	APP_TELEGRAM = 128,   /* the account at Telegram, with its helper */
};

struct app {
	const struct settings *settings;
	struct store *store;
	struct seal *seal; /* with APP_MEDIA or APP_ACCESS */
	struct s3_client *s3; /* NULL: what is kept is in the data folder */
	struct s3_access buckets; /* of any server */
	struct blob_store *blobs;
	struct media_pool *media;
	struct telegram *telegram; /* NULL: not configured */
	struct index_service *index;
	struct covers *covers;
	struct streams *streams;
	struct limits *limits;
	struct access *access;
	struct oidc *oidc; /* NULL: no single sign-on */
	struct events_log *events;
	struct listening *listening;
	struct live_out *out; /* of channels on the air */
	struct pushes *pushes; /* likewise */
	struct live_hub *live; /* what happens on the air */
	struct scan_services scan; /* filled with APP_MEDIA */

	char *store_path, *blobs_path, *cache_path; /* under the data folder */
};

/* Makes the data folder, applies migrations. On failure nothing is open. */
/* What the account at Telegram is opened with. */
struct telegram_args app_telegram_args(const struct app *app);

enum status app_open(struct app *app, const struct settings *settings,
		     unsigned parts, struct fault *fault);
void app_close(struct app *app);

#endif /* OGMA_APP_APP_H */
