/* SPDX-License-Identifier: MIT */
#include "trouble.h"

uint64_t capan_trouble_of(const struct capan_connection *connection) {
    const struct capan_tcp_summary *tcp = &connection->tcp;
    uint64_t trouble = 0;
    if (tcp->open == CAPAN_OPEN_REFUSED || tcp->open == CAPAN_OPEN_UNANSWERED) trouble += 50;
    for (int i = 0; i < 2; i++) {
        const struct capan_tcp_side *side = &tcp->side[i];
        trouble +=
            10U * (side->rst_frame != 0) + 5 * (uint64_t)side->resent_segments + 20 * (uint64_t)side->zero_windows;
        trouble += 2 * (uint64_t)side->late_segments + 5U * (side->missing_bytes != 0) + side->duplicate_packets;
    }
    return trouble;
}

static int descending(uint64_t a, uint64_t b) {
    return a > b ? -1 : a < b;
}

int capan_by_trouble(const void *left, const void *right) {
    const struct capan_connection *a = *(const struct capan_connection *const *)left;
    const struct capan_connection *b = *(const struct capan_connection *const *)right;
    const int by_trouble = descending(capan_trouble_of(a), capan_trouble_of(b));
    if (by_trouble) return by_trouble;
    const int by_size =
        descending(a->tcp.side[0].bytes + a->tcp.side[1].bytes, b->tcp.side[0].bytes + b->tcp.side[1].bytes);
    return by_size ? by_size : -descending(a->first_frame, b->first_frame);
}
