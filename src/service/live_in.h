/* live_in.h - what comes into the channels on the air: the sound of live DJs.
 *
 * A DJ's program (a source client, as Icecast calls it) sends its stream as the
 * endless body of a request. The connection is taken over; its bytes go into a
 * pipe, from which the channel's programme decodes (on_air_live_begin()). No
 * more is read than the pipe takes, so that a client which sends faster than the
 * sound plays waits. The programme ends who sends no sound for five seconds, or
 * none that can be decoded, by closing its end of the pipe; then the connection
 * is closed.
 *
 * A program that lost its connection comes again before anybody has noticed that
 * the old one is dead: the same DJ takes over from himself, with a fade.
 *
 * A thread looks every second whether who is live still may be: at the end of
 * his time, or when his account is taken away, he is faded out.
 *
 * Floor: 4 (service). Threads: all functions may be called from any worker. NULL
 * is fine: no channel is on the air here.
 */
#ifndef OGMA_SERVICE_LIVE_IN_H
#define OGMA_SERVICE_LIVE_IN_H

#include "library/channel_djs.h"
#include "net/http.h"

struct live_in;
struct on_air;

/* Borrows both. */
enum status live_in_open(struct store *store, struct on_air *on_air,
			 struct live_in **out, struct fault *fault);

/* After the HTTP server was closed. NULL is fine. */
void live_in_close(struct live_in *in);

/* By the server's clock, now. */
bool live_in_is_his_time(const struct dj_row *dj);

/* How a channel's stream is told by its type ("audio/mpeg"; NULL: not said) and
 * the ending of its address ("mp3"; NULL: none): a hint for the decoder, or NULL
 * when it cannot be decoded. */
const char *live_in_hint(const char *type, const char *ending);

/* Makes the DJ live and answers the request, whose route takes a stream. Not
 * answered: STATUS_DENIED with field "time"; STATUS_NOT_FOUND: not on the air;
 * STATUS_CONFLICT: somebody else is live. May wait for some seconds while he takes
 * over from himself. */
enum status live_in_begin(struct live_in *in, const struct dj_row *dj,
			  const char *hint, struct http_request *request,
			  struct fault *fault);

#endif /* OGMA_SERVICE_LIVE_IN_H */
