/* accept.h - what a client says it accepts (RFC 9110 12.4.2, 12.5.3). Pure.
 *
 * Floor: 1 (net). Threads: no shared state.
 */
#ifndef OGMA_NET_ACCEPT_H
#define OGMA_NET_ACCEPT_H

#include "base/text.h"

/* Weight 0..1000 of a content coding in the value of Accept-Encoding. A coding
 * that is not named has the weight of "*", or 0. A malformed weight is 0. */
unsigned accept_encoding_weight(struct span value, struct span coding);

/* True for media types that gzip makes smaller: text, JSON, XML, scripts,
 * SVG, playlists. Parameters are ignored. */
bool media_type_is_text(struct span type);

#endif /* OGMA_NET_ACCEPT_H */
