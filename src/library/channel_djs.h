/* channel_djs.h - who may come in live on a channel, and when.
 *
 * A DJ is an account of one channel, for a program that sends sound; it opens
 * nothing else. Names are compared byte for byte and have no colon, which Basic
 * authentication cuts at.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_CHANNEL_DJS_H
#define OGMA_LIBRARY_CHANNEL_DJS_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"

#define CHANNEL_DJS_MAX 100 /* on a channel */
#define DJ_NO_MINUTE (-1)

struct dj_row {
	int64_t id, channel_id;
	const char *username;
	bool enabled;
	int64_t weekdays; /* bit 0: Monday; 0: every day */
	int64_t starts_minute, ends_minute; /* of the day, DJ_NO_MINUTE: its
					     * beginning and its end. An end
					     * that is not after the start is
					     * the next day's */
	int64_t created_at_ms;
};

/* Whether the row opens the channel then; weekday 0 is Monday. */
bool dj_may_play(const struct dj_row *row, int weekday, int minute);

/* By name. */
enum status channel_djs_list(struct store_session *session, int64_t channel_id,
			     struct arena *arena, struct dj_row **out,
			     size_t *count, struct fault *fault);

/* STATUS_NOT_FOUND. */
enum status channel_djs_get(struct store_session *session, int64_t channel_id,
			    int64_t id, struct arena *arena,
			    struct dj_row *out, struct fault *fault);

/* What his password is checked against. STATUS_NOT_FOUND. */
enum status channel_djs_password_hash(struct store_session *session,
				      int64_t id, struct arena *arena,
				      const char **out, struct fault *fault);

/* id 0: a new row, whose id and moment come back. `password_hash` (password.h):
 * NULL keeps what there is. STATUS_NOT_FOUND; STATUS_CONFLICT and
 * STATUS_INVALID with field "username"; STATUS_FULL. */
enum status channel_djs_save(struct store_session *session, struct dj_row *row,
			     const char *password_hash, struct fault *fault);
enum status channel_djs_remove(struct store_session *session,
			       int64_t channel_id, int64_t id,
			       struct fault *fault);

#endif /* OGMA_LIBRARY_CHANNEL_DJS_H */
