/* country.c - the country of an address; see country.h. */
#include "service/country.h"

#include <maxminddb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct countries {
	bool known;
	MMDB_s file;
};

enum status
countries_open(const char *path, struct countries **out, struct fault *fault)
{
	struct countries *countries = mem_new(1, sizeof *countries);
	int code;

	if (*path != '\0') {
		code = MMDB_open(path, MMDB_MODE_MMAP, &countries->file);
		if (code != MMDB_SUCCESS) {
			free(countries);
			return fault_field(fault, STATUS_INVALID, "GEOIP_DB",
					   "GEOIP_DB: %s: %s", path,
					   MMDB_strerror(code));
		}
		countries->known = true;
	}
	*out = countries;
	return STATUS_OK;
}

void
countries_close(struct countries *countries)
{
	if (countries == NULL)
		return;
	if (countries->known)
		MMDB_close(&countries->file);
	free(countries);
}

void
countries_find(struct countries *countries, const char *address,
	       char out[COUNTRY_BYTES])
{
	MMDB_lookup_result_s found;
	MMDB_entry_data_s data;
	int wrong_address = 0, wrong_file = MMDB_SUCCESS;

	out[0] = '\0';
	if (!countries->known || address == NULL)
		return;
	found = MMDB_lookup_string(&countries->file, address, &wrong_address,
				   &wrong_file);
	if (wrong_address != 0 || wrong_file != MMDB_SUCCESS ||
	    !found.found_entry ||
	    MMDB_get_value(&found.entry, &data, "country", "iso_code",
			   NULL) != MMDB_SUCCESS ||
	    !data.has_data || data.type != MMDB_DATA_TYPE_UTF8_STRING ||
	    data.data_size != COUNTRY_BYTES - 1)
		return;
	memcpy(out, data.utf8_string, COUNTRY_BYTES - 1);
	out[COUNTRY_BYTES - 1] = '\0';
}
