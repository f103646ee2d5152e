/* owner.h - the name of a process as the holder of leases, and whether that
 * process is still there.
 *
 * A name tells host, boot, process-id space, process and its start time, so
 * that any process of the same machine can see whether the owner is still
 * there, and a process id used again is not taken for it.
 *
 * Floor: 4 (service). Threads: all functions may be called from any.
 */
#ifndef OGMA_SERVICE_OWNER_H
#define OGMA_SERVICE_OWNER_H

#include <stdbool.h>

#define OWNER_BYTES 192

/* A new name of this process: no two calls give the same. */
void owner_name(char out[OWNER_BYTES]);

/* True only when the owner was a process of this machine and has ended. */
bool owner_dead(const char *owner);

#endif /* OGMA_SERVICE_OWNER_H */
