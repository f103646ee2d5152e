/* station.h - what a live channel plays next.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_STATION_H
#define OGMA_SERVICE_STATION_H

#include <stdint.h>

#include "base/option.h"

struct station_settings {
	uint32_t auto_end_minutes;    /* of channels that say nothing */
	const char *placeholder_path; /* "": a built-in bed of tones */
};

extern const struct option station_options[];

#endif /* OGMA_SERVICE_STATION_H */
