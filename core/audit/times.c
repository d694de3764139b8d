/* SPDX-License-Identifier: MIT */
/* Durations: round trips, handshakes, timers, silences, and how long after another a frame came. */
#include "quantity.h"

enum { TIMES_MAX = 32 };

struct times {
    int64_t at[TIMES_MAX];
    size_t count;
};

static void add(struct times *times, int64_t ns) {
    if (ns >= 0 && times->count < TIMES_MAX) times->at[times->count++] = ns;
}

static const struct capan_connection *connection_of(const struct facts *facts, const struct fact_frame *frame) {
    return frame && frame->tcp ? capan_facts_connection(facts, frame->segment.stream) : NULL;
}

static void add_round_trips(const struct facts *facts, const struct fact_frame *frame, struct times *times) {
    const struct capan_connection *connection = connection_of(facts, frame);
    if (frame && frame->tcp) add(times, frame->segment.rtt_ns);
    if (!connection) return;
    add(times, connection->tcp.rtt_ns);
    add(times, connection->tcp.syn_to_syn_ack_ns);
    for (unsigned i = 0; i < 2; i++) {
        const struct capan_tcp_side *side = &connection->tcp.side[i];
        if (!side->rtt_count) continue;
        add(times, side->rtt_min_ns);
        add(times, side->rtt_max_ns);
        add(times, side->rtt_sum_ns / side->rtt_count);
    }
}

static void add_handshakes(const struct facts *facts, const struct fact_frame *frame, struct times *times) {
    const struct capan_connection *connection = connection_of(facts, frame);
    if (!connection) return;
    add(times, connection->tcp.rtt_ns);
    add(times, connection->tcp.syn_to_syn_ack_ns);
    add(times, connection->tcp.syn_ack_to_ack_ns);
}

static void add_timers(const struct facts *facts, const struct fact_frame *frame, struct times *times) {
    (void)facts;
    if (frame && frame->tcp) add(times, frame->segment.rto_ns);
}

/* Since the frames that a frame has to do with. */
static void add_waits(const struct facts *facts, const struct fact_frame *frame, struct times *times) {
    const struct fact_frame *before = frame ? capan_facts_beside(facts, frame, -1) : NULL;
    if (!frame || !frame->tcp) return;
    bool response;
    const struct capan_exchange *exchange = capan_facts_exchange(facts, frame, &response);
    const struct fact_frame *acked = frame->segment.acked_in ? capan_facts_frame(facts, frame->segment.acked_in) : NULL;
    add(times, frame->segment.rto_ns);
    add(times, frame->segment.rtt_ns);
    add(times, frame->segment.time_ns - facts->origin_ns);
    if (before) add(times, frame->segment.time_ns - before->segment.time_ns);
    if (acked) add(times, acked->segment.time_ns - frame->segment.time_ns);
    for (size_t i = 0; i < 3; i++) {
        const struct fact_frame *because = capan_facts_frame(facts, frame->segment.because[i]);
        if (because) add(times, frame->segment.time_ns - because->segment.time_ns);
    }
    if (!exchange) return;
    add(times, exchange->answered_ns);
    add(times, exchange->server_ns);
    add(times, exchange->content_ns);
    add(times, exchange->response.last_ns - exchange->request.first_ns);
    add(times, exchange->response.last_ns - exchange->request.last_ns);
}

/* The first row that fits has the number; it is of the named frame, or of any connection. */
static const struct {
    const char *pattern;
    void (*add)(const struct facts *, const struct fact_frame *, struct times *);
    bool whole; /* a capture of one connection has one */
} rows[] = {
    {"rtt|round *6 {n} ms|us|s|seconds|milliseconds|microseconds", add_round_trips, true},
    {"handshake *6 {n} ms|us|s|seconds|milliseconds|microseconds", add_handshakes, true},
    {"timeout|rto|timer *4 {n} ms|us|s|seconds|milliseconds|microseconds", add_timers, false},
    {"{n} ms|us|s|seconds|milliseconds|microseconds", add_waits, false},
};

