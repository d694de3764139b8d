/* SPDX-License-Identifier: MIT */
/* A lone segment sent again in silence: tail loss probe and retransmission timer fall together (RFC 8985 7.2). What its
 * sender does next tells them apart: the timer doubles (RFC 6298 5.5) and leaves a window of one segment (RFC
 * 5681 3.1), a probe does neither (RFC 8985 7.3, 7.4). */
#include "arrival.h"
#include "bytes.h"

#define F(name) CAPAN_FACT(name)
#define MS      INT64_C(1000000)

enum {
    LOST_WINDOW = 2, /* segments: what is sent after the ACK of one, if the window was one */
    FULL_MIN = 536,  /* RFC 9293 3.7.1; smaller ones are no measure of a window */
    PROMPT_MS = 4
};

/* what: SLOWED or UNSLOWED. */
static void answer(const struct capan_tcp *tcp, struct capan_half *half, uint64_t what) {
    struct capan_tail *tail = &half->incidents->tail;
    half->incidents->tails_before = what;
    tail->end = 0;
    capan_resends_rejudge(tcp, half, tail->serial, F(HEAD) | F(TAIL) | F(PROBE_TIME) | F(SILENT) | what,
                          tail->waited_ns, CAPAN_CERTAIN);
}

/* The wait after it: twice as long, or as long again. In between, one that was lost before this point may be missing.
 */
static void compare_waits(struct capan_arrival *arrival, int64_t first_ns) {
    const int64_t next_ns = arrival->segment->rto_ns;
    if (next_ns > first_ns / 5 * 9 && next_ns < first_ns / 2 * 5)
        answer(arrival->tcp, arrival->me, F(SLOWED));
    else if (next_ns > first_ns / 5 * 4 && next_ns < first_ns / 4 * 5)
        answer(arrival->tcp, arrival->me, F(UNSLOWED));
}

void capan_tail_resent(struct capan_arrival *arrival) {
    const uint64_t lone = F(HEAD) | F(TAIL) | F(SACK_OK), others = F(IN_LOSS) | F(IN_FAST) | F(EVIDENCE) | F(SYN);
    const struct capan_tcp_rule *rule = capan_tcp_rule_at(capan_tcp_resend_rule(arrival->facts));
    struct capan_incidents *incidents = arrival->me->incidents;
    if (!incidents) return;
    if (incidents->tail.end && arrival->start < incidents->tail.end && arrival->end >= incidents->tail.end)
        compare_waits(arrival, incidents->tail.waited_ns);
    incidents->tail.end = 0;
    if (rule->certainty != CAPAN_AMBIGUOUS || (arrival->facts & lone) != lone || arrival->facts & others) return;
    incidents->tail = (struct capan_tail){.serial = arrival->segment->serial,
                                          .end = arrival->end,
                                          .high = arrival->me->board.end,
                                          .waited_ns = arrival->waited_ns};
}

void capan_tail_followed(struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    const struct capan_tail *tail = &capan_incidents(me)->tail;
    if (!tail->end || me->una < tail->end) return;
    const int64_t near = capan_near(me), full = me->side.mss_observed;
    const bool first_flight = !tail->acked_ns || arrival->now - tail->acked_ns < near * 4 / 5;
    const int64_t sent = (first_flight ? arrival->end : me->board.end) - tail->high;
    const struct capan_resend *resend = capan_resends_of(me, tail->serial);
    const struct capan_segment *segment = capan_records_at(arrival->tcp->records, tail->serial);
    /* After a needless timeout the window may be restored (RFC 4015 3.2). */
    if (!resend || !segment || segment->flags & capan_tcp_needless_flags || full < FULL_MIN) {
        me->incidents->tail.end = 0;
    } else if (sent > (LOST_WINDOW + 1) * full) {
        answer(arrival->tcp, arrival->me, F(UNSLOWED));
    } else if (!first_flight) {
        const bool prompted = arrival->now - me->told_ns <= near + PROMPT_MS * MS;
        if (prompted && me->last_len >= full && sent <= LOST_WINDOW * full)
            answer(arrival->tcp, arrival->me, F(SLOWED));
        else
            me->incidents->tail.end = 0;
    }
}

void capan_tail_acked(struct capan_arrival *arrival) {
    const struct capan_half *half = arrival->peer;
    struct capan_tail *tail = &half->incidents->tail;
    if (tail->end && half->una > tail->high && !tail->acked_ns) tail->acked_ns = arrival->now;
}
