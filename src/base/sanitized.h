/* sanitized.h - which sanitizer a program is compiled with: 1 or 0 of each, for
 * the few places that one of them makes impossible. gcc and clang say it each
 * in a way of their own.
 *
 * Floor: 0 (base).
 */
#ifndef OGMA_BASE_SANITIZED_H
#define OGMA_BASE_SANITIZED_H

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED_ADDRESSES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED_ADDRESSES 1
#endif
#endif
#ifndef SANITIZED_ADDRESSES
#define SANITIZED_ADDRESSES 0
#endif

#if defined(__SANITIZE_THREAD__)
#define SANITIZED_THREADS 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SANITIZED_THREADS 1
#endif
#endif
#ifndef SANITIZED_THREADS
#define SANITIZED_THREADS 0
#endif

#endif
