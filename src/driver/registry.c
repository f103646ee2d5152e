/* registry.c - the support matrix; see registry.h. A new driver is one file in
 * this folder and one row here. */
#include "driver/registry.h"

#include <stddef.h>

#include "driver/blob.h"
#include "driver/events.h"
#include "driver/search.h"
#include "driver/source.h"
#include "driver/store.h"

#define ROW(kind_, driver_) \
	{ (kind_), &(driver_).name, &(driver_).summary }

const struct driver_row driver_rows[] = {
	ROW("store", store_driver_sqlite),
	ROW("store", store_driver_postgres),
	ROW("search", search_driver_fts5),
	ROW("search", search_driver_memory),
	ROW("blob", blob_driver_folder),
	ROW("blob", blob_driver_memory),
	ROW("blob", blob_driver_s3),
	ROW("source", source_driver_folder),
	ROW("source", source_driver_memory),
	ROW("source", source_driver_s3),
	ROW("events", events_driver_sqlite),
	ROW("events", events_driver_memory),
	{ NULL, NULL, NULL },
};

void
drivers_check(void)
{
	store_driver_check(&store_driver_sqlite);
	store_driver_check(&store_driver_postgres);
	search_driver_check(&search_driver_fts5);
	search_driver_check(&search_driver_memory);
	blob_driver_check(&blob_driver_folder);
	blob_driver_check(&blob_driver_memory);
	blob_driver_check(&blob_driver_s3);
	source_driver_check(&source_driver_folder);
	source_driver_check(&source_driver_memory);
	source_driver_check(&source_driver_s3);
	events_driver_check(&events_driver_sqlite);
	events_driver_check(&events_driver_memory);
}
