/* covers_private.h - how a picture's reference is read beside other columns.
 *
 * Floor: 3 (library); private.
 */
#ifndef OGMA_LIBRARY_COVERS_PRIVATE_H
#define OGMA_LIBRARY_COVERS_PRIVATE_H

#include "library/tracks.h"

/* Of two columns: covers.id (NULL: none) and covers.blob_key. */
struct cover_ref cover_ref_read(struct store_rows *rows, int column);

#endif /* OGMA_LIBRARY_COVERS_PRIVATE_H */
