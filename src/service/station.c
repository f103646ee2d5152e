/* station.c - see station.h. */
#include "service/station.h"

#include <stddef.h>

const struct option station_options[] = {
	{ .name = "AUTO_END_TIMEOUT_MINUTES", .type = OPTION_U32,
	  .preset = "5", .unit = "min",
	  .summary = "A new channel leaves the air after so long without "
		     "listeners; each can be set otherwise.",
	  .min = 1, .max = 60,
	  .offset = offsetof(struct station_settings, auto_end_minutes) },
	{ .name = "PLACEHOLDER_AUDIO_PATH", .type = OPTION_TEXT,
	  .preset = "",
	  .summary = "A sound file that channels play in a loop while their "
		     "queue is empty; none: a quiet bed of tones.",
	  .offset = offsetof(struct station_settings, placeholder_path) },
	{ 0 },
};
