/* secrets.h - the secrets in rows (keys of buckets, of streams), sealed by the key
 * of today: those that were written before anything was sealed, and those that an
 * older SECRET_KEY sealed.
 *
 * Floor: 3 (library). Threads: as the session.
 */
#ifndef OGMA_LIBRARY_SECRETS_H
#define OGMA_LIBRARY_SECRETS_H

#include <stdint.h>

#include "base/seal.h"
#include "driver/store.h"

struct secrets_found {
	int64_t sealed; /* now; they were not, or by an older key */
	int64_t lost;   /* no key of ours opens them; left as they are */
};

/* In one transaction; nothing is written where all are sealed already. */
enum status secrets_seal(struct store_session *session,
			 const struct seal *seal, struct secrets_found *out,
			 struct fault *fault);

#endif /* OGMA_LIBRARY_SECRETS_H */
