/* sqlite_process.c - see sqlite_process.h. */
#include "driver/sqlite_process.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <unistd.h>

static void
prepare(void)
{
	/* Too late when somebody else has used SQLite already: then they stay
	 * on, which is only slower. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_initialize();
}

void
sqlite_process_prepare(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, prepare);
}

void
sqlite_file_make(const char *path)
{
	/* Only a new file: to close one that a connection has open would let
	 * go of that connection's locks. */
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

	if (fd >= 0)
		close(fd);
}
