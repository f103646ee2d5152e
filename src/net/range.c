/* range.c - reads byte ranges; see range.h. */
#include "net/range.h"

#include "base/memory.h"

/* Digits only. What does not fit 64 bits is past every end. */
static bool
position_parse(struct span text, uint64_t *out)
{
	if (text.length == 0)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
	}
	if (!span_to_u64(text, out))
		*out = UINT64_MAX;
	return true;
}

/* One range-spec. *out has length 0 when it lies outside. */
static bool
spec_parse(struct span spec, uint64_t size, struct byte_range *out)
{
	struct span first_text;
	uint64_t first, last = UINT64_MAX;

	if (!span_next(&spec, '-', &first_text) || spec.at == NULL)
		return false;
	*out = (struct byte_range){ 0, 0 };
	if (first_text.length == 0) { /* "-500": the last 500 */
		if (!position_parse(spec, &last))
			return false;
		if (last > size)
			last = size;
		*out = (struct byte_range){ size - last, last };
		return true;
	}
	if (!position_parse(first_text, &first) ||
	    (spec.length > 0 && !position_parse(spec, &last)) || last < first)
		return false;
	if (first >= size)
		return true;
	if (last > size - 1)
		last = size - 1;
	*out = (struct byte_range){ first, last - first + 1 };
	return true;
}

static uint64_t
end_of(const struct byte_range *range)
{
	return range->first_byte + range->length_bytes;
}

static bool
overlaps(const struct byte_range *a, const struct byte_range *b)
{
	return a->first_byte < end_of(b) && b->first_byte < end_of(a);
}

static bool
touches(const struct byte_range *a, const struct byte_range *b)
{
	return a->first_byte <= end_of(b) && b->first_byte <= end_of(a);
}

static size_t
overlaps_count(const struct byte_range *ranges, size_t count)
{
	size_t overlapping = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (overlaps(&ranges[i], &ranges[j])) {
				overlapping++;
				break;
			}
		}
	}
	return overlapping;
}

/* Grows the earlier of two that touch and takes the later out of the list,
 * until no two do. */
static size_t
coalesce(struct byte_range *ranges, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t j = 0; j < i; j++) {
			struct byte_range *a = &ranges[j], *b = &ranges[i];
			uint64_t end = end_of(a);

			if (!touches(a, b))
				continue;
			if (end_of(b) > end)
				end = end_of(b);
			if (b->first_byte < a->first_byte)
				a->first_byte = b->first_byte;
			a->length_bytes = end - a->first_byte;
			memmove(b, b + 1, (count - i - 1) * sizeof *b);
			count--;
			i = 0; /* a has grown: look at all again */
			break;
		}
	}
	return count;
}

/* An empty representation still has a last so-many bytes (14.1.2), but no
 * Content-Range can say so: send it whole. */
static bool
is_suffix_of_nothing(struct span spec, uint64_t size)
{
	return size == 0 && spec.at[0] == '-' &&
	       !span_equal(spec, SPAN("-0"));
}

enum range_result
range_parse(struct span value, uint64_t size_bytes,
	    struct byte_range out[RANGES_MAX], size_t *count)
{
	struct byte_range ranges[RANGES_MAX];
	struct span unit, spec;
	size_t asked = 0, found = 0;

	if (!span_next(&value, '=', &unit) || value.at == NULL ||
	    !span_equal_nocase(unit, SPAN("bytes")))
		return RANGE_IGNORED;
	while (span_next(&value, ',', &spec)) {
		struct byte_range range;

		spec = span_trim(spec);
		if (spec.length == 0)
			continue;
		if (++asked > RANGES_MAX ||
		    !spec_parse(spec, size_bytes, &range) ||
		    is_suffix_of_nothing(spec, size_bytes))
			return RANGE_IGNORED;
		if (range.length_bytes > 0)
			ranges[found++] = range;
	}
	if (asked == 0 || overlaps_count(ranges, found) > 2)
		return RANGE_IGNORED;
	if (found == 0)
		return RANGE_UNSATISFIABLE;
	*count = coalesce(ranges, found);
	memcpy(out, ranges, *count * sizeof *out);
	return RANGE_GRANTED;
}
