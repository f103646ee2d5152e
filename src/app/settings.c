/* settings.c - gathers the tables of all floors; see settings.h. */
#include "app/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/password.h"

#define OFFSET(field) offsetof(struct program_settings, field)

static const struct option program_options[] = {
	{ .name = "OGMA_DATA_DIR", .flag = "--data", .type = OPTION_TEXT,
	  .preset = "data",
	  .summary = "Folder for the library, index, caches and logs.",
	  .offset = OFFSET(data_dir) },
	{ .name = "CACHE_DIR", .type = OPTION_TEXT, .preset = "",
	  .summary = "Folder for thumbnails and transcodes; empty: cache in "
		     "the data folder.",
	  .offset = OFFSET(cache_dir) },
	{ .name = "OGMA_ROLES", .flag = "--roles", .type = OPTION_TEXT,
	  .preset = "all",
	  .summary = "What this process does: all, or some of "
		     "api,stream,ingest.",
	  .offset = OFFSET(roles) },
	{ .name = "DRAIN_MS", .type = OPTION_U32, .preset = "5000",
	  .unit = "ms", .min = 0, .max = 600000,
	  .summary = "How long running answers may go on after SIGTERM.",
	  .offset = OFFSET(drain_ms) },
	{ .name = "LOG_LEVEL", .type = OPTION_TEXT, .preset = "INFO",
	  .summary = "DEBUG, INFO, WARNING or ERROR.",
	  .offset = OFFSET(log_level) },
	{ .name = "LOG_STDERR", .flag = "--log-stderr", .type = OPTION_BOOL,
	  .preset = "false",
	  .summary = "Also write the log to standard error.",
	  .offset = OFFSET(log_stderr) },
	{ .name = "LOG_ROTATE_BYTES", .type = OPTION_U64,
	  .preset = "67108864", .unit = "bytes",
	  .summary = "Start a new log file past this size; 0: never.",
	  .offset = OFFSET(log_rotate_bytes) },
	{ .name = "LOG_KEEP_FILES", .type = OPTION_U32, .preset = "7",
	  .unit = "files", .min = 0, .max = 1000,
	  .summary = "Rotated log files to keep.",
	  .offset = OFFSET(log_keep_files) },
	{ .name = "PROMETHEUS_ENABLED", .type = OPTION_BOOL,
	  .preset = "true", .summary = "Serve /metrics.",
	  .offset = OFFSET(prometheus_enabled) },
	{ .name = "PROMETHEUS_PORT", .type = OPTION_U32, .preset = "0",
	  .unit = "port", .min = 0, .max = 65535,
	  .summary = "Serve /metrics alone on this port too; 0: do not.",
	  .offset = OFFSET(prometheus_port) },
	{ .name = "METRICS_ALIASES", .type = OPTION_TEXT, .preset = "",
	  .summary = "sattva: also print the metrics under the names that "
		     "dashboards of Sattva Streamer know.",
	  .offset = OFFSET(metrics_aliases) },
	{ .name = "FETCH_PRIVATE_ADDRESSES", .type = OPTION_TEXT,
	  .preset = "",
	  .summary = "Networks beside the public ones that addresses given "
		     "by people (streams in a queue, pictures) may lead to, "
		     "like \"10.1.0.0/16, 192.168.1.7\"; empty: none.",
	  .offset = OFFSET(fetch_private_addresses) },
	{ 0 }
};

