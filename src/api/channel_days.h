/* channel_days.h - weekdays and times of the day in what a channel plans: how
 * bodies give them and answers tell them.
 *
 * Floor: 5 (api). Threads: a call's.
 */
#ifndef OGMA_API_CHANNEL_DAYS_H
#define OGMA_API_CHANNEL_DAYS_H

#include "api/call.h"
#include "base/json.h"

/* The member, "HH:MM", as the minute of the day; *out stays when it is absent or
 * null. False: answered 422. */
bool day_minute_given(struct call *call, const char *name, int64_t *out);

/* The member "weekdays" as bits, 0 is Monday's; likewise. */
bool weekdays_given(struct call *call, int64_t *out);

void json_member_day_minute(struct json_writer *json, const char *name,
			    int64_t minute);

/* "weekdays" of the bits. */
void json_member_weekdays(struct json_writer *json, int64_t weekdays);

#endif /* OGMA_API_CHANNEL_DAYS_H */
