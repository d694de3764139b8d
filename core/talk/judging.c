/* SPDX-License-Identifier: MIT */
#include "judging.h"

static struct capan_docketed *docketed(struct capan_judgement *judgement) {
    return (struct capan_docketed *)(void *)judgement;
}

static const struct capan_docketed *docketed_const(const struct capan_judgement *judgement) {
    return (const struct capan_docketed *)(const void *)judgement;
}

/* --- what they take --- */

static size_t octets_of(const struct capan_http_head *head) {
    size_t octets = head->method.len + head->target.len + head->authority.len;
    for (size_t i = 0; i < head->field_count; i++) octets += head->fields[i].value.len;
    return octets;
}

static size_t *charge_of(const struct capan_talks *talks, struct capan_judgement *judgement) {
    return talks->docket ? capan_docketed_charge(docketed(judgement)) : capan_judgement_charge(judgement);
}

static void charge(struct capan_talks *talks, struct capan_judgement *judgement, size_t octets) {
    if (!talks->memory) return;
    *charge_of(talks, judgement) += octets;
    capan_counter_charge(talks->memory, octets);
}

static void discharge(struct capan_talks *talks, struct capan_judgement *judgement) {
    if (!talks->memory) return;
    capan_counter_discharge(talks->memory, *charge_of(talks, judgement));
    *charge_of(talks, judgement) = 0;
}

/* --- from request to end --- */

static struct capan_judgement *request(struct capan_talks *talks, const struct capan_http_parties *parties,
                                       int64_t h2_stream, const struct capan_http_head *head) {
    if (talks->docket)
        return (struct capan_judgement *)(void *)capan_docket_request(talks->docket, parties, h2_stream, head);
    const enum capan_layer before = capan_profile_enter(talks->profile, CAPAN_LAYER_JUDGE);
    struct capan_judgement *judgement = capan_judge_request(talks->judge, parties, h2_stream, head);
    capan_profile_enter(talks->profile, before);
    return judgement;
}

struct capan_judgement *capan_judging_begin(struct capan_talks *talks, struct capan_carrier *carrier,
                                            const struct capan_http_parties *parties, int64_t h2_stream,
                                            const struct capan_http_head *head) {
    struct capan_judgement *judgement = request(talks, parties, h2_stream, head);
    if (judgement) charge(talks, judgement, capan_judgement_size + (head ? octets_of(head) : 0));
    if (!judgement || !carrier || !head) return judgement;
    const struct capan_handshakes paid = capan_handshakes_pay(&carrier->handshakes, carrier->tcp);
    if (talks->docket)
        capan_docket_pays(talks->docket, docketed(judgement), paid);
    else
        capan_judgement_pays(judgement, paid);
    return judgement;
}

void capan_judging_response(struct capan_talks *talks, struct capan_judgement *judgement,
                            const struct capan_http_head *head) {
    charge(talks, judgement, octets_of(head));
    if (talks->docket) {
        capan_docket_response(talks->docket, docketed(judgement), head);
        return;
    }
    const enum capan_layer before = capan_profile_enter(talks->profile, CAPAN_LAYER_JUDGE);
    capan_judge_response(talks->judge, judgement, head);
    capan_profile_enter(talks->profile, before);
}

void capan_judging_interim(struct capan_talks *talks, struct capan_judgement *judgement, uint16_t status) {
    if (talks->docket)
        capan_docket_interim(talks->docket, docketed(judgement), status);
    else
        capan_judge_interim(judgement, status);
}

void capan_judging_trailers(struct capan_talks *talks, struct capan_judgement *judgement, bool of_request,
                            const struct capan_http_field *fields, size_t count) {
    if (talks->docket)
        capan_docket_trailers(talks->docket, docketed(judgement), of_request, fields, count);
    else
        capan_judge_trailers(talks->judge, judgement, of_request, fields, count);
}

void capan_judging_upgraded(struct capan_talks *talks, struct capan_judgement *judgement, int64_t h2_stream) {
    if (talks->docket)
        capan_docket_upgraded(talks->docket, docketed(judgement), h2_stream);
    else
        capan_judgement_upgraded(judgement, h2_stream);
}

void capan_judging_drop(struct capan_talks *talks, struct capan_judgement *judgement) {
    discharge(talks, judgement);
    if (talks->docket)
        capan_docket_drop(talks->docket, docketed(judgement));
    else
        capan_judgement_free(talks->judge, judgement);
}

bool capan_judging_is_head(const struct capan_talks *talks, const struct capan_judgement *judgement) {
    return talks->docket ? capan_docketed_is_head(docketed_const(judgement)) : capan_judgement_is_head(judgement);
}

