/* SPDX-License-Identifier: MIT */
#include "operands.h"

#include "arrival.h"
#include "bytes.h"
#include "resets.h"
#include "seqnum.h"

#define F(name) CAPAN_FACT(name)

/* Octets that were there before, or belong to a hole: then there is something that came earlier. */
static bool comes_again(const struct capan_arrival *arrival) {
    return arrival->facts & F(FILLS) || (arrival->facts & F(SEEN) && !(arrival->facts & F(SWAPPED)));
}

/* It repeats acknowledged octets: those of its sender's newest data, and no others are remembered. */
static bool is_last_data(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    const int64_t end = arrival->start + arrival->header->payload_len;
    return end == me->board.end - !!(me->marks & CAPAN_HALF_FIN) && arrival->header->payload_len == me->last_len;
}

static bool is_fin_again(const struct capan_arrival *arrival) {
    return arrival->facts & F(FIN) && arrival->me->marks & CAPAN_HALF_FIN;
}

/* The last segment with its first octets, or the one behind the hole that they fill; 0 not known. */
static int64_t earlier(const struct capan_arrival *arrival) {
    if (arrival->facts & F(TWIN)) return arrival->copied_frame;
    if (arrival->facts & F(SYN)) return arrival->me->syn_frame;
    if (!comes_again(arrival)) return 0;
    if (arrival->has_before) return arrival->before.last_frame;
    if (is_fin_again(arrival)) return arrival->me->side.fin_frame;
    return is_last_data(arrival) ? arrival->me->sent_frame : 0;
}

static int64_t since(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    if (arrival->facts & F(TWIN)) return arrival->copy_age_ns;
    if (arrival->facts & F(SYN)) return me->syn_frame ? arrival->now - me->syn_ns : 0;
    if (!comes_again(arrival)) return 0;
    if (arrival->has_before) return arrival->now - arrival->before.time_ns;
    if (is_fin_again(arrival)) return arrival->now - me->side.fin_ns;
    return is_last_data(arrival) ? arrival->now - me->sent_ns : -1;
}

static int64_t acked_by(const struct capan_arrival *arrival) {
    return arrival->me->ack_frame;
}

static int64_t since_ack(const struct capan_arrival *arrival) {
    return arrival->now - arrival->me->advance_ns;
}

/* What told the sender that its octets were lost, or too many for the path. */
static int64_t report(const struct capan_arrival *arrival) {
    const struct capan_incidents *incidents = capan_incidents(arrival->me);
    if (arrival->facts & F(TOO_BIG)) return incidents->icmp_frame;
    if (!(arrival->facts & F(EVIDENCE))) return 0;
    return incidents->dup_frame ? incidents->dup_frame : arrival->me->ack_frame;
}

static int64_t rto(const struct capan_arrival *arrival) {
    return arrival->segment->rto_ns;
}

static int64_t timeouts(const struct capan_arrival *arrival) {
    return capan_incidents(arrival->me)->backoff + 1;
}

static int64_t quiet(const struct capan_arrival *arrival) {
    return arrival->now - max_i64(arrival->me->told_ns, arrival->me->data_ns);
}

static int64_t round_trip(const struct capan_arrival *arrival) {
    return capan_near(arrival->me);
}

static int64_t sacked_to(const struct capan_arrival *arrival) {
    return arrival->me->board.sacked_high;
}

static int64_t ip_id(const struct capan_arrival *arrival) {
    return arrival->packet->ip_id;
}

static int64_t syn_in(const struct capan_arrival *arrival) {
    return arrival->peer->syn_frame;
}

static int64_t first_syn(const struct capan_arrival *arrival) {
    return arrival->tcp->handshake_frames[0];
}

static int64_t since_syn(const struct capan_arrival *arrival) {
    return arrival->peer->marks & CAPAN_HALF_SYN ? arrival->now - arrival->peer->syn_ns : 0;
}

static int64_t closed_in(const struct capan_arrival *arrival) {
    return capan_incidents(arrival->peer)->closed_frame;
}

static int64_t closed_for(const struct capan_arrival *arrival) {
    return arrival->now - capan_incidents(arrival->peer)->closed_ns;
}

static int64_t silence(const struct capan_arrival *arrival) {
    return capan_silence(arrival);
}

static int64_t probe(const struct capan_arrival *arrival) {
    return capan_incidents(arrival->peer)->probe_frame;
}

static int64_t seq(const struct capan_arrival *arrival) {
    return arrival->start;
}

/* By the peer of a reset; by the sender of an ACK. */
static int64_t expected(const struct capan_arrival *arrival) {
    return arrival->facts & F(RST) ? arrival->me->board.end : arrival->ack;
}

static int64_t late_data(const struct capan_arrival *arrival) {
    return capan_incidents(arrival->me)->late_frame;
}

/* With what its sender had left: a reset, else a FIN. */
static int64_t goodbye(const struct capan_arrival *arrival) {
    const uint32_t reset = capan_incidents(arrival->me)->rst_frame;
    return reset ? reset : arrival->me->side.fin_frame;
}

static int64_t highest_ack(const struct capan_arrival *arrival) {
    return arrival->peer->ack_frame;
}

