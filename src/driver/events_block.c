/* events_block.c - listens, sums and sets of listeners as bytes; see
 * events_sqlite.h. Numbers take as many bytes as they need; ascending ones are
 * kept as differences. */
#include "driver/events_sqlite.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- numbers -------------------------------------------------------------- */

#define NUMBER_BYTES_MAX 10

static size_t
number_write(char *at, uint64_t number)
{
	size_t count = 0;

	while (number >= 0x80) {
		at[count++] = (char)(unsigned char)(number | 0x80);
		number >>= 7;
	}
	at[count++] = (char)number;
	return count;
}

void
pack_number(struct buffer *out, uint64_t number)
{
	char bytes[NUMBER_BYTES_MAX];

	buffer_add(out, bytes, number_write(bytes, number));
}

bool
unpack_number(struct span *rest, uint64_t *out)
{
	const unsigned char *at = (const unsigned char *)rest->at;
	const unsigned char *end = at + rest->length;
	uint64_t number = 0;
	unsigned shift = 0;

	while (at < end && shift < 64) {
		unsigned char byte = *at++;

		number |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*out = number;
			rest->at = (const char *)at;
			rest->length = (size_t)(end - at);
			return true;
		}
		shift += 7;
	}
	return false;
}

/* Small numbers of either sign as small ones without: 0, -1, 1, -2, … */
static uint64_t
zigzag(int64_t number)
{
	return (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
}

static int64_t
unzigzag(uint64_t number)
{
	return (int64_t)(number >> 1) ^ -(int64_t)(number & 1);
}

/* ---- months --------------------------------------------------------------- */

int32_t
month_of_day(int32_t day)
{
	time_t at = (time_t)day * (DAY_MS / 1000);
	struct tm parts;

	gmtime_r(&at, &parts);
	return (parts.tm_year - 70) * 12 + parts.tm_mon;
}

int32_t
month_first_day(int32_t month)
{
	struct tm parts = { .tm_year = 70 + month / 12,
			    .tm_mon = month % 12,
			    .tm_mday = 1 };

	return (int32_t)(timegm(&parts) / (DAY_MS / 1000));
}

/* ---- listens -------------------------------------------------------------- */

#define LISTEN_NUMBERS 21

void
pack_listen(struct buffer *out, const struct kept_listen *listen,
	    int64_t base_ms, int64_t base_seq)
{
	size_t artists = 0, count = 0, length = 0;
	uint64_t numbers[LISTEN_NUMBERS];
	char *room;

	while (artists < EVENT_ARTISTS_MAX && listen->artists[artists] > 0)
		artists++;
	numbers[count++] = (uint64_t)(listen->seq - base_seq);
	numbers[count++] = (uint64_t)(listen->at_ms - base_ms);
	numbers[count++] = zigzag(listen->at_ms - listen->began_at_ms);
	numbers[count++] = (uint64_t)listen->listener;
	numbers[count++] = (uint64_t)listen->action |
			   (uint64_t)listen->counts << 3 |
			   (uint64_t)listen->is_user << 4 |
			   (uint64_t)artists << 5 |
			   (uint64_t)listen->source << 7;
	numbers[count++] = (uint64_t)listen->track_id;
	for (size_t i = 0; i < artists; i++)
		numbers[count++] = (uint64_t)listen->artists[i];
	numbers[count++] = (uint64_t)listen->album_id;
	numbers[count++] = (uint64_t)listen->genre_id;
	numbers[count++] = (uint64_t)listen->source_id;
	numbers[count++] = listen->heard_ms;
	numbers[count++] = zigzag((int64_t)listen->total_ms - listen->heard_ms);
	numbers[count++] =
		zigzag((int64_t)listen->position_ms - listen->total_ms);
	numbers[count++] = (uint64_t)listen->platform;
	numbers[count++] = (uint64_t)listen->device;
	numbers[count++] = (uint64_t)listen->client;
	numbers[count++] = (uint64_t)listen->country;
	assert(count <= LISTEN_NUMBERS);
	room = buffer_reserve(out, LISTEN_NUMBERS * NUMBER_BYTES_MAX);
	if (room == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		length += number_write(room + length, numbers[i]);
	out->length += length;
}

/* The rest of a listen, behind its artists. */
static bool
unpack_details(struct span *rest, struct kept_listen *out)
{
	uint64_t numbers[10];

	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
		if (!unpack_number(rest, &numbers[i]))
			return false;
	out->album_id = (int64_t)numbers[0];
	out->genre_id = (int64_t)numbers[1];
	out->source_id = (int64_t)numbers[2];
	out->heard_ms = (uint32_t)numbers[3];
	out->total_ms = (uint32_t)(out->heard_ms + unzigzag(numbers[4]));
	out->position_ms = (uint32_t)(out->total_ms + unzigzag(numbers[5]));
	out->platform = (int32_t)numbers[6];
	out->device = (int32_t)numbers[7];
	out->client = (int32_t)numbers[8];
	out->country = (int32_t)numbers[9];
	return true;
}

bool
unpack_listen(struct span *rest, struct kept_listen *out, int64_t base_ms,
	      int64_t base_seq)
{
	uint64_t numbers[6], artist;
	size_t artists;

	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
		if (!unpack_number(rest, &numbers[i]))
			return false;
	*out = (struct kept_listen){
		.seq = base_seq + (int64_t)numbers[0],
		.at_ms = base_ms + (int64_t)numbers[1],
		.listener = (int64_t)numbers[3],
		.action = (enum event_action)(numbers[4] & 7),
		.counts = numbers[4] >> 3 & 1,
		.is_user = numbers[4] >> 4 & 1,
		.source = (enum event_source)(numbers[4] >> 7),
		.track_id = (int64_t)numbers[5],
	};
	out->began_at_ms = out->at_ms - unzigzag(numbers[2]);
	artists = numbers[4] >> 5 & 3;
	for (size_t i = 0; i < artists; i++) {
		if (!unpack_number(rest, &artist))
			return false;
		out->artists[i] = (int64_t)artist;
	}
	return unpack_details(rest, out);
}

static size_t
one_if(int64_t id, int64_t out[EVENT_ARTISTS_MAX])
{
	out[0] = id;
	return id > 0;
}

size_t
things_of(const struct kept_listen *listen, enum events_kind kind,
	  int64_t out[EVENT_ARTISTS_MAX])
{
	size_t count = 0;

	switch (kind) {
	case EVENTS_TRACK:
		return one_if(listen->track_id, out);
	case EVENTS_ARTIST:
		for (; count < EVENT_ARTISTS_MAX && listen->artists[count] > 0;
		     count++)
			out[count] = listen->artists[count];
		return count;
	case EVENTS_GENRE:
		return one_if(listen->genre_id, out);
	case EVENTS_USER:
		return one_if(listen->is_user ? listen->listener : 0, out);
	case EVENTS_PLATFORM:
		return one_if(listen->platform, out);
	case EVENTS_DEVICE:
		return one_if(listen->device, out);
	case EVENTS_CLIENT:
		return one_if(listen->client, out);
	case EVENTS_COUNTRY:
		return one_if(listen->country, out);
	case EVENTS_HOUR:
		out[0] = (listen->at_ms % DAY_MS + DAY_MS) % DAY_MS / 3600000;
		return 1;
	case EVENTS_SOURCE:
		out[0] = listen->source;
		return 1;
	case EVENTS_TOTAL:
	case EVENTS_ACTIVE:
		break;
	}
	out[0] = 0;
	return 1;
}

bool
listen_about(const struct kept_listen *listen, enum events_kind kind,
	     int64_t id)
{
	int64_t things[EVENT_ARTISTS_MAX];
	size_t count = things_of(listen, kind, things);

	for (size_t i = 0; i < count; i++)
		if (things[i] == id)
			return true;
	return false;
}

/* ---- sums ----------------------------------------------------------------- */

void
sum_of_listen(struct kept_sum *sum, const struct kept_listen *listen)
{
	sum->columns[SUM_PLAYS] = listen->counts;
	sum->columns[SUM_HEARD] = listen->heard_ms;
	sum->columns[SUM_STARTS] = listen->action == EVENT_START;
	sum->columns[SUM_COMPLETES] = listen->action == EVENT_COMPLETE;
	sum->columns[SUM_SKIPS] = listen->action == EVENT_SKIP;
}

void
sum_add(struct kept_sum *sum, const struct kept_sum *more)
{
	for (int i = 0; i < SUM_COLUMNS; i++)
		sum->columns[i] += more->columns[i];
}

static int
sum_compare(const void *a, const void *b)
{
	const struct kept_sum *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->part < y->part ? -1 : x->part > y->part;
}

size_t
sums_merge(struct kept_sum *sums, size_t count)
{
	size_t kept = 0;

	if (count == 0)
		return 0;
	qsort(sums, count, sizeof *sums, sum_compare);
	for (size_t i = 1; i < count; i++)
		if (sum_compare(&sums[kept], &sums[i]) == 0)
			sum_add(&sums[kept], &sums[i]);
		else
			sums[++kept] = sums[i];
	return kept + 1;
}

/* The head tells the count and how long each column is. */
void
pack_sums(struct buffer *out, const struct kept_sum *sums, size_t count)
{
	struct buffer columns[2 + SUM_COLUMNS];
	int64_t before = 0;

	for (size_t c = 0; c < ARRAY_LENGTH(columns); c++)
		buffer_init(&columns[c], 0);
	for (size_t i = 0; i < count; i++) {
		pack_number(&columns[0], (uint64_t)(sums[i].id - before));
		pack_number(&columns[1], (uint64_t)sums[i].part);
		for (int c = 0; c < SUM_COLUMNS; c++)
			pack_number(&columns[2 + c],
				    (uint64_t)sums[i].columns[c]);
		before = sums[i].id;
	}
	pack_number(out, count);
	for (size_t c = 0; c < ARRAY_LENGTH(columns); c++)
		pack_number(out, columns[c].length);
	for (size_t c = 0; c < ARRAY_LENGTH(columns); c++) {
		buffer_add(out, columns[c].bytes, columns[c].length);
		buffer_release(&columns[c]);
	}
}

bool
sum_block_open(struct sum_block *block, struct span bytes)
{
	uint64_t lengths[2 + SUM_COLUMNS], count;
	struct span parts[2 + SUM_COLUMNS];

	if (!unpack_number(&bytes, &count))
		return false;
	for (size_t c = 0; c < ARRAY_LENGTH(lengths); c++)
		if (!unpack_number(&bytes, &lengths[c]))
			return false;
	for (size_t c = 0; c < ARRAY_LENGTH(lengths); c++) {
		if (lengths[c] > bytes.length)
			return false;
		parts[c] = (struct span){ bytes.at, (size_t)lengths[c] };
		bytes.at += lengths[c];
		bytes.length -= (size_t)lengths[c];
	}
	*block = (struct sum_block){ .left = (size_t)count,
				     .ids = parts[0],
				     .parts = parts[1] };
	memcpy(block->columns, parts + 2, sizeof block->columns);
	return true;
}

bool
sum_block_next(struct sum_block *block, struct kept_sum *out)
{
	uint64_t step, number;

	if (block->left == 0 || !unpack_number(&block->ids, &step) ||
	    !unpack_number(&block->parts, &number))
		return false;
	block->left--;
	block->id += (int64_t)step;
	out->id = block->id;
	out->part = (int32_t)number;
	for (int c = 0; c < SUM_COLUMNS; c++) {
		if (!unpack_number(&block->columns[c], &number))
			return false;
		out->columns[c] = (int64_t)number;
	}
	return true;
}

/* ---- ranks ---------------------------------------------------------------- */

void
pack_ranks(struct buffer *out, const struct events_rank *ranks, size_t count)
{
	struct buffer columns[3];
	int64_t before = 0;

	for (size_t c = 0; c < ARRAY_LENGTH(columns); c++)
		buffer_init(&columns[c], 0);
	for (size_t i = 0; i < count; i++) {
		pack_number(&columns[0], (uint64_t)(ranks[i].id - before));
		pack_number(&columns[1], (uint64_t)ranks[i].plays);
		pack_number(&columns[2], (uint64_t)ranks[i].heard_ms);
		before = ranks[i].id;
	}
	pack_number(out, count);
	for (size_t c = 0; c < ARRAY_LENGTH(columns); c++)
		pack_number(out, columns[c].length);
	for (size_t c = 0; c < ARRAY_LENGTH(columns); c++) {
		buffer_add(out, columns[c].bytes, columns[c].length);
		buffer_release(&columns[c]);
	}
}

bool
rank_block_open(struct rank_block *block, struct span bytes)
{
	struct span *const columns[] = { &block->ids, &block->plays,
					 &block->heard };
	uint64_t lengths[3], count;

	if (!unpack_number(&bytes, &count))
		return false;
	for (size_t c = 0; c < ARRAY_LENGTH(lengths); c++)
		if (!unpack_number(&bytes, &lengths[c]))
			return false;
	block->left = (size_t)count;
	block->id = 0;
	for (size_t c = 0; c < ARRAY_LENGTH(lengths); c++) {
		if (lengths[c] > bytes.length)
			return false;
		*columns[c] = (struct span){ bytes.at, (size_t)lengths[c] };
		bytes.at += lengths[c];
		bytes.length -= (size_t)lengths[c];
	}
	return true;
}

/* Most numbers are one byte. */
static inline bool
unpack_quick(struct span *rest, uint64_t *out)
{
	if (rest->length > 0 && (unsigned char)*rest->at < 0x80) {
		*out = (unsigned char)*rest->at++;
		rest->length--;
		return true;
	}
	return unpack_number(rest, out);
}

bool
rank_block_next(struct rank_block *block, struct events_rank *out)
{
	uint64_t step, plays, heard;

	if (block->left == 0 || !unpack_quick(&block->ids, &step) ||
	    !unpack_quick(&block->plays, &plays) ||
	    !unpack_quick(&block->heard, &heard))
		return false;
	block->left--;
	block->id += (int64_t)step;
	*out = (struct events_rank){ block->id, (int64_t)plays,
				     (int64_t)heard };
	return true;
}

/* The same as unpack_number(), in registers. Gives where it ended; NULL: the
 * bytes make no sense. */
static inline const unsigned char *
number_read(const unsigned char *at, const unsigned char *end, uint64_t *out)
{
	uint64_t number = 0;

	for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
		unsigned char byte = *at++;

		number |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*out = number;
			return at;
		}
	}
	return NULL;
}

