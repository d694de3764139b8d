/* SPDX-License-Identifier: MIT */
#include "judging.h"

struct capan_judgement *capan_judging_begin(struct capan_talks *talks, struct capan_carrier *carrier,
                                            const struct capan_http_parties *parties, int64_t h2_stream,
                                            const struct capan_http_head *head) {
    const enum capan_layer before = capan_profile_enter(talks->profile, CAPAN_LAYER_JUDGE);
    struct capan_judgement *judgement = capan_judge_request(talks->judge, parties, h2_stream, head);
    capan_profile_enter(talks->profile, before);
    if (judgement && carrier && head)
        capan_judgement_pays(judgement, capan_handshakes_pay(&carrier->handshakes, carrier->tcp));
    return judgement;
}

void capan_judging_response(struct capan_talks *talks, struct capan_judgement *judgement,
                            const struct capan_http_head *head) {
    const enum capan_layer before = capan_profile_enter(talks->profile, CAPAN_LAYER_JUDGE);
    capan_judge_response(talks->judge, judgement, head);
    capan_profile_enter(talks->profile, before);
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

void capan_judging_end(struct capan_talks *talks, struct capan_carrier *carrier, const struct capan_endpoint *client,
                       struct capan_judgement *judgement, struct capan_http_end *end) {
    end->path = path_of(carrier, client);
    end->spent = spent_of(carrier, client);
    const enum capan_layer before = capan_profile_enter(talks->profile, CAPAN_LAYER_JUDGE);
    const struct capan_exchange *exchange = capan_judge_end(talks->judge, judgement, end);
    capan_profile_enter(talks->profile, before);
    if (carrier) capan_handshakes_exchange(&carrier->handshakes, exchange);
    capan_ended_put(&talks->ended, judgement, carrier ? carrier->owner : NULL);
}
