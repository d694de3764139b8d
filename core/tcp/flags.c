/* SPDX-License-Identifier: MIT */
#include "flags.h"

#include "bytes.h"
#include "ecn.h"
#include "pace.h"
#include "ports.h"
#include "seqnum.h"

#define F(name) CAPAN_FACT(name)
#define MS      INT64_C(1000000)

enum {
    ETHERNET_MIN = 60,   /* octets of the shortest frame, without FCS */
    ETHERNET_MAX = 1522, /* with a VLAN tag and FCS */
    DEFAULT_MSS = 536,   /* RFC 9293 3.7.1 */
    DELAYED_MS = 25,     /* a receiver that waits for company waits longer (RFC 5681 4.2: up to 500) */
    DELAYED_MAX_MS = 600
};

static bool has(const struct capan_arrival *arrival, enum capan_tcp_flag flag) {
    return arrival->segment->flags >> flag & 1;
}
static void flag_if(struct capan_arrival *arrival, enum capan_tcp_flag flag, bool holds) {
    if (holds) capan_flag(arrival->segment, flag);
}

/* A bare ACK's kind says it. */
static bool closes_window(const struct capan_arrival *arrival) {
    return arrival->start < arrival->end && arrival->me->window == 0 && !arrival->refused &&
           !(arrival->facts & (F(RST) | F(ACKS_OLD) | F(PROBE_SHAPE)));
}

static void from_header(struct capan_arrival *arrival) {
    static const struct {
        uint8_t bit, flag;
    } bits[] = {{CAPAN_TH_PSH, CAPAN_FLAG_PUSH}, {CAPAN_TH_URG, CAPAN_FLAG_URGENT}};
    for (unsigned i = 0; i < sizeof bits / sizeof *bits; i++) {
        flag_if(arrival, (enum capan_tcp_flag)bits[i].flag, arrival->header->flags & bits[i].bit);
    }
    capan_arrival_ecn(arrival);
    flag_if(arrival, CAPAN_FLAG_CE, arrival->packet->ecn == 3);
    flag_if(arrival, CAPAN_FLAG_ZERO_WINDOW, closes_window(arrival));
    flag_if(arrival, CAPAN_FLAG_PADDING, arrival->packet->padding > 0);
    flag_if(arrival, CAPAN_FLAG_INJECTED, arrival->facts & F(FORGED));
    flag_if(arrival, CAPAN_FLAG_CHECKSUM_OFFLOAD, arrival->packet->checksum == CAPAN_CHECKSUM_PARTIAL);
}

static void note_signs(struct capan_arrival *arrival) {
    const struct capan_packet *packet = arrival->packet;
    uint8_t *signs = &arrival->me->signs;
    if (packet->checksum == CAPAN_CHECKSUM_PARTIAL)
        *signs |= CAPAN_SIGN_PARTIAL_SUM;
    else if (packet->checksum != CAPAN_CHECKSUM_DOUBTED)
        *signs |= CAPAN_SIGN_WHOLE_SUM;
    if (!packet->ethernet) return;
    if (packet->padding)
        *signs |= CAPAN_SIGN_PADDED;
    else if (packet->frame_len < ETHERNET_MIN)
        *signs |= CAPAN_SIGN_UNPADDED;
}

/* Larger than the peer allows: merged above an offload, unless a single frame could hold it. */
static void size(struct capan_arrival *arrival) {
    const uint32_t len = arrival->header->payload_len, allowed = arrival->peer->side.mss_announced;
    const bool big_frame = arrival->packet->ethernet && arrival->packet->frame_len > ETHERNET_MAX;
    if (len == 0 || (allowed ? len <= allowed : !big_frame)) return;
    const bool merged = big_frame || len >= 2 * (allowed ? allowed : DEFAULT_MSS);
    flag_if(arrival, merged ? CAPAN_FLAG_OFFLOAD_MERGED : CAPAN_FLAG_MSS_EXCEEDED, true);
    if (merged) arrival->me->signs |= CAPAN_SIGN_MERGED;
}

