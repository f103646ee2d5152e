/* accept.c - weights and media types; see accept.h. */
#include "net/accept.h"

#include "base/memory.h"

/* "0", "1", "0.5", "1.000" to 0..1000; anything else to 0. */
static unsigned
weight_parse(struct span text)
{
	unsigned weight, unit = 100;

	if (text.length == 0 || text.length > 5 ||
	    (text.at[0] != '0' && text.at[0] != '1'))
		return 0;
	weight = text.at[0] == '1' ? 1000 : 0;
	if (text.length > 1 && text.at[1] != '.')
		return 0;
	for (size_t i = 2; i < text.length; i++, unit /= 10) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return 0;
		weight += (unsigned)(text.at[i] - '0') * unit;
	}
	return weight > 1000 ? 0 : weight;
}

/* The q of what follows the first ";" of an element. */
static unsigned
element_weight(struct span parameters)
{
	struct span parameter;

	while (span_next(&parameters, ';', &parameter)) {
		parameter = span_trim(parameter);
		if (parameter.length >= 2 &&
		    (parameter.at[0] == 'q' || parameter.at[0] == 'Q') &&
		    parameter.at[1] == '=')
			return weight_parse((struct span){
				parameter.at + 2, parameter.length - 2 });
	}
	return 1000;
}

unsigned
accept_encoding_weight(struct span value, struct span coding)
{
	unsigned any = 0;
	struct span element;

	while (span_next(&value, ',', &element)) {
		struct span name;

		if (!span_next(&element, ';', &name))
			continue;
		name = span_trim(name);
		if (span_equal_nocase(name, coding))
			return element_weight(element);
		if (span_equal(name, SPAN("*")))
			any = element_weight(element);
	}
	return any;
}

static bool
ends_with(struct span text, const char *end)
{
	size_t length = strlen(end);

	return text.length >= length &&
	       span_equal_nocase((struct span){ text.at + text.length - length,
						length },
				 span_of(end));
}

bool
media_type_is_text(struct span type)
{
	static const char *const types[] = {
		"application/json",	  "application/javascript",
		"application/xml",	  "application/manifest+json",
		"image/svg+xml",	  "application/vnd.apple.mpegurl",
		"application/x-mpegurl",  "application/openmetrics-text",
		"application/problem+json", "application/x-ndjson",
	};
	struct span name;

	if (!span_next(&type, ';', &name))
		return false;
	name = span_trim(name);
	if (name.length > 5 &&
	    span_equal_nocase((struct span){ name.at, 5 }, SPAN("text/")))
		return !ends_with(name, "/event-stream");
	for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
		if (span_equal_nocase(name, span_of(types[i])))
			return true;
	}
	return ends_with(name, "+json") || ends_with(name, "+xml");
}
