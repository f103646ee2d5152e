/* broadcast.c - one stream of bytes to any number of listeners; see broadcast.h.
 *
 * The writer puts a block into the mount's ring and into the inbox of each lane,
 * and wakes the lanes' loops. A lane is what one loop has of a mount: its own
 * ring of the same blocks, and its listeners; nothing of it is locked but the
 * inbox. It is made when the first listener comes to that loop and goes with
 * the mount.
 *
 * Lock order: a mount's lock, then nothing. Blocks and mounts are counted. */
#include "net/broadcast.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "base/memory.h"
#include "net/takeover.h"

#define SEND_BUFFER_BYTES 65536 /* what the kernel holds for a listener */
#define PIECES_MAX 16		/* of one sendmsg() */
#define LISTENERS_PER_TURN 512	/* then other work of the loop */

#define BLOCK_HEADER 0x100 /* a flag beside those of the writer */

struct block {
	atomic_uint references;
	unsigned flags;
	struct block *title; /* what plays in it, as it is sent; held */
	size_t length;
	char bytes[];
};

/* Blocks from `first` on, by number. */
struct ring {
	struct block **blocks; /* room is a power of two */
	uint64_t first, next;
	uint64_t stream; /* the one after the newest header */
	size_t room, bytes;
};

struct lane {
	struct loop_task wake;	 /* posted when the inbox has something */
	struct loop_task resume; /* deferred: the rest of the listeners */
	struct broadcast *mount;
	struct loop *loop; /* holds a reference */
	struct lane *next;

	/* under the mount's lock */
	struct ring inbox;
	struct block *inbox_header;
	bool woken, ended;

	/* the loop's */
	struct ring ring;
	struct block *header; /* NULL: none */
	bool over;
	bool resuming;
	bool again; /* blocks came while listeners were served */
	struct listener *listeners, *cursor; /* the next to be served */
	uint32_t count;
};

struct broadcast {
	struct broadcast_args args;
	atomic_uint references;
	atomic_uint listeners;
	pthread_mutex_t lock; /* of what follows */
	struct ring ring;
	struct block *title, *header;
	struct lane *lanes;
	bool ended;
};

struct listener {
	struct broadcast *mount; /* holds a reference */
	struct lane *lane;	 /* NULL before it began */
	struct listener *previous, *next;
	struct http_taken *taken;
	struct broadcast_listener_args args;

	struct block *current; /* being sent, held; NULL: the next one */
	size_t current_sent;
	uint64_t position; /* number of the block after `current` */
	struct block *title;	/* shown last, held */
	uint32_t until_meta;	/* bytes of the stream, then the title: */
	const char *meta;	/* what is left of it, in `title` */
	size_t meta_left;	/* 0: none is being sent */

	int64_t began_ms, stuck_ms; /* 0: takes bytes */
	uint64_t sent_bytes;
	uint32_t skips;
	enum broadcast_reason reason;
};

/* ---- blocks and rings --------------------------------------------------- */

static struct block *
block_new(const void *bytes, size_t count, unsigned flags)
{
	struct block *block = mem_new(1, sizeof *block + count);

	atomic_init(&block->references, 1);
	block->flags = flags;
	block->length = count;
	memcpy(block->bytes, bytes, count);
	return block;
}

static struct block *
block_hold(struct block *block)
{
	if (block != NULL)
		atomic_fetch_add_explicit(&block->references, 1,
					  memory_order_relaxed);
	return block;
}

static void
block_drop(struct block *block)
{
	if (block == NULL ||
	    atomic_fetch_sub_explicit(&block->references, 1,
				      memory_order_acq_rel) > 1)
		return;
	if (block->title != NULL)
		block_drop(block->title);
	free(block);
}

static void
block_replace(struct block **at, struct block *with)
{
	block_drop(*at);
	*at = with;
}

static struct block *
ring_at(const struct ring *ring, uint64_t number)
{
	return ring->blocks[number & (ring->room - 1)];
}

static void
ring_shift(struct ring *ring)
{
	struct block *oldest = ring_at(ring, ring->first++);

	ring->bytes -= oldest->length;
	block_drop(oldest);
}

