/* SPDX-License-Identifier: MIT */
#include "claims.h"

#include "alloc.h"
#include "bytes.h"
#include "seqnum.h"
#include "unseen.h"

#define F(name) CAPAN_FACT(name)
#define MS      INT64_C(1000000)

enum {
    SHOWN_MAX = 64 /* segments behind a claim whose states are mended */
};

/* Of the half whose octets are claimed. */
struct capan_claim {
    struct capan_half acker; /* who sent the segment, as it was before */
    struct capan_tcp_states states;
    int64_t start, end; /* the octets that nobody saw */
    int64_t una, advance_ns, told_ns, time_ns;
    int64_t fin_offset; /* where the application's octets end, if its FIN is believed; INT64_MAX: it has none */
    uint64_t serial;    /* the segment's record */
    int64_t octets_end; /* of its own */
    uint32_t ack_frame;
    uint8_t flags; /* its header's */
    bool data;     /* it carries octets */
};

void capan_claim_end(const struct capan_tcp *tcp, struct capan_half *half) {
    if (!(half->marks & CAPAN_HALF_CLAIMED)) return;
    capan_answered(tcp, half->incidents->claim->serial);
    capan_delete(tcp->alloc, half->incidents->claim, sizeof *half->incidents->claim);
    half->incidents->claim = NULL;
    half->marks &= ~(uint32_t)CAPAN_HALF_CLAIMED;
}

/* The octets were sent: the capture missed them. *fin_at gets the end that its FIN told. */
static void confirm(const struct capan_tcp *tcp, struct capan_half *half, int64_t *fin_at) {
    const struct capan_claim *claim = half->incidents->claim;
    struct capan_segment *segment = capan_records_at(tcp->records, claim->serial);
    if (segment && segment->kind == CAPAN_KIND_ACK_UNSEEN) segment->certainty = CAPAN_CERTAIN;
    *fin_at = claim->fin_offset;
    capan_claim_end(tcp, half);
}

bool capan_claim_holds(const struct capan_arrival *arrival) {
    const struct capan_half *half = arrival->peer;
    return half->marks & CAPAN_HALF_CLAIMED && half->incidents->claim->serial == arrival->segment->serial;
}

/* Who is never heard tells nothing. */
static bool may_tell(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me, *half = arrival->peer;
    if (arrival->header->flags & (CAPAN_TH_SYN | CAPAN_TH_RST) || half->marks & CAPAN_HALF_ENDLESS) return false;
    return half->side.segments > 0 && half->board.count == 0 && arrival->start == me->board.end &&
           arrival->ack - half->board.end > 1;
}

void capan_claim_begin(struct capan_arrival *arrival) {
    struct capan_half *half = arrival->peer;
    if (half->marks & CAPAN_HALF_CLAIMED)
        confirm(arrival->tcp, half, &arrival->own_fin_at); /* it goes on acknowledging */
    if (!may_tell(arrival) || !capan_incidents_begin(half, arrival->tcp->alloc)) return;
    struct capan_claim *claim = capan_new(arrival->tcp->alloc, sizeof *claim);
    if (!claim) return;
    const bool fin = arrival->header->flags & CAPAN_TH_FIN;
    *claim = (struct capan_claim){.acker = *arrival->me,
                                  .states = arrival->tcp->states,
                                  .start = half->board.end,
                                  .end = arrival->ack,
                                  .una = half->una,
                                  .advance_ns = half->advance_ns,
                                  .told_ns = half->told_ns,
                                  .time_ns = arrival->now,
                                  .fin_offset = fin ? arrival->end - 2 : INT64_MAX,
                                  .octets_end = arrival->end,
                                  .serial = arrival->segment->serial,
                                  .ack_frame = half->ack_frame,
                                  .flags = arrival->header->flags,
                                  .data = arrival->header->payload_len > 0};
    half->incidents->claim = claim;
    half->marks |= CAPAN_HALF_CLAIMED;
    arrival->segment->open_questions++;
}

/* --- it was never sent --- */

/* Its sender did not send that segment: all that it changed is as before. */
static void restore_acker(struct capan_tcp *tcp, struct capan_half *acker, const struct capan_claim *claim) {
    const struct capan_half now = *acker;
    *acker = claim->acker;
    acker->board = now.board;
    acker->incidents = now.incidents;
    acker->budget = now.budget;
    acker->recent = now.recent;
    acker->side.segments = now.side.segments;
    while (acker->board.end > claim->acker.board.end && acker->board.count) {
        const struct capan_piece *last = capan_piece_at(&acker->board, acker->board.count - 1);
        if (last->marks & CAPAN_PIECE_LAST) capan_answered(tcp, last->serial);
        capan_scoreboard_pop_last(&acker->board);
    }
    tcp->states = claim->states;
    if (claim->flags & CAPAN_TH_FIN) tcp->fins_crossed = tcp->half_closed = false;
}

