/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include "fields.h"
#include "frames.h"
#include "prefs.h"

/* Where items are added. tree is NULL when Wireshark wants none: expert information is added all the same. */
struct subtree {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
};

/* --- values: items are marked as generated, and highlight no octets of the frame --- */

static proto_item *add_unsigned(const struct subtree *to, const struct capan_item *item, uint64_t number) {
    if (item->column->wireshark.type == CAPAN_WIRESHARK_UINT64)
        return proto_tree_add_uint64(to->tree, *item->hf, to->tvb, 0, 0, number);
    return proto_tree_add_uint(to->tree, *item->hf, to->tvb, 0, 0, (uint32_t)number);
}

/* A frame that the read filter dropped is not shown. */
static void add_number(const struct subtree *to, const struct capan_item *item, uint64_t number) {
    if (number || item->column->unit != CAPAN_UNIT_FRAME) proto_item_set_generated(add_unsigned(to, item, number));
}

static void add_token(const struct subtree *to, const struct capan_item *item, const struct capan_token *token) {
    const char *format = *token->sentence ? "%s (%s)" : "%s";

    proto_item_set_generated(proto_tree_add_string_format_value(to->tree, *item->hf, to->tvb, 0, 0, token->token,
                                                                format, token->token, token->sentence));
}

static void add_tokens(const struct subtree *to, const struct capan_item *item, uint64_t mask) {
    for (const struct capan_token *token; (token = capan_take_token(item->column->tokens, &mask));)
        add_token(to, item, token);
}

static void add_time(const struct subtree *to, const struct capan_item *item, int64_t ns) {
    const nstime_t time = {(time_t)(ns / 1000000000), (int)(ns % 1000000000)};

    proto_item_set_generated(proto_tree_add_time(to->tree, *item->hf, to->tvb, 0, 0, &time));
}

/* As much of the octets as a person reads. */
static const char *printable(wmem_allocator_t *pool, struct capan_span octets) {
    enum { MOST = 1024 };
    size_t len = MIN(octets.len, (size_t)MOST);
    char *text = wmem_alloc(pool, len + 1);

    for (size_t i = 0; i < len; i++) text[i] = g_ascii_isprint(octets.at[i]) ? (char)octets.at[i] : '?';
    text[len] = '\0';
    return text;
}

static void add_text(const struct subtree *to, const struct capan_item *item, struct capan_span octets) {
    if (octets.len)
        proto_item_set_generated(
            proto_tree_add_string(to->tree, *item->hf, to->tvb, 0, 0, printable(to->pinfo->pool, octets)));
}

static void add_value(const struct subtree *to, const struct capan_item *item, const struct capan_value *value) {
    switch (value->type) {
    case CAPAN_VALUE_UNSIGNED: add_number(to, item, value->as.number); break;
    case CAPAN_VALUE_NUMBERS:
        for (size_t i = 0; i < value->as.numbers.count; i++) add_number(to, item, value->as.numbers.at[i]);
        break;
    case CAPAN_VALUE_SIGNED:
        proto_item_set_generated(proto_tree_add_int64(to->tree, *item->hf, to->tvb, 0, 0, value->as.integer));
        break;
    case CAPAN_VALUE_HUNDREDTHS:
        proto_item_set_generated(
            proto_tree_add_double(to->tree, *item->hf, to->tvb, 0, 0, (double)value->as.integer / 100));
        break;
    case CAPAN_VALUE_BOOLEAN:
        proto_item_set_generated(proto_tree_add_boolean(to->tree, *item->hf, to->tvb, 0, 0, value->as.truth));
        break;
    case CAPAN_VALUE_SECONDS: add_time(to, item, value->as.integer); break;
    case CAPAN_VALUE_TOKEN: add_token(to, item, value->as.token); break;
    case CAPAN_VALUE_TOKENS: add_tokens(to, item, value->as.tokens.mask); break;
    case CAPAN_VALUE_WORD:
    case CAPAN_VALUE_OCTETS: add_text(to, item, value->as.octets); break;
    default: break; /* absent; field lines and counts, for which Wireshark has no type */
    }
}

/* --- rows --- */

static bool stands_here(const struct capan_column *column, bool at_end) {
    uint8_t on = column->wireshark.on;

    return on == CAPAN_ON_BOTH || (on == CAPAN_ON_END) == at_end;
}

static bool is_0(const struct capan_column *column, const struct capan_value *value) {
    switch (value->type) {
    case CAPAN_VALUE_TOKEN: return value->as.token == column->tokens;
    case CAPAN_VALUE_UNSIGNED: return value->as.number == 0;
    case CAPAN_VALUE_SECONDS: return value->as.integer == 0;
    default: return false;
    }
}

