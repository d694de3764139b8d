/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include "fields.h"
#include "frames.h"
#include "prefs.h"
#include "text.h"

/* Where items go. Without a tree nothing is added but expert information and the column's words. */
struct place {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
};

/* --- items of one kind each; all are generated, none highlights octets --- */

static void add_token(const struct place *place, enum capan_hf field, const struct capan_token *list, uint8_t number) {
    const struct capan_token *token = &list[number];
    const char *format = *token->sentence ? "%s (%s)" : "%s";

    proto_item_set_generated(proto_tree_add_uint_format_value(place->tree, capan_hf[field], place->tvb, 0, 0, number,
                                                              format, token->token, token->sentence));
}

static void add_token_but_0(const struct place *place, enum capan_hf field, const struct capan_token *list,
                            uint8_t number) {
    if (number) add_token(place, field, list, number);
}

static void add_number(const struct place *place, enum capan_hf field, uint32_t number) {
    if (number) proto_item_set_generated(proto_tree_add_uint(place->tree, capan_hf[field], place->tvb, 0, 0, number));
}

static void add_frame(const struct place *place, enum capan_hf field, uint32_t in_file) {
    add_number(place, field, capan_frames_shown(in_file));
}

static void add_time(const struct place *place, enum capan_hf field, int64_t ns) {
    if (ns < 0) return;
    const nstime_t time = {(time_t)(ns / 1000000000), (int)(ns % 1000000000)};

    proto_item_set_generated(proto_tree_add_time(place->tree, capan_hf[field], place->tvb, 0, 0, &time));
}

static void add_octets(const struct place *place, enum capan_hf field, uint64_t octets) {
    if (octets) proto_item_set_generated(proto_tree_add_uint64(place->tree, capan_hf[field], place->tvb, 0, 0, octets));
}

static void add_hundredths(const struct place *place, enum capan_hf field, int64_t hundredths) {
    if (hundredths < 0) return;
    proto_item_set_generated(
        proto_tree_add_double(place->tree, capan_hf[field], place->tvb, 0, 0, (double)hundredths / 100));
}

static void add_truth(const struct place *place, enum capan_hf field, bool truth) {
    if (truth) proto_item_set_generated(proto_tree_add_boolean(place->tree, capan_hf[field], place->tvb, 0, 0, 1));
}

static void add_seconds(const struct place *place, enum capan_hf field, int64_t seconds) {
    if (seconds >= 0)
        proto_item_set_generated(proto_tree_add_int64(place->tree, capan_hf[field], place->tvb, 0, 0, seconds));
}

static void add_text(const struct place *place, enum capan_hf field, const char *text) {
    if (*text) proto_item_set_generated(proto_tree_add_string(place->tree, capan_hf[field], place->tvb, 0, 0, text));
}

static struct place add_subtree(const struct place *place, enum capan_ett subtree, proto_item **item,
                                const char *text) {
    struct place inside = *place;

    inside.tree = proto_tree_add_subtree(place->tree, place->tvb, 0, 0, capan_ett[subtree], item, text);
    proto_item_set_generated(*item);
    return inside;
}

/* --- expert information --- */

static void add_expert(const struct place *place, proto_item *item, const struct capan_token *token,
                       expert_field *expert) {
    enum capan_severity least = capan_prefs.quiet ? CAPAN_WARN : CAPAN_CHAT;

    if (token->severity >= least) expert_add_info(place->pinfo, item, expert);
}

static void add_experts(const struct place *place, proto_item *item, const struct capan_token *list,
                        expert_field *experts, uint64_t mask) {
    for (unsigned number = 0; mask >> number; number++)
        if (mask >> number & 1) add_expert(place, item, &list[number], &experts[number]);
}

/* --- TCP --- */

static void add_flags(const struct place *place, uint64_t flags) {
    for (unsigned flag = 0; flags >> flag; flag++) {
        const struct capan_token *token = &capan_tcp_flags[flag];
        if (flags >> flag & 1)
            proto_item_set_generated(proto_tree_add_string_format_value(place->tree, capan_hf[HF_TCP_FLAGS], place->tvb,
                                                                        0, 0, token->token, "%s (%s)", token->token,
                                                                        token->sentence));
    }
}

