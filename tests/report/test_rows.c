/* SPDX-License-Identifier: MIT */
/* The tables of columns, row by row: what a row says of itself fits together, and values are what their rows say. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "capan/report.h"

static const size_t struct_sizes[CAPAN_ROWS_COUNT] = {
    [CAPAN_ROWS_SEGMENTS] = sizeof(struct capan_segment),
    [CAPAN_ROWS_CONNECTIONS] = sizeof(struct capan_connection),
    [CAPAN_ROWS_EXCHANGES] = sizeof(struct capan_exchange),
    [CAPAN_ROWS_FINDINGS] = sizeof(struct capan_finding),
    [CAPAN_ROWS_PAGES] = sizeof(struct capan_page),
    [CAPAN_ROWS_OBJECTS] = sizeof(struct capan_object),
    [CAPAN_ROWS_PROOFS] = sizeof(struct capan_proof),
    [CAPAN_ROWS_WHATIF] = sizeof(struct capan_whatif_row),
    [CAPAN_ROWS_WHATIF_SUMS] = sizeof(struct capan_whatif_group),
    [CAPAN_ROWS_WHATIF_CHANGES] = sizeof(struct capan_whatif_change),
    [CAPAN_ROWS_ETAGS] = sizeof(struct capan_etag_row),
    [CAPAN_ROWS_STITCH] = sizeof(struct capan_stitch_row),
    [CAPAN_ROWS_DIFF] = sizeof(struct capan_diff_row),
    [CAPAN_ROWS_PROVED] = sizeof(struct capan_proved),
    [CAPAN_ROWS_CLAIMS] = sizeof(struct capan_claim),
    [CAPAN_ROWS_PLACES] = sizeof(struct capan_place),
};

/* The column that is looked at, for messages. */
static const char *looked_at;

static void check(bool holds, const char *what) {
    if (!holds) fail_msg("%s: %s", looked_at, what);
}

static void each_column(void (*look)(const struct capan_table *, const struct capan_column *)) {
    for (size_t i = 0; i < CAPAN_ROWS_COUNT; i++)
        for (size_t at = 0; at < capan_tables[i]->tree_count; at++) {
            looked_at = capan_tables[i]->columns[at].key;
            look(capan_tables[i], &capan_tables[i]->columns[at]);
        }
}

static enum capan_rows rows_of(const struct capan_table *table) {
    size_t rows = 0;
    while (capan_tables[rows] != table) rows++;
    return (enum capan_rows)rows;
}

static bool is_printed(const struct capan_table *table, const struct capan_column *column) {
    return column < table->columns + table->count;
}

/* --- keys and sentences --- */

static const struct capan_column *find(const struct capan_table *table, const char *key) {
    for (size_t i = 0; i < table->tree_count; i++)
        if (strcmp(table->columns[i].key, key) == 0) return &table->columns[i];
    return NULL;
}

/* The manual tells both sides of a connection by the client's. */
static bool is_told(const struct capan_table *table, const struct capan_column *column) {
    char key[40];
    if (strncmp(column->key, "s2c.", 4) != 0) return true;
    snprintf(key, sizeof key, "c2s.%s", column->key + 4);
    const struct capan_column *client = find(table, key);
    return client && strcmp(client->sentence, column->sentence) == 0;
}

static void look_at_key(const struct capan_table *table, const struct capan_column *column) {
    check(find(table, column->key) == column, "its key stands twice");
    check(strspn(column->key, "abcdefghijklmnopqrstuvwxyz0123456789_.") == strlen(column->key), "its key is no key");
    check(strlen(column->key) < 36, "its key has no room in JSON's");
    check(is_told(table, column), "the client's side has no such column");
}

static void keys_are_unique(void **state) {
    (void)state;
    each_column(look_at_key);
    for (size_t i = 0; i < CAPAN_ROWS_COUNT; i++) assert_null(strchr(capan_tables[i]->columns[0].key, '.'));
}

/* A sentence goes as it is into JSON, roff and Markdown. */
static void look_at_sentence(const struct capan_table *table, const struct capan_column *column) {
    size_t len = strlen(column->sentence);
    (void)table;
    check(len > 0 && column->sentence[len - 1] != '.', "its sentence is empty or ends in a full stop");
    check(!strpbrk(column->sentence, "\"\\|\n"), "its sentence needs escapes");
    check(*column->sentence != '.' && *column->sentence != '\'', "roff takes its sentence for a request");
}

static void sentences_need_no_escapes(void **state) {
    (void)state;
    each_column(look_at_sentence);
}

