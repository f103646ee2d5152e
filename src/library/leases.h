/* leases.h - what only one of several processes does: whoever holds the lease.
 *
 * A holder that ends without a word loses it when its time is over.
 *
 * Floor: 3 (library). Threads: as the session.
 */
#ifndef OGMA_LIBRARY_LEASES_H
#define OGMA_LIBRARY_LEASES_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"

/* Takes or renews the lease until `until_ms`, when it is free, over, or ours
 * already. *held says whether it is ours now. */
enum status leases_take(struct store_session *session, const char *name,
			const char *holder, int64_t now_ms, int64_t until_ms,
			bool *held, struct fault *fault);

/* Gives it back; nothing when it is not ours. */
enum status leases_drop(struct store_session *session, const char *name,
			const char *holder, struct fault *fault);

/* Who holds it, arena-owned, and until when. STATUS_NOT_FOUND: nobody ever
 * did. */
enum status leases_get(struct store_session *session, const char *name,
		       struct arena *arena, const char **holder,
		       int64_t *until_ms, struct fault *fault);

#endif /* OGMA_LIBRARY_LEASES_H */
