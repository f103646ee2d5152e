/* channel_listens.h - who listened to a live channel, and for how long.
 *
 * A row is written when somebody has left. Of an address only a digest is kept,
 * to tell listeners apart.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_CHANNEL_LISTENS_H
#define OGMA_LIBRARY_CHANNEL_LISTENS_H

#include "driver/store.h"
#include "library/page.h"

struct channel_listen {
	int64_t id, channel_id;
	int64_t user_id;      /* 0: nobody who signed in */
	const char *username; /* NULL: nobody */
	const char *format, *client, *address_hash;
	int64_t started_at_ms, ended_at_ms, bytes;
};

/* A channel that is gone keeps nothing. `address` is digested; NULL: none. */
enum status channel_listens_add(struct store_session *session,
				const struct channel_listen *listen,
				const char *address, struct fault *fault);

struct channel_listen_filter {
	int64_t channel_id;
	int64_t from_ms, to_ms; /* of its start; to: before; 0: open */
	const char *format;	/* NULL: all */
};

struct channel_listen_list {
	struct channel_listen *items;
	size_t count;
	struct page_info page;
};

/* Newest first. It does not ask whether the channel is there. */
enum status channel_listens_list(struct store_session *session,
				 const struct channel_listen_filter *filter,
				 const struct page_request *page,
				 struct arena *arena,
				 struct channel_listen_list *out,
				 struct fault *fault);

#endif /* OGMA_LIBRARY_CHANNEL_LISTENS_H */
