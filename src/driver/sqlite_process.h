/* sqlite_process.h - what is set once for all SQLite connections of a process.
 *
 * Floor: 2 (driver). Threads: call from any, before opening a connection. */
#ifndef OGMA_DRIVER_SQLITE_PROCESS_H
#define OGMA_DRIVER_SQLITE_PROCESS_H

/* Turns memory statistics off: nobody reads them, and counting takes one lock,
 * shared by all threads, at every allocation (a query makes hundreds). Does
 * nothing after the first call. */
void sqlite_process_prepare(void);

/* Makes the file of a database that is not there yet, closed to others than its
 * owner and group; SQLite alone would let everybody read it. Its -wal and -shm
 * get the same mode. A failure shows when the file is opened. */
void sqlite_file_make(const char *path);

#endif /* OGMA_DRIVER_SQLITE_PROCESS_H */