/* --- how values are read --- */

static const struct {
    enum capan_value_type type;
    size_t size; /* 0: 1, 2, 4 or 8 */
} reads[] = {
    [CAPAN_READ_COUNT] = {CAPAN_VALUE_UNSIGNED, 0},
    [CAPAN_READ_NONZERO] = {CAPAN_VALUE_UNSIGNED, 0},
    [CAPAN_READ_SIGNED] = {CAPAN_VALUE_SIGNED, sizeof(int64_t)},
    [CAPAN_READ_NOT_NEGATIVE] = {CAPAN_VALUE_SIGNED, sizeof(int64_t)},
    [CAPAN_READ_TIME] = {CAPAN_VALUE_SECONDS, sizeof(int64_t)},
    [CAPAN_READ_MOMENT] = {CAPAN_VALUE_MOMENT, sizeof(int64_t)},
    [CAPAN_READ_DURATION] = {CAPAN_VALUE_SECONDS, sizeof(int64_t)},
    [CAPAN_READ_HUNDREDTHS] = {CAPAN_VALUE_HUNDREDTHS, sizeof(int64_t)},
    [CAPAN_READ_BOOLEAN] = {CAPAN_VALUE_BOOLEAN, sizeof(bool)},
    [CAPAN_READ_TOKEN] = {CAPAN_VALUE_TOKEN, sizeof(uint8_t)},
    [CAPAN_READ_TOKEN_BUT_0] = {CAPAN_VALUE_TOKEN, sizeof(uint8_t)},
    [CAPAN_READ_TOKENS] = {CAPAN_VALUE_TOKENS, sizeof(uint64_t)},
    [CAPAN_READ_SPAN] = {CAPAN_VALUE_OCTETS, sizeof(struct capan_span)},
    [CAPAN_READ_ENDPOINT] = {CAPAN_VALUE_OCTETS, sizeof(struct capan_endpoint)},
};

static void look_at_read(const struct capan_table *table, const struct capan_column *column) {
    check((column->read == CAPAN_READ_BY_GET) == (column->get != NULL), "it is read in two ways or in none");
    check(column->type > CAPAN_VALUE_ABSENT && column->type < CAPAN_VALUE_TYPE_COUNT, "it is of no type");
    if (column->get) return;
    check(column->type == reads[column->read].type, "it is read as another type than it has");
    check(reads[column->read].size == 0 ? column->size && column->size <= 8 && !(column->size & (column->size - 1))
                                        : column->size == reads[column->read].size,
          "its member has another size");
    const size_t size = column->behind ? sizeof(struct capan_statistics) : struct_sizes[rows_of(table)];
    check((size_t)column->offset + column->size <= size, "its member lies outside the struct");
}

static void members_fit(void **state) {
    (void)state;
    each_column(look_at_read);
}

static void look_at_member(const struct capan_table *table, const struct capan_column *column) {
    union {
        uint64_t aligned;
        uint8_t octets[sizeof(struct capan_connection) + sizeof(struct capan_exchange)];
    } any = {0};
    struct capan_row row = {.base = &any};
    (void)table;
    if (column->get || column->read == CAPAN_READ_SPAN) return;
    uint8_t behind[sizeof(struct capan_statistics)] = {0};
    const uint8_t *pointer = behind;
    memset((column->behind ? behind : any.octets) + column->offset, 1, column->size);
    if (column->behind) {
        check(capan_column_value(column, &row).type == CAPAN_VALUE_ABSENT, "what is not there is read");
        memcpy(any.octets + column->behind - 1, &pointer, sizeof pointer);
    }
    check(capan_column_value(column, &row).type == (enum capan_value_type)column->type, "what is there is not read");
}

static void members_are_read(void **state) {
    (void)state;
    each_column(look_at_member);
}

/* --- lists and units --- */

static void look_at_list(const struct capan_table *table, const struct capan_column *column) {
    bool has_words =
        column->type == CAPAN_VALUE_TOKEN || column->type == CAPAN_VALUE_TOKENS || column->type == CAPAN_VALUE_COUNTS;
    const bool is_word = column->type == CAPAN_VALUE_WORD; /* it may have a list, or few words */
    (void)table;
    check(is_word || has_words == (column->tokens != NULL), "its list is not its type's");
    check((column->tokens != NULL) == (column->token_count > 0), "its list and how many it has do not agree");
    check(!column->words || (is_word && !column->tokens), "it has words beside its list");
    check(column->type != CAPAN_VALUE_TOKENS || column->token_count <= 64, "its list has more words than bits");
    for (size_t i = 0; i < column->token_count; i++)
        check(column->tokens[i].token && *column->tokens[i].token, "a word of its list is empty");
}

