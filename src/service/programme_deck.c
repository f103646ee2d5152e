/* programme_deck.c - one source of samples; see programme_private.h. */
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "service/programme_private.h"

#define AHEAD_FRAMES (8 * TICK_FRAMES)

struct deck *
deck_open(struct media_pool *pool, const struct programme_item *item, int fd,
	  const char *hint, struct fault *fault)
{
	struct media_decoder_args args = {
		.input_fd = fd,
		.offset_ms = item->start_ms,
		.hint = hint[0] != '\0' ? hint : NULL,
	};
	struct media_decoder *decoder = NULL;
	struct deck *deck;

	if (media_decoder_open(pool, &args, &decoder, fault) != STATUS_OK)
		return NULL;
	deck = mem_new(1, sizeof *deck);
	memcpy(deck->id, item->id, sizeof deck->id);
	deck->decoder = decoder;
	deck->gain = (float)pow(10, item->gain_db / 20);
	deck->crossfade_ms = item->crossfade_ms;
	deck->start_ms = item->start_ms;
	deck->heard_ms = clock_monotonic_ms();
	return deck;
}

void
deck_close(struct deck *deck)
{
	if (deck == NULL)
		return;
	media_decoder_close(deck->decoder);
	free(deck->frames);
	free(deck);
}

void
decks_close(struct deck *first)
{
	for (struct deck *next; first != NULL; first = next) {
		next = first->next;
		deck_close(first);
	}
}

/* Room for `want` frames from `start` on; moving is rare, since there is twice
 * the room. */
static void
deck_reserve(struct deck *deck, size_t want)
{
	if (deck->start + want <= deck->room)
		return;
	if (deck->room < 2 * want) {
		deck->room = 2 * want;
		deck->frames = mem_grow(deck->frames, deck->room, FRAME_BYTES);
	}
	memmove(deck->frames, deck->frames + 2 * deck->start,
		deck->count * FRAME_BYTES);
	deck->start = 0;
}

void
deck_fill(struct deck *deck, size_t want, int wait_ms)
{
	size_t goal = want + AHEAD_FRAMES;

	if (deck->count >= want)
		return;
	deck_reserve(deck, goal);
	while (deck->ended == STATUS_OK && deck->count < goal) {
		float *end = deck->frames + 2 * (deck->start + deck->count);
		struct pollfd ready = {
			.fd = media_decoder_fd(deck->decoder),
			.events = POLLIN,
		};
		size_t count = 0;
		enum status status = media_decoder_read(
			deck->decoder, end, goal - deck->count, &count,
			&deck->fault);

		if (status == STATUS_OK) {
			deck->count += count;
			deck->heard_ms = clock_monotonic_ms();
		} else if (status != STATUS_AGAIN_LATER) {
			deck->ended = status;
		} else if (deck->count >= want || wait_ms <= 0 ||
			   poll(&ready, 1, wait_ms) != 1) {
			break;
		}
	}
}

const float *
deck_at(const struct deck *deck)
{
	return deck->frames + 2 * deck->start;
}

void
deck_drop(struct deck *deck, size_t frames)
{
	deck->start += frames;
	deck->count -= frames;
	deck->played += frames;
}

int64_t
deck_position_ms(const struct deck *deck)
{
	return deck->start_ms + (int64_t)(deck->played * 1000 / RATE);
}
