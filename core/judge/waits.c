/* SPDX-License-Identifier: MIT */
#include "waits.h"

#include "bytes.h"

/* Round trips beyond the first that a sender waits for ACKs, at most, while its window doubles (RFC 5681 3.1, RFC 6928
 * 2): longer than that content takes for other reasons, the line's rate or the server's. */
static int64_t rounds_of(uint64_t octets) {
    enum { FIRST_WINDOW = 10 * 1460 };
    int64_t rounds = 0;
    for (uint64_t sent = FIRST_WINDOW, window = FIRST_WINDOW; sent < octets && rounds < 40; rounds++) {
        window *= 2;
        sent += window;
    }
    return rounds;
}

/* What a message took from its first octet to its last, as far as that was for its sender's window. */
static int64_t sending_ns(const struct capan_http_extent *extent, int64_t rtt_ns) {
    const int64_t took_ns = capan_elapsed_ns(extent->first_ns, extent->last_ns), rounds = rounds_of(extent->wire_len);
    return took_ns / rtt_ns < rounds ? took_ns : rounds * rtt_ns;
}

void capan_waits_tell(struct capan_exchange *exchange, const struct capan_http_path *path) {
    if (path->rtt_ns <= 0) return;
    exchange->rtt_ns = path->rtt_ns;
    if (exchange->answered_ns >= 0)
        exchange->server_ns = max_i64(0, exchange->answered_ns - max_i64(0, path->rtt_ns - path->near_ns));
    if (!exchange->method.len || !exchange->status || !exchange->response.complete) return;
    const int64_t content_ns = capan_elapsed_ns(exchange->response.first_ns, exchange->response.last_ns);
    const int64_t content_bound_ns = sending_ns(&exchange->response, path->rtt_ns);
    if (content_ns - content_bound_ns >= path->rtt_ns) exchange->content_ns = content_ns;
    const uint64_t rtt_ns = (uint64_t)path->rtt_ns;
    const uint64_t waited_ns = (uint64_t)path->near_ns + (uint64_t)sending_ns(&exchange->request, path->rtt_ns) +
                               (uint64_t)max_i64(0, exchange->answered_ns - max_i64(0, exchange->server_ns)) +
                               (uint64_t)content_bound_ns;
    exchange->round_trips_x100 = (int64_t)(waited_ns / rtt_ns * 100 + (waited_ns % rtt_ns * 100 + rtt_ns / 2) / rtt_ns);
}