static inline const unsigned char *
bytes_of(const struct span *span)
{
	return (const unsigned char *)span->at;
}

static inline void
span_move(struct span *span, const unsigned char *to)
{
	span->length -= (size_t)(to - bytes_of(span));
	span->at = (const char *)to;
}

bool
rank_block_add(struct rank_block *block, struct events_rank *next,
	       int64_t first, int64_t end, int64_t *plays, int64_t *heard_ms)
{
	const unsigned char *ids = bytes_of(&block->ids);
	const unsigned char *counts = bytes_of(&block->plays);
	const unsigned char *times = bytes_of(&block->heard);
	const unsigned char *ids_end = ids + block->ids.length;
	const unsigned char *counts_end = counts + block->plays.length;
	const unsigned char *times_end = times + block->heard.length;
	uint64_t step = 0, count = (uint64_t)next->plays;
	uint64_t time = (uint64_t)next->heard_ms;
	int64_t id = next->id;
	size_t left = block->left;

	while (id < end) {
		plays[id - first] += (int64_t)count;
		heard_ms[id - first] += (int64_t)time;
		if (left == 0)
			return false;
		ids = number_read(ids, ids_end, &step);
		counts = number_read(counts, counts_end, &count);
		times = number_read(times, times_end, &time);
		if (ids == NULL || counts == NULL || times == NULL)
			return false;
		left--;
		id += (int64_t)step;
	}
	span_move(&block->ids, ids);
	span_move(&block->plays, counts);
	span_move(&block->heard, times);
	block->left = left;
	block->id = id;
	*next = (struct events_rank){ id, (int64_t)count, (int64_t)time };
	return true;
}

