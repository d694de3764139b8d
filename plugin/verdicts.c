/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdicts.h"

#include "frames.h"

/* A frame with several TCP segments is a rarity: most take one round. */
bool capan_verdicts_find(struct capan_verdicts *verdicts, const packet_info *pinfo) {
    struct capan_stored_segment one;
    uint32_t frame = capan_frames_in_file(pinfo->num);

    *verdicts = (struct capan_verdicts){0};
    while (capan_store_segment(&one, frame, verdicts->segment_count, pinfo->pool)) {
        verdicts->segments = wmem_realloc(pinfo->pool, verdicts->segments, (verdicts->segment_count + 1) * sizeof one);
        verdicts->segments[verdicts->segment_count++] = one;
    }
    verdicts->exchanges = capan_store_exchanges(frame);
    verdicts->connections = capan_store_connections(frame);
    return verdicts->segment_count || verdicts->exchanges;
}
