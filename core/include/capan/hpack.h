/* SPDX-License-Identifier: MIT */
/* HPACK by libnghttp2, for capan_config.hpack: with it the engine reads HTTP/2. */
#ifndef CAPAN_HPACK_H
#define CAPAN_HPACK_H

#include "http.h"

#ifdef __cplusplus
extern "C" {
#endif

CAPAN_API extern const struct capan_hpack capan_hpack;

#ifdef __cplusplus
}
#endif

#endif
