/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What capan says: all of a frame, which is what listeners to the tap "capan" get, and the findings. */
#ifndef VERDICTS_H
#define VERDICTS_H

#include "compat.h"

#include <epan/packet.h>

#include "capan/ledger.h"

/* Begins and ends with a capture file. */
void capan_verdicts_open(const struct capan_config *config);
void capan_verdicts_close(void);
/* The file's verdicts, with the file's frame numbers: to be fed. NULL when the user switched capan off. */
struct capan_ledger *capan_verdicts_ledger(void);
/* The analysis in it. */
struct capan_analysis *capan_verdicts_analysis(void);

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