/* at_end: on the last frame of what the row tells of. */
static void add_row(const struct subtree *to, const struct capan_items *items, struct capan_row *row, bool at_end) {
    row->origin_ns = capan_frames_origin();
    for (const struct capan_item *item = items->at; item < items->at + items->count; item++) {
        if (!stands_here(item->column, at_end)) continue;
        struct capan_value value = capan_column_value(item->column, row);
        if (!item->column->wireshark.but_0 || !is_0(item->column, &value)) add_value(to, item, &value);
    }
}

static void add_segment(const struct subtree *to, const struct capan_stored_segment *stored, bool proof) {
    struct capan_row row;

    row.segment = &stored->segment;
    row.acks = stored->acks;
    add_row(to, capan_items_of(CAPAN_ROWS_SEGMENTS, proof), &row, true);
}

static void add_exchange(const struct subtree *to, const struct capan_exchange_part *part, bool proof) {
    struct capan_row row;

    row.exchange = part->of;
    add_row(to, capan_items_of(CAPAN_ROWS_EXCHANGES, proof), &row, part->is_end);
}

static void add_connection(const struct subtree *to, const struct capan_connection *connection) {
    struct capan_row row;

    row.connection = connection;
    add_row(to, capan_items_of(CAPAN_ROWS_CONNECTIONS, false), &row, true);
}

static struct subtree add_subtree(const struct subtree *to, enum capan_ett subtree, proto_item **item,
                                  const char *text) {
    struct subtree inside = *to;

    inside.tree = proto_tree_add_subtree(to->tree, to->tvb, 0, 0, capan_ett[subtree], item, text);
    proto_item_set_generated(*item);
    return inside;
}

/* --- expert information --- */

static void add_experts(const struct subtree *to, proto_item *item, struct capan_causes causes) {
    enum capan_severity least = capan_prefs.quiet ? CAPAN_WARN : CAPAN_CHAT;

    for (struct capan_cause cause; capan_take_cause(&causes, &cause);)
        if (cause.token->severity >= least) expert_add_info(to->pinfo, item, capan_expert_of(&cause));
}

/* As findings count them: what is odd about the framing of a message once for each. */
static void add_exchange_experts(const struct subtree *to, proto_item *item, const struct capan_exchange *exchange) {
    const uint64_t framings[] = {exchange->request_framing, exchange->response_framing};
    struct capan_causes causes = capan_exchange_causes(exchange);

    causes.of[CAPAN_FINDING_FRAMING] = 0;
    add_experts(to, item, causes);
    for (size_t i = 0; i < G_N_ELEMENTS(framings); i++)
        add_experts(to, item, (struct capan_causes){.of = {[CAPAN_FINDING_FRAMING] = framings[i]}});
}

/* --- subtrees --- */

static void show_segment(const struct subtree *to, const struct capan_stored_segment *stored) {
    const struct capan_segment *segment = &stored->segment;
    proto_item *item = NULL;

    if (to->tree) {
        struct subtree inside = add_subtree(to, ETT_TCP, &item, "TCP");
        proto_item_append_text(item, ": %s, client %s, server %s", capan_tcp_kinds[segment->kind].token,
                               capan_tcp_states[segment->client_state].token,
                               capan_tcp_states[segment->server_state].token);
        add_segment(&inside, stored, false);
    }
    add_experts(to, item, capan_segment_causes(segment));
}

/* On the frame that ends the request there is what it alone says; on the one that ends the exchange the verdict. */
static void show_exchange(const struct subtree *to, const struct capan_exchange_part *part) {
    const struct capan_exchange *exchange = part->of;
    proto_item *item = NULL;

    if (to->tree) {
        struct subtree inside = add_subtree(to, ETT_HTTP, &item, "HTTP");
        proto_item_append_text(item, ": %s %s", printable(to->pinfo->pool, exchange->method),
                               printable(to->pinfo->pool, exchange->target));
        if (part->is_end)
            proto_item_append_text(item, ": %u, %s", exchange->status, capan_http_outcomes[exchange->outcome].token);
        add_exchange(&inside, part, false);
    }
    if (part->is_end) add_exchange_experts(to, item, exchange);
}

static void show_connection(const struct subtree *to, const struct capan_connection *connection) {
    proto_item *item = NULL;
    if (!to->tree) return;
    struct subtree inside = add_subtree(to, ETT_CONNECTION, &item, "Connection");

    proto_item_append_text(item, ": %s, %s", capan_tcp_opens[connection->tcp.open].token,
                           capan_tcp_closes[connection->tcp.close].token);
    add_connection(&inside, connection);
}

