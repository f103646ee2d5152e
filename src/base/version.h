/* version.h - the version people see; meson.build defines it. Floor: 0. */
#ifndef OGMA_BASE_VERSION_H
#define OGMA_BASE_VERSION_H

#ifndef OGMA_VERSION
#error "OGMA_VERSION is defined by the build"
#endif

#endif /* OGMA_BASE_VERSION_H */