static void add_segment(const struct place *place, const struct capan_stored_segment *stored) {
    const struct capan_segment *segment = &stored->segment;

    add_token(place, HF_TCP_KIND, capan_tcp_kinds, segment->kind);
    add_token_but_0(place, HF_TCP_CAUSE, capan_tcp_causes, segment->cause);
    add_flags(place, segment->flags);
    add_token(place, HF_TCP_CERTAINTY, capan_certainties, segment->certainty);
    add_token(place, HF_TCP_CLIENT_STATE, capan_tcp_states, segment->client_state);
    add_token(place, HF_TCP_SERVER_STATE, capan_tcp_states, segment->server_state);
    for (uint32_t i = 0; i < segment->acks_count; i++) add_frame(place, HF_TCP_ACKS, stored->acks[i]);
    add_frame(place, HF_TCP_ACKED_IN, segment->acked_in);
    add_time(place, HF_TCP_RTT, segment->rtt_ns);
    add_time(place, HF_TCP_RTO, segment->rto_ns);
    add_octets(place, HF_TCP_OUTSTANDING, segment->outstanding);
}

static void add_segment_experts(const struct place *place, proto_item *item,
                                const struct capan_stored_segment *stored) {
    uint8_t kind = stored->segment.kind;

    if (stored->first_of_kind) add_expert(place, item, &capan_tcp_kinds[kind], &capan_ei_kind[kind]);
    add_experts(place, item, capan_tcp_flags, capan_ei_flag, stored->first_flags);
}

static void show_segment(const struct place *place, const struct capan_stored_segment *stored) {
    const struct capan_segment *segment = &stored->segment;
    proto_item *item = NULL;
    struct place inside = {0};

    if (place->tree) {
        inside = add_subtree(place, ETT_TCP, &item, "TCP");
        proto_item_append_text(item, ": %s, client %s, server %s", capan_tcp_kinds[segment->kind].token,
                               capan_tcp_states[segment->client_state].token,
                               capan_tcp_states[segment->server_state].token);
        add_segment(&inside, stored);
    }
    add_segment_experts(place, item, stored);
}

/* --- HTTP --- */

static void add_list(const struct place *place, enum capan_hf field, const struct capan_token *list, uint64_t mask) {
    for (unsigned number = 0; mask >> number; number++)
        if (mask >> number & 1) add_token(place, field, list, (uint8_t)number);
}

/* What the request alone says, on the frame that ends it. */
static void add_request(const struct place *place, const struct capan_exchange *exchange) {
    add_token(place, HF_HTTP_COND, capan_http_conds, exchange->cond);
    add_frame(place, HF_HTTP_RESPONSE_IN, exchange->response.last_frame);
}

/* The whole verdict, on the frame that ends the exchange. */
static void add_exchange(const struct place *place, const struct capan_exchange *exchange) {
    add_token(place, HF_HTTP_COND, capan_http_conds, exchange->cond);
    add_token(place, HF_HTTP_OUTCOME, capan_http_outcomes, exchange->outcome);
    add_token_but_0(place, HF_HTTP_REASON, capan_http_reasons, exchange->reason);
    add_token(place, HF_HTTP_CERTAINTY, capan_certainties, exchange->certainty);
    add_list(place, HF_HTTP_VIOLATION, capan_http_violations, exchange->violations);
    add_list(place, HF_HTTP_ADVICE, capan_http_advices, exchange->advice);
    add_list(place, HF_HTTP_FRAMING, capan_http_framings, exchange->request_framing | exchange->response_framing);
    add_frame(place, HF_HTTP_REQUEST_IN, exchange->request.last_frame);
    add_frame(place, HF_HTTP_VALIDATOR_IN, exchange->validator_in);
    add_frame(place, HF_HTTP_KNOWN_IN, exchange->known_in);
    add_token_but_0(place, HF_HTTP_PROVENANCE, capan_http_provenances, exchange->provenance);
    add_token_but_0(place, HF_HTTP_COMPARE, capan_http_compares, exchange->compare);
    add_token_but_0(place, HF_HTTP_SERVED_BY, capan_http_served_bys, exchange->served_by);
    add_octets(place, HF_HTTP_SAVED, exchange->saved);
    add_octets(place, HF_HTTP_WASTED, exchange->wasted);
    add_seconds(place, HF_HTTP_LIFETIME, exchange->fresh_lifetime_s);
    add_truth(place, HF_HTTP_LIFETIME_HEURISTIC, exchange->fresh_heuristic);
    add_seconds(place, HF_HTTP_AGE, exchange->age_s);
    add_time(place, HF_HTTP_SERVER_TIME, exchange->server_ns);
    add_seconds(place, HF_HTTP_UNCHANGED, exchange->unchanged_s);
    add_time(place, HF_HTTP_ROUND_TRIP, exchange->rtt_ns);
    add_hundredths(place, HF_HTTP_ROUND_TRIPS, exchange->round_trips_x100);
    add_number(place, HF_HTTP_HANDSHAKE_TCP, exchange->handshakes.tcp);
    add_number(place, HF_HTTP_HANDSHAKE_TUNNEL, exchange->handshakes.tunnel);
    add_number(place, HF_HTTP_HANDSHAKE_TLS, exchange->handshakes.tls);
}

