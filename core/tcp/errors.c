/* SPDX-License-Identifier: MIT */
/* ICMP errors about a connection's segments. RFC 1191, RFC 1122 4.2.3.9, RFC 5927, RFC 9293 3.9.2.2. */
#include "arrival.h"
#include "bytes.h"
#include "connection.h"
#include "seqnum.h"

/* RFC 6298 began with 1 s, RFC 1122 4.2.3.1 with 3 s; each timeout after it waits twice as long. */
static const int64_t FIRST_TIMEOUT_NS = INT64_C(3000000000);

static void learn_mtu(struct capan_tcp *tcp, struct capan_half *half, int64_t seq, uint32_t mtu, uint32_t frame,
                      int64_t time_ns) {
    struct capan_incidents *incidents = capan_incidents_begin(half, tcp->alloc);
    if (!incidents) return;
    /* The sender knows already, but for what it sent before it knew. */
    const bool known = mtu != 0 && incidents->icmp_mtu != 0 && mtu >= incidents->icmp_mtu;
    if (known && seq < incidents->icmp_high) return;
    incidents->icmp_ns = time_ns;
    incidents->icmp_high = half->board.end;
    incidents->icmp_frame = frame;
    if (known) return;
    incidents->icmp_mtu = mtu;
    if (mtu == 0 || (tcp->pmtu && tcp->pmtu <= mtu)) return;
    tcp->pmtu = mtu;
    tcp->pmtu_frame = frame;
}

/* RFC 5927 4.1: only what is in flight can have met a router. */
static struct capan_tcp_quoted find(const struct capan_half *half, uint32_t quoted_seq) {
    struct capan_tcp_quoted quoted = {0};
    if (!(half->marks & CAPAN_HALF_BASED)) return quoted;
    quoted.seq = capan_seq_unwrap(quoted_seq, half->base, half->una);
    quoted.in_flight = quoted.seq >= half->una && quoted.seq < half->board.end;
    if (!quoted.in_flight) return quoted;
    const uint32_t index = capan_scoreboard_find(&half->board, quoted.seq);
    if (index == half->board.count) return quoted;
    const struct capan_piece *piece = capan_piece_at(&half->board, index);
    if (!(piece->marks & (CAPAN_PIECE_HOLE | CAPAN_PIECE_PRIOR))) quoted.frame = piece->last_frame;
    return quoted;
}

struct capan_tcp_quoted capan_tcp_icmp(struct capan_tcp *tcp, enum capan_direction direction, bool too_big,
                                       uint32_t mtu, uint32_t quoted_seq, uint32_t frame, int64_t time_ns) {
    struct capan_half *half = &tcp->half[direction];
    const struct capan_tcp_quoted quoted = find(half, quoted_seq);
    if (too_big && quoted.in_flight) learn_mtu(tcp, half, quoted.seq, mtu, frame, time_ns);
    return quoted;
}

/* When what it quotes was sent for the first time, or the timer for it began. */
static int64_t first_sent(const struct capan_tcp *tcp, const struct capan_icmp *icmp) {
    const struct capan_half *half = &tcp->half[icmp->quoted_direction];
    const struct capan_opening *opening = &tcp->opening[icmp->quoted_direction];
    if (icmp->quoted_seq == 0 && opening->sends) return opening->first_ns;
    return half->advance_ns ? min_i64(half->advance_ns, half->data_ns) : half->data_ns;
}

/* Each wait is about as long as all before it together. */
static bool waits_too_long(const struct capan_tcp *tcp, const struct capan_icmp *icmp, int64_t now_ns) {
    const int64_t last_ns = tcp->half[icmp->quoted_direction].data_ns;
    return now_ns - last_ns > FIRST_TIMEOUT_NS + 2 * (last_ns - first_sent(tcp, icmp));
}

enum capan_icmp_effect capan_tcp_icmp_effect(const struct capan_tcp *tcp, const struct capan_icmp *icmp,
                                             int64_t now_ns) {
    const struct capan_half *half = &tcp->half[icmp->quoted_direction];
    const struct capan_incidents *incidents = capan_incidents(half);
    if (!icmp->in_flight)
        return half->marks & CAPAN_HALF_BASED ? CAPAN_ICMP_EFFECT_NOT_IN_FLIGHT : CAPAN_ICMP_EFFECT_UNKNOWN;
    if (incidents->rst_frame > icmp->frame) return CAPAN_ICMP_EFFECT_ABORTED;
    if (incidents->cut_ns && incidents->cut_ns >= icmp->time_ns) return CAPAN_ICMP_EFFECT_SMALLER;
    if (half->last_frame > icmp->frame || half->una > icmp->quoted_seq) return CAPAN_ICMP_EFFECT_WENT_ON;
    return waits_too_long(tcp, icmp, now_ns) ? CAPAN_ICMP_EFFECT_GAVE_UP : CAPAN_ICMP_EFFECT_UNKNOWN;
}