/* Takes the reference. `most_bytes` 0: all are kept. */
static void
ring_add(struct ring *ring, struct block *block, size_t most_bytes)
{
	struct ring old = *ring;

	if (ring->next - ring->first == ring->room) {
		ring->room = old.room > 0 ? 2 * old.room : 64;
		ring->blocks = mem_new(ring->room, sizeof *ring->blocks);
		for (uint64_t n = old.first; n < old.next; n++)
			ring->blocks[n & (ring->room - 1)] = ring_at(&old, n);
		free(old.blocks);
	}
	ring->blocks[ring->next++ & (ring->room - 1)] = block;
	ring->bytes += block->length;
	if (block->flags & BLOCK_HEADER)
		ring->stream = ring->next;
	while (most_bytes > 0 && ring->bytes > most_bytes &&
	       ring->next - ring->first > 1)
		ring_shift(ring);
}

static void
ring_release(struct ring *ring)
{
	while (ring->first < ring->next)
		ring_shift(ring);
	free(ring->blocks);
	*ring = (struct ring){ 0 };
}

/* The newest join point with at least `back` bytes behind it, else the oldest of
 * this stream; the end when there is none. */
static uint64_t
ring_join_point(const struct ring *ring, size_t back)
{
	uint64_t found = ring->next;
	size_t bytes = 0;

	for (uint64_t n = ring->next; n > ring->first && n > ring->stream;
	     n--) {
		const struct block *block = ring_at(ring, n - 1);

		bytes += block->length;
		if (!(block->flags & BROADCAST_JOIN))
			continue;
		found = n - 1;
		if (bytes >= back)
			break;
	}
	return found;
}

/* ---- titles ------------------------------------------------------------- */

void
broadcast_meta_print(const char *title, struct buffer *out)
{
	static const char begin[] = "StreamTitle='", end[] = "';";
	size_t room = BROADCAST_META_MAX - sizeof begin - sizeof end;
	struct buffer text;
	size_t units;

	buffer_init(&text, 0);
	for (const char *at = title; *at != '\0'; at++) {
		if (*at == '\'')
			buffer_add_text(&text, "\xe2\x80\x99");
		else
			buffer_add_char(&text, (unsigned char)*at < ' ' ? ' ' :
									  *at);
	}
	if (text.length > room)
		text.length = utf8_cut(text.bytes, text.length, room);
	units = (sizeof begin - 1 + text.length + sizeof end - 1 + 15) / 16;
	buffer_add_char(out, (char)units);
	buffer_add_text(out, begin);
	buffer_add(out, text.bytes, text.length);
	buffer_add_text(out, end);
	for (size_t n = sizeof begin - 1 + text.length + sizeof end - 1;
	     n < 16 * units; n++)
		buffer_add_char(out, '\0');
	buffer_release(&text);
}

static struct block *
title_block(const char *title)
{
	struct block *block;
	struct buffer meta;

	buffer_init(&meta, 0);
	broadcast_meta_print(title, &meta);
	block = block_new(meta.bytes, meta.length, 0);
	buffer_release(&meta);
	return block;
}

/* ---- listeners, on their loop ------------------------------------------- */

static void
listener_skip(struct listener *l)
{
	struct lane *lane = l->lane;
	size_t back = lane->mount->args.burst_bytes;

	/* who missed the beginning of this stream gets that first */
	if (l->position < lane->ring.stream)
		l->current = block_hold(lane->header);
	l->current_sent = 0;
	l->position = ring_join_point(&lane->ring, back);
	l->skips++;
}

/* What to send next. */
struct pieces {
	struct iovec at[PIECES_MAX];
	size_t count;
};

static void
pieces_add(struct pieces *pieces, const char *bytes, size_t count)
{
	pieces->at[pieces->count++] = (struct iovec){
		(void *)(uintptr_t)bytes, count
	};
}

