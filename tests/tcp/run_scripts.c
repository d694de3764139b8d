/* SPDX-License-Identifier: MIT */
/* Plays segment scripts to the engine and compares its settled verdicts with what the scripts expect; then plays each
 * again with other initial sequence numbers, with its endpoints exchanged, later, and short of memory. */
#include <stdlib.h>
#include <string.h>

#include "failing.h"
#include "script.h"

enum { STREAMS = 16, REFUSALS = 400, COPY_DELAY_NS = 2000, LOST_MAX = 100 };

/* What the engine said of one script. */
struct verdicts {
    struct capan_segment *segments; /* by frame */
    size_t count, reported;
    struct capan_tcp_summary summaries[STREAMS];
    bool known[STREAMS];
};

/* What any script expected and got. */
struct reached {
    uint64_t kinds, flags, causes, states, opens, closes, vantages, limits, qualities;
};

static void hear_segment(void *context, const struct capan_segment *segment, const uint32_t *acks, const struct capan_connection *connection) {
    struct verdicts *verdicts = context;
    (void)acks, (void)connection;
    if (segment->frame == 0 || segment->frame > verdicts->count) return;
    verdicts->segments[segment->frame - 1] = *segment;
    verdicts->reported++;
}

static void hear_connection(void *context, const struct capan_connection *connection) {
    struct verdicts *verdicts = context;
    if (connection->stream >= STREAMS) return;
    verdicts->summaries[connection->stream] = connection->tcp;
    verdicts->known[connection->stream] = true;
}

static void feed(const struct script *script, const struct script_variant *variant, struct capan_analysis *analysis) {
    static uint8_t buffer[SCRIPT_PACKET];
    for (size_t i = 0; i < script->count; i++) {
        const struct capan_packet packet = script_packet(script, i, variant, buffer);
        if (script->segments[i].icmp) capan_analysis_icmp(analysis, &packet);
        else capan_analysis_segment(analysis, &packet, CAPAN_STREAM_AUTO, NULL);
    }
    capan_analysis_finish(analysis);
}

/* False without memory for the engine itself. */
static bool play(const struct script *script, const struct script_variant *variant, const struct capan_alloc *alloc, struct verdicts *verdicts) {
    const struct capan_sink sink = {hear_segment, NULL, hear_connection, verdicts};
    const struct capan_config config = {.seed = 1, .window_segments = 4096};
    struct capan_analysis *analysis = capan_analysis_new(&config, &sink, alloc);
    if (!analysis) return false;
    feed(script, variant, analysis);
    capan_analysis_free(analysis);
    return true;
}

static bool start(struct verdicts *verdicts, const struct script *script) {
    memset(verdicts, 0, sizeof *verdicts);
    verdicts->count = script->count;
    verdicts->segments = calloc(script->count, sizeof *verdicts->segments);
    return verdicts->segments != NULL;
}

/* Expectations. */

static const char *token(const struct capan_token *tokens, int number) { return tokens[number].token; }

static void list_flags(uint64_t flags) {
    for (int i = 0; i < CAPAN_TCP_FLAG_COUNT; i++)
        if (flags >> i & 1) fprintf(stderr, " %s", token(capan_tcp_flags, i));
}

static void describe(const struct capan_segment *segment) {
    fprintf(stderr, "    found: %s", token(capan_tcp_kinds, segment->kind));
    list_flags(segment->flags);
    fprintf(stderr, " cause=%s certainty=%s state=%s/%s", token(capan_tcp_causes, segment->cause), token(capan_certainties, segment->certainty),
            token(capan_tcp_states, segment->client_state), token(capan_tcp_states, segment->server_state));
    fprintf(stderr, " rtt=%.9f rto=%.9f outstanding=%llu acks=%u stream=%u\n", (double)segment->rtt_ns / 1e9, (double)segment->rto_ns / 1e9,
            (unsigned long long)segment->outstanding, segment->acks_count, segment->stream);
}

/* One difference: what was expected where. */
static unsigned differs(const struct script *script, unsigned line, const char *what, const char *expected) {
    fprintf(stderr, "%s:%u: expected %s %s\n", script->name, line, what, expected);
    return 1;
}

static unsigned check_number(const struct script *script, unsigned line, const char *what, const struct capan_token *tokens, int expected,
                             int found, uint64_t *reached) {
    if (expected < 0) return 0;
    if (expected != found) return differs(script, line, what, token(tokens, expected));
    *reached |= UINT64_C(1) << expected;
    return 0;
}

