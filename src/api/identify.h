/* identify.h - who asks: the credentials of a request, shown to service/access.
 *
 * Floor: 5 (api). Threads: from workers; it may read the store.
 */
#ifndef OGMA_API_IDENTIFY_H
#define OGMA_API_IDENTIFY_H

#include "api/call.h"

/* Fills call->caller. STATUS_UNAUTHENTICATED when credentials were shown that do
 * not hold, STATUS_DENIED when a cookie came without its proof against forged
 * requests (CSRF). No credentials at all is nobody, and fine. */
enum status identify_caller(struct call *call, struct fault *fault);

/* ---- links for players that cannot sign in (routes with by_link) ---- */

/* When a link asked for now ends, by the member expires_in_seconds: Unix
 * milliseconds, whole seconds as the link says them. */
int64_t link_expiry(struct call *call);

/* The value of ?sig= for that thing; of the call's arena. */
const char *link_sign(const struct call *call, const char *kind, int64_t id,
		      int64_t expires_ms);

#endif /* OGMA_API_IDENTIFY_H */