/* The stream from here to the next title, in one run of pieces. */
static void
pieces_gather(struct listener *l, struct pieces *out)
{
	const struct ring *ring = &l->lane->ring;
	uint64_t n = l->position;
	size_t room = l->args.titles ? l->until_meta : SIZE_MAX;
	size_t count;

	out->count = 0;
	if (l->meta_left > 0) {
		pieces_add(out, l->meta, l->meta_left);
		return;
	}
	if (l->current != NULL && room > 0) {
		count = l->current->length - l->current_sent;
		count = count < room ? count : room;
		pieces_add(out, l->current->bytes + l->current_sent, count);
		room -= count;
	}
	/* Who fell out of the ring within a block ends that block first. */
	while (room > 0 && n >= ring->first && n < ring->next &&
	       out->count < PIECES_MAX) {
		const struct block *block = ring_at(ring, n++);

		count = block->length < room ? block->length : room;
		pieces_add(out, block->bytes, count);
		room -= count;
	}
}

/* `count` bytes of the stream have left. */
static void
stream_advance(struct listener *l, size_t count)
{
	const struct ring *ring = &l->lane->ring;

	if (l->args.titles)
		l->until_meta -= (uint32_t)count;
	while (count > 0) {
		size_t left;

		if (l->current == NULL) {
			l->current = block_hold(ring_at(ring, l->position++));
			l->current_sent = 0;
		}
		left = l->current->length - l->current_sent;
		left = left < count ? left : count;
		l->current_sent += left;
		count -= left;
		if (l->current_sent == l->current->length)
			block_replace(&l->current, NULL);
	}
}

static void
listener_advance(struct listener *l, size_t count)
{
	l->sent_bytes += count;
	if (l->args.handle != NULL)
		atomic_store_explicit(&l->args.handle->sent_bytes,
				      l->sent_bytes, memory_order_relaxed);
	http_taken_sent(l->taken, count);
	if (l->meta_left == 0) {
		stream_advance(l, count);
		return;
	}
	l->meta += count;
	l->meta_left -= count;
	if (l->meta_left == 0)
		l->until_meta = BROADCAST_METAINT;
}

/* The title of what is sent next, when it is another than that before. */
static void
meta_begin(struct listener *l)
{
	static const char same[] = "";
	const struct ring *ring = &l->lane->ring;
	const struct block *at = l->current;

	if (at == NULL && l->position < ring->next)
		at = ring_at(ring, l->position);
	else if (at == NULL && ring->next > ring->first)
		at = ring_at(ring, ring->next - 1); /* all is sent */
	l->meta = same;
	l->meta_left = 1;
	if (at == NULL || at->title == NULL || at->title == l->title)
		return;
	block_replace(&l->title, block_hold(at->title));
	l->meta = l->title->bytes;
	l->meta_left = l->title->length;
}

enum sending { SENT_ALL, SENT_SOME, SEND_FAILED };

static enum sending
listener_send(struct listener *l)
{
	struct pieces pieces;

	for (;;) {
		struct msghdr message = { .msg_iov = pieces.at };
		ssize_t count;

		if (l->current == NULL && l->position < l->lane->ring.first)
			listener_skip(l);
		if (l->args.titles && l->until_meta == 0 && l->meta_left == 0)
			meta_begin(l);
		pieces_gather(l, &pieces);
		if (pieces.count == 0)
			return SENT_ALL;
		message.msg_iovlen = pieces.count;
		count = sendmsg(http_taken_fd(l->taken), &message,
				MSG_NOSIGNAL);
		if (count < 0)
			return errno == EAGAIN || errno == EINTR ? SENT_SOME :
								   SEND_FAILED;
		listener_advance(l, (size_t)count);
		l->stuck_ms = 0;
	}
}