static bool is_loud(const struct capan_segment *segment) {
    return capan_tcp_kinds[segment->kind].severity != CAPAN_NONE;
}

/* What proves the verdicts: exchanges first; beside them only segments whose kind is louder than NONE. */
static void show_proof(const struct subtree *to, const struct capan_verdicts *verdicts) {
    proto_item *item = NULL;
    struct subtree inside = add_subtree(to, ETT_PROOF, &item, "Proof");
    bool has_exchange = false;

    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next) {
        if (!part->is_end) continue;
        add_exchange(&inside, part, true);
        has_exchange = true;
    }
    for (size_t i = 0; i < verdicts->segment_count; i++)
        if (!has_exchange || is_loud(&verdicts->segments[i].segment))
            add_segment(&inside, &verdicts->segments[i], true);
}

/* --- the frame --- */

static void name_request(proto_item *item, const struct capan_exchange *exchange, wmem_allocator_t *pool) {
    proto_item_append_text(item, "%s %s, %s", printable(pool, exchange->method), printable(pool, exchange->target),
                           capan_http_conds[exchange->cond].sentence);
}

static void name_exchange(proto_item *item, const struct capan_exchange *exchange) {
    char text[CAPAN_EXPLAIN_TEXT];

    capan_exchange_explain(exchange, text);
    proto_item_append_text(item, "%s: %s", capan_http_outcomes[exchange->outcome].token, text);
}

static void name_segment(proto_item *item, const struct capan_segment *segment) {
    const char *certainty = segment->certainty == CAPAN_CERTAIN ? NULL : capan_certainties[segment->certainty].token;
    char text[CAPAN_EXPLAIN_TEXT];

    capan_segment_explain(segment, text);
    proto_item_append_text(item, "%s%s%s: %s", capan_tcp_kinds[segment->kind].token, certainty ? ", " : "",
                           certainty ? certainty : "", text);
}

/* The frame's verdicts in one line; beside exchanges only segments whose kind is louder than NONE. */
static void name_item(proto_item *item, const struct capan_verdicts *verdicts, wmem_allocator_t *pool) {
    const char *between = ", ";

    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next, between = "; ") {
        proto_item_append_text(item, "%s", between);
        if (part->is_end)
            name_exchange(item, part->of);
        else
            name_request(item, part->of, pool);
    }
    for (size_t i = 0; i < verdicts->segment_count; i++) {
        const struct capan_segment *segment = &verdicts->segments[i].segment;
        if (verdicts->exchanges && !is_loud(segment)) continue;
        proto_item_append_text(item, "%s", between);
        name_segment(item, segment);
        between = "; ";
    }
}

static void show_items(const struct subtree *to, const struct capan_verdicts *verdicts) {
    for (size_t i = 0; i < verdicts->segment_count; i++) show_segment(to, &verdicts->segments[i]);
    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next) show_exchange(to, part);
    for (const struct capan_stored_connection *next = verdicts->connections; next; next = next->next)
        show_connection(to, &next->connection);
    if (to->tree) show_proof(to, verdicts);
}

/* A short word for the Info column where there is something to say. */
static void show_column(column_info *columns, const struct capan_verdicts *verdicts) {
    for (size_t i = 0; i < verdicts->segment_count; i++) {
        const struct capan_token *kind = &capan_tcp_kinds[verdicts->segments[i].segment.kind];
        if (kind->severity >= CAPAN_NOTE) col_append_fstr(columns, COL_INFO, " [%s]", kind->token);
    }
    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next) {
        const struct capan_exchange *exchange = part->of;
        const struct capan_token *outcome = &capan_http_outcomes[exchange->outcome];
        if (part->is_end && (outcome->severity >= CAPAN_NOTE || exchange->cond != CAPAN_COND_NONE))
            col_append_fstr(columns, COL_INFO, " [%s]", outcome->token);
    }
}

void capan_tree_show(const struct capan_verdicts *verdicts, int protocol, tvbuff_t *tvb, packet_info *pinfo,
                     proto_tree *tree) {
    struct subtree to = {tvb, pinfo, NULL};

    if (proto_field_is_referenced(tree, protocol)) {
        proto_item *item = proto_tree_add_protocol_format(tree, protocol, tvb, 0, 0, "capan");
        proto_item_set_generated(item);
        if (PTREE_DATA(tree)->visible) name_item(item, verdicts, pinfo->pool);
        to.tree = proto_item_add_subtree(item, capan_ett[ETT_CAPAN]);
    }
    show_items(&to, verdicts);
    if (capan_prefs.info_column && col_get_writable(pinfo->cinfo, COL_INFO)) show_column(pinfo->cinfo, verdicts);
}
