/* openapi.h - the API's description, printed from the tables.
 *
 * Floor: 5 (api). Source: OpenAPI 3.1.
 */
#ifndef OGMA_API_OPENAPI_H
#define OGMA_API_OPENAPI_H

#include "api/route.h"
#include "base/text.h"

void openapi_print(struct buffer *out, const struct route *routes);

#endif /* OGMA_API_OPENAPI_H */
