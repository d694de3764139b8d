/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fields.h"

#include <epan/unit_strings.h>

gint capan_ett[CAPAN_ETT_COUNT];

/* --- fields --- */

static struct capan_items items[CAPAN_ROWS_COUNT][2];

const struct capan_items *capan_items_of(enum capan_rows rows, bool proof) {
    return &items[rows][proof];
}

static const struct {
    enum ftenum type;
    int base;
} types[CAPAN_WIRESHARK_TYPE_COUNT] = {
    [CAPAN_WIRESHARK_UINT8] = {FT_UINT8, BASE_DEC},
    [CAPAN_WIRESHARK_UINT32] = {FT_UINT32, BASE_DEC},
    [CAPAN_WIRESHARK_UINT64] = {FT_UINT64, BASE_DEC},
    [CAPAN_WIRESHARK_INT64] = {FT_INT64, BASE_DEC},
    [CAPAN_WIRESHARK_DOUBLE] = {FT_DOUBLE, BASE_NONE},
    [CAPAN_WIRESHARK_BOOLEAN] = {FT_BOOLEAN, BASE_NONE},
    [CAPAN_WIRESHARK_STRING] = {FT_STRING, BASE_NONE},
    [CAPAN_WIRESHARK_FRAME] = {FT_FRAMENUM, BASE_NONE},
    [CAPAN_WIRESHARK_DURATION] = {FT_RELATIVE_TIME, BASE_NONE},
};

/* What Wireshark shows a value with. */
static const void *strings_of(const struct capan_column *column) {
    switch ((enum capan_wireshark_display)column->wireshark.display) {
    case CAPAN_DISPLAY_PLAIN: break;
    case CAPAN_DISPLAY_UNIT: return column->unit == CAPAN_UNIT_OCTETS ? &units_octet_octets : &units_second_seconds;
    case CAPAN_DISPLAY_ACK: return FRAMENUM_TYPE(FT_FRAMENUM_ACK);
    case CAPAN_DISPLAY_REQUEST: return FRAMENUM_TYPE(FT_FRAMENUM_REQUEST);
    case CAPAN_DISPLAY_RESPONSE: return FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE);
    }
    return NULL;
}

static char *description_of(const struct capan_column *column) {
    char *text = wmem_strdup(wmem_epan_scope(), column->sentence);

    text[0] = g_ascii_toupper(text[0]);
    return text;
}

static hf_register_info field_of(const struct capan_column *column, const char *name) {
    const struct capan_wireshark_field *field = &column->wireshark;
    int base = types[field->type].base | (field->display == CAPAN_DISPLAY_UNIT ? BASE_UNIT_STRING : 0);
    int *hf = wmem_new(wmem_epan_scope(), int);

    *hf = -1;
    return (hf_register_info){
        hf, {field->label, name, types[field->type].type, base, strings_of(column), 0, description_of(column), HFILL}};
}

struct fields {
    hf_register_info *at;
    int count;
};

/* The field of a column. Rows of different kinds may share one: capan.explain. */
static const int *find_or_add(struct fields *fields, const struct capan_column *column) {
    const char *key = column->wireshark.name ? column->wireshark.name : column->key;
    char *name = wmem_strdup_printf(wmem_epan_scope(), "capan.%s", key);

    for (int i = 0; i < fields->count; i++)
        if (strcmp(fields->at[i].hfinfo.abbrev, name) == 0) return fields->at[i].p_id;
    fields->at[fields->count] = field_of(column, name);
    return fields->at[fields->count++].p_id;
}

/* Keeps them sorted by rank, and those of one rank as they came. */
static void insert(struct capan_items *into, struct capan_item item) {
    size_t at = into->count++;

    for (; at > 0 && into->at[at - 1].column->wireshark.rank > item.column->wireshark.rank; at--)
        into->at[at] = into->at[at - 1];
    into->at[at] = item;
}

static void add_table(struct fields *fields, enum capan_rows rows) {
    const struct capan_table *table = capan_tables[rows];

    for (size_t proof = 0; proof < 2; proof++)
        items[rows][proof].at = wmem_alloc_array(wmem_epan_scope(), struct capan_item, table->tree_count);
    for (size_t i = 0; i < table->tree_count; i++) {
        const struct capan_column *column = &table->columns[i];
        if (column->wireshark.type == CAPAN_WIRESHARK_NONE) continue;
        insert(&items[rows][column->wireshark.proof], (struct capan_item){column, find_or_add(fields, column)});
    }
}

