/* SPDX-License-Identifier: MIT */
#include "budget.h"

#include <string.h>

#include "alloc.h"
#include "bytes.h"
#include "pace.h"
#include "resets.h"

#define MS INT64_C(1000000)

/* How an interval without new data ended: what it had been is known then. */
enum ending { HELD, NAGLED, LOST, ANSWERED, CAME, LAST, ENDING_COUNT };

enum {
    PART_CWND = CAPAN_TIME_PART_COUNT, /* slow start, or not: known at the end of the round */
    PART_EMPTY,                        /* idle, or its application paused: by its length */
    PROMPT_MS = 3                      /* what follows sooner was set off by it */
};

/* What each wait had been. A sender that has more was held by the window where that was full, else by congestion
 * control; what it had sent may have been lost on its way here. What its application brought only later was not held;
 * if it answers, or is the last, the way of what was said before took its time. */
static const uint8_t parts[ENDING_COUNT][CAPAN_WAIT_COUNT] = {
    /*             ROOM                     FULL                    SHUT                    EMPTY */
    [HELD] = {PART_CWND, CAPAN_TIME_RWND_LIMITED, CAPAN_TIME_RWND_LIMITED, CAPAN_TIME_APP_LIMITED},
    [NAGLED] = {CAPAN_TIME_NAGLE, CAPAN_TIME_NAGLE, CAPAN_TIME_NAGLE, CAPAN_TIME_APP_LIMITED},
    [LOST] = {CAPAN_TIME_RTO_WAIT, CAPAN_TIME_RWND_LIMITED, CAPAN_TIME_RWND_LIMITED, CAPAN_TIME_RTO_WAIT},
    [ANSWERED] = {CAPAN_TIME_PATH, CAPAN_TIME_PATH, CAPAN_TIME_APP_LIMITED, CAPAN_TIME_APP_LIMITED},
    [CAME] = {CAPAN_TIME_APP_LIMITED, CAPAN_TIME_APP_LIMITED, PART_EMPTY, PART_EMPTY},
    [LAST] = {CAPAN_TIME_PATH, CAPAN_TIME_PATH, PART_EMPTY, PART_EMPTY}};

static bool has(const struct capan_budget *budget, uint32_t mark) {
    return budget->marks & mark;
}

/* So far from its sender that the way between has to be looked at. */
static bool is_far(const struct capan_half *half) {
    return half->answer_ns > CAPAN_HEARD_NEAR_NS;
}

/* --- time --- */

static bool is_full(const struct capan_budget *budget) {
    return budget->end + budget->full > budget->edge;
}

/* Where it filled the window with what it sent last, it may wait until there is room for several segments. */
static enum capan_wait wait_now(const struct capan_budget *budget) {
    if (budget->una >= budget->end) return is_full(budget) ? CAPAN_WAIT_SHUT : CAPAN_WAIT_EMPTY;
    const bool filled = has(budget, CAPAN_BUDGET_FILLED) && budget->una >= budget->recover;
    return filled || is_full(budget) ? CAPAN_WAIT_FULL : CAPAN_WAIT_ROOM;
}

/* The state of now lasted until then. */
static void pass(struct capan_budget *budget, int64_t until_ns) {
    const int64_t took = until_ns - budget->since_ns;
    if (took <= 0) return;
    const enum capan_wait wait = wait_now(budget);
    budget->since_ns = until_ns;
    if (budget->una < budget->end) budget->busy_ns += took;
    if (budget->una >= budget->end && has(budget, CAPAN_BUDGET_CLOSED))
        budget->part_ns[CAPAN_TIME_CLOSING] += took;
    else if (wait == CAPAN_WAIT_ROOM && budget->una < budget->recover)
        budget->part_ns[CAPAN_TIME_RECOVERY] += took;
    else
        budget->wait_ns[wait] += took;
}

/* Likewise, and that it was is known. */
static void pass_as(struct capan_budget *budget, int64_t until_ns, enum capan_time_part part) {
    const int64_t took = until_ns - budget->since_ns;
    if (took <= 0) return;
    budget->since_ns = until_ns;
    if (budget->una < budget->end) budget->busy_ns += took;
    budget->part_ns[part] += took;
}

