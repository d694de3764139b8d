/* SPDX-License-Identifier: MIT */
/* Memory that is going to be looked at soon, asked for while there is other work: a hint, and nothing else. */
#ifndef NEAR_H
#define NEAR_H

#include <stddef.h>
#include <stdint.h>

enum { CACHE_LINE = 64 };

static inline void bring_near(const void *octets, size_t len) {
#if defined(__GNUC__)
    for (size_t at = 0; octets && at < len; at += CACHE_LINE) __builtin_prefetch((const uint8_t *)octets + at);
#else
    (void)octets, (void)len;
#endif
}

#endif