static unsigned check_time(const struct script *script, unsigned line, const char *what, int64_t expected, int64_t found) {
    char text[32];
    if (expected == INT64_MIN || expected == found) return 0;
    snprintf(text, sizeof text, "%.9f", (double)expected / 1e9);
    return differs(script, line, what, text);
}

static unsigned check_count(const struct script *script, unsigned line, const char *what, int64_t expected, uint64_t found) {
    char text[32];
    if (expected < 0 || (uint64_t)expected == found) return 0;
    snprintf(text, sizeof text, "%lld", (long long)expected);
    return differs(script, line, what, text);
}

static unsigned check_flags(const struct script *script, unsigned line, const struct script_expect *expect, uint64_t found, uint64_t *reached) {
    unsigned failures = 0;
    for (int i = 0; i < CAPAN_TCP_FLAG_COUNT; i++) {
        const uint64_t bit = UINT64_C(1) << i;
        if (expect->flags & ~found & bit) failures += differs(script, line, "flag", token(capan_tcp_flags, i));
        if (expect->absent_flags & found & bit) failures += differs(script, line, "no flag", token(capan_tcp_flags, i));
    }
    *reached |= expect->flags & found;
    return failures;
}

static unsigned check_segment(const struct script *script, const struct script_segment *wanted, const struct capan_segment *found, struct reached *reached) {
    const struct script_expect *expect = &wanted->expect;
    const unsigned line = wanted->line;
    unsigned failures = 0;
    if (found->frame == 0) return differs(script, line, "a verdict", "for the segment");
    failures += check_number(script, line, "kind", capan_tcp_kinds, expect->kind, found->kind, &reached->kinds);
    failures += check_flags(script, line, expect, found->flags, &reached->flags);
    failures += check_number(script, line, "cause", capan_tcp_causes, expect->cause, found->cause, &reached->causes);
    uint64_t certainties = 0;
    failures += check_number(script, line, "certainty", capan_certainties, expect->certainty, found->certainty, &certainties);
    failures += check_number(script, line, "client state", capan_tcp_states, expect->client_state, found->client_state, &reached->states);
    failures += check_number(script, line, "server state", capan_tcp_states, expect->server_state, found->server_state, &reached->states);
    failures += check_time(script, line, "rtt", expect->rtt_ns, found->rtt_ns);
    failures += check_time(script, line, "rto", expect->rto_ns, found->rto_ns);
    failures += check_count(script, line, "outstanding", expect->outstanding, found->outstanding);
    failures += check_count(script, line, "acks", expect->acks_count, found->acks_count);
    if (expect->stream >= 0 && (uint32_t)expect->stream != found->stream) failures += differs(script, line, "another", "stream");
    if (failures) {
        describe(found);
        if (strcmp(expect->strength, "required") == 0) fprintf(stderr, "    required by the RFC named in the script's first line\n");
    }
    return failures;
}

static unsigned check_summary(const struct script *script, const struct script_summary *wanted, const struct verdicts *verdicts, struct reached *reached) {
    const int stream = wanted->stream < 0 ? 0 : wanted->stream;
    const unsigned line = wanted->line;
    if (stream >= STREAMS || !verdicts->known[stream]) return differs(script, line, "a summary", "of the connection");
    const struct capan_tcp_summary *found = &verdicts->summaries[stream];
    unsigned failures = check_number(script, line, "open", capan_tcp_opens, wanted->open, found->open, &reached->opens);
    failures += check_number(script, line, "close", capan_tcp_closes, wanted->close, found->close, &reached->closes);
    failures += check_number(script, line, "vantage", capan_tcp_vantages, wanted->vantage, found->vantage, &reached->vantages);
    failures += check_number(script, line, "limit", capan_tcp_limits, wanted->limit, found->limit, &reached->limits);
    failures += check_number(script, line, "quality", capan_tcp_qualities, wanted->quality, found->quality, &reached->qualities);
    if (failures)
        fprintf(stderr, "    found: open=%s close=%s vantage=%s limit=%s quality=%s\n", token(capan_tcp_opens, found->open),
                token(capan_tcp_closes, found->close), token(capan_tcp_vantages, found->vantage), token(capan_tcp_limits, found->limit),
                token(capan_tcp_qualities, found->quality));
    return failures;
}

