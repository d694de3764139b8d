/* SPDX-License-Identifier: MIT */
/* Packets that come twice: duplicated by the network, or captured twice. */
#include "arrival.h"
#include "bytes.h"
#include "seqnum.h"

#define MS INT64_C(1000000)

enum {
    TWIN_MS = 5,
    TWIN_LONGEST_MS = 1000,
    ID_TRUST_MAX = 16,
    ID_LATE = 8192, /* so far back, a packet is late; many in a row, and ids count no more */
    ID_STEP = 80    /* the largest step upwards: one frame above offload may count as many segments */
};

static bool has_id(const struct capan_packet *packet) {
    return packet->has_ip_id && packet->ip_id != 0;
}

/* What comes later than the timer takes was sent again: small stacks send their buffer as it was, id included. */
int64_t capan_copy_time(const struct capan_half *me) {
    return min_i64(TWIN_LONGEST_MS * MS, capan_timers(&me->rtt, capan_near(me)).rto_ns * 17 / 20);
}

/* How long after a packet its copy may come. Where ids count sendings one by one, the id settles it. */
static int64_t twin_time(const struct capan_half *me, const struct capan_half *peer,
                         const struct capan_packet *packet) {
    if (has_id(packet) && me->id_trust >= CAPAN_ID_TRUSTED) return capan_copy_time(me);
    const bool known = me->answer_ns >= 0 && peer->answer_ns >= 0;
    const int64_t half_rtt = known ? (me->answer_ns + peer->answer_ns) / 2 : TWIN_MS * MS;
    return min_i64(TWIN_MS * MS, half_rtt);
}

/* Without an id, a SYN-ACK may answer the SYN that was sent again, a reset may answer one segment each, and a bare ACK
 * be a duplicate ACK, unless SACK would show why. */
static bool may_be_said_twice(const struct capan_half *me, const struct capan_half *peer,
                              const struct capan_packet *packet, const struct capan_tcp_header *header) {
    if (has_id(packet)) return false;
    if (header->flags & CAPAN_TH_RST) return true;
    if (header->flags & CAPAN_TH_SYN && header->flags & CAPAN_TH_ACK && peer->syn_ns > me->syn_ns) return true;
    if (header->payload_len || header->flags & (CAPAN_TH_SYN | CAPAN_TH_FIN)) return false;
    if (header->options_cut) return true;
    return capan_sack_use(me, peer) != CAPAN_SACK_ON;
}

int64_t capan_copy_age(const struct capan_half *me, const struct capan_half *peer, const struct capan_packet *packet,
                       const struct capan_tcp_header *header, uint32_t fingerprint) {
    const int64_t age = capan_recent_find(&me->recent, packet, fingerprint);
    return age <= twin_time(me, peer, packet) && !may_be_said_twice(me, peer, packet, header) ? age : -1;
}

/* Ids that count packets, one by one or nearly so, tell their order and name each. */
void capan_ids_follow(struct capan_half *me, const struct capan_packet *packet) {
    if (!has_id(packet)) return;
    const uint16_t step = (uint16_t)(packet->ip_id - me->id_max), back = (uint16_t)-step;
    if (back < 64 && me->ids) {
        const uint64_t bit = UINT64_C(1) << back;
        if (!(me->ids & bit) && me->id_trust < ID_TRUST_MAX) me->id_trust++; /* overtaken, but near */
        me->ids |= bit;
        return;
    }
    if (back < ID_LATE && me->id_trust >= CAPAN_ID_TRUSTED) {
        me->id_trust--;
        return;
    }
    const bool counts = step <= ID_STEP && me->ids;
    if (!counts)
        me->id_trust /= 2;
    else if (me->id_trust < ID_TRUST_MAX)
        me->id_trust++;
    me->ids = counts && step < 64 ? me->ids << step | 1 : 1;
    me->id_max = packet->ip_id;
}

bool capan_arrival_has_known_id(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    const uint16_t back = (uint16_t)(me->id_max - arrival->packet->ip_id);
    if (!has_id(arrival->packet) || me->id_trust < CAPAN_ID_TRUSTED) return false;
    if (back >= 64 || !(me->ids >> back & 1) || arrival->end > me->board.end) return false;
    if (arrival->end > arrival->start && arrival->now - me->data_ns > capan_copy_time(me)) return false;
    if (!(arrival->header->flags & CAPAN_TH_ACK)) return true;
    return peer->marks & CAPAN_HALF_BASED && capan_seq_unwrap(arrival->header->ack, peer->base, peer->una) <= peer->una;
}