bool capan_judging_is_connect(const struct capan_talks *talks, const struct capan_judgement *judgement) {
    return talks->docket ? capan_docketed_is_connect(docketed_const(judgement)) : capan_judgement_is_connect(judgement);
}

void capan_judging_forget(struct capan_talks *talks, enum capan_http_forgetting what, bool of_tls) {
    if (talks->docket)
        capan_docket_forget(talks->docket, what, of_tls);
    else
        capan_judge_forget(talks->judge, what, of_tls);
}

void capan_judging_giving_up(struct capan_talks *talks, bool giving_up) {
    if (talks->docket)
        capan_docket_giving_up(talks->docket, giving_up);
    else
        capan_judge_giving_up(talks->judge, giving_up);
}

bool capan_judging_is_full(const struct capan_talks *talks) {
    return talks->memory && talks->memory->held > talks->most;
}

enum capan_http_ending capan_judging_give_up(struct capan_talks *talks) {
    talks->given_up++;
    capan_judging_forget(talks, CAPAN_FORGOT_CONNECTIONS, false);
    return CAPAN_HTTP_GIVEN_UP;
}

static struct capan_http_path path_of(const struct capan_carrier *carrier, const struct capan_endpoint *client) {
    int64_t half_ns[2];
    if (!carrier || !carrier->tcp) return (struct capan_http_path){-1, -1};
    int64_t rtt_ns = capan_tcp_round_trip(carrier->tcp, half_ns);
    return (struct capan_http_path){rtt_ns, half_ns[capan_direction_from(carrier->ends, client)]};
}

static struct capan_http_spent spent_of(const struct capan_carrier *carrier, const struct capan_endpoint *client) {
    static const uint8_t parts[CAPAN_TIME_PART_COUNT] = {[CAPAN_TIME_HANDSHAKE] = CAPAN_SPENT_PATH,
                                                         [CAPAN_TIME_RWND_LIMITED] = CAPAN_SPENT_RWND_LIMITED,
                                                         [CAPAN_TIME_CWND_LIMITED] = CAPAN_SPENT_CWND_LIMITED,
                                                         [CAPAN_TIME_SLOW_START] = CAPAN_SPENT_SLOW_START,
                                                         [CAPAN_TIME_RECOVERY] = CAPAN_SPENT_RECOVERY,
                                                         [CAPAN_TIME_RTO_WAIT] = CAPAN_SPENT_RTO_WAIT,
                                                         [CAPAN_TIME_NAGLE] = CAPAN_SPENT_NAGLE,
                                                         [CAPAN_TIME_PATH] = CAPAN_SPENT_PATH,
                                                         [CAPAN_TIME_APP_LIMITED] = CAPAN_SPENT_SERVER,
                                                         [CAPAN_TIME_IDLE] = CAPAN_SPENT_SERVER,
                                                         [CAPAN_TIME_CLOSING] = CAPAN_SPENT_PATH};
    struct capan_http_spent spent = {0};
    int64_t part_ns[CAPAN_TIME_PART_COUNT];
    if (!carrier || !carrier->tcp) return spent;
    spent.connect_ns = capan_tcp_handshake(carrier->tcp, &spent.opened_ns);
    capan_tcp_answer(carrier->tcp, capan_other(capan_direction_from(carrier->ends, client)), part_ns);
    for (unsigned i = 0; i < CAPAN_TIME_PART_COUNT; i++) spent.part_ns[parts[i]] += part_ns[i];
    return spent;
}

static const struct capan_exchange *judge_now(struct capan_talks *talks, struct capan_judgement *judgement,
                                              const struct capan_http_end *end, void *owner) {
    const enum capan_layer before = capan_profile_enter(talks->profile, CAPAN_LAYER_JUDGE);
    const struct capan_exchange *exchange = capan_judge_end(talks->judge, judgement, end);
    capan_profile_enter(talks->profile, before);
    capan_ended_put(&talks->ended, judgement, owner);
    return exchange;
}

void capan_judging_end(struct capan_talks *talks, struct capan_carrier *carrier, const struct capan_endpoint *client,
                       struct capan_judgement *judgement, struct capan_http_end *end) {
    discharge(talks, judgement);
    end->path = path_of(carrier, client);
    end->spent = spent_of(carrier, client);
    void *owner = carrier ? carrier->owner : NULL;
    const struct capan_exchange *exchange = talks->docket
                                                ? capan_docket_end(talks->docket, docketed(judgement), end, owner)
                                                : judge_now(talks, judgement, end, owner);
    if (carrier) capan_handshakes_exchange(&carrier->handshakes, exchange);
}
