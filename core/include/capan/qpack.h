/* SPDX-License-Identifier: MIT */
/* QPACK by libnghttp3, for capan_config.qpack: with it the engine reads HTTP/3. */
#ifndef CAPAN_QPACK_H
#define CAPAN_QPACK_H

#include "http.h"

#ifdef __cplusplus
extern "C" {
#endif

/* NULL where the library was built without libnghttp3. */
CAPAN_API extern const struct capan_qpack *const capan_qpack;

#ifdef __cplusplus
}
#endif

#endif