static void words_have_lists(void **state) {
    (void)state;
    each_column(look_at_list);
}

/* 1 << CAPAN_UNIT_...: the units that fit a type. */
static const unsigned units[CAPAN_VALUE_TYPE_COUNT] = {
    [CAPAN_VALUE_UNSIGNED] =
        1u << CAPAN_UNIT_NUMBER | 1u << CAPAN_UNIT_OCTETS | 1u << CAPAN_UNIT_FRAME | 1u << CAPAN_UNIT_IDENTIFIER,
    [CAPAN_VALUE_SIGNED] = 1u << CAPAN_UNIT_SECONDS | 1u << CAPAN_UNIT_SEQUENCE | 1u << CAPAN_UNIT_IDENTIFIER |
                           1u << CAPAN_UNIT_NUMBER | 1u << CAPAN_UNIT_OCTETS | 1u << CAPAN_UNIT_RATE,
    [CAPAN_VALUE_SECONDS] = 1u << CAPAN_UNIT_NS,
    [CAPAN_VALUE_MOMENT] = 1u << CAPAN_UNIT_NS,
    [CAPAN_VALUE_HUNDREDTHS] = 1u << CAPAN_UNIT_ROUND_TRIPS_X100 | 1u << CAPAN_UNIT_PPM_X100,
    [CAPAN_VALUE_BOOLEAN] = 1u << CAPAN_UNIT_NONE,
    [CAPAN_VALUE_TRUTH] = 1u << CAPAN_UNIT_NONE,
    [CAPAN_VALUE_TOKEN] = 1u << CAPAN_UNIT_NONE,
    [CAPAN_VALUE_WORD] = 1u << CAPAN_UNIT_NONE,
    [CAPAN_VALUE_OCTETS] = 1u << CAPAN_UNIT_NONE,
    [CAPAN_VALUE_TOKENS] = 1u << CAPAN_UNIT_NONE,
    [CAPAN_VALUE_COUNTS] = 1u << CAPAN_UNIT_NUMBER,
    [CAPAN_VALUE_NUMBERS] = 1u << CAPAN_UNIT_FRAME | 1u << CAPAN_UNIT_IDENTIFIER,
    [CAPAN_VALUE_FIELDS] = 1u << CAPAN_UNIT_NONE,
    [CAPAN_VALUE_FACTS] = 1u << CAPAN_UNIT_NONE,
    [CAPAN_VALUE_QUANTITIES] = 1u << CAPAN_UNIT_NONE,
};

static void look_at_unit(const struct capan_table *table, const struct capan_column *column) {
    (void)table;
    check(units[column->type] >> column->unit & 1, "its unit does not fit its type");
}

static void units_fit(void **state) {
    (void)state;
    each_column(look_at_unit);
}

/* --- Wireshark --- */

/* 1 << CAPAN_VALUE_...: the values that a field of Wireshark's type can show. */
static const unsigned shown[CAPAN_WIRESHARK_TYPE_COUNT] = {
    [CAPAN_WIRESHARK_UINT8] = 1u << CAPAN_VALUE_UNSIGNED,
    [CAPAN_WIRESHARK_UINT32] = 1u << CAPAN_VALUE_UNSIGNED,
    [CAPAN_WIRESHARK_UINT64] = 1u << CAPAN_VALUE_UNSIGNED,
    [CAPAN_WIRESHARK_INT64] = 1u << CAPAN_VALUE_SIGNED,
    [CAPAN_WIRESHARK_DOUBLE] = 1u << CAPAN_VALUE_HUNDREDTHS,
    [CAPAN_WIRESHARK_BOOLEAN] = 1u << CAPAN_VALUE_BOOLEAN,
    [CAPAN_WIRESHARK_STRING] =
        1u << CAPAN_VALUE_TOKEN | 1u << CAPAN_VALUE_TOKENS | 1u << CAPAN_VALUE_WORD | 1u << CAPAN_VALUE_OCTETS,
    [CAPAN_WIRESHARK_FRAME] = 1u << CAPAN_VALUE_UNSIGNED | 1u << CAPAN_VALUE_NUMBERS,
    [CAPAN_WIRESHARK_DURATION] = 1u << CAPAN_VALUE_SECONDS,
};