/* ---- sets ----------------------------------------------------------------- */

void
pack_set(struct buffer *out, int64_t after_id, int64_t id,
	 const int64_t *listeners, size_t count)
{
	struct buffer bytes;
	int64_t before = 0;

	buffer_init(&bytes, 0);
	for (size_t i = 0; i < count; i++) {
		pack_number(&bytes, (uint64_t)(listeners[i] - before));
		before = listeners[i];
	}
	pack_number(out, (uint64_t)(id - after_id));
	pack_number(out, bytes.length);
	buffer_add(out, bytes.bytes, bytes.length);
	buffer_release(&bytes);
}

bool
set_block_next(struct set_block *block)
{
	uint64_t step, length;

	if (!unpack_number(&block->rest, &step) ||
	    !unpack_number(&block->rest, &length) ||
	    length > block->rest.length)
		return false;
	block->id += (int64_t)step;
	block->listeners = (struct span){ block->rest.at, (size_t)length };
	block->rest.at += length;
	block->rest.length -= (size_t)length;
	return true;
}

bool
set_next(struct set_reader *reader, int64_t *listener)
{
	uint64_t step;

	if (!unpack_number(&reader->rest, &step))
		return false;
	reader->before += (int64_t)step;
	*listener = reader->before;
	return true;
}