static bool outlasts_timer(const struct capan_half *half, int64_t took) {
    return took > capan_timers(&half->rtt, capan_near(half)).rto_ns;
}

static enum capan_time_part empty_part(const struct capan_half *half, int64_t took) {
    return outlasts_timer(half, took) ? CAPAN_TIME_IDLE : CAPAN_TIME_APP_LIMITED;
}

static void settle(struct capan_budget *budget, const struct capan_half *half, enum ending ending) {
    for (unsigned wait = 0; wait < CAPAN_WAIT_COUNT; wait++) {
        const int64_t took = budget->wait_ns[wait];
        if (!took) continue;
        const uint8_t part = parts[ending][wait];
        budget->wait_ns[wait] = 0;
        if (ending == LAST && wait == CAPAN_WAIT_EMPTY) budget->after_ns += took;
        if (part == CAPAN_TIME_PATH && outlasts_timer(half, took)) budget->stalled_ns += took;
        if (part == PART_CWND)
            budget->round_ns += took;
        else
            budget->part_ns[part == PART_EMPTY ? empty_part(half, took) : part] += took;
        const bool waited = wait == CAPAN_WAIT_SHUT || wait == CAPAN_WAIT_EMPTY;
        if (waited && (part == CAPAN_TIME_RWND_LIMITED || part == CAPAN_TIME_RTO_WAIT)) budget->busy_ns += took;
    }
}

/* --- rounds --- */

static uint32_t flight_of(const struct capan_budget *budget) {
    return (uint32_t)max_i64(budget->end - budget->una, 0);
}

static void end_round(struct capan_budget *budget) {
    budget->part_ns[budget->cwnd.slow ? CAPAN_TIME_SLOW_START : CAPAN_TIME_CWND_LIMITED] += budget->round_ns;
    budget->round_ns = 0;
}

/* --- what its sender hears --- */

static void hear(struct capan_budget *budget, const struct capan_half *half, const struct capan_heard *heard) {
    const uint32_t flight = flight_of(budget);
    pass(budget, heard->at_ns);
    capan_cwnd_heard(&budget->cwnd, flight);
    if (heard->news & (CAPAN_NEWS_ACK | CAPAN_NEWS_WINDOW)) budget->told_ns = budget->since_ns;
    if (heard->una > budget->una) {
        if (heard->una >= budget->cwnd.round_end) {
            capan_cwnd_next_round(&budget->cwnd, budget->end, flight, budget->full, budget->since_ns);
            end_round(budget);
        }
        if (budget->una < budget->recover && heard->una >= budget->recover) capan_cwnd_recovered(&budget->cwnd);
        budget->una = heard->una;
        budget->end = max_i64(budget->end, heard->una);
    }
    budget->edge = heard->edge;
    if (heard->news & CAPAN_NEWS_RESET) {
        settle(budget, half, LAST);
        budget->marks |= CAPAN_BUDGET_CLOSED;
        budget->una = budget->end;
    }
    if (budget->una >= budget->end && has(budget, CAPAN_BUDGET_CLOSED)) settle(budget, half, LAST);
    if (!(heard->news & CAPAN_NEWS_DATA) || has(budget, CAPAN_BUDGET_ASKED)) return;
    if (budget->wait_ns[CAPAN_WAIT_EMPTY]) {
        budget->part_ns[empty_part(half, budget->wait_ns[CAPAN_WAIT_EMPTY])] += budget->wait_ns[CAPAN_WAIT_EMPTY];
        budget->wait_ns[CAPAN_WAIT_EMPTY] = 0;
    }
    budget->marks |= CAPAN_BUDGET_ASKED;
}

static void hear_first(struct capan_budget *budget, const struct capan_half *half) {
    hear(budget, half, capan_heard_first(&budget->heard));
    capan_heard_drop(&budget->heard);
}

