/* SPDX-License-Identifier: MIT */
#include "capan/analysis.h"

const struct capan_cause_list capan_cause_lists[CAPAN_FINDING_CLASS_COUNT] = {
    [CAPAN_FINDING_TCP_KIND] = {"tcp.kind", capan_tcp_kinds, capan_tcp_kind_blames, CAPAN_TCP_KIND_COUNT},
    [CAPAN_FINDING_TCP_FLAG] = {"tcp.flags", capan_tcp_flags, capan_tcp_flag_blames, CAPAN_TCP_FLAG_COUNT},
    [CAPAN_FINDING_OUTCOME] = {"http.outcome", capan_http_outcomes, NULL, CAPAN_HTTP_OUTCOME_COUNT},
    [CAPAN_FINDING_VIOLATION] = {"http.violation", capan_http_violations, capan_http_violation_blames,
                                 CAPAN_HTTP_VIOLATION_COUNT},
    [CAPAN_FINDING_ADVICE] = {"http.advice", capan_http_advices, NULL, CAPAN_HTTP_ADVICE_COUNT},
    [CAPAN_FINDING_FRAMING] = {"http.framing", capan_http_framings, NULL, CAPAN_HTTP_FRAMING_COUNT},
};

/* Why a segment was sent is no cause beside that its receiver refused it for its age (RFC 7323 5.3). */
struct capan_causes capan_segment_causes(const struct capan_segment *segment) {
    bool refused = segment->flags >> CAPAN_FLAG_PAWS & 1;
    return (struct capan_causes){
        .of = {
            [CAPAN_FINDING_TCP_KIND] = (uint64_t)!refused << segment->kind, [CAPAN_FINDING_TCP_FLAG] = segment->flags}};
}

struct capan_causes capan_exchange_causes(const struct capan_exchange *exchange) {
    return (struct capan_causes){
        .of = {[CAPAN_FINDING_OUTCOME] = UINT64_C(1) << exchange->outcome,
               [CAPAN_FINDING_VIOLATION] = exchange->violations,
               [CAPAN_FINDING_ADVICE] = exchange->advice,
               [CAPAN_FINDING_FRAMING] = exchange->request_framing | exchange->response_framing}};
}

bool capan_take_cause(struct capan_causes *left, struct capan_cause *cause) {
    for (unsigned of = 0; of < CAPAN_FINDING_CLASS_COUNT; of++) {
        const struct capan_token *tokens = capan_cause_lists[of].tokens;
        for (const struct capan_token *token; (token = capan_take_token(tokens, &left->of[of]));) {
            if (token->severity == CAPAN_NONE) continue;
            *cause = (struct capan_cause){(enum capan_finding_class)of, (unsigned)(token - tokens), token};
            return true;
        }
    }
    return false;
}
