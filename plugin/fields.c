/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fields.h"

#include <epan/unit_strings.h>

int capan_hf[CAPAN_HF_COUNT];
gint capan_ett[CAPAN_ETT_COUNT];
expert_field capan_ei_kind[CAPAN_TCP_KIND_COUNT];
expert_field capan_ei_flag[CAPAN_TCP_FLAG_COUNT];
expert_field capan_ei_outcome[CAPAN_HTTP_OUTCOME_COUNT];
expert_field capan_ei_violation[CAPAN_HTTP_VIOLATION_COUNT];
expert_field capan_ei_advice[CAPAN_HTTP_ADVICE_COUNT];
expert_field capan_ei_framing[CAPAN_HTTP_FRAMING_COUNT];

/* X(values, tokens, how many): a core list and the value strings made of it; the numbers are the enum's. */
#define CAPAN_VALUES(X)                                                                                                \
    X(kind_values, capan_tcp_kinds, CAPAN_TCP_KIND_COUNT)                                                              \
    X(cause_values, capan_tcp_causes, CAPAN_TCP_CAUSE_COUNT)                                                           \
    X(certainty_values, capan_certainties, CAPAN_CERTAINTY_COUNT)                                                      \
    X(state_values, capan_tcp_states, CAPAN_TCP_STATE_COUNT)                                                           \
    X(open_values, capan_tcp_opens, CAPAN_TCP_OPEN_COUNT)                                                              \
    X(close_values, capan_tcp_closes, CAPAN_TCP_CLOSE_COUNT)                                                           \
    X(vantage_values, capan_tcp_vantages, CAPAN_TCP_VANTAGE_COUNT)                                                     \
    X(limit_values, capan_tcp_limits, CAPAN_TCP_LIMIT_COUNT)                                                           \
    X(quality_values, capan_tcp_qualities, CAPAN_TCP_QUALITY_COUNT)                                                    \
    X(cond_values, capan_http_conds, CAPAN_HTTP_COND_COUNT)                                                            \
    X(outcome_values, capan_http_outcomes, CAPAN_HTTP_OUTCOME_COUNT)                                                   \
    X(reason_values, capan_http_reasons, CAPAN_HTTP_REASON_COUNT)                                                      \
    X(violation_values, capan_http_violations, CAPAN_HTTP_VIOLATION_COUNT)                                             \
    X(advice_values, capan_http_advices, CAPAN_HTTP_ADVICE_COUNT)                                                      \
    X(framing_values, capan_http_framings, CAPAN_HTTP_FRAMING_COUNT)                                                   \
    X(provenance_values, capan_http_provenances, CAPAN_HTTP_PROVENANCE_COUNT)                                          \
    X(compare_values, capan_http_compares, CAPAN_HTTP_COMPARE_COUNT)                                                   \
    X(served_by_values, capan_http_served_bys, CAPAN_HTTP_SERVED_BY_COUNT)

#define CAPAN_X(values, tokens, count) static value_string values[count + 1];
CAPAN_VALUES(CAPAN_X)
#undef CAPAN_X

#define CAPAN_X(values, tokens, count) {values, tokens, count},
static const struct value_list {
    value_string *values;
    const struct capan_token *tokens;
    size_t count;
} value_lists[] = {CAPAN_VALUES(CAPAN_X)};
#undef CAPAN_X

/* The last entry stays zero: it ends the list. */
static void make_values(const struct value_list *list) {
    for (size_t i = 0; i < list->count; i++) list->values[i] = (value_string){(guint32)i, list->tokens[i].token};
}

#define CAPAN_X(name, label, filter, type, display, strings, description)                                              \
    {&capan_hf[HF_##name], {label, filter, type, display, strings, 0, description, HFILL}},
static hf_register_info fields[] = {CAPAN_FIELDS(CAPAN_X)};
#undef CAPAN_X

/* The core's lists that make expert items, and the group users find them in. */
static const struct expert_list {
    const char *prefix;
    const struct capan_token *tokens;
    expert_field *items;
    size_t count;
    int group;
} expert_lists[] = {
    {"capan.expert.tcp.", capan_tcp_kinds, capan_ei_kind, CAPAN_TCP_KIND_COUNT, PI_SEQUENCE},
    {"capan.expert.tcp.flag.", capan_tcp_flags, capan_ei_flag, CAPAN_TCP_FLAG_COUNT, PI_SEQUENCE},
    {"capan.expert.http.", capan_http_outcomes, capan_ei_outcome, CAPAN_HTTP_OUTCOME_COUNT, PI_RESPONSE_CODE},
    {"capan.expert.http.violation.", capan_http_violations, capan_ei_violation, CAPAN_HTTP_VIOLATION_COUNT,
     PI_PROTOCOL},
    {"capan.expert.http.advice.", capan_http_advices, capan_ei_advice, CAPAN_HTTP_ADVICE_COUNT, PI_COMMENTS_GROUP},
    {"capan.expert.http.framing.", capan_http_framings, capan_ei_framing, CAPAN_HTTP_FRAMING_COUNT, PI_PROTOCOL},
};

static int wireshark_severity(enum capan_severity severity) {
    static const int severities[] = {0, PI_CHAT, PI_NOTE, PI_WARN, PI_ERROR};

    return severities[severity];
}

static bool is_disclosure(const expert_field *item) {
    return item == &capan_ei_violation[CAPAN_VIOLATION_SERVED_PRIVATE] ||
           item == &capan_ei_violation[CAPAN_VIOLATION_SERVED_AUTHORIZED];
}

static ei_register_info expert_item(const struct expert_list *list, size_t number) {
    const struct capan_token *token = &list->tokens[number];
    expert_field *item = &list->items[number];

    return (ei_register_info){item,
                              {wmem_strdup_printf(wmem_epan_scope(), "%s%s", list->prefix, token->token),
                               is_disclosure(item) ? PI_SECURITY : list->group, wireshark_severity(token->severity),
                               wmem_strdup_printf(wmem_epan_scope(), "%s: %s", token->token, token->sentence),
                               EXPFILL}};
}

/* expert_register_field_array keeps what it is given. */
static void register_expert_list(expert_module_t *module, const struct expert_list *list) {
    ei_register_info *infos = wmem_alloc_array(wmem_epan_scope(), ei_register_info, list->count);
    int loud = 0;

    for (size_t number = 0; number < list->count; number++) {
        list->items[number] = (expert_field)EI_INIT;
        if (list->tokens[number].severity != CAPAN_NONE) infos[loud++] = expert_item(list, number);
    }
    expert_register_field_array(module, infos, loud);
}

void capan_fields_register(int protocol) {
    static gint *subtrees[CAPAN_ETT_COUNT];
    expert_module_t *module = expert_register_protocol(protocol);

    for (size_t i = 0; i < G_N_ELEMENTS(value_lists); i++) make_values(&value_lists[i]);
    memset(capan_hf, -1, sizeof capan_hf);
    proto_register_field_array(protocol, fields, (int)G_N_ELEMENTS(fields));
    for (size_t i = 0; i < CAPAN_ETT_COUNT; i++) {
        capan_ett[i] = -1;
        subtrees[i] = &capan_ett[i];
    }
    proto_register_subtree_array(subtrees, CAPAN_ETT_COUNT);
    for (size_t i = 0; i < G_N_ELEMENTS(expert_lists); i++) register_expert_list(module, &expert_lists[i]);
}