/* A receiver that takes room back is obeyed (RFC 9293 3.8.6.2.1). */
static int64_t edge_of(const struct capan_half *sender, const struct capan_half *receiver) {
    return receiver->marks & CAPAN_HALF_WINDOW ? sender->una + receiver->window : INT64_MAX;
}

static bool resets(const struct capan_arrival *arrival) {
    return arrival->header->flags & CAPAN_TH_RST && capan_arrival_resets(arrival) &&
           !(arrival->facts & CAPAN_FACT(FORGED));
}

static uint8_t news_of(const struct capan_arrival *arrival) {
    uint8_t news = 0;
    if (arrival->peer->told_ns == arrival->now) news |= CAPAN_NEWS_ACK;
    if (arrival->me->opened_ns == arrival->now) news |= CAPAN_NEWS_WINDOW;
    if (arrival->header->payload_len) news |= CAPAN_NEWS_DATA;
    if (resets(arrival)) news |= CAPAN_NEWS_RESET;
    return news;
}

/* Nothing in it that its hearer does not know already: the same ACK and window, and more of its sender's data. */
static bool says_nothing(const struct capan_arrival *arrival, const struct capan_budget *budget) {
    const struct capan_half *half = arrival->peer;
    return half->una == budget->una && !budget->heard.count && half->told_ns != arrival->now &&
           (!arrival->header->payload_len || has(budget, CAPAN_BUDGET_ASKED)) &&
           !(arrival->header->flags & CAPAN_TH_RST) && edge_of(half, arrival->me) == budget->edge;
}

/* The peer's segment, for the direction whose data it acknowledges. */
static void peer_said(const struct capan_arrival *arrival) {
    const struct capan_half *half = arrival->peer;
    struct capan_budget *budget = half->budget;
    if (arrival->facts & CAPAN_FACT(DSACK)) budget->cwnd.needless = true;
    if (says_nothing(arrival, budget)) return;
    const struct capan_heard heard = {arrival->now,
                                      half->una,
                                      edge_of(half, arrival->me),
                                      arrival->header->ts_val,
                                      arrival->header->has_timestamps,
                                      news_of(arrival)};
    if (!budget->heard.count && !is_far(half)) {
        hear(budget, half, &heard);
        return;
    }
    if (capan_heard_again(&budget->heard, &heard)) return;
    while (!capan_heard_add(&budget->heard, &heard, arrival->tcp->alloc)) {
        if (!budget->heard.count) return;
        hear_first(budget, half);
    }
}

/* --- what it sends --- */

/* Far from its sender, what comes first after a silence as long as a timer may have been sent before it: the sender had
 * more and nothing outstanding, or its IP ids were used for more than came. */
static bool was_lost(const struct capan_arrival *arrival, const struct capan_budget *budget) {
    const struct capan_half *me = arrival->me;
    if (capan_near(me) <= PROMPT_MS * MS) return false;
    const int64_t silent_ns = budget->since_ns - max_i64(budget->sent_ns, budget->told_ns);
    if (silent_ns < capan_timers(&me->rtt, 0).silent_ns) return false;
    if (has(budget, CAPAN_BUDGET_MORE) && budget->una >= budget->end && budget->una < budget->edge) return true;
    return arrival->packet->has_ip_id && me->id_trust >= CAPAN_ID_TRUSTED &&
           arrival->packet->ip_id != (uint16_t)(me->id_max + 1);
}

/* It had had more to send: the segment before it came without PSH (RFC 9293 3.9.1), it follows at once, or it was set
 * off by what its sender heard. A question that brings the last ACK sets off its answer. */
static enum ending ending_of(const struct capan_arrival *arrival, const struct capan_budget *budget) {
    const struct capan_half *me = arrival->me;
    const int64_t rtt_ns = me->rtt.count ? me->rtt.min_ns + capan_near(me) : 0;
    const int64_t prompt = min_i64(PROMPT_MS * MS, rtt_ns / 4) + capan_near(me) / 8;
    const bool prompted = budget->told_ns >= budget->sent_ns && budget->since_ns - budget->told_ns <= prompt;
    const bool asked = has(budget, CAPAN_BUDGET_ASKED);
    if (arrival->segment->flags >> CAPAN_FLAG_NAGLE_HELD & 1) return NAGLED;
    if (was_lost(arrival, budget)) return LOST;
    if (has(budget, CAPAN_BUDGET_MORE)) return HELD;
    if (prompted && (!asked || budget->una < budget->end)) return HELD;
    if (budget->since_ns - budget->sent_ns <= prompt && !asked) return HELD;
    return asked ? ANSWERED : CAME;
}

