/* country.h - the country of an address, from a GeoIP file of the operator's.
 *
 * Floor: 4 (service). Threads: all functions may be called from any; none
 * blocks (the file is mapped).
 */
#ifndef OGMA_SERVICE_COUNTRY_H
#define OGMA_SERVICE_COUNTRY_H

#include "base/fault.h"

struct countries;

#define COUNTRY_BYTES 3 /* "DE" */

/* An empty path gives one that knows nothing. */
enum status countries_open(const char *path, struct countries **out,
			   struct fault *fault);
void countries_close(struct countries *countries); /* NULL is fine */

/* ISO 3166 letters, or "" when unknown. */
void countries_find(struct countries *countries, const char *address,
		    char out[COUNTRY_BYTES]);

#endif /* OGMA_SERVICE_COUNTRY_H */