static bool display_fits(const struct capan_column *column) {
    switch ((enum capan_wireshark_display)column->wireshark.display) {
    case CAPAN_DISPLAY_PLAIN: return !column->tokens || column->wireshark.type == CAPAN_WIRESHARK_STRING;
    case CAPAN_DISPLAY_UNIT: return column->unit == CAPAN_UNIT_OCTETS || column->unit == CAPAN_UNIT_SECONDS;
    default: return column->wireshark.type == CAPAN_WIRESHARK_FRAME;
    }
}

static bool has_room(const struct capan_column *column) {
    static const uint8_t octets[CAPAN_WIRESHARK_TYPE_COUNT] = {
        [CAPAN_WIRESHARK_UINT8] = 1, [CAPAN_WIRESHARK_UINT32] = 4, [CAPAN_WIRESHARK_FRAME] = 4};
    uint8_t room = octets[column->wireshark.type];
    if (column->type == CAPAN_VALUE_TOKEN || column->type == CAPAN_VALUE_TOKENS) return column->token_count <= 256;
    return column->get || room == 0 || column->size <= room;
}

static void look_at_field(const struct capan_table *table, const struct capan_column *column) {
    const struct capan_wireshark_field *field = &column->wireshark;
    check(is_printed(table, column) || field->type, "nobody has it");
    if (!field->type) return;
    check(table == capan_tables[CAPAN_ROWS_SEGMENTS] || table == capan_tables[CAPAN_ROWS_CONNECTIONS] ||
              table == capan_tables[CAPAN_ROWS_EXCHANGES],
          "frames have no rows of this kind");
    check(field->label && *field->label, "its field has no label");
    check(shown[field->type] >> column->type & 1, "its field does not fit its type");
    check((field->type == CAPAN_WIRESHARK_FRAME) == (column->unit == CAPAN_UNIT_FRAME), "a frame, or none");
    check(display_fits(column) && has_room(column), "its field does not fit its value");
    check(field->on == CAPAN_ON_END || table == capan_tables[CAPAN_ROWS_EXCHANGES], "there is one frame only");
}

static const char *name_of(const struct capan_column *column) {
    return column->wireshark.name ? column->wireshark.name : column->key;
}

static const struct capan_column *looked_for;

/* Rows of different kinds share a field by its name: it is the same then. */
static void compare_field(const struct capan_table *table, const struct capan_column *column) {
    const struct capan_wireshark_field *a = &column->wireshark, *b = &looked_for->wireshark;
    (void)table;
    if (!a->type || !b->type || strcmp(name_of(column), name_of(looked_for)) != 0) return;
    check(a->type == b->type && a->display == b->display && strcmp(a->label, b->label) == 0 &&
              column->tokens == looked_for->tokens && strcmp(column->sentence, looked_for->sentence) == 0,
          "two fields have its name");
}

static void fields_fit(void **state) {
    (void)state;
    each_column(look_at_field);
    for (size_t i = 0; i < CAPAN_ROWS_COUNT; i++)
        for (size_t at = 0; at < capan_tables[i]->tree_count; at++) {
            looked_for = &capan_tables[i]->columns[at];
            each_column(compare_field);
        }
}

/* --- what getters make --- */

static void check_row(enum capan_rows rows, struct capan_row *row) {
    for (size_t i = 0; i < capan_tables[rows]->tree_count; i++) {
        const struct capan_column *column = &capan_tables[rows]->columns[i];
        struct capan_value value = capan_column_value(column, row);
        looked_at = column->key;
        check(value.type == CAPAN_VALUE_ABSENT || value.type == (enum capan_value_type)column->type,
              "its value is not of its type");
    }
}