/* Octets in flight where the peer reports what it has: what lies above it, and what was sent again below
 * (RFC 6675 4, Pipe). */
static uint32_t pipe_of(const struct capan_half *half) {
    return (uint32_t)(half->board.end - max_i64(half->board.sacked_high, half->una)) + half->board.again;
}

/* In recovery a sender keeps as much in flight as its window takes (RFC 6937). */
static void tell_cwnd(struct capan_arrival *arrival, struct capan_budget *budget, bool held) {
    const bool told = budget->una < budget->recover && arrival->me->board.sacked;
    const uint32_t pipe = told ? pipe_of(arrival->me) : 0;
    arrival->segment->cwnd = capan_cwnd_sent(&budget->cwnd, flight_of(budget), held, pipe);
}

static void new_data(struct capan_arrival *arrival, struct capan_budget *budget) {
    const enum ending ending = ending_of(arrival, budget);
    const bool by_cwnd = ending == HELD && !budget->wait_ns[CAPAN_WAIT_FULL];
    settle(budget, arrival->me, ending);
    if (has(budget, CAPAN_BUDGET_ASKED)) memcpy(budget->answer_ns, budget->part_ns, sizeof budget->answer_ns);
    const uint32_t len = arrival->header->payload_len;
    budget->full = arrival->full ? arrival->full : capan_full_size(arrival, arrival->me, arrival->peer);
    budget->end = max_i64(budget->end, arrival->start + !!(arrival->header->flags & CAPAN_TH_SYN) + len);
    budget->sent_ns = budget->since_ns;
    tell_cwnd(arrival, budget, by_cwnd);
    budget->marks &= ~(uint32_t)(CAPAN_BUDGET_ASKED | CAPAN_BUDGET_MORE | CAPAN_BUDGET_FILLED);
    if (is_full(budget)) budget->marks |= CAPAN_BUDGET_FILLED;
    if (budget->cwnd.in_round) budget->marks |= CAPAN_BUDGET_FLIGHTS;
    if (len >= budget->full && !(arrival->header->flags & CAPAN_TH_PSH)) budget->marks |= CAPAN_BUDGET_MORE;
}

static bool by_timer(const struct capan_segment *segment) {
    return segment->cause == CAPAN_CAUSE_RTO || segment->cause == CAPAN_CAUSE_TLP;
}

static void again(struct capan_arrival *arrival, struct capan_budget *budget, int64_t sent_ns) {
    if (by_timer(arrival->segment))
        pass_as(budget, sent_ns, CAPAN_TIME_RTO_WAIT);
    else
        pass(budget, sent_ns);
    settle(budget, arrival->me, HELD);
    if (capan_incidents(arrival->me)->episode == CAPAN_EPISODE_NONE) return;
    if (budget->una >= budget->recover) {
        end_round(budget);
        capan_cwnd_lost(&budget->cwnd, capan_incidents(arrival->me)->episode != CAPAN_EPISODE_FAST);
    }
    budget->recover = max_i64(budget->recover, capan_incidents(arrival->me)->recover);
    tell_cwnd(arrival, budget, false);
}

/* The window was shut from the first, until it opened. */
static void begin_shut(const struct capan_arrival *arrival, struct capan_budget *budget) {
    const struct capan_half *receiver = arrival->peer;
    const struct capan_heard opened = {
        .at_ns = receiver->opened_ns, .una = budget->una, .edge = budget->edge, .news = CAPAN_NEWS_WINDOW};
    if (!capan_incidents(receiver)->closed_ns || receiver->opened_ns <= budget->since_ns) return;
    budget->edge = budget->una;
    hear(budget, arrival->me, &opened);
}

