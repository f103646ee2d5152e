/* channel_days.c - see channel_days.h. */
#include "api/channel_days.h"

#include <stdio.h>
#include <string.h>

#define DAY_MINUTES 1440

/* "HH:MM"; false: it is none. */
static bool
minute_read(const char *text, int64_t *out)
{
	if (strlen(text) != 5 || text[2] != ':' ||
	    strspn(text, "0123456789:") != 5 || text[0] == ':' ||
	    text[1] == ':' || text[3] == ':' || text[4] == ':')
		return false;
	*out = ((text[0] - '0') * 10 + text[1] - '0') * 60 +
	       (text[3] - '0') * 10 + text[4] - '0';
	return *out < DAY_MINUTES && text[3] < '6';
}

bool
day_minute_given(struct call *call, const char *name, int64_t *out)
{
	const struct param_value *given = call_field(call, name);

	if (!given->given || given->is_null ||
	    minute_read(call_field_text(call, name), out))
		return true;
	call_answer_field(call, name,
			  call->language == LANGUAGE_RU ?
				  "должно быть временем вида ЧЧ:ММ" :
				  "must be a time such as 21:30");
	return false;
}

bool
weekdays_given(struct call *call, int64_t *out)
{
	const struct param_value *given = call_field(call, "weekdays");

	if (!given->given)
		return true;
	*out = 0;
	for (size_t i = 0; i < given->id_count; i++) {
		if (given->ids[i] > 7) {
			call_answer_field(call, "weekdays",
					  call->language == LANGUAGE_RU ?
						  "дни — от 1 (понедельник) "
						  "до 7" :
						  "days are 1 (Monday) to 7");
			return false;
		}
		*out |= (int64_t)1 << (given->ids[i] - 1);
	}
	return true;
}

void
json_member_day_minute(struct json_writer *json, const char *name,
		       int64_t minute)
{
	char text[8];

	snprintf(text, sizeof text, "%02d:%02d", (int)(minute / 60) % 24,
		 (int)(minute % 60));
	json_member_text(json, name, text);
}

void
json_member_weekdays(struct json_writer *json, int64_t weekdays)
{
	json_member_array_begin(json, "weekdays");
	for (int day = 0; day < 7; day++) {
		if ((weekdays >> day & 1) != 0)
			json_int(json, day + 1);
	}
	json_array_end(json);
}
