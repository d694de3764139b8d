/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that capan says on one frame; what listeners to the tap "capan" get. */
#ifndef VERDICTS_H
#define VERDICTS_H

#include "compat.h"

#include <epan/packet.h>

#include "store.h"

struct capan_verdicts {
    struct capan_stored_segment *segments;
    unsigned segment_count;
    const struct capan_exchange_part *exchanges;
    const struct capan_stored_connection *connections;
};

/* False where there is nothing to say. Lives as long as the packet. */
bool capan_verdicts_find(struct capan_verdicts *verdicts, const packet_info *pinfo);

#endif