/* The account begins with the first data, at the end of the handshake where that was seen. */
static struct capan_budget *begin(const struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    struct capan_budget *budget = me->budget = capan_new(arrival->tcp->alloc, sizeof *budget);
    if (!budget) return NULL;
    const bool opened = me->marks & CAPAN_HALF_SYN && me->una >= 1 && me->advance_ns;
    budget->start_ns = budget->since_ns = opened ? me->advance_ns : arrival->now;
    budget->end = budget->una = max_i64(me->una, 1);
    budget->edge = edge_of(me, arrival->peer);
    budget->full = 1;
    budget->marks = me->marks & CAPAN_HALF_SYN ? CAPAN_BUDGET_OPENED : 0;
    budget->cwnd.slow = true;
    begin_shut(arrival, budget);
    if (!arrival->peer->sent_ns) return budget;
    const struct capan_heard asked = {
        .at_ns = arrival->peer->sent_ns, .una = budget->una, .edge = budget->edge, .news = CAPAN_NEWS_DATA};
    hear(budget, me, &asked);
    return budget;
}

static void sends(struct capan_arrival *arrival) {
    const bool closes = arrival->header->flags & CAPAN_TH_FIN || resets(arrival);
    const uint8_t kind = arrival->segment->kind;
    struct capan_budget *budget = arrival->me->budget;
    if (kind == CAPAN_KIND_KEEPALIVE || kind == CAPAN_KIND_DATA_LATE || (!arrival->header->payload_len && !closes))
        return;
    if (!budget && arrival->header->payload_len) budget = begin(arrival);
    if (!budget) return;
    const int64_t sent_ns =
        is_far(arrival->me) ? capan_heard_sent_ns(arrival, &budget->heard, &budget->late) : arrival->now;
    while (budget->heard.count && capan_heard_before(&budget->heard, arrival->header, sent_ns))
        hear_first(budget, arrival->me);
    if (capan_segment_is(arrival->segment, CAPAN_TRAIT_AGAIN)) {
        again(arrival, budget, sent_ns);
    } else {
        pass(budget, sent_ns);
        if (kind == CAPAN_KIND_WINDOW_PROBE)
            settle(budget, arrival->me, HELD);
        else if (arrival->header->payload_len)
            new_data(arrival, budget);
    }
    if (!closes) return;
    if (budget->una >= budget->end) settle(budget, arrival->me, has(budget, CAPAN_BUDGET_ASKED) ? ANSWERED : LAST);
    budget->marks |= CAPAN_BUDGET_CLOSED;
}

void capan_budget_segment(struct capan_arrival *arrival) {
    if (arrival->refused || !arrival->acceptable) return;
    sends(arrival);
    if (arrival->peer->budget) peer_said(arrival);
}

void capan_budget_rest(struct capan_half *half, const struct capan_alloc *alloc) {
    struct capan_budget *budget = half->budget;
    if (!budget) return;
    while (budget->heard.count) hear_first(budget, half);
    capan_heard_free(&budget->heard, alloc);
}

void capan_budget_free(struct capan_half *half, const struct capan_alloc *alloc) {
    if (!half->budget) return;
    capan_heard_free(&half->budget->heard, alloc);
    capan_delete(alloc, half->budget, sizeof *half->budget);
    half->budget = NULL;
}

/* --- the sum --- */

void capan_budget_answer(const struct capan_half *half, int64_t part_ns[CAPAN_TIME_PART_COUNT]) {
    const struct capan_budget *budget = half->budget;
    memset(part_ns, 0, CAPAN_TIME_PART_COUNT * sizeof *part_ns);
    if (!budget) return;
    for (unsigned i = 0; i < CAPAN_TIME_PART_COUNT; i++) part_ns[i] = budget->part_ns[i] - budget->answer_ns[i];
    part_ns[budget->cwnd.slow ? CAPAN_TIME_SLOW_START : CAPAN_TIME_CWND_LIMITED] += budget->round_ns;
}