static void add_exchange_experts(const struct place *place, proto_item *item,
                                 const struct capan_stored_exchange *stored) {
    uint8_t outcome = stored->exchange->outcome;

    if (stored->first_outcome) add_expert(place, item, &capan_http_outcomes[outcome], &capan_ei_outcome[outcome]);
    add_experts(place, item, capan_http_violations, capan_ei_violation, stored->first_violations);
    add_experts(place, item, capan_http_advices, capan_ei_advice, stored->first_advice);
    add_experts(place, item, capan_http_framings, capan_ei_framing, stored->first_framing);
}

static void show_exchange(const struct place *place, const struct capan_exchange_part *part) {
    const struct capan_stored_exchange *stored = part->of;
    const struct capan_exchange *exchange = stored->exchange;
    proto_item *item = NULL;
    struct place inside = {0};

    if (place->tree) {
        inside = add_subtree(place, ETT_HTTP, &item, "HTTP");
        proto_item_append_text(item, ": %s %s", capan_text(place->pinfo->pool, exchange->method),
                               capan_text(place->pinfo->pool, exchange->target));
        if (part->is_end)
            proto_item_append_text(item, ": %u, %s", exchange->status, capan_http_outcomes[exchange->outcome].token);
        if (part->is_end)
            add_exchange(&inside, exchange);
        else
            add_request(&inside, exchange);
    }
    if (part->is_end) add_exchange_experts(place, item, stored);
}

/* --- connections --- */

static void add_pings(const struct place *place, const struct capan_ping *ping) {
    add_number(place, HF_CONNECTION_PING_PASSED, ping->passed);
    add_number(place, HF_CONNECTION_PING_REFUSED, ping->refused);
    add_truth(place, HF_CONNECTION_PING_ELSEWHERE, ping->elsewhere);
}

static void show_connection(const struct place *place, const struct capan_connection *connection) {
    static const char *const holders[] = {"", "client", "server", "both"};
    const struct capan_tcp_summary *tcp = &connection->tcp;
    proto_item *item = NULL;
    if (!place->tree) return;
    struct place inside = add_subtree(place, ETT_CONNECTION, &item, "Connection");

    proto_item_append_text(item, ": %s, %s", capan_tcp_opens[tcp->open].token, capan_tcp_closes[tcp->close].token);
    add_token(&inside, HF_CONNECTION_OPEN, capan_tcp_opens, tcp->open);
    add_token(&inside, HF_CONNECTION_CLOSE, capan_tcp_closes, tcp->close);
    add_token(&inside, HF_CONNECTION_VANTAGE, capan_tcp_vantages, tcp->vantage);
    add_token(&inside, HF_CONNECTION_LIMIT, capan_tcp_limits, tcp->limit);
    add_token(&inside, HF_CONNECTION_QUALITY, capan_tcp_qualities, tcp->quality);
    add_text(&inside, HF_CONNECTION_TIME_WAIT, holders[tcp->time_wait_holder]);
    for (size_t i = 0; i < G_N_ELEMENTS(tcp->handshake_frames) && tcp->handshake_frames[i]; i++)
        add_frame(&inside, HF_CONNECTION_HANDSHAKE, tcp->handshake_frames[i]);
    add_time(&inside, HF_CONNECTION_SYN_TO_SYN_ACK, tcp->syn_to_syn_ack_ns);
    add_time(&inside, HF_CONNECTION_SYN_ACK_TO_ACK, tcp->syn_ack_to_ack_ns);
    add_time(&inside, HF_CONNECTION_RTT, tcp->rtt_ns);
    add_time(&inside, HF_CONNECTION_HALF_CLOSE, tcp->half_close_ns);
    add_number(&inside, HF_CONNECTION_PMTU, tcp->pmtu);
    add_frame(&inside, HF_CONNECTION_PMTU_FRAME, tcp->pmtu_frame);
    add_pings(&inside, &connection->ping);
}

/* --- the frame --- */

static bool is_loud(const struct capan_segment *segment) {
    return capan_tcp_kinds[segment->kind].severity != CAPAN_NONE;
}

static bool ends_exchange(const struct capan_verdicts *verdicts) {
    const struct capan_exchange_part *part = verdicts->exchanges;

    while (part && !part->is_end) part = part->next;
    return part != NULL;
}

static void add_exchange_proof(const struct place *place, const struct capan_exchange *exchange) {
    add_text(place, HF_EXPLAIN, capan_text_explain(place->pinfo->pool, exchange));
    add_text(place, HF_SOURCE, capan_http_outcomes[exchange->outcome].source);
}

