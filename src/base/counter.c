/* counter.c - metrics and their text form; see counter.h.
 *
 * Invariant: lists only grow, by pushing at the head under `lock`; readers walk
 * them without it. Values are doubles kept as bits in atomics. */
#include "base/counter.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

#define REFRESHERS_MAX 32

const double metric_seconds_buckets[] = { 0.0005, 0.001, 0.0025, 0.005, 0.01,
					  0.025,  0.05,	 0.1,	 0.25,	0.5,
					  1,	  2.5,	 5,	 10,	0 };

struct metric_cell {
	struct metric_cell *next;
	struct metric *metric;
	char *values[METRIC_LABELS_MAX];
	_Atomic uint64_t value; /* the bits of a double; histogram: its sum */
	_Atomic uint64_t count;
	_Atomic uint64_t buckets[METRIC_BUCKETS_MAX];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct metric *metrics; /* under lock */
static struct {
	metric_refresh *refresh;
	void *cookie;
} refreshers[REFRESHERS_MAX];
static size_t refresher_count;
static pthread_mutex_t refresh_lock = PTHREAD_MUTEX_INITIALIZER; /* of these */

static double
double_of(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

static uint64_t
bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	return bits;
}

static void
register_locked(struct metric *metric)
{
	if (metric->registered)
		return;
	metric->registered = true;
	metric->next = metrics;
	metrics = metric;
}

void
metric_register(struct metric *metric)
{
	pthread_mutex_lock(&lock);
	register_locked(metric);
	pthread_mutex_unlock(&lock);
}

static bool
cell_matches(const struct metric_cell *cell, const char *const values[])
{
	for (int i = 0; i < METRIC_LABELS_MAX; i++) {
		if (cell->metric->labels[i] != NULL &&
		    strcmp(cell->values[i], values[i]) != 0)
			return false;
	}
	return true;
}

static struct metric_cell *
cell_search(struct metric *metric, const char *const values[])
{
	struct metric_cell *cell =
		atomic_load_explicit(&metric->cells, memory_order_acquire);

	while (cell != NULL && !cell_matches(cell, values))
		cell = cell->next;
	return cell;
}

static struct metric_cell *
cell_make_locked(struct metric *metric, const char *const values[])
{
	struct metric_cell *cell = mem_new(1, sizeof *cell);
	bool over = metric->cell_count >= METRIC_CELLS_MAX;

	cell->metric = metric;
	for (int i = 0; i < METRIC_LABELS_MAX; i++) {
		if (metric->labels[i] != NULL)
			cell->values[i] =
				mem_copy_text(over ? "other" : values[i]);
	}
	cell->next = atomic_load(&metric->cells);
	atomic_store_explicit(&metric->cells, cell, memory_order_release);
	metric->cell_count++;
	return cell;
}

struct metric_cell *
metric_cell_find(struct metric *metric, const char *const values[])
{
	static const char *const other[METRIC_LABELS_MAX] = { "other", "other",
							      "other" };
	struct metric_cell *cell = cell_search(metric, values);

	if (cell != NULL)
		return cell;
	pthread_mutex_lock(&lock);
	register_locked(metric);
	if (metric->cell_count >= METRIC_CELLS_MAX)
		values = other;
	cell = cell_search(metric, values);
	if (cell == NULL)
		cell = cell_make_locked(metric, values);
	pthread_mutex_unlock(&lock);
	return cell;
}

static void
double_add(_Atomic uint64_t *bits, double amount)
{
	uint64_t old = atomic_load_explicit(bits, memory_order_relaxed);

	while (!atomic_compare_exchange_weak_explicit(
		bits, &old, bits_of(double_of(old) + amount),
		memory_order_relaxed, memory_order_relaxed))
		;
}

void
counter_add(struct metric_cell *cell, double amount)
{
	double_add(&cell->value, amount);
}

void
gauge_set(struct metric_cell *cell, double value)
{
	atomic_store_explicit(&cell->value, bits_of(value),
			      memory_order_relaxed);
}

void
gauge_add(struct metric_cell *cell, double amount)
{
	double_add(&cell->value, amount);
}

void
histogram_observe(struct metric_cell *cell, double seconds)
{
	const double *bounds = cell->metric->buckets;

	for (int i = 0; bounds[i] > 0; i++) {
		if (seconds <= bounds[i]) {
			atomic_fetch_add_explicit(&cell->buckets[i], 1,
						  memory_order_relaxed);
			break;
		}
	}
	double_add(&cell->value, seconds);
	atomic_fetch_add_explicit(&cell->count, 1, memory_order_relaxed);
}

double
metric_value(const struct metric_cell *cell)
{
	if (cell->metric->kind == METRIC_IS_HISTOGRAM)
		return (double)atomic_load(&cell->count);
	return double_of(atomic_load(&cell->value));
}

void
metric_on_print(metric_refresh *refresh, void *cookie)
{
	pthread_mutex_lock(&refresh_lock);
	if (refresher_count < REFRESHERS_MAX) {
		refreshers[refresher_count].refresh = refresh;
		refreshers[refresher_count].cookie = cookie;
		refresher_count++;
	}
	pthread_mutex_unlock(&refresh_lock);
}

void
metric_off_print(void *cookie)
{
	size_t kept = 0;

	pthread_mutex_lock(&refresh_lock);
	for (size_t i = 0; i < refresher_count; i++) {
		if (refreshers[i].cookie != cookie)
			refreshers[kept++] = refreshers[i];
	}
	refresher_count = kept;
	pthread_mutex_unlock(&refresh_lock);
}

static const struct metric_alias *aliases;

static void
label_print(struct buffer *out, const char *name, const char *value, bool *any)
{
	buffer_print(out, "%s%s=\"", *any ? "," : "{", name);
	*any = true;
	for (; *value != '\0'; value++) {
		if (*value == '\\' || *value == '"')
			buffer_add_char(out, '\\');
		if (*value == '\n')
			buffer_add_text(out, "\\n");
		else
			buffer_add_char(out, *value);
	}
	buffer_add_char(out, '"');
}

/* What a family is called: by its own name, or an alias. */
struct family {
	const char *name;
	const char *const *labels;
};

/* name_suffix{labels,le="bound"} value */
static void
sample_print(struct buffer *out, const struct family *family,
	     const struct metric_cell *cell, const char *suffix,
	     const char *bound, double value)
{
	bool any = false;

	buffer_print(out, "%s%s", family->name, suffix);
	for (int i = 0; i < METRIC_LABELS_MAX; i++) {
		if (cell->metric->labels[i] != NULL)
			label_print(out, family->labels[i], cell->values[i],
				    &any);
	}
	if (bound != NULL)
		label_print(out, "le", bound, &any);
	buffer_print(out, "%s %.15g\n", any ? "}" : "", value);
}

static void
histogram_print(struct buffer *out, const struct family *family,
		const struct metric_cell *cell)
{
	uint64_t running = 0;

	for (int i = 0; cell->metric->buckets[i] > 0; i++) {
		char bound[32];

		running += atomic_load(&cell->buckets[i]);
		snprintf(bound, sizeof bound, "%g", cell->metric->buckets[i]);
		sample_print(out, family, cell, "_bucket", bound, (double)running);
	}
	sample_print(out, family, cell, "_bucket", "+Inf",
		     (double)atomic_load(&cell->count));
	sample_print(out, family, cell, "_sum", NULL,
		     double_of(atomic_load(&cell->value)));
	sample_print(out, family, cell, "_count", NULL,
		     (double)atomic_load(&cell->count));
}

static void
family_print(struct buffer *out, const struct family *family,
	     struct metric *metric, bool openmetrics)
{
	static const char *const kinds[] = { "counter", "gauge", "histogram" };
	size_t length = strlen(family->name);

