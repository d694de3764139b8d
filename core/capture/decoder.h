/* SPDX-License-Identifier: MIT */
/* What is kept from frame to frame. */
#ifndef DECODER_H
#define DECODER_H

#include "capan/capture.h"

struct capan_decoder {
    const struct capan_alloc *alloc;
    const struct capan_capture_sink *sink; /* of the frame being decoded, as totals */
    struct capan_capture_totals *totals;
};

#endif