static void values_are_of_their_types(void **state) {
    static const struct capan_http_field field = {{(const uint8_t *)"etag", 4}, {(const uint8_t *)"\"a\"", 3}};
    static const uint32_t acks[] = {1, 2};
    const struct capan_segment segment = {
        .acks_count = 2, .header_flags = CAPAN_TH_ACK, .because = {3, 0, 4}, .frame = 5};
    const struct capan_connection connection = {
        .tcp = {.time_wait_holder = 3,
                .handshake_frames = {1, 2, 3},
                .side = {{.isn_known = true, .window_scale = 7, .rtt_count = 1}, {.isn_known = true, .rtt_count = 1}}}};
    const struct capan_exchange exchange = {.request = {.first_frame = 1, .last_frame = 1},
                                            .response = {.first_frame = 2, .last_frame = 3},
                                            .method = {(const uint8_t *)"GET", 3},
                                            .target = {(const uint8_t *)"/a", 2},
                                            .interim = {103},
                                            .interim_count = 1,
                                            .request_version = 11,
                                            .response_version = 20,
                                            .body_digest = 1,
                                            .response_framing = 1,
                                            .request_fields = &field,
                                            .request_field_count = 1,
                                            .outcome = CAPAN_OUTCOME_NOT_MODIFIED,
                                            .delayed_by = &capan_tcp_kinds[1]};
    const struct capan_finding finding = {.token = &capan_http_outcomes[1], .frames = {1}, .frame_count = 1};
    const struct capan_page page = {.outcomes = {1}};
    struct capan_proof of_segment, of_exchange;
    const struct capan_object object = {.name = "a.txt", .exchange = &exchange, .sha256 = "00", .len = 1};
    (void)state;
    check_row(CAPAN_ROWS_SEGMENTS, &(struct capan_row){.segment = &segment, .acks = acks});
    check_row(CAPAN_ROWS_CONNECTIONS, &(struct capan_row){.connection = &connection});
    check_row(CAPAN_ROWS_EXCHANGES, &(struct capan_row){.exchange = &exchange});
    check_row(CAPAN_ROWS_FINDINGS, &(struct capan_row){.finding = &finding});
    capan_prove_segment(&of_segment, &segment);
    capan_prove_exchange(&of_exchange, &exchange);
    check_row(CAPAN_ROWS_PROOFS, &(struct capan_row){.proof = &of_segment});
    check_row(CAPAN_ROWS_PROOFS, &(struct capan_row){.proof = &of_exchange});
    check_row(CAPAN_ROWS_PAGES, &(struct capan_row){.page = &page});
    check_row(CAPAN_ROWS_OBJECTS, &(struct capan_row){.object = &object});
    const struct capan_whatif_row whatif = {.why = CAPAN_WHATIF_WHY_STALE, .stored_in = 1};
    const struct capan_whatif_group group = {.sum = {.exchanges = 1}};
    const struct capan_whatif_change change = {.max_age_s = 60};
    check_row(CAPAN_ROWS_WHATIF, &(struct capan_row){.whatif = &whatif});
    check_row(CAPAN_ROWS_WHATIF_SUMS, &(struct capan_row){.whatif_group = &group});
    check_row(CAPAN_ROWS_WHATIF_CHANGES, &(struct capan_row){.whatif_change = &change});
    const struct capan_etag_row etag = {.reading = {.mtime_ns = 1, .size_known = true, .inode_known = true}};
    check_row(CAPAN_ROWS_ETAGS, &(struct capan_row){.etag = &etag});
    const struct capan_proved proved = {.number = 1, .wrong = "since", .why = "5: another", .unread_names = "timer"};
    const struct capan_place place = {
        .token = &capan_http_outcomes[1], .fingerprint = "0123456789abcdef", .frames = {1}, .frame_count = 1};
    const struct capan_claim claim = {
        .number = 1, .slip = 1, .source = "RFC 9293 3.1", .frames = {1}, .frame_count = 1};
    check_row(CAPAN_ROWS_CLAIMS, &(struct capan_row){.claim = &claim});
    check_row(CAPAN_ROWS_PLACES, &(struct capan_row){.place = &place});
    check_row(CAPAN_ROWS_PROVED, &(struct capan_row){.proved = &proved});
}

/* RFC 7323 2.2: without the scale the field counts no octets. */
static void a_window_of_unknown_scale_has_no_octets(void **state) {
    const struct capan_table *table = capan_tables[CAPAN_ROWS_SEGMENTS];
    struct capan_segment segment = {.window = 63 | CAPAN_WINDOW_UNSCALED};
    struct capan_row row = {.segment = &segment};
    (void)state;
    assert_int_equal(capan_column_value(find(table, "window"), &row).type, CAPAN_VALUE_ABSENT);
    assert_int_equal(capan_column_value(find(table, "window_unscaled"), &row).as.number, 63);
    segment.window = 64512;
    assert_int_equal(capan_column_value(find(table, "window"), &row).as.number, 64512);
    assert_int_equal(capan_column_value(find(table, "window_unscaled"), &row).type, CAPAN_VALUE_ABSENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_unique),
        cmocka_unit_test(sentences_need_no_escapes),
        cmocka_unit_test(members_fit),
        cmocka_unit_test(members_are_read),
        cmocka_unit_test(words_have_lists),
        cmocka_unit_test(units_fit),
        cmocka_unit_test(fields_fit),
        cmocka_unit_test(values_are_of_their_types),
        cmocka_unit_test(a_window_of_unknown_scale_has_no_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
