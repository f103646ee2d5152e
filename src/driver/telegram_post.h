/* telegram_post.h - the sound of a post at Telegram, as facts and as a file.
 *
 * A post is looked up when it is asked for: what the library numbers files by
 * holds only for one run of it. A public channel's name is asked of Telegram at
 * most 200 times a day for all names together, and remembered for a day.
 *
 * The file is a far file (driver/far_file.h): what is read of it is fetched in
 * windows of a MiB into the cache folder.
 *
 * Floor: 2 (driver). Threads: any; calls block, within TELEGRAM_TIMEOUT_MS for
 * each request.
 */
#ifndef OGMA_DRIVER_TELEGRAM_POST_H
#define OGMA_DRIVER_TELEGRAM_POST_H

#include "base/memory.h"
#include "driver/telegram.h"
#include "driver/telegram_link.h"

struct telegram_post {
	const char *title;     /* NULL: it says none */
	const char *performer; /* likewise */
	const char *file_name; /* likewise */
	const char *mime_type; /* as its sender said; may be "" */
	const char *unique_id; /* of the file, the same for everybody */
	int64_t duration_ms;   /* 0: not known */
	int64_t size_bytes;
	int64_t date_ms;
};

/* STATUS_NOT_FOUND: no such channel or post, or it was deleted; STATUS_DENIED:
 * this account may not see it, or nobody may save it; STATUS_UNSUPPORTED with
 * field "url": it holds no sound. Else as telegram_check() and telegram_ask(). */
enum status telegram_post_get(struct telegram *telegram,
			      const struct telegram_link *link,
			      struct arena *arena, struct telegram_post *out,
			      struct fault *fault);

/* Its file. Waits for a helper that begins, as when channels come back on the air.
 * Also STATUS_AGAIN_LATER: too many far files are open. */
enum status telegram_post_open(struct telegram *telegram,
			       const struct telegram_link *link, int *out_fd,
			       struct fault *fault);

#endif /* OGMA_DRIVER_TELEGRAM_POST_H */
