/* SPDX-License-Identifier: MIT */
#include "judging.h"

struct capan_judgement *capan_judging_begin(struct capan_talks *talks, struct capan_carrier *carrier,
                                            const struct capan_http_parties *parties, int64_t h2_stream,
                                            const struct capan_http_head *head) {
    struct capan_judgement *judgement = capan_judge_request(talks->judge, parties, h2_stream, head);
    if (judgement && carrier && head)
        capan_judgement_pays(judgement, capan_handshakes_pay(&carrier->handshakes, carrier->tcp));
    return judgement;
}

static struct capan_http_path path_of(const struct capan_carrier *carrier, const struct capan_endpoint *client) {
    int64_t half_ns[2];
    if (!carrier || !carrier->tcp) return (struct capan_http_path){-1, -1};
    int64_t rtt_ns = capan_tcp_round_trip(carrier->tcp, half_ns);
    return (struct capan_http_path){rtt_ns, half_ns[capan_direction_from(carrier->ends, client)]};
}

void capan_judging_end(struct capan_talks *talks, struct capan_carrier *carrier, const struct capan_endpoint *client,
                       struct capan_judgement *judgement, struct capan_http_end *end) {
    end->path = path_of(carrier, client);
    const struct capan_exchange *exchange = capan_judge_end(talks->judge, judgement, end);
    if (carrier) capan_handshakes_exchange(&carrier->handshakes, exchange);
    capan_ended_put(&talks->ended, judgement, carrier ? carrier->owner : NULL);
}