static void
tables_make(struct settings *settings)
{
	const struct option_table tables[] = {
		{ "Program", program_options, &settings->program },
		{ "HTTP", http_options, &settings->http },
		{ "API", api_options, &settings->api },
		{ "WebSockets", sockets_options, &settings->sockets },
		{ "People", access_options, &settings->access },
		{ "Single sign-on", oidc_options, &settings->oidc },
		{ "Limits", limits_options, &settings->limits },
		{ "Events", events_options, &settings->events },
		{ "Listening", listening_options, &settings->listening },
		{ "Figures", monitor_options, &settings->monitor },
		{ "SQLite", store_sqlite_options, &settings->sqlite },
		{ "PostgreSQL", store_postgres_options, &settings->postgres },
		{ "Media", media_options, &settings->media },
		{ "Scan", scan_options, &settings->scan },
		{ "Analysis", analyse_options, &settings->analyse },
		{ "Watch", watch_options, &settings->watch },
		{ "Uploads", upload_options, &settings->upload },
		{ "Schedules", scheduler_options, &settings->scheduler },
		{ "Looking after it", chores_options, &settings->chores },
		{ "Clean-up", cleanup_options, &settings->cleanup },
		{ "Tags into files", write_back_options,
		  &settings->write_back },
		{ "Live channels", station_options, &settings->station },
		{ "S3", s3_options, &settings->s3 },
		{ "Telegram", telegram_options, &settings->telegram },
		{ "Covers", cover_options, &settings->cover },
		{ "Backup", backup_options, &settings->backup },
		{ "Streaming", stream_options, &settings->stream },
		{ "Listening live", live_out_options, &settings->live_out },
		{ "Pushes", push_options, &settings->push },
		{ 0 },
	};

	settings->tables = mem_new(1, sizeof tables);
	memcpy(settings->tables, tables, sizeof tables);
	settings->options = options_new(settings->tables);
}

static enum status
flags_read(struct options *options, char **arguments, int *count,
	   struct fault *fault)
{
	int kept = 0, i = 0;

	while (i < *count) {
		int used = 1;
		enum status status = STATUS_NOT_FOUND;

		if (strncmp(arguments[i], "--", 2) == 0)
			status = options_read_flag(options, arguments + i,
						   *count - i, &used, fault);
		if (status == STATUS_NOT_FOUND)
			arguments[kept++] = arguments[i];
		else if (status != STATUS_OK)
			return status;
		i += used;
	}
	*count = kept;
	return STATUS_OK;
}

static enum status
roles_parse(struct settings *settings, struct fault *fault)
{
	static const struct {
		const char *name;
		unsigned bits;
	} names[] = { { "all", ROLE_API | ROLE_STREAM | ROLE_INGEST |
					 ROLE_LIVE },
		      { "api", ROLE_API },
		      { "stream", ROLE_STREAM },
		      { "ingest", ROLE_INGEST },
		      { "live", ROLE_LIVE } };
	struct span rest = span_of(settings->program.roles), role;

	settings->roles = 0;
	while (span_next(&rest, ',', &role)) {
		size_t i = 0;

		role = span_trim(role);
		while (i < ARRAY_LENGTH(names) &&
		       !span_equal(role, span_of(names[i].name)))
			i++;
		if (i == ARRAY_LENGTH(names))
			return fault_field(fault, STATUS_INVALID, "OGMA_ROLES",
					   "OGMA_ROLES: no role is called "
					   "\"%.*s\"",
					   (int)role.length, role.at);
		settings->roles |= names[i].bits;
	}
	return STATUS_OK;
}

static enum status
config_read(struct settings *settings, const char *config,
	    struct fault *fault)
{
	char path[4096];

	if (config != NULL)
		return options_read_file(settings->options, config, fault);
	snprintf(path, sizeof path, "%s/ogma.conf",
		 options_value(settings->options, "OGMA_DATA_DIR"));
	if (access(path, F_OK) != 0)
		return STATUS_OK;
	return options_read_file(settings->options, path, fault);
}

enum status
settings_load(struct settings *settings, const char *config, char **arguments,
	      int *count, struct fault *fault)
{
	enum status status;

	*settings = (struct settings){ 0 };
	tables_make(settings);
	status = flags_read(settings->options, arguments, count, fault);
	if (status == STATUS_OK)
		status = options_read_environment(settings->options, fault);
	if (status == STATUS_OK)
		status = config_read(settings, config, fault);
	if (status == STATUS_OK)
		status = options_apply(settings->options, fault);
	if (status == STATUS_OK)
		status = roles_parse(settings, fault);
	if (status == STATUS_OK)
		password_set_memory(settings->access.password_memory_kib);
	else
		settings_release(settings);
	return status;
}

void
settings_release(struct settings *settings)
{
	if (settings->options != NULL)
		options_free(settings->options);
	free(settings->tables);
	*settings = (struct settings){ 0 };
}