static void add_segment_proof(const struct place *place, const struct capan_segment *segment) {
    char text[CAPAN_EXPLAIN_TEXT];

    capan_segment_explain(segment, text);
    add_text(place, HF_EXPLAIN, text);
    for (size_t i = 0; i < G_N_ELEMENTS(segment->because); i++) add_frame(place, HF_BECAUSE, segment->because[i]);
    add_text(place, HF_SOURCE, capan_segment_rule(segment)->source);
}

/* The telling ones first. Where an exchange has its verdict, a segment speaks only when it is loud. */
static void add_proof(const struct place *place, const struct capan_verdicts *verdicts) {
    bool heard = ends_exchange(verdicts);

    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next)
        if (part->is_end) add_exchange_proof(place, part->of->exchange);
    for (unsigned i = 0; i < verdicts->segment_count; i++) {
        const struct capan_segment *segment = &verdicts->segments[i].segment;
        if (!heard || is_loud(segment)) add_segment_proof(place, segment);
    }
}

static void show_proof(const struct place *place, const struct capan_verdicts *verdicts) {
    proto_item *item = NULL;
    struct place inside = add_subtree(place, ETT_PROOF, &item, "Proof");

    add_proof(&inside, verdicts);
}

static void name_exchange(proto_item *item, const struct capan_exchange_part *part, wmem_allocator_t *pool) {
    const struct capan_exchange *exchange = part->of->exchange;

    if (part->is_end)
        proto_item_append_text(item, "%s: %s", capan_http_outcomes[exchange->outcome].token,
                               capan_text_explain(pool, exchange));
    else
        proto_item_append_text(item, "%s %s, %s", capan_text(pool, exchange->method),
                               capan_text(pool, exchange->target), capan_http_conds[exchange->cond].sentence);
}

static void name_segment(proto_item *item, const struct capan_segment *segment) {
    const char *certainty = segment->certainty == CAPAN_CERTAIN ? NULL : capan_certainties[segment->certainty].token;
    char text[CAPAN_EXPLAIN_TEXT];

    capan_segment_explain(segment, text);
    proto_item_append_text(item, "%s%s%s: %s", capan_tcp_kinds[segment->kind].token, certainty ? ", " : "",
                           certainty ? certainty : "", text);
}

/* The frame's verdicts in one line; a segment speaks beside an exchange only when it is loud. */
static void name_item(proto_item *item, const struct capan_verdicts *verdicts, wmem_allocator_t *pool) {
    const char *between = ", ";

    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next, between = "; ") {
        proto_item_append_text(item, "%s", between);
        name_exchange(item, part, pool);
    }
    for (unsigned i = 0; i < verdicts->segment_count; i++) {
        const struct capan_segment *segment = &verdicts->segments[i].segment;
        if (verdicts->exchanges && !is_loud(segment)) continue;
        proto_item_append_text(item, "%s", between);
        name_segment(item, segment);
        between = "; ";
    }
}

static void show_items(const struct place *place, const struct capan_verdicts *verdicts) {
    for (unsigned i = 0; i < verdicts->segment_count; i++) show_segment(place, &verdicts->segments[i]);
    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next)
        show_exchange(place, part);
    for (const struct capan_stored_connection *next = verdicts->connections; next; next = next->next)
        show_connection(place, &next->connection);
    if (place->tree) show_proof(place, verdicts);
}

/* A short word for the Info column where there is something to say. */
static void show_column(column_info *columns, const struct capan_verdicts *verdicts) {
    for (unsigned i = 0; i < verdicts->segment_count; i++) {
        const struct capan_token *kind = &capan_tcp_kinds[verdicts->segments[i].segment.kind];
        if (kind->severity >= CAPAN_NOTE) col_append_fstr(columns, COL_INFO, " [%s]", kind->token);
    }
    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next) {
        const struct capan_exchange *exchange = part->of->exchange;
        const struct capan_token *outcome = &capan_http_outcomes[exchange->outcome];
        if (part->is_end && (outcome->severity >= CAPAN_NOTE || exchange->cond != CAPAN_COND_NONE))
            col_append_fstr(columns, COL_INFO, " [%s]", outcome->token);
    }
}

void capan_tree_show(const struct capan_verdicts *verdicts, int protocol, tvbuff_t *tvb, packet_info *pinfo,
                     proto_tree *tree) {
    struct place place = {tvb, pinfo, NULL};

    if (proto_field_is_referenced(tree, protocol)) {
        proto_item *item = proto_tree_add_protocol_format(tree, protocol, tvb, 0, 0, "capan");
        proto_item_set_generated(item);
        if (PTREE_DATA(tree)->visible) name_item(item, verdicts, pinfo->pool);
        place.tree = proto_item_add_subtree(item, capan_ett[ETT_CAPAN]);
    }
    show_items(&place, verdicts);
    if (capan_prefs.info_column && col_get_writable(pinfo->cinfo, COL_INFO)) show_column(pinfo->cinfo, verdicts);
}
