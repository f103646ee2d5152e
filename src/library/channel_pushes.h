/* channel_pushes.h - the servers a live channel is sent to.
 *
 * An address and its secret (a stream's key, or a password) are two things: the
 * address may be shown, the secret is read by the service that sends and by
 * nobody else.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_CHANNEL_PUSHES_H
#define OGMA_LIBRARY_CHANNEL_PUSHES_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"

#define CHANNEL_PUSHES_MAX 20 /* of one channel */
#define PUSH_URL_MAX 1000
#define PUSH_SECRET "channel_push.secret" /* purpose of what is sealed */
#define PUSH_SECRET_MAX 500
#define PUSH_NAME_MAX 200 /* characters of a name that another server shows */
#define PUSH_KBPS_MIN 32
#define PUSH_KBPS_MAX 320

enum push_kind { PUSH_RTMP, PUSH_ICECAST };
enum push_format { PUSH_MP3, PUSH_OGG, PUSH_OPUS, PUSH_AAC };
enum push_picture { PUSH_CARD, PUSH_COVER, PUSH_NO_PICTURE };

struct push_settings {
	uint32_t bitrate_kbps;   /* 0: the format's usual */
	enum push_format format; /* Icecast; RTMP is always AAC */
	enum push_picture picture; /* RTMP */
	const char *name;        /* the stream's; NULL: the channel's title */
	const char *username;    /* Icecast; NULL: "source" */
	bool counts_as_listener; /* keeps the channel from ending by itself */
};

struct channel_push {
	int64_t id, channel_id;
	enum push_kind kind;
	const char *url, *secret; /* secret: sealed (PUSH_SECRET); NULL: none */
	bool enabled;
	struct push_settings settings;
	int64_t created_at_ms;
};

/* "rtmp", …; by name: false when it is none of them. */
const char *push_kind_name(enum push_kind kind);
const char *push_format_name(enum push_format format);
const char *push_picture_name(enum push_picture picture);
bool push_kind_parse(const char *name, enum push_kind *out);
bool push_format_parse(const char *name, enum push_format *out);
bool push_picture_parse(const char *name, enum push_picture *out);

/* An address of its kind: rtmp and rtmps with a path, http and https with a
 * mount. STATUS_INVALID with field "url": another one, or one with a name and
 * password in it. */
enum status push_url_check(enum push_kind kind, const char *url,
			   struct fault *fault);

/* In the order they were made. */
enum status channel_pushes_list(struct store_session *session,
				int64_t channel_id, struct arena *arena,
				struct channel_push **out, size_t *count,
				struct fault *fault);

/* id 0: a new row; its id and time come back. STATUS_NOT_FOUND: no such channel
 * or row; STATUS_FULL. */
enum status channel_push_save(struct store_session *session,
			      struct channel_push *push, struct fault *fault);
enum status channel_push_remove(struct store_session *session,
				int64_t channel_id, int64_t id,
				struct fault *fault);

#endif /* OGMA_LIBRARY_CHANNEL_PUSHES_H */
