/* sqlite_copy.h - a consistent copy of an SQLite file that others use
 * meanwhile: pages are copied under one read transaction, which in WAL mode
 * keeps nobody waiting.
 *
 * Used by service/backup. Floor: 2 (driver). Threads: each call by itself.
 */
#ifndef OGMA_DRIVER_SQLITE_COPY_H
#define OGMA_DRIVER_SQLITE_COPY_H

#include "base/fault.h"

/* `to` must not be there yet; it is one file, without a log beside it. */
enum status sqlite_copy(const char *from, const char *to, struct fault *fault);

/* STATUS_CORRUPT when the file is no whole database. */
enum status sqlite_check(const char *path, struct fault *fault);

#endif /* OGMA_DRIVER_SQLITE_COPY_H */
