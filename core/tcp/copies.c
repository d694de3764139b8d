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
static int64_t before_the_timer(const struct capan_half *me) {
    return min_i64(TWIN_LONGEST_MS * MS, capan_timers(&me->rtt, capan_near(me)).rto_ns * 17 / 20);
}

bool capan_id_names(const struct capan_half *half, const struct capan_packet *packet) {
    return has_id(packet) && !(half->signs & CAPAN_SIGN_IDS_REPEAT);
}

int64_t capan_copy_time(const struct capan_half *me, const struct capan_half *peer, const struct capan_packet *packet,
                        const struct capan_tcp_header *header, bool other_tap) {
    if (capan_id_names(me, packet) && me->signs & CAPAN_SIGN_IDS_DIFFER) return before_the_timer(me);
    const bool known = me->answer_ns >= 0 && peer->answer_ns >= 0;
    const int64_t round_trip = known ? me->answer_ns + peer->answer_ns : 2 * TWIN_MS * MS;
    const int64_t usual = other_tap ? TWIN_MS * MS : min_i64(TWIN_MS * MS, round_trip / 2);
    if (!header->has_timestamps || header->payload_len == 0) return usual;
    const int64_t met = 2 * (int64_t)capan_incidents(me)->seen.longest_us * 1000;
    return max_i64(usual, max_i64(met, min_i64(before_the_timer(me), round_trip * 4 / 5)));
}

/* Without an id, a SYN-ACK may answer the SYN that was sent again, a reset may answer one segment each, and a bare ACK
 * be a duplicate ACK, unless SACK would show why. */
static bool may_be_said_twice(const struct capan_half *me, const struct capan_half *peer,
                              const struct capan_packet *packet, const struct capan_tcp_header *header) {
    if (capan_id_names(me, packet)) return false;
    if (header->flags & CAPAN_TH_RST) return true;
    if (header->flags & CAPAN_TH_SYN && header->flags & CAPAN_TH_ACK && peer->syn_ns > me->syn_ns) return true;
    if (header->payload_len || header->flags & (CAPAN_TH_SYN | CAPAN_TH_FIN)) return false;
    if (header->options_cut) return true;
    return capan_sack_use(me, peer) != CAPAN_SACK_ON;
}

const struct capan_seen *capan_copied(const struct capan_half *me, const struct capan_half *peer,
                                      const struct capan_packet *packet, const struct capan_tcp_header *header,
                                      const struct capan_seen *seen) {
    const struct capan_seen_set *set = &capan_incidents(me)->seen;
    const struct capan_seen *first =
        set->capacity ? capan_seen_set_find(set, seen) : capan_recent_find(&me->recent, seen);
    if (!first) return NULL;
    const int64_t age = capan_seen_age_ns(first, seen);
    const bool other_tap = first->tap != seen->tap;
    if ((age < 0 ? -age : age) > capan_copy_time(me, peer, packet, header, other_tap)) return NULL;
    return other_tap || !may_be_said_twice(me, peer, packet, header) ? first : NULL;
}

void capan_remember_packet(struct capan_half *me, const struct capan_seen *seen, const struct capan_alloc *alloc) {
    capan_recent_add(&me->recent, seen);
    if (me->incidents) capan_seen_set_add(&me->incidents->seen, seen, alloc);
}

void capan_expect_copies(struct capan_half *me, int64_t age_ns, const struct capan_alloc *alloc) {
    struct capan_incidents *incidents = capan_incidents_begin(me, alloc);
    if (!incidents) return;
    capan_seen_set_begin(&incidents->seen, &me->recent, alloc);
    const uint32_t age_us = age_ns < 0 ? 0 : (uint32_t)(age_ns / 1000);
    if (age_us > incidents->seen.longest_us) incidents->seen.longest_us = age_us;
}

/* Ids that count packets, one by one or nearly so, tell their order and name each. */
void capan_ids_follow(struct capan_half *me, const struct capan_packet *packet) {
    if (!has_id(packet)) return;
    const uint16_t step = (uint16_t)(packet->ip_id - me->id_max), back = (uint16_t)-step;
    if (me->ids) me->signs |= step ? CAPAN_SIGN_IDS_DIFFER : CAPAN_SIGN_IDS_REPEAT;
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
    if (!capan_id_names(me, arrival->packet) || me->id_trust < CAPAN_ID_TRUSTED) return false;
    if (back >= 64 || !(me->ids >> back & 1) || arrival->end > me->board.end) return false;
    if (arrival->end > max_i64(arrival->start, me->una)) return false; /* in flight: more is known of it */
    if (!(arrival->header->flags & CAPAN_TH_ACK)) return true;
    return peer->marks & CAPAN_HALF_BASED && capan_seq_unwrap(arrival->header->ack, peer->base, peer->una) <= peer->una;
}
