/* station_item.h - what an item of a channel's queue names, and whether that can
 * be played at all.
 *
 * Floor: 4 (service). Threads: as the session.
 */
#ifndef OGMA_SERVICE_STATION_ITEM_H
#define OGMA_SERVICE_STATION_ITEM_H

#include "library/channel_queue.h"

/* STATUS_INVALID with field "track_id", "url" or "source":
 * - a track is named by track_id;
 * - a file is an absolute path below the folder of a registered source, with
 *   links followed, and there now;
 * - a stream is an address of http or https;
 * - telegram: the address of a post (what it is: service/station_post.h);
 * - youtube: an address of https at YouTube, with yt-dlp installed here.
 * A file's real path replaces item->url. */
enum status station_item_check(struct store_session *session,
			       struct queue_item *item, struct arena *arena,
			       struct fault *fault);

/* A file below a registered folder; *real is arena-owned. STATUS_INVALID with
 * the field. */
enum status station_file_find(struct store_session *session,
			      const char *field, const char *path,
			      struct arena *arena, const char **real,
			      struct fault *fault);

/* Whether PATH has yt-dlp. */
bool station_has_ytdlp(void);

#endif /* OGMA_SERVICE_STATION_ITEM_H */