static void opening(struct capan_arrival *arrival) {
    struct capan_tcp *tcp = arrival->tcp;
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    const bool syn = arrival->facts & F(SYN), data = arrival->header->payload_len > 0;
    flag_if(arrival, CAPAN_FLAG_TFO_COOKIE, syn && arrival->header->has_fast_open);
    flag_if(arrival, CAPAN_FLAG_TFO_DATA, syn && data);
    flag_if(arrival, CAPAN_FLAG_PORT_NAME_MISLEADING,
            syn && !(arrival->facts & F(ACK)) && capan_port_has_name(arrival->header->src_port));
    flag_if(arrival, CAPAN_FLAG_ZERO_RTT, data && !syn && me->marks & CAPAN_HALF_SYN_ACK && me->una < 1);
    if (syn && arrival->facts & F(ACK) && arrival->ack > 1 && arrival->old_una <= 1 && peer->marks & CAPAN_HALF_SYN) {
        tcp->fast_open = true;
        struct capan_segment *opener =
            capan_records_at(tcp->records, tcp->opening[!arrival->segment->direction].serial);
        if (opener) capan_flag(opener, CAPAN_FLAG_ZERO_RTT);
    }
    flag_if(arrival, CAPAN_FLAG_MIDSTREAM, !syn && !((me->marks | peer->marks) & (CAPAN_HALF_SYN | CAPAN_HALF_SPOKE)));
}

/* What an ACK covers, and when (RFC 5681 4.2). Recovery and holes aside: there ACKs follow other rules. */
static void acking(struct capan_arrival *arrival) {
    const struct capan_half *half = arrival->peer;
    if (!(arrival->facts & F(ADVANCES))) return;
    if (half->board.count && capan_scoreboard_start(&half->board) == half->una &&
        capan_piece_at(&half->board, 0)->marks & CAPAN_PIECE_SACKED) {
        capan_flag(arrival->segment, CAPAN_FLAG_SACK_RENEGING);
        capan_scoreboard_forget_sacks(&arrival->peer->board);
    }
    const struct capan_incidents *incidents = capan_incidents(half);
    if ((incidents->episode != CAPAN_EPISODE_NONE && arrival->old_una < incidents->recover) || arrival->old_dup_acks ||
        arrival->facts & F(ACKS_UNSEEN) || arrival->old_una < 1)
        return;
    const uint64_t covered = (uint64_t)(half->una - arrival->old_una);
    const uint32_t full = capan_full_size(arrival, half, arrival->me);
    flag_if(arrival, CAPAN_FLAG_STRETCH_ACK, covered > 2 * (uint64_t)full + 1);
    const int64_t waited = arrival->segment->rtt_ns - half->rtt.min_ns;
    const bool bare = arrival->start == arrival->end;
    flag_if(arrival, CAPAN_FLAG_DELAYED_ACK,
            bare && arrival->segment->rtt_ns >= 0 && covered < 2 * (uint64_t)full && half->una == half->board.end &&
                waited >= DELAYED_MS * MS && waited <= DELAYED_MAX_MS * MS);
}

void capan_arrival_flags(struct capan_arrival *arrival) {
    from_header(arrival);
    note_signs(arrival);
    size(arrival);
    if (!(arrival->me->marks & arrival->peer->marks & CAPAN_HALF_SPOKE)) opening(arrival);
    acking(arrival);
    if (arrival->header->payload_len == 0 || !arrival->acceptable) return;
    capan_arrival_window(arrival);
    if (arrival->segment->kind != CAPAN_KIND_DATA_NEW && arrival->segment->kind != CAPAN_KIND_FIN) return;
    flag_if(arrival, CAPAN_FLAG_FIRST_FLIGHT,
            arrival->me->side.isn_known && arrival->me->una <= 1 && !has(arrival, CAPAN_FLAG_MIDSTREAM));
    capan_arrival_pace(arrival);
}