static int64_t unit_of(const struct token *token) {
    if (token_is_word(token, "us|microseconds")) return 1000;
    return token_is_word(token, "ms|milliseconds") ? 1000000 : 1000000000;
}

/* Half a unit of the last digit that is written either way, and a tenth of the value behind "about". */
static bool is_time(const struct reader *reader, size_t number, int64_t unit, int64_t ns) {
    const struct token *token = reader_token(reader, number);
    const struct token *before = number > reader->begin ? reader_token(reader, number - 1) : token;
    int64_t step = unit;
    for (unsigned i = 0; i < token->decimals && step > 1; i++) step /= 10;
    if (token->value > (uint64_t)(INT64_MAX / 4 / unit)) return false;
    const int64_t said = (int64_t)token->value * step;
    const bool rough =
        token_is_word(before, "about|around|roughly|approximately|some|nearly|almost") || token_is_sign(before, '~');
    const int64_t off = rough ? said / 10 : step;
    return ns - said < off + 1 && said - ns < off + 1;
}

/* Between any two frames of the sentence. */
static void add_between(const struct reader *reader, struct times *times) {
    const struct fact_frame *before = NULL;
    for (size_t i = reader->begin; i < reader->end; i++) {
        if (reader_token(reader, i)->type != TOKEN_FRAME) continue;
        const struct fact_frame *frame = capan_facts_frame(reader->facts, reader_token(reader, i)->value);
        if (before && frame) {
            const int64_t ns = frame->segment.time_ns - before->segment.time_ns;
            add(times, ns < 0 ? -ns : ns);
        }
        if (frame) before = frame;
    }
}

static void judge_time(struct reader *reader, size_t number, size_t row, const struct times *times, uint32_t frame,
                       bool certain) {
    const int64_t unit = unit_of(reader_token(reader, number + 1));
    char text[CAPAN_HUMAN];
    for (size_t i = 0; i < times->count; i++) {
        if (!is_time(reader, number, unit, times->at[i])) continue;
        capan_claim_confirmed(reader, CAPAN_CLAIM_TIME, number, number + 2, frame);
        return;
    }
    if (!certain || !times->count || !rows[row].whole) return;
    struct judged judged = {.verdict = CAPAN_CLAIM_REFUTED};
    struct sentence right = sentence_in(judged.right, sizeof judged.right),
                    why = sentence_in(judged.why, sizeof judged.why);
    sentence_text(&right, capan_human_duration(text, CAPAN_DURATION_TO_THE_US, times->at[0]));
    capan_say(&why, "it took %s", text);
    capan_judged_frame(&judged, frame);
    capan_claim(reader, CAPAN_CLAIM_TIME, number, number + 2, &judged);
}

static void read_row(struct reader *reader, size_t row) {
    struct match match;
    struct subjects subjects;
    for (size_t at = reader->begin; at < reader->end; at = match.from + 1) {
        if (!capan_pattern_find(rows[row].pattern, reader->tokens.at, at, reader->end, &match)) return;
        const size_t number = match.caught[0];
        struct times times = {.count = 0};
        if (reader_token(reader, number)->taken) continue;
        capan_subjects(reader, number, &subjects);
        bool certain = subjects.binding >= BOUND_AFTER;
        for (size_t i = 0; i < subjects.count; i++)
            rows[row].add(reader->facts, capan_facts_frame(reader->facts, subjects.frames[i]), &times);
        if (!certain && rows[row].whole) {
            certain = reader->facts->connection_count == 1;
            for (size_t i = 0; i < reader->facts->connection_count && i < TIMES_MAX; i++)
                rows[row].add(reader->facts,
                              capan_facts_frame(reader->facts, reader->facts->connections[i].first_frame), &times);
        }
        add_between(reader, &times);
        judge_time(reader, number, row, &times, subjects.count ? subjects.frames[0] : 0, certain);
    }
}

void capan_read_times(struct reader *reader) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) read_row(reader, i);
}