static unsigned check_expectations(const struct script *script, const struct verdicts *verdicts, struct reached *reached) {
    unsigned failures = 0, told = 0;
    for (size_t i = 0; i < script->count; i++) {
        const struct script_segment *wanted = &script->segments[i];
        if (wanted->icmp || wanted->line <= told) continue; /* a repeated line is told of once */
        const unsigned found = check_segment(script, wanted, &verdicts->segments[i], reached);
        if (found > 0) told = wanted->line;
        failures += found;
    }
    for (size_t i = 0; i < script->summary_count; i++) failures += check_summary(script, &script->summaries[i], verdicts, reached);
    return failures;
}

/* Properties. */

/* What needs the payload's octets: all that a shorter snap length may take away. */
static const uint64_t flags_of_octets =
    UINT64_C(1) << CAPAN_FLAG_OVERLAP_CONFLICT | UINT64_C(1) << CAPAN_FLAG_HEADER_ONLY | UINT64_C(1) << CAPAN_FLAG_LAST_OF_MESSAGE;

/* A verdict without what a variant may change. */
static struct capan_segment comparable(const struct capan_segment *segment, const struct script_variant *variant, bool without_octets) {
    struct capan_segment same = *segment;
    same.raw_seq = same.raw_ack = 0;
    same.time_ns -= variant->time_shift;
    if (without_octets) same.flags &= ~flags_of_octets;
    return same;
}

static bool same_summaries(const struct verdicts *a, const struct verdicts *b, bool snapped) {
    for (int i = 0; i < STREAMS; i++) {
        const struct capan_tcp_summary *x = &a->summaries[i], *y = &b->summaries[i];
        if (a->known[i] != b->known[i] || x->open != y->open || x->close != y->close || x->vantage != y->vantage || x->limit != y->limit ||
            (!snapped && x->quality != y->quality))
            return false;
    }
    return true;
}

static unsigned compare(const struct script *script, const struct verdicts *base, const struct verdicts *other, const struct script_variant *variant, const char *what) {
    static const struct script_variant none;
    for (size_t i = 0; i < script->count; i++) {
        const struct capan_segment a = comparable(&base->segments[i], &none, variant->snap), b = comparable(&other->segments[i], variant, variant->snap);
        if (base->segments[i].frame == 0 || memcmp(&a, &b, sizeof a) == 0) continue;
        fprintf(stderr, "%s:%u: other verdict with %s\n", script->name, script->segments[i].line, what);
        describe(&a);
        describe(&b);
        return 1;
    }
    if (same_summaries(base, other, variant->snap)) return 0;
    fprintf(stderr, "%s: other summary with %s\n", script->name, what);
    return 1;
}

/* The numbers wrap at 2^32, and pass 2^31, in the middle of each side's data. */
static struct script_variant wrapping(const struct script *script, uint32_t at) {
    int64_t half[2] = {0, 0};
    for (size_t i = 0; i < script->count; i++) {
        const struct script_segment *segment = &script->segments[i];
        const int64_t end = (segment->seq + segment->len) / 2;
        if (!segment->icmp && end > half[segment->side]) half[segment->side] = end;
    }
    return (struct script_variant){.isn_shift = {at - (uint32_t)half[0] - script->isn[0], at - (uint32_t)half[1] - script->isn[1]}};
}

static unsigned check_properties(const struct script *script, const struct verdicts *base) {
    const struct { const char *what; struct script_variant variant; } variants[] = {
        {"other initial sequence numbers", {.isn_shift = {0x12345678, 0x9abcdef0}}},
        {"a wrap at the first octet", {.isn_shift = {0xffffffff - script->isn[0], 0xffffffff - script->isn[1]}}},
        {"a wrap in the middle", wrapping(script, 0)},
        {"numbers that pass 2^31", wrapping(script, UINT32_C(1) << 31)},
        {"the endpoints exchanged", {.mirror = true}},
        {"no payload captured", {.snap = true}},
        {"another time", {.time_shift = INT64_C(86400000000007)}}};
    unsigned failures = 0;
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        struct verdicts other;
        if (!start(&other, script) || !play(script, &variants[i].variant, &capan_libc, &other)) return 1;
        failures += compare(script, base, &other, &variants[i].variant, variants[i].what);
        free(other.segments);
    }
    return failures;
}