static void show_states(const struct capan_tcp *tcp, const struct capan_claim *claim) {
    const struct capan_segment *first = capan_records_at(tcp->records, claim->serial);
    for (unsigned i = 0; first && i < SHOWN_MAX; i++) {
        struct capan_segment *segment = capan_records_at(tcp->records, claim->serial + i);
        if (!segment) return;
        if (segment->stream != first->stream) continue;
        segment->client_state = claim->states.state[CAPAN_C2S];
        segment->server_state = claim->states.state[CAPAN_S2C];
    }
}

static void judge_again(const struct capan_tcp *tcp, const struct capan_claim *claim, bool injected) {
    struct capan_segment *segment = capan_records_at(tcp->records, claim->serial);
    if (!segment) return;
    const bool fin = claim->flags & CAPAN_TH_FIN;
    capan_tcp_rejudge(segment, F(ACK) | F(ACKS_NEVER_SENT) | (claim->data ? F(DATA) : 0) | (fin ? F(FIN) : 0));
    segment->operand[0] = segment->ack - claim->start;
    segment->certainty = CAPAN_LIKELY;
    if (injected) capan_flag(segment, CAPAN_FLAG_INJECTED);
}

/* injected: the acker's next octets show that it did not send that segment. */
static void refute(struct capan_tcp *tcp, struct capan_half *half, struct capan_half *acker, bool injected) {
    const struct capan_claim *claim = half->incidents->claim;
    if (half->board.count == 0 && half->board.end == claim->end) {
        half->board.end = claim->start;
        half->una = claim->una;
        half->ack_frame = claim->ack_frame;
        half->advance_ns = claim->advance_ns;
        half->told_ns = claim->told_ns;
        capan_unseen_refuted(tcp, half, claim->serial);
        judge_again(tcp, claim, injected);
        const bool last = claim->octets_end > claim->acker.board.end && acker->board.end == claim->octets_end;
        if (injected || last) {
            restore_acker(tcp, acker, claim);
            show_states(tcp, claim);
        }
    }
    capan_claim_end(tcp, half);
}

/* --- what tells --- */

/* Its sender goes on where it was with an ACK below the claim's: it had not seen those octets (an ACK never goes back).
 */
static bool acker_goes_on(const struct capan_arrival *arrival, const struct capan_claim *claim) {
    const int64_t ack = capan_seq_unwrap(arrival->header->ack, arrival->peer->base, claim->una);
    return !claim->data && arrival->header->payload_len && arrival->start == claim->acker.board.end && ack < claim->end;
}

static void look_at_acker(struct capan_arrival *arrival) {
    if (acker_goes_on(arrival, arrival->peer->incidents->claim)) refute(arrival->tcp, arrival->peer, arrival->me, true);
}

/* What it sends next has the number of the first octet claimed, though it has heard of what its peer sent after the
 * claim, or long ago: it has not sent those octets. Behind them, it has. */
static void look_at_claimed(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    const struct capan_claim *claim = me->incidents->claim;
    const int64_t ack = capan_seq_unwrap(arrival->header->ack, arrival->peer->base, arrival->peer->una);
    if (arrival->start > claim->start) {
        confirm(arrival->tcp, me, &arrival->fin_at);
        return;
    }
    if (arrival->start < claim->start || arrival->header->flags & CAPAN_TH_FIN) return;
    const bool heard = ack > claim->octets_end;
    const bool late = !arrival->header->payload_len && arrival->now - claim->time_ns > CAPAN_SWAP_MS * MS;
    if (heard || late) refute(arrival->tcp, me, arrival->peer, false);
}

void capan_claim_look(struct capan_arrival *arrival) {
    if ((arrival->header->flags & (CAPAN_TH_SYN | CAPAN_TH_RST | CAPAN_TH_ACK)) != CAPAN_TH_ACK) return;
    if (arrival->peer->marks & CAPAN_HALF_CLAIMED) look_at_acker(arrival);
    if (arrival->me->marks & CAPAN_HALF_CLAIMED) look_at_claimed(arrival);
}