/* Sends what goes; true: it is closed and freed. */
static bool
listener_run(struct listener *l)
{
	struct lane *lane = l->lane;
	int64_t now_ms = loop_now_ms(lane->loop);

	if (l->args.handle != NULL &&
	    atomic_load_explicit(&l->args.handle->unwanted,
				 memory_order_relaxed)) {
		l->reason = BROADCAST_DROPPED;
		http_taken_close(l->taken, false);
		return true;
	}
	switch (listener_send(l)) {
	case SENT_ALL:
		if (!lane->over)
			return false;
		l->reason = BROADCAST_ENDED;
		http_taken_close(l->taken, false);
		return true;
	case SENT_SOME:
		if (l->stuck_ms == 0)
			l->stuck_ms = now_ms;
		if (now_ms - l->stuck_ms < lane->mount->args.stall_ms)
			return false;
		l->reason = BROADCAST_STALLED;
		http_taken_close(l->taken, true);
		return true;
	case SEND_FAILED:
		http_taken_close(l->taken, false);
		return true;
	}
	return false;
}

/* Listeners have nothing to say; the end of what they say is their leaving. */
static bool
listener_has_left(struct listener *l)
{
	char bytes[512];
	ssize_t count;

	do {
		count = recv(http_taken_fd(l->taken), bytes, sizeof bytes, 0);
	} while (count > 0);
	return count == 0 || (errno != EAGAIN && errno != EINTR);
}

/* ---- lanes -------------------------------------------------------------- */

/* Moves what the writer left into the lane's own ring. A posted wake stays
 * posted. */
static void
lane_take(struct lane *lane)
{
	struct broadcast *mount = lane->mount;
	struct ring inbox;

	pthread_mutex_lock(&mount->lock);
	inbox = lane->inbox;
	lane->inbox = (struct ring){ 0 };
	if (lane->inbox_header != NULL)
		block_replace(&lane->header, lane->inbox_header);
	lane->inbox_header = NULL;
	lane->over = lane->ended;
	pthread_mutex_unlock(&mount->lock);
	for (uint64_t n = inbox.first; n < inbox.next; n++)
		ring_add(&lane->ring, ring_at(&inbox, n),
			 mount->args.ring_bytes);
	free(inbox.blocks);
}

/* Serves some of those whose turn it is; the rest when the loop has done its
 * other work. */
static void
lane_fan_out(struct lane *lane)
{
	for (int i = 0; lane->cursor != NULL && i < LISTENERS_PER_TURN; i++) {
		struct listener *l = lane->cursor;

		lane->cursor = l->next;
		listener_run(l);
	}
	if (lane->cursor == NULL && lane->again) {
		lane->again = false;
		lane->cursor = lane->listeners;
	}
	if ((lane->cursor != NULL || lane->count == 0) && !lane->resuming) {
		lane->resuming = true;
		loop_defer(lane->loop, &lane->resume);
	}
}

static void
lane_wake(struct loop_task *task)
{
	struct lane *lane = container_of(task, struct lane, wake);

	pthread_mutex_lock(&lane->mount->lock);
	lane->woken = false;
	pthread_mutex_unlock(&lane->mount->lock);
	lane_take(lane);
	if (lane->cursor == NULL)
		lane->cursor = lane->listeners;
	else
		lane->again = true;
	lane_fan_out(lane);
}

static void lane_drop_if_unused(struct lane *lane);

static void
lane_resume(struct loop_task *task)
{
	struct lane *lane = container_of(task, struct lane, resume);

	lane->resuming = false;
	if (lane->count > 0)
		lane_fan_out(lane);
	else
		lane_drop_if_unused(lane);
}

static void
ring_copy(const struct ring *from, struct ring *to)
{
	for (uint64_t n = from->first; n < from->next; n++)
		ring_add(to, block_hold(ring_at(from, n)), 0);
}

/* The lane of that loop, made when there is none. */
static struct lane *
lane_of(struct broadcast *mount, struct loop *loop)
{
	struct lane *lane;

	pthread_mutex_lock(&mount->lock);
	for (lane = mount->lanes; lane != NULL; lane = lane->next)
		if (lane->loop == loop)
			break;
	if (lane == NULL) {
		lane = mem_new(1, sizeof *lane);
		lane->wake.run = lane_wake;
		lane->resume.run = lane_resume;
		lane->mount = mount;
		lane->loop = loop;
		lane->ended = lane->over = mount->ended;
		ring_copy(&mount->ring, &lane->ring);
		lane->header = block_hold(mount->header);
		lane->next = mount->lanes;
		mount->lanes = lane;
		loop_hold(loop);
		broadcast_hold(mount);
	}
	pthread_mutex_unlock(&mount->lock);
	return lane;
}

