/* SPDX-License-Identifier: MIT */
/* What a script expects: of a segment, and of a connection. */
#include <string.h>

#include "script_reader.h"

static int find_token(const struct capan_token *tokens, int count, const char *word, size_t len) {
    for (int i = 0; i < count; i++)
        if (strlen(tokens[i].token) == len && memcmp(tokens[i].token, word, len) == 0) return i;
    return -1;
}

static int token_or_fail(struct reader *reader, const struct capan_token *tokens, int count, const char *word,
                         size_t len) {
    const int found = find_token(tokens, count, word, len);
    if (found < 0) reader_fail(reader, "unknown word: '%.*s'", (int)len, word);
    return found;
}

static void read_states(struct reader *reader, struct script_expect *expect, const char *value) {
    const char *slash = strchr(value, '/');
    if (!slash) {
        reader_fail(reader, "state=CLIENT/SERVER");
        return;
    }
    expect->client_state =
        token_or_fail(reader, capan_tcp_states, CAPAN_TCP_STATE_COUNT, value, (size_t)(slash - value));
    expect->server_state = token_or_fail(reader, capan_tcp_states, CAPAN_TCP_STATE_COUNT, slash + 1, strlen(slash + 1));
}

static bool read_named_expectation(struct reader *reader, struct script_expect *expect, const char *word) {
    const char *value = strchr(word, '=');
    if (!value) return false;
    value++;
    const size_t len = (size_t)(value - word);
    if (strncmp(word, "cause=", len) == 0)
        expect->cause = token_or_fail(reader, capan_tcp_causes, CAPAN_TCP_CAUSE_COUNT, value, strlen(value));
    else if (strncmp(word, "certainty=", len) == 0)
        expect->certainty = token_or_fail(reader, capan_certainties, CAPAN_CERTAINTY_COUNT, value, strlen(value));
    else if (strncmp(word, "state=", len) == 0)
        read_states(reader, expect, value);
    else if (strncmp(word, "rtt=", len) == 0)
        expect->rtt_ns = reader_to_time(reader, value);
    else if (strncmp(word, "rto=", len) == 0)
        expect->rto_ns = reader_to_time(reader, value);
    else if (strncmp(word, "cwnd=", len) == 0)
        expect->cwnd = reader_to_integer(reader, value);
    else if (strncmp(word, "outstanding=", len) == 0)
        expect->outstanding = reader_to_integer(reader, value);
    else if (strncmp(word, "acks=", len) == 0)
        expect->acks_count = reader_to_integer(reader, value);
    else if (strncmp(word, "stream=", len) == 0)
        expect->stream = (int)reader_to_integer(reader, value);
    else
        reader_fail(reader, "unknown expectation: '%s'", word);
    return true;
}

static const char *strength_of(const char *word) {
    static const char *const strengths[] = {"required", "observed", "ours"};
    for (size_t i = 0; i < sizeof strengths / sizeof *strengths; i++)
        if (strcmp(word, strengths[i]) == 0) return strengths[i];
    return NULL;
}

void reader_expectation(struct reader *reader, struct script_expect *expect, const char *word) {
    const bool absent = word[0] == '!';
    const char *token = word + absent;
    const int flag = find_token(capan_tcp_flags, CAPAN_TCP_FLAG_COUNT, token, strlen(token));
    if (strength_of(word))
        expect->strength = strength_of(word);
    else if (flag >= 0)
        *(absent ? &expect->absent_flags : &expect->flags) |= UINT64_C(1) << flag;
    else if (!read_named_expectation(reader, expect, word))
        expect->kind = token_or_fail(reader, capan_tcp_kinds, CAPAN_TCP_KIND_COUNT, word, strlen(word));
}

const struct script_expect reader_nothing_expected = {-1, -1, -1, -1, -1,        -1,        0,
                                                      0,  -1, -1, -1, INT64_MIN, INT64_MIN, "ours"};

/* "c2s.path=0.020", "s2c.busy=0" */
static bool read_part(struct reader *reader, struct script_summary *summary, const char *word) {
    const bool server = strncmp(word, "s2c.", 4) == 0;
    const char *value = strchr(word, '=');
    if ((!server && strncmp(word, "c2s.", 4) != 0) || !value) return false;
    const size_t len = (size_t)(value - word) - 4;
    int64_t *to = &summary->busy_ns[server];
    if (len != 4 || strncmp(word + 4, "busy", len) != 0) {
        const int part = token_or_fail(reader, capan_time_parts, CAPAN_TIME_PART_COUNT, word + 4, len);
        if (part < 0) return true;
        to = &summary->part_ns[server][part];
    }
    *to = reader_to_time(reader, value + 1);
    return true;
}

static void ask_no_parts(struct script_summary *summary) {
    for (unsigned side = 0; side < 2; side++) {
        summary->busy_ns[side] = INT64_MIN;
        for (unsigned i = 0; i < CAPAN_TIME_PART_COUNT; i++) summary->part_ns[side][i] = INT64_MIN;
    }
}

void reader_summary(struct reader *reader) {
    struct script *script = reader->script;
    struct script_summary summary = {reader->line, -1, -1, -1, -1, -1, -1, -1, -1, INT64_MIN, {{0}}, {0}};
    ask_no_parts(&summary);
    const struct {
        const char *word;
        const struct capan_token *tokens;
        int count, *to;
    } parts[] = {{"open=", capan_tcp_opens, CAPAN_TCP_OPEN_COUNT, &summary.open},
                 {"close=", capan_tcp_closes, CAPAN_TCP_CLOSE_COUNT, &summary.close},
                 {"vantage=", capan_tcp_vantages, CAPAN_TCP_VANTAGE_COUNT, &summary.vantage},
                 {"limit=", capan_tcp_limits, CAPAN_TCP_LIMIT_COUNT, &summary.limit},
                 {"quality=", capan_tcp_qualities, CAPAN_TCP_QUALITY_COUNT, &summary.quality},
                 {"icmp=", capan_icmp_errors, CAPAN_ICMP_ERROR_COUNT, &summary.icmp},
                 {"effect=", capan_icmp_effects, CAPAN_ICMP_EFFECT_COUNT, &summary.effect}};
    char word[WORD_SIZE];
    while (!reader->failed && reader_word(reader, word)) {
        bool known = true;
        if (strncmp(word, "stream=", 7) == 0)
            summary.stream = (int)reader_to_integer(reader, word + 7);
        else if (strncmp(word, "rtt=", 4) == 0)
            summary.rtt_ns = strcmp(word + 4, "none") == 0 ? -1 : reader_to_time(reader, word + 4);
        else
            known = read_part(reader, &summary, word);
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            const size_t len = strlen(parts[i].word);
            if (strncmp(word, parts[i].word, len) != 0) continue;
            *parts[i].to = token_or_fail(reader, parts[i].tokens, parts[i].count, word + len, strlen(word + len));
            known = true;
        }
        if (!known) reader_fail(reader, "unknown summary: '%s'", word);
    }
    if (script->summary_count == SCRIPT_EXPECTED)
        reader_fail(reader, "too many summaries");
    else
        script->summaries[script->summary_count++] = summary;
}
