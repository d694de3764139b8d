/* SPDX-License-Identifier: MIT */
/* "the capture has 41 frames", "three retransmissions". */
#include "quantity.h"

/* All the numbers that people may mean. */
typedef void counted(const struct facts *, struct values *);

static void add(struct values *values, uint64_t value) {
    if (values->count < VALUES_MAX) values->at[values->count++] = (int64_t)min_u64(value, INT64_MAX);
}

static void count_frames(const struct facts *facts, struct values *values) {
    uint64_t tcp = 0;
    for (size_t i = 0; i < facts->frame_count; i++) tcp += facts->frames[i].tcp;
    add(values, facts->total);
    add(values, tcp);
    for (size_t i = 0; i < facts->connection_count && values->count < VALUES_MAX / 2; i++)
        add(values, facts->connections[i].tcp.side[0].segments + facts->connections[i].tcp.side[1].segments);
}

static void count_connections(const struct facts *facts, struct values *values) {
    add(values, facts->connection_count);
}

static void count_exchanges(const struct facts *facts, struct values *values) {
    add(values, facts->exchange_count);
    for (size_t i = 0; i < facts->connection_count && values->count < VALUES_MAX; i++)
        add(values, facts->connections[i].exchanges);
}

static void count_of_sides(const struct facts *facts, struct values *values,
                           uint64_t (*of)(const struct capan_tcp_side *)) {
    uint64_t sum = 0;
    for (size_t i = 0; i < facts->connection_count; i++)
        for (unsigned j = 0; j < 2; j++) sum += of(&facts->connections[i].tcp.side[j]);
    add(values, sum);
    for (size_t i = 0; i < facts->connection_count && values->count + 3 < VALUES_MAX; i++) {
        const uint64_t client = of(&facts->connections[i].tcp.side[0]), server = of(&facts->connections[i].tcp.side[1]);
        add(values, client + server);
        add(values, client);
        add(values, server);
    }
}

static uint64_t resent(const struct capan_tcp_side *side) {
    return side->resent_segments;
}
static uint64_t duplicate_acks(const struct capan_tcp_side *side) {
    return side->duplicate_acks;
}
static uint64_t zero_windows(const struct capan_tcp_side *side) {
    return side->zero_windows;
}

static void count_resent(const struct facts *facts, struct values *values) {
    uint64_t handshakes = 0;
    for (size_t i = 0; i < facts->frame_count; i++)
        handshakes += facts->frames[i].tcp && (facts->frames[i].segment.kind == CAPAN_KIND_SYN_RETRANSMIT ||
                                               facts->frames[i].segment.kind == CAPAN_KIND_SYN_ACK_RETRANSMIT);
    count_of_sides(facts, values, resent);
    add(values, (uint64_t)values->at[0] + handshakes);
}

static void count_duplicate_acks(const struct facts *facts, struct values *values) {
    count_of_sides(facts, values, duplicate_acks);
}

static void count_zero_windows(const struct facts *facts, struct values *values) {
    count_of_sides(facts, values, zero_windows);
}

/* certain: what does not fit is wrong: more than there are, or said of all of them. */
static const struct {
    const char *pattern;
    counted *count;
    const char *what;
    bool certain, of_sides;
} rows[] = {
    {"capture|trace|file|recording *2 has|contains|holds|of|shows {c} packets|frames", count_frames, "frames", true,
     false},
    {"{c} packets|frames *2 in the capture|trace|file|recording", count_frames, "frames", true, false},
    {"{c} ?tcp connections|connection *2 in the capture|trace|file|recording", count_connections, "connections", true,
     false},
    {"capture|trace|file|recording *2 has|contains|holds|of|shows {c} ?tcp connections|connection", count_connections,
     "connections", true, false},
    {"{c} ?http requests|exchanges *2 in the capture|trace|file|recording", count_exchanges, "exchanges", true, false},
    {"{c} retransmissions|retransmission|retransmitted", count_resent, "segments sent again", true, true},
    {"{c} duplicate|dup acks|ack", count_duplicate_acks, "duplicate ACKs", false, true},
    {"{c} zero ?- windows|window", count_zero_windows, "closed windows", true, true},
};

enum { ROWS = sizeof rows / sizeof *rows };
_Static_assert(sizeof rows / sizeof *rows <= COUNTS_MAX, "each row's numbers have room");

/* Counted once, however often they are told. */
static const struct values *values_of(struct reader *reader, size_t row) {
    struct values *values = &reader->counts[row];
    if (!values->count) rows[row].count(reader->facts, values);
    return values;
}

/* The most of the numbers: who tells of fewer may mean some of them. */
static int64_t most_of(const struct values *values) {
    int64_t most = 0;
    for (size_t i = 0; i < values->count; i++) most = max_i64(most, values->at[i]);
    return most;
}

/* Close to the number, on either side. */
static bool says_all(const struct reader *reader, const struct match *match) {
    enum { NEAR = 4 };
    const size_t clause = capan_clause_begin(reader, match->from),
                 from = match->from > clause + NEAR ? match->from - NEAR : clause,
                 to = match->to + NEAR < reader->end ? match->to + NEAR : reader->end;
    static const char *const patterns[] = {"in total|all|sum", "total|altogether|overall", "there are|were|is|was"};
    struct match said;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (capan_pattern_find(patterns[i], reader->tokens.at, from, to, &said)) return true;
    return false;
}

/* Another capture than this one. */
static bool is_of_another(const struct reader *reader, const struct match *match) {
    for (size_t i = reader->begin; i < match->to; i++)
        if (token_is_word(reader_token(reader, i), "another|other|second|longer|shorter|different|earlier|previous"))
            return true;
    return false;
}

static void judge(struct reader *reader, size_t row, const struct match *match) {
    const size_t at = match->caught[0];
    const struct token *token = reader_token(reader, at);
    const int64_t said = (int64_t)(token->type == TOKEN_NUMBER ? token->value : capan_word_number(token->text));
    const struct values *values = values_of(reader, row);
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    if (!capan_values_have(values, said)) {
        const bool some = rows[row].of_sides && said < most_of(values) && !says_all(reader, match);
        if (!rows[row].certain || some || is_of_another(reader, match)) return;
        judged.verdict = CAPAN_CLAIM_REFUTED;
        struct sentence right = sentence_in(judged.right, sizeof judged.right),
                        why = sentence_in(judged.why, sizeof judged.why);
        capan_say(&right, "%lld", (long long)values->at[0]);
        capan_say(&why, "%s: %lld", rows[row].what, (long long)values->at[0]);
    }
    capan_claim(reader, CAPAN_CLAIM_COUNT, at, at + 1, &judged);
}

void capan_read_counts(struct reader *reader) {
    struct match match;
    for (size_t i = 0; i < ROWS; i++)
        for (size_t at = reader->begin; at < reader->end; at = match.from + 1) {
            if (!capan_pattern_find(rows[i].pattern, reader->tokens.at, at, reader->end, &match)) break;
            if (!reader_token(reader, match.caught[0])->taken) judge(reader, i, &match);
        }
}
