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

/* False where there is nothing to say. Lives as long as the packet. Frame numbers are those that Wireshark shows. */
bool capan_verdicts_find(struct capan_verdicts *verdicts, const packet_info *pinfo);

/* All frames have been seen: the findings, with such numbers. The caller's to g_free(). NULL when there are none. */
struct capan_finding *capan_verdicts_findings(size_t *count);

#endif