static void
lane_free(struct lane *lane)
{
	ring_release(&lane->inbox);
	ring_release(&lane->ring);
	block_drop(lane->inbox_header);
	block_drop(lane->header);
	loop_drop(lane->loop);
	free(lane);
}

/* A lane without listeners goes: the next listener makes it anew from the
 * mount's ring. Not while the writer's wake is on its way to it. */
static void
lane_drop_if_unused(struct lane *lane)
{
	struct broadcast *mount = lane->mount;
	struct lane **at = &mount->lanes;
	bool unused;

	if (lane->count > 0 || lane->resuming)
		return;
	pthread_mutex_lock(&mount->lock);
	unused = !lane->woken;
	while (unused && *at != lane)
		at = &(*at)->next;
	if (unused)
		*at = lane->next;
	pthread_mutex_unlock(&mount->lock);
	if (!unused)
		return;
	lane_free(lane);
	broadcast_drop(mount);
}

/* ---- a listener's connection -------------------------------------------- */

static void
listener_begin(void *cookie, struct http_taken *taken, struct span early)
{
	static const int buffer_bytes = SEND_BUFFER_BYTES;
	struct loop *loop = http_taken_loop(taken);
	struct listener *l = cookie;
	struct lane *lane;

	(void)early;
	setsockopt(http_taken_fd(taken), SOL_SOCKET, SO_SNDBUF, &buffer_bytes,
		   sizeof buffer_bytes);
	l->taken = taken;
	l->began_ms = loop_now_ms(loop);
	l->lane = lane = lane_of(l->mount, loop);
	lane_take(lane);
	l->reason = BROADCAST_LEFT;
	l->next = lane->listeners;
	if (l->next != NULL)
		l->next->previous = l;
	lane->listeners = l;
	lane->count++;
	l->until_meta = BROADCAST_METAINT;
	l->position = ring_join_point(&lane->ring,
				      l->mount->args.burst_bytes);
	l->current = block_hold(lane->header);
	if (listener_has_left(l))
		http_taken_close(taken, false);
	else
		listener_run(l);
}

static void
listener_events(void *cookie, uint32_t events)
{
	struct listener *l = cookie;

	if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0 &&
	    listener_has_left(l))
		http_taken_close(l->taken, false);
	else if (events & EPOLLOUT)
		listener_run(l);
}

static void
listener_drain(void *cookie)
{
	struct listener *l = cookie;

	l->reason = BROADCAST_ENDED;
	http_taken_close(l->taken, false);
}

static void
listener_closed(void *cookie)
{
	struct listener *l = cookie;
	struct lane *lane = l->lane;
	struct broadcast_listening how = { .reason = l->reason,
					   .sent_bytes = l->sent_bytes,
					   .skips = l->skips };

	if (lane != NULL) {
		how.listened_ms = loop_now_ms(lane->loop) - l->began_ms;
		if (l->previous != NULL)
			l->previous->next = l->next;
		else
			lane->listeners = l->next;
		if (l->next != NULL)
			l->next->previous = l->previous;
		if (lane->cursor == l)
			lane->cursor = l->next;
		lane->count--;
	}
	if (l->args.ended != NULL)
		l->args.ended(l->args.cookie, &how);
	block_drop(l->current);
	block_drop(l->title);
	atomic_fetch_sub(&l->mount->listeners, 1);
	if (lane != NULL && lane->count == 0 && !lane->resuming) {
		lane->resuming = true;
		loop_defer(lane->loop, &lane->resume);
	}
	broadcast_drop(l->mount);
	free(l);
}

static const struct http_takeover listener_takeover = {
	.begin = listener_begin,
	.on_events = listener_events,
	.on_drain = listener_drain,
	.closed = listener_closed,
};

/* ---- the mount ---------------------------------------------------------- */

