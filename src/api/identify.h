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

#endif /* OGMA_API_IDENTIFY_H */