/* Each packet captured twice, as a mirror port does it: the copies are called that and change nothing. */
static void feed_doubled(const struct script *script, struct capan_analysis *analysis) {
    static const struct script_variant none;
    static uint8_t buffer[SCRIPT_PACKET];
    for (size_t i = 0; i < script->count; i++) {
        struct capan_packet packet = script_packet(script, i, &none, buffer);
        if (script->segments[i].icmp) {
            capan_analysis_icmp(analysis, &packet);
            continue;
        }
        for (unsigned copy = 0; copy < 2; copy++) {
            packet.frame = (uint32_t)(2 * i + copy + 1);
            packet.time_ns += copy * COPY_DELAY_NS;
            packet.ttl -= copy;
            capan_analysis_segment(analysis, &packet, CAPAN_STREAM_AUTO, NULL);
        }
    }
    capan_analysis_finish(analysis);
}

static unsigned check_doubled(const struct script *script, const struct verdicts *base) {
    struct verdicts doubled = {.count = 2 * script->count, .segments = calloc(2 * script->count, sizeof *doubled.segments)};
    const struct capan_sink sink = {hear_segment, NULL, NULL, &doubled};
    const struct capan_config config = {.seed = 1, .window_segments = 8192};
    struct capan_analysis *analysis = doubled.segments ? capan_analysis_new(&config, &sink, &capan_libc) : NULL;
    if (analysis) feed_doubled(script, analysis);
    capan_analysis_free(analysis);
    unsigned failures = !analysis;
    for (size_t i = 0; analysis && i < script->count && failures == 0; i++) {
        const struct capan_segment *single = &base->segments[i], *first = &doubled.segments[2 * i], *copy = first + 1;
        if (single->frame == 0 || single->kind == CAPAN_KIND_MALFORMED || single->kind == CAPAN_KIND_DUPLICATE_PACKET) continue;
        if (script->ipv6 && single->len == 0) continue; /* without an identification the same ACK may be said twice */
        if (first->kind == single->kind && first->cause == single->cause && copy->kind == CAPAN_KIND_DUPLICATE_PACKET) continue;
        fprintf(stderr, "%s:%u: other verdict when captured twice\n", script->name, script->segments[i].line);
        describe(single);
        describe(first);
        describe(copy);
        failures = 1;
    }
    free(doubled.segments);
    return failures;
}

static bool sent_again(uint8_t kind) {
    return kind == CAPAN_KIND_OVERLAP_NEW || kind == CAPAN_KIND_DATA_RECOVERED || (kind >= CAPAN_KIND_RETRANSMIT_FAST && kind <= CAPAN_KIND_RETRANSMIT_UNCLEAR);
}

/* A packet that only the capture lost makes no other one a retransmission; but one octet below an ACK that was not seen
 * may be a probe or sent again. */
static unsigned check_lost(const struct script *script, const struct verdicts *base, size_t lost) {
    static const struct script_variant none;
    static uint8_t buffer[SCRIPT_PACKET];
    struct verdicts other;
    if (!start(&other, script)) return 1;
    const struct capan_sink sink = {hear_segment, NULL, NULL, &other};
    const struct capan_config config = {.seed = 1, .window_segments = 4096};
    struct capan_analysis *analysis = capan_analysis_new(&config, &sink, &capan_libc);
    for (size_t i = 0; analysis && i < script->count; i++) {
        const struct capan_packet packet = script_packet(script, i, &none, buffer);
        if (i == lost) continue;
        if (script->segments[i].icmp) capan_analysis_icmp(analysis, &packet);
        else capan_analysis_segment(analysis, &packet, CAPAN_STREAM_AUTO, NULL);
    }
    if (analysis) capan_analysis_finish(analysis);
    capan_analysis_free(analysis);
    unsigned failures = !analysis;
    for (size_t i = 0; analysis && i < script->count && failures == 0; i++) {
        const struct capan_segment *whole = &base->segments[i], *found = &other.segments[i];
        if (found->frame == 0 || sent_again(whole->kind) || !sent_again(found->kind) || found->len == 1) continue;
        fprintf(stderr, "%s:%u: sent again, when the capture misses line %u\n", script->name, script->segments[i].line, script->segments[lost].line);
        describe(whole);
        describe(found);
        failures = 1;
    }
    free(other.segments);
    return failures;
}

static unsigned check_each_lost(const struct script *script, const struct verdicts *base) {
    unsigned failures = 0;
    for (size_t i = 0; i < script->count && i < LOST_MAX; i++) failures += check_lost(script, base, i);
    return failures;
}