struct broadcast *
broadcast_new(const struct broadcast_args *args)
{
	struct broadcast *mount = mem_new(1, sizeof *mount);

	mount->args = *args;
	atomic_init(&mount->references, 1);
	pthread_mutex_init(&mount->lock, NULL);
	return mount;
}

void
broadcast_hold(struct broadcast *mount)
{
	atomic_fetch_add(&mount->references, 1);
}

void
broadcast_drop(struct broadcast *mount)
{
	if (mount == NULL || atomic_fetch_sub(&mount->references, 1) > 1)
		return;
	ring_release(&mount->ring);
	block_drop(mount->title);
	block_drop(mount->header);
	pthread_mutex_destroy(&mount->lock);
	free(mount);
}

/* With the lock held. A lane whose loop has ended keeps what it has until its
 * listeners are closed, which is then. */
static void
lane_post(struct lane *lane)
{
	if (lane->woken)
		return;
	lane->woken = loop_post(lane->loop, &lane->wake);
}

/* With the lock held; takes the reference. */
static void
mount_add(struct broadcast *mount, struct block *block)
{
	bool begins = (block->flags & BLOCK_HEADER) != 0;

	block->title = block_hold(mount->title);
	for (struct lane *lane = mount->lanes; lane != NULL;
	     lane = lane->next) {
		if (begins)
			block_replace(&lane->inbox_header, block_hold(block));
		ring_add(&lane->inbox, block_hold(block),
			 mount->args.ring_bytes);
		lane_post(lane);
	}
	if (begins)
		block_replace(&mount->header, block_hold(block));
	ring_add(&mount->ring, block, mount->args.ring_bytes);
}

void
broadcast_write(struct broadcast *mount, const void *bytes, size_t count,
		unsigned flags)
{
	struct block *block = block_new(bytes, count, flags);

	pthread_mutex_lock(&mount->lock);
	mount_add(mount, block);
	pthread_mutex_unlock(&mount->lock);
}

void
broadcast_begin(struct broadcast *mount, const void *bytes, size_t count)
{
	broadcast_write(mount, bytes, count, BLOCK_HEADER);
}

void
broadcast_title(struct broadcast *mount, const char *title)
{
	struct block *block = title_block(title);

	pthread_mutex_lock(&mount->lock);
	block_replace(&mount->title, block);
	pthread_mutex_unlock(&mount->lock);
}

void
broadcast_end(struct broadcast *mount)
{
	pthread_mutex_lock(&mount->lock);
	mount->ended = true;
	for (struct lane *lane = mount->lanes; lane != NULL;
	     lane = lane->next) {
		lane->ended = true;
		lane_post(lane);
	}
	pthread_mutex_unlock(&mount->lock);
	broadcast_drop(mount);
}

uint32_t
broadcast_listeners(const struct broadcast *mount)
{
	return atomic_load(&mount->listeners);
}

static bool
is_over(struct broadcast *mount)
{
	bool over;

	pthread_mutex_lock(&mount->lock);
	over = mount->ended;
	pthread_mutex_unlock(&mount->lock);
	return over;
}

enum status
broadcast_join(struct broadcast *mount, struct http_request *request,
	       uint32_t most, const struct broadcast_listener_args *args,
	       struct fault *fault)
{
	struct listener *l;
	char interval[16];

	if (is_over(mount))
		return fault_set(fault, STATUS_NOT_FOUND,
				 "this stream has ended");
	if (atomic_fetch_add(&mount->listeners, 1) >= most && most > 0) {
		atomic_fetch_sub(&mount->listeners, 1);
		return fault_field(fault, STATUS_FULL, "channel",
				   "as many listen as the channel takes");
	}
	l = mem_new(1, sizeof *l);
	l->mount = mount;
	l->args = *args;
	l->reason = BROADCAST_NEVER;
	broadcast_hold(mount);
	if (args->titles) {
		snprintf(interval, sizeof interval, "%d", BROADCAST_METAINT);
		http_answer_field(request, "icy-metaint", interval);
	}
	http_answer_takeover(request, 200, &listener_takeover, l);
	return STATUS_OK;
}
