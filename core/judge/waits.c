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

/* What the response took from its first octet to its last, by what its sender did since its answer began: that is the
 * whole of it, unless other answers are sent along with it; then each has its share. */
static void spend_response(int64_t part_ns[], const int64_t spent_ns[], int64_t took_ns) {
    int64_t sum_ns = 0, left_ns = took_ns;
    for (unsigned i = 0; i < CAPAN_EXCHANGE_PART_COUNT; i++) sum_ns += spent_ns[i];
    const double share = sum_ns > took_ns ? (double)took_ns / (double)sum_ns : 1;
    for (unsigned i = 0; i < CAPAN_EXCHANGE_PART_COUNT; i++) {
        const int64_t ns = min_i64((int64_t)((double)spent_ns[i] * share), left_ns);
        part_ns[i] += ns;
        left_ns -= ns;
    }
    part_ns[CAPAN_SPENT_PATH] += left_ns;
}

void capan_waits_spend(struct capan_exchange *exchange, const struct capan_http_spent *spent) {
    int64_t *part_ns = exchange->time.part_ns;
    if (!exchange->request.first_frame || !exchange->response.last_frame) return;
    const int64_t from = exchange->request.first_ns, to = max_i64(exchange->response.last_ns, from);
    const int64_t begins = min_i64(max_i64(exchange->response.first_ns, from), to);
    const int64_t asked = min_i64(max_i64(exchange->request.last_ns, from), begins);
    const int64_t waited = begins - asked;
    const int64_t server = exchange->server_ns < 0 ? waited : min_i64(exchange->server_ns, waited);
    part_ns[CAPAN_SPENT_REQUEST] = asked - from;
    part_ns[CAPAN_SPENT_SERVER] = server;
    part_ns[CAPAN_SPENT_PATH] = waited - server;
    spend_response(part_ns, spent->part_ns, to - begins);
    if (exchange->handshakes.tcp) exchange->time.connect_ns = spent->connect_ns;
    if (exchange->handshakes.tls && spent->opened_ns) exchange->time.tls_ns = max_i64(from - spent->opened_ns, 0);
}
