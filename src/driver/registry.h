/* registry.h - all drivers of all kinds, for `ogma drivers` and for the checks
 * at start.
 *
 * Floor: 2 (driver). Threads: constant data.
 */
#ifndef OGMA_DRIVER_REGISTRY_H
#define OGMA_DRIVER_REGISTRY_H

struct driver_row {
	const char *kind; /* "store"; NULL ends the table */
	const char *const *name, *const *summary; /* in the driver's struct */
};

extern const struct driver_row driver_rows[];

/* Asserts that no driver is half-written. Call once at start. */
void drivers_check(void);

#endif /* OGMA_DRIVER_REGISTRY_H */