static unsigned check_refusals(const struct script *script) {
    static const struct script_variant none;
    for (size_t refuse = 1; refuse < REFUSALS; refuse++) {
        struct failing failing;
        struct verdicts verdicts;
        failing_init(&failing, refuse);
        if (!start(&verdicts, script)) return 1;
        play(script, &none, &failing.alloc, &verdicts);
        free(verdicts.segments);
        if (failing.held != 0) {
            fprintf(stderr, "%s: %zu octets leak when allocation %zu is refused\n", script->name, failing.held, refuse);
            return 1;
        }
        if (failing.requests < refuse) return 0;
    }
    return 0;
}

static unsigned run(const char *path, struct reached *reached) {
    static const struct script_variant none;
    struct script script;
    struct verdicts verdicts = {0};
    unsigned failures = 1;
    if (script_read(&script, path) && start(&verdicts, &script) && play(&script, &none, &capan_libc, &verdicts)) {
        failures = check_expectations(&script, &verdicts, reached);
        if (failures == 0) failures = check_properties(&script, &verdicts) + check_doubled(&script, &verdicts) + check_each_lost(&script, &verdicts) + check_refusals(&script);
    }
    free(verdicts.segments);
    script_free(&script);
    return failures;
}

/* Lists the words of a list that no script reached. */
static unsigned list_unreached(const char *what, const struct capan_token *tokens, int count, uint64_t reached) {
    unsigned missing = 0;
    for (int i = 0; i < count; i++)
        if (!(reached >> i & 1)) missing++, fprintf(stderr, "no script reaches %s %s\n", what, token(tokens, i));
    return missing;
}

static unsigned list_all_unreached(const struct reached *reached) {
    return list_unreached("kind", capan_tcp_kinds, CAPAN_TCP_KIND_COUNT, reached->kinds) +
           list_unreached("flag", capan_tcp_flags, CAPAN_TCP_FLAG_COUNT, reached->flags) +
           list_unreached("cause", capan_tcp_causes, CAPAN_TCP_CAUSE_COUNT, reached->causes) +
           list_unreached("state", capan_tcp_states, CAPAN_TCP_STATE_COUNT, reached->states) +
           list_unreached("open", capan_tcp_opens, CAPAN_TCP_OPEN_COUNT, reached->opens) +
           list_unreached("close", capan_tcp_closes, CAPAN_TCP_CLOSE_COUNT, reached->closes) +
           list_unreached("vantage", capan_tcp_vantages, CAPAN_TCP_VANTAGE_COUNT, reached->vantages) +
           list_unreached("limit", capan_tcp_limits, CAPAN_TCP_LIMIT_COUNT, reached->limits) +
           list_unreached("quality", capan_tcp_qualities, CAPAN_TCP_QUALITY_COUNT, reached->qualities);
}

/* For check_captures.py: what the engine says of each segment, as the program would print it. */
static int print_verdicts(const char *path) {
    static const struct script_variant none;
    struct script script;
    struct verdicts verdicts = {0};
    const bool played = script_read(&script, path) && start(&verdicts, &script) && play(&script, &none, &capan_libc, &verdicts);
    for (size_t i = 0; played && i < script.count; i++) {
        const struct capan_segment *segment = &verdicts.segments[i];
        if (segment->frame == 0) continue;
        printf("%u %s %s %s", segment->frame, token(capan_tcp_kinds, segment->kind), token(capan_tcp_states, segment->client_state),
               token(capan_tcp_states, segment->server_state));
        for (int flag = 0; flag < CAPAN_TCP_FLAG_COUNT; flag++)
            if (segment->flags >> flag & 1) printf(" %s", token(capan_tcp_flags, flag));
        putchar('\n');
    }
    free(verdicts.segments);
    script_free(&script);
    return played ? 0 : 1;
}

/* With --all before the paths, words of the lists that no script reaches are failures too. */
int main(int argc, char **argv) {
    struct reached reached = {0};
    if (argc == 3 && strcmp(argv[1], "--verdicts") == 0) return print_verdicts(argv[2]);
    const bool all = argc > 1 && strcmp(argv[1], "--all") == 0;
    unsigned failed = 0, scripts = 0;
    for (int i = all ? 2 : 1; i < argc; i++, scripts++)
        if (run(argv[i], &reached)) failed++;
    printf("%u scripts, %u failed\n", scripts, failed);
    if (all && list_all_unreached(&reached) > 0) failed++;
    return failed > 0 || scripts == 0;
}
