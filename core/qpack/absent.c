/* SPDX-License-Identifier: MIT */
/* Built where there is no libnghttp3. */
#include <stddef.h>

#include "capan/qpack.h"

const struct capan_qpack *const capan_qpack = NULL;
