/* sqlite_process.c - see sqlite_process.h. */
#include "driver/sqlite_process.h"

#include <pthread.h>
#include <sqlite3.h>

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
