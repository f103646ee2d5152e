/* schemas.h - the shapes of answers, as tables, for /openapi.json.
 *
 * Floor: 5 (api). Threads: constant data.
 */
#ifndef OGMA_API_SCHEMAS_H
#define OGMA_API_SCHEMAS_H

#include <stdbool.h>

struct schema_field {
	const char *name;
	const char *type; /* "integer", "string", "number", "boolean", "time",
			   * a schema's name, or "[" that "]" for an array;
			   * "?" at the end: may be null */
	const char *summary; /* may be NULL */
};

struct schema {
	const char *name;
	const struct schema_field *fields; /* ends with {0} */
};

extern const struct schema api_schemas[]; /* ends with {0} */

#endif /* OGMA_API_SCHEMAS_H */