/* Without data: until its SYN was acknowledged, idle, and closing from its FIN on. */
static void tell_bare(const struct capan_tcp *tcp, enum capan_direction direction, int64_t first_ns, int64_t last_ns,
                      struct capan_tcp_time *time) {
    const struct capan_half *half = &tcp->half[direction];
    const struct capan_opening *opening = &tcp->opening[direction];
    const bool syn = half->marks & CAPAN_HALF_SYN;
    const int64_t opened = !syn                ? first_ns
                           : opening->answered ? half->syn_ns + max_i64(opening->answer_ns, 0)
                                               : last_ns;
    const int64_t begun = min_i64(max_i64(opened, first_ns), last_ns);
    const int64_t closed = half->marks & CAPAN_HALF_FIN ? min_i64(max_i64(half->side.fin_ns, begun), last_ns) : last_ns;
    time->part_ns[CAPAN_TIME_HANDSHAKE] = begun - first_ns;
    time->part_ns[CAPAN_TIME_IDLE] = closed - begun;
    time->part_ns[CAPAN_TIME_CLOSING] = last_ns - closed;
}

void capan_budget_congestion(const struct capan_half *half, struct capan_tcp_congestion *told) {
    const struct capan_timers timers = capan_timers(&half->rtt, capan_near(half));
    *told = (struct capan_tcp_congestion){.certainty = CAPAN_AMBIGUOUS};
    if (half->budget) {
        capan_congestion_tell(&half->budget->cwnd.congestion, told);
        told->cwnd = half->budget->cwnd.now;
        told->cwnd_max = half->budget->cwnd.most;
    }
    told->srtt_ns = half->rtt.count ? timers.rtt_ns : -1;
    told->rto_ns = half->rtt.count ? timers.rtt_ns + 4 * half->rtt.rttvar_ns : -1;
}

static void tell_all(const struct capan_budget *budget, int64_t first_ns, struct capan_tcp_time *time) {
    memcpy(time->part_ns, budget->part_ns, sizeof time->part_ns);
    time->busy_ns = budget->busy_ns;
    time->after_ns = budget->after_ns;
    time->stalled_ns = budget->stalled_ns;
    time->one_flight = !has(budget, CAPAN_BUDGET_FLIGHTS);
    time->part_ns[has(budget, CAPAN_BUDGET_OPENED) ? CAPAN_TIME_HANDSHAKE : CAPAN_TIME_IDLE] +=
        max_i64(budget->start_ns - first_ns, 0);
}

/* A clock that was set back, or a last segment that is not of this account. */
static void fit(struct capan_tcp_time *time, int64_t duration) {
    int64_t over = -duration;
    for (unsigned i = 0; i < CAPAN_TIME_PART_COUNT; i++) over += time->part_ns[i];
    if (over < 0) time->part_ns[CAPAN_TIME_CLOSING] -= over;
    for (unsigned left = CAPAN_TIME_PART_COUNT; over > 0 && left > 0; left--) {
        int64_t *part_ns = &time->part_ns[left - 1];
        const int64_t less = min_i64(over, *part_ns);
        *part_ns -= less;
        over -= less;
    }
    time->busy_ns = min_i64(time->busy_ns, duration);
}

void capan_budget_tell(const struct capan_tcp *tcp, enum capan_direction direction, int64_t first_ns, int64_t last_ns,
                       struct capan_tcp_time *time) {
    const struct capan_half *half = &tcp->half[direction];
    *time = (struct capan_tcp_time){0};
    last_ns = max_i64(last_ns, first_ns);
    if (half->budget) {
        struct capan_budget budget = *half->budget;
        while (budget.heard.count) hear_first(&budget, half);
        pass(&budget, last_ns);
        settle(&budget, half, has(&budget, CAPAN_BUDGET_ASKED) ? ANSWERED : LAST);
        end_round(&budget);
        tell_all(&budget, first_ns, time);
    } else {
        tell_bare(tcp, direction, first_ns, last_ns, time);
    }
    fit(time, last_ns - first_ns);
}
