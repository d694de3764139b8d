/* SPDX-License-Identifier: MIT */
/* When something was captured: with which frame, and at what time. */
#ifndef MOMENT_H
#define MOMENT_H

#include <stdint.h>

struct moment {
    uint32_t frame; /* the file's number, from 1; 0 none */
    int64_t ns;     /* since 1970 */
};

#endif