static int64_t duplicates(const struct capan_arrival *arrival) {
    return capan_incidents(arrival->peer)->dup_acks;
}

static int64_t below(const struct capan_arrival *arrival) {
    return arrival->peer->una - arrival->ack;
}

static int64_t never_sent(const struct capan_arrival *arrival) {
    return arrival->ack - arrival->peer->board.end;
}

static int64_t unseen(const struct capan_arrival *arrival) {
    return arrival->unseen;
}

static int64_t behind(const struct capan_arrival *arrival) {
    return arrival->unseen_behind;
}

static int64_t twice_from(const struct capan_arrival *arrival) {
    return capan_seq_unwrap(arrival->header->sack[0].left, arrival->peer->base, arrival->peer->una);
}

static int64_t twice_to(const struct capan_arrival *arrival) {
    return capan_seq_unwrap(arrival->header->sack[0].right, arrival->peer->base, arrival->peer->una);
}

static int64_t window_before(const struct capan_arrival *arrival) {
    return arrival->old_window;
}

static int64_t window(const struct capan_arrival *arrival) {
    return arrival->me->window;
}

static int64_t provoked_by(const struct capan_arrival *arrival) {
    return arrival->peer->last_frame;
}

static int64_t since_acked(const struct capan_arrival *arrival) {
    const struct capan_piece *piece = capan_reset_acks(arrival);
    return piece ? arrival->now - piece->time_ns : -1;
}

static int64_t newest_acked(const struct capan_arrival *arrival) {
    const struct capan_piece *piece = capan_reset_acks(arrival);
    return piece ? piece->frame : 0;
}

static int64_t sender_id(const struct capan_arrival *arrival) {
    return arrival->me->id_max;
}

static int64_t ttl(const struct capan_arrival *arrival) {
    return arrival->packet->ttl;
}

static int64_t sender_ttl(const struct capan_arrival *arrival) {
    return arrival->me->ttl;
}

/* Known when it is judged again only. */
static int64_t goes_on_in(const struct capan_arrival *arrival) {
    (void)arrival;
    return 0;
}

/* By enum capan_tcp_quantity. */
#define ROW(name, token, unit, phrase) {#token, CAPAN_UNIT_##unit, phrase, token},
static const struct operand {
    const char *name;
    enum capan_unit unit;
    const char *phrase;
    int64_t (*of)(const struct capan_arrival *);
} operands[] = {{"", CAPAN_UNIT_NUMBER, "", NULL}, CAPAN_TCP_QUANTITIES(ROW)};

/* Where a segment keeps its rule's quantities: frames and numbers in the rule's order; the timeout has a member of its
 * own. */
struct slots {
    unsigned frames, numbers;
};

static int64_t load(const struct capan_segment *segment, uint8_t quantity, struct slots *next) {
    if (quantity == CAPAN_QUANTITY_RTO) return segment->rto_ns;
    if (operands[quantity].unit == CAPAN_UNIT_FRAME) return segment->because[next->frames++];
    return segment->operand[next->numbers++];
}

static void store(struct capan_segment *segment, uint8_t quantity, int64_t value, struct slots *next) {
    if (quantity == CAPAN_QUANTITY_RTO)
        segment->rto_ns = value;
    else if (operands[quantity].unit == CAPAN_UNIT_FRAME)
        segment->because[next->frames++] = (uint32_t)value;
    else
        segment->operand[next->numbers++] = value;
}

void capan_operands_keep(const struct capan_arrival *arrival) {
    const uint8_t *quantities = capan_tcp_rule_at(arrival->segment->rule)->quantities;
    struct slots next = {0, 0};
    for (; *quantities; quantities++) store(arrival->segment, *quantities, operands[*quantities].of(arrival), &next);
}

/* A window of unknown scale counts no octets. */
static enum capan_unit unit_of(const struct capan_segment *segment, uint8_t quantity) {
    const bool window = quantity == CAPAN_QUANTITY_WINDOW || quantity == CAPAN_QUANTITY_WINDOW_BEFORE;
    return window && segment->window & CAPAN_WINDOW_UNSCALED ? CAPAN_UNIT_NUMBER : operands[quantity].unit;
}

size_t capan_segment_quantities(const struct capan_segment *segment, struct capan_quantity list[CAPAN_QUANTITIES]) {
    const uint8_t *quantities = capan_tcp_rule_at(segment->rule)->quantities;
    struct slots next = {0, 0};
    size_t count = 0;
    for (; quantities[count]; count++) {
        const struct operand *operand = &operands[quantities[count]];
        list[count] = (struct capan_quantity){operand->name, unit_of(segment, quantities[count]),
                                              load(segment, quantities[count], &next)};
    }
    return count;
}

int64_t capan_segment_quantity(const struct capan_segment *segment, const char *name) {
    struct capan_quantity list[CAPAN_QUANTITIES];
    for (size_t i = capan_segment_quantities(segment, list); i > 0; i--)
        if (strcmp(list[i - 1].name, name) == 0) return list[i - 1].value;
    return -1;
}

const char *capan_operand_phrase(const struct capan_segment *segment, size_t index) {
    return operands[capan_tcp_rule_at(segment->rule)->quantities[index]].phrase;
}
