/* channel_rows_private.h - what the kinds of rows that belong to a channel
 * share.
 *
 * Floor: 3 (library); private to channel_*.c.
 */
#ifndef OGMA_LIBRARY_CHANNEL_ROWS_PRIVATE_H
#define OGMA_LIBRARY_CHANNEL_ROWS_PRIVATE_H

#include "driver/store.h"

/* The channel is there and has room for one more row. `count_sql` counts those
 * of the channel $1. STATUS_NOT_FOUND; STATUS_FULL. */
enum status channel_room_check(struct store_session *session,
			       const char *count_sql, int64_t channel_id,
			       struct fault *fault);

/* `sql` deletes the row $2 of the channel $1. STATUS_NOT_FOUND. */
enum status channel_row_remove(struct store_session *session, const char *sql,
			       int64_t channel_id, int64_t id,
			       struct fault *fault);

#endif /* OGMA_LIBRARY_CHANNEL_ROWS_PRIVATE_H */