	/* OpenMetrics names a counter's family without its _total. */
	if (openmetrics && metric->kind == METRIC_IS_COUNTER && length > 6 &&
	    strcmp(family->name + length - 6, "_total") == 0)
		length -= 6;
	buffer_print(out, "# HELP %.*s %s\n# TYPE %.*s %s\n", (int)length,
		     family->name, metric->help, (int)length, family->name,
		     kinds[metric->kind]);
	for (struct metric_cell *cell = atomic_load_explicit(
		     &metric->cells, memory_order_acquire);
	     cell != NULL; cell = cell->next) {
		if (metric->kind == METRIC_IS_HISTOGRAM)
			histogram_print(out, family, cell);
		else
			sample_print(out, family, cell, "", NULL, metric_value(cell));
	}
}

static void
metric_print(struct buffer *out, struct metric *metric, bool openmetrics)
{
	struct family own = { metric->name, metric->labels };
	const struct metric_alias *alias = aliases;

	family_print(out, &own, metric, openmetrics);
	for (; alias != NULL && alias->metric != NULL; alias++) {
		struct family other = { alias->name, alias->labels };

		if (strcmp(alias->metric, metric->name) == 0)
			family_print(out, &other, metric, openmetrics);
	}
}

void
metric_aliases_use(const struct metric_alias *table)
{
	aliases = table;
}

void
metrics_print(struct buffer *out, bool openmetrics)
{
	struct metric *metric;

	pthread_mutex_lock(&refresh_lock);
	for (size_t i = 0; i < refresher_count; i++)
		refreshers[i].refresh(refreshers[i].cookie);
	pthread_mutex_unlock(&refresh_lock);
	pthread_mutex_lock(&lock);
	metric = metrics;
	pthread_mutex_unlock(&lock);
	for (; metric != NULL; metric = metric->next)
		metric_print(out, metric, openmetrics);
	if (openmetrics)
		buffer_add_text(out, "# EOF\n");
}
