/* SPDX-License-Identifier: MIT */
#include "ecn.h"

#define F(name) CAPAN_FACT(name)

/* AE, CWR and ECE as one number (RFC 9768 3.2, ACE). */
enum {
    ACE_ECE = 1,
    ACE_CWR = 2,
    ACE_AE = 4,
    ACE_FIRST = 5, /* of the counter (3.2.1) */
    ACE_OFFER = 7, /* on a SYN (3.1.1) */
    ACE_MARKED = 6 /* on a SYN-ACK or its ACK: that one came marked (3.1.1, 3.2.2.1) */
};

/* What a SYN-ACK answers to an offer of Accurate ECN (RFC 9768 3.1.2, table 2; 5: 3.1.3). */
static const bool agrees[8] = {[2] = true, [3] = true, [4] = true, [5] = true, [ACE_MARKED] = true};

static uint8_t ace_of(const struct capan_tcp_header *header) {
    return (uint8_t)((header->flags & CAPAN_TH_ECE ? ACE_ECE : 0) | (header->flags & CAPAN_TH_CWR ? ACE_CWR : 0) |
                     (header->accurate_ecn ? ACE_AE : 0));
}

static void negotiate(struct capan_arrival *arrival, uint8_t ace) {
    struct capan_tcp *tcp = arrival->tcp;
    if (!(arrival->facts & F(ACK))) {
        tcp->accurate_ecn = ace == ACE_OFFER ? CAPAN_ACCURATE_OFFERED : CAPAN_ACCURATE_OFF;
        if (ace & ACE_ECE && ace & ACE_CWR) capan_flag(arrival->segment, CAPAN_FLAG_ECN_SETUP);
        return;
    }
    if (tcp->accurate_ecn != CAPAN_ACCURATE_OFF)
        tcp->accurate_ecn = agrees[ace] ? CAPAN_ACCURATE_ON : CAPAN_ACCURATE_OFFERED;
    tcp->ace[0] = tcp->ace[1] = ACE_FIRST;
    const bool on = tcp->accurate_ecn == CAPAN_ACCURATE_ON;
    if (on ? ace != 0 : ace == ACE_ECE) capan_flag(arrival->segment, CAPAN_FLAG_ECN_SETUP);
    if (on && ace == ACE_MARKED) capan_flag(arrival->segment, CAPAN_FLAG_ECE);
}

/* A mark where the counter of marked packets has gone on. Joined midway, its first value says nothing. */
static void count_marks(struct capan_arrival *arrival, uint8_t ace) {
    struct capan_tcp *tcp = arrival->tcp;
    uint8_t *last = &tcp->ace[arrival->segment->direction];
    if (arrival->refused || arrival->facts & (F(ACKS_OLD) | F(RST)) || arrival->segment->kind == CAPAN_KIND_DATA_LATE)
        return;
    if (arrival->facts & F(OPENS) && arrival->header->payload_len == 0 && ace != ACE_FIRST) {
        *last = ace == ACE_MARKED ? ACE_MARKED : ACE_FIRST;
        if (ace == ACE_MARKED) capan_flag(arrival->segment, CAPAN_FLAG_ECE);
        return;
    }
    if (*last != ace && *last != CAPAN_ACE_UNKNOWN) capan_flag(arrival->segment, CAPAN_FLAG_ECE);
    *last = ace;
}

/* AE on what is no SYN is a counter's (RFC 9768 3.2.2); its sum of nonces was never in wide use (RFC 8311 3). */
static bool counts(struct capan_arrival *arrival, uint8_t ace) {
    struct capan_tcp *tcp = arrival->tcp;
    const bool midstream = !((arrival->me->marks | arrival->peer->marks) & CAPAN_HALF_SYN);
    if (midstream && ace & ACE_AE && tcp->accurate_ecn == CAPAN_ACCURATE_OFF) {
        tcp->accurate_ecn = CAPAN_ACCURATE_ON;
        tcp->ace[0] = tcp->ace[1] = CAPAN_ACE_UNKNOWN;
    }
    return tcp->accurate_ecn == CAPAN_ACCURATE_ON;
}

void capan_arrival_ecn(struct capan_arrival *arrival) {
    const uint8_t ace = ace_of(arrival->header);
    if (ace == 0 && arrival->tcp->accurate_ecn == CAPAN_ACCURATE_OFF) return;
    if (arrival->facts & F(SYN)) {
        negotiate(arrival, ace);
    } else if (counts(arrival, ace)) {
        count_marks(arrival, ace);
    } else {
        if (ace & ACE_ECE) capan_flag(arrival->segment, CAPAN_FLAG_ECE);
        if (ace & ACE_CWR) capan_flag(arrival->segment, CAPAN_FLAG_CWR);
    }
}
