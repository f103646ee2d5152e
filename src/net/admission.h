/* admission.h - who may connect: connections in all and per address.
 *
 * Addresses are counted by address_group(); trusted proxies are not, since all
 * clients come from them. The table is bounded by connections_max: an address
 * is in it only while it has a connection.
 *
 * Floor: 1 (net). Threads: any; one short lock, taken per connection.
 */
#ifndef OGMA_NET_ADMISSION_H
#define OGMA_NET_ADMISSION_H

#include <pthread.h>
#include <stdatomic.h>

#include "net/address.h"

enum admission_result {
	ADMISSION_GRANTED,
	ADMISSION_FULL,    /* connections_max */
	ADMISSION_TOO_MANY /* from this address */
};

struct admission_entry;

struct admission {
	pthread_mutex_t lock;
	uint32_t connections_max, per_address_max;
	atomic_uint connections;
	uint32_t bucket_count; /* a power of two */
	struct admission_entry **buckets;
	const struct networks *unlimited; /* borrowed */
};

void admission_init(struct admission *admission, uint32_t connections_max,
		    uint32_t per_address_max,
		    const struct networks *unlimited);
void admission_release(struct admission *admission);

/* Each GRANTED is given back by one admission_leave(). */
enum admission_result admission_enter(struct admission *admission,
				      const struct address *peer);
void admission_leave(struct admission *admission, const struct address *peer);

#endif /* OGMA_NET_ADMISSION_H */