/* Wireshark keeps what it is given. */
static void register_fields(int protocol) {
    struct fields fields = {NULL, 0};
    size_t count = 0;

    for (size_t i = 0; i < CAPAN_ROWS_COUNT; i++) count += capan_tables[i]->tree_count;
    fields.at = wmem_alloc_array(wmem_epan_scope(), hf_register_info, count);
    for (size_t i = 0; i < CAPAN_ROWS_COUNT; i++) add_table(&fields, (enum capan_rows)i);
    proto_register_field_array(protocol, fields.at, fields.count);
}

/* --- expert items --- */

/* By enum capan_finding_class: what their names begin with, and the group in which users find them. */
static const struct {
    const char *prefix;
    int group;
} classes[CAPAN_FINDING_CLASS_COUNT] = {
    [CAPAN_FINDING_TCP_KIND] = {"capan.expert.tcp.", PI_SEQUENCE},
    [CAPAN_FINDING_TCP_FLAG] = {"capan.expert.tcp.flag.", PI_SEQUENCE},
    [CAPAN_FINDING_OUTCOME] = {"capan.expert.http.", PI_RESPONSE_CODE},
    [CAPAN_FINDING_VIOLATION] = {"capan.expert.http.violation.", PI_PROTOCOL},
    [CAPAN_FINDING_ADVICE] = {"capan.expert.http.advice.", PI_COMMENTS_GROUP},
    [CAPAN_FINDING_FRAMING] = {"capan.expert.http.framing.", PI_PROTOCOL},
};

static expert_field *experts[CAPAN_FINDING_CLASS_COUNT];

expert_field *capan_expert_of(const struct capan_cause *cause) {
    return &experts[cause->of][cause->number];
}

static int wireshark_severity(enum capan_severity severity) {
    static const int severities[] = {0, PI_CHAT, PI_NOTE, PI_WARN, PI_ERROR};

    return severities[severity];
}

static bool is_disclosure(const struct capan_token *token) {
    return token == &capan_http_violations[CAPAN_VIOLATION_SERVED_PRIVATE] ||
           token == &capan_http_violations[CAPAN_VIOLATION_SERVED_AUTHORIZED];
}

static ei_register_info expert_item(size_t of, size_t number) {
    const struct capan_token *token = &capan_cause_lists[of].tokens[number];

    return (ei_register_info){
        &experts[of][number],
        {wmem_strdup_printf(wmem_epan_scope(), "%s%s", classes[of].prefix, token->token),
         is_disclosure(token) ? PI_SECURITY : classes[of].group, wireshark_severity(token->severity),
         wmem_strdup_printf(wmem_epan_scope(), "%s: %s", token->token, token->sentence), EXPFILL}};
}

/* Wireshark keeps what it is given. */
static void register_experts(expert_module_t *module, size_t of) {
    const struct capan_cause_list *list = &capan_cause_lists[of];
    ei_register_info *infos = wmem_alloc_array(wmem_epan_scope(), ei_register_info, list->count);
    int loud = 0;

    experts[of] = wmem_alloc_array(wmem_epan_scope(), expert_field, list->count);
    for (size_t number = 0; number < list->count; number++) {
        experts[of][number] = (expert_field)EI_INIT;
        if (list->tokens[number].severity != CAPAN_NONE) infos[loud++] = expert_item(of, number);
    }
    expert_register_field_array(module, infos, loud);
}

void capan_fields_register(int protocol) {
    static gint *subtrees[CAPAN_ETT_COUNT];
    expert_module_t *module = expert_register_protocol(protocol);

    register_fields(protocol);
    for (size_t i = 0; i < CAPAN_ETT_COUNT; i++) {
        capan_ett[i] = -1;
        subtrees[i] = &capan_ett[i];
    }
    proto_register_subtree_array(subtrees, CAPAN_ETT_COUNT);
    for (size_t of = 0; of < CAPAN_FINDING_CLASS_COUNT; of++) register_experts(module, of);
}
