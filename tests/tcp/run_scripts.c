/* SPDX-License-Identifier: MIT */
/* Plays segment scripts to the engine, compares its settled verdicts with what the scripts expect, and checks the
 * properties that hold of every script. */
#include <string.h>

#include "play.h"

static const struct script_variant unchanged;

/* What any script expected and got. */
struct reached {
    uint64_t kinds, flags, causes, states, opens, closes, vantages, limits, qualities, effects;
};

static const char *token(const struct capan_token *tokens, int number) {
    return tokens[number].token;
}

/* One difference: what was expected where. */
static unsigned differs(const struct script *script, unsigned line, const char *what, const char *expected) {
    fprintf(stderr, "%s:%u: expected %s %s\n", script->name, line, what, expected);
    return 1;
}

static unsigned check_number(const struct script *script, unsigned line, const char *what,
                             const struct capan_token *tokens, int expected, int found, uint64_t *reached) {
    if (expected < 0) return 0;
    if (expected != found) return differs(script, line, what, token(tokens, expected));
    *reached |= UINT64_C(1) << expected;
    return 0;
}

static unsigned check_time(const struct script *script, unsigned line, const char *what, int64_t expected,
                           int64_t found) {
    char text[32];
    if (expected == INT64_MIN || expected == found) return 0;
    snprintf(text, sizeof text, "%.9f", (double)expected / 1e9);
    return differs(script, line, what, text);
}

static unsigned check_count(const struct script *script, unsigned line, const char *what, int64_t expected,
                            uint64_t found) {
    char text[32];
    if (expected < 0 || (uint64_t)expected == found) return 0;
    snprintf(text, sizeof text, "%lld", (long long)expected);
    return differs(script, line, what, text);
}

static unsigned check_flags(const struct script *script, unsigned line, const struct script_expect *expect,
                            uint64_t found, uint64_t *reached) {
    unsigned failures = 0;
    for (int i = 0; i < CAPAN_TCP_FLAG_COUNT; i++) {
        const uint64_t bit = UINT64_C(1) << i;
        if (expect->flags & ~found & bit) failures += differs(script, line, "flag", token(capan_tcp_flags, i));
        if (expect->absent_flags & found & bit) failures += differs(script, line, "no flag", token(capan_tcp_flags, i));
    }
    *reached |= expect->flags & found;
    return failures;
}

static unsigned check_segment(const struct script *script, const struct script_segment *wanted,
                              const struct capan_segment *found, struct reached *reached) {
    const struct script_expect *expect = &wanted->expect;
    const unsigned line = wanted->line;
    unsigned failures = 0;
    if (found->frame == 0) return differs(script, line, "a verdict", "for the segment");
    failures += check_number(script, line, "kind", capan_tcp_kinds, expect->kind, found->kind, &reached->kinds);
    failures += check_flags(script, line, expect, found->flags, &reached->flags);
    failures += check_number(script, line, "cause", capan_tcp_causes, expect->cause, found->cause, &reached->causes);
    uint64_t certainties = 0;
    failures +=
        check_number(script, line, "certainty", capan_certainties, expect->certainty, found->certainty, &certainties);
    failures += check_number(script, line, "client state", capan_tcp_states, expect->client_state, found->client_state,
                             &reached->states);
    failures += check_number(script, line, "server state", capan_tcp_states, expect->server_state, found->server_state,
                             &reached->states);
    failures += check_time(script, line, "rtt", expect->rtt_ns, found->rtt_ns);
    failures += check_time(script, line, "rto", expect->rto_ns, found->rto_ns);
    failures += check_count(script, line, "outstanding", expect->outstanding, found->outstanding);
    failures += check_count(script, line, "cwnd", expect->cwnd, found->cwnd);
    failures += check_count(script, line, "acks", expect->acks_count, found->acks_count);
    if (expect->stream >= 0 && (uint32_t)expect->stream != found->stream)
        failures += differs(script, line, "another", "stream");
    if (failures) {
        verdict_describe(found);
        if (strcmp(expect->strength, "required") == 0)
            fprintf(stderr, "    required by the RFC named in the script's first line\n");
    }
    return failures;
}

static unsigned check_parts(const struct script *script, const struct script_summary *wanted,
                            const struct capan_tcp_summary *found) {
    unsigned failures = 0;
    for (unsigned side = 0; side < 2; side++) {
        const struct capan_tcp_time *time = &found->side[side].time;
        failures += check_time(script, wanted->line, "busy", wanted->busy_ns[side], time->busy_ns);
        for (unsigned i = 0; i < CAPAN_TIME_PART_COUNT; i++)
            failures += check_time(script, wanted->line, token(capan_time_parts, (int)i), wanted->part_ns[side][i],
                                   time->part_ns[i]);
    }
    return failures;
}

static unsigned check_summary(const struct script *script, const struct script_summary *wanted,
                              const struct verdicts *verdicts, struct reached *reached) {
    const int stream = wanted->stream < 0 ? 0 : wanted->stream;
    const unsigned line = wanted->line;
    if (stream >= PLAY_STREAMS || !verdicts->known[stream])
        return differs(script, line, "a summary", "of the connection");
    const struct capan_tcp_summary *found = &verdicts->summaries[stream];
    unsigned failures = check_number(script, line, "open", capan_tcp_opens, wanted->open, found->open, &reached->opens);
    failures += check_number(script, line, "close", capan_tcp_closes, wanted->close, found->close, &reached->closes);
    failures +=
        check_number(script, line, "vantage", capan_tcp_vantages, wanted->vantage, found->vantage, &reached->vantages);
    failures += check_number(script, line, "limit", capan_tcp_limits, wanted->limit, found->limit, &reached->limits);
    failures += check_number(script, line, "quality", capan_tcp_qualities, wanted->quality, found->quality,
                             &reached->qualities);
    uint64_t errors = 0;
    failures += check_number(script, line, "ICMP error", capan_icmp_errors, wanted->icmp, verdicts->icmps[stream].error,
                             &errors);
    failures += check_number(script, line, "ICMP effect", capan_icmp_effects, wanted->effect,
                             verdicts->icmps[stream].effect, &reached->effects);
    failures += check_time(script, line, "rtt", wanted->rtt_ns, found->rtt_ns);
    failures += check_parts(script, wanted, found);
    if (failures)
        fprintf(stderr, "    found: open=%s close=%s vantage=%s limit=%s quality=%s\n",
                token(capan_tcp_opens, found->open), token(capan_tcp_closes, found->close),
                token(capan_tcp_vantages, found->vantage), token(capan_tcp_limits, found->limit),
                token(capan_tcp_qualities, found->quality));
    return failures;
}

static unsigned check_expectations(const struct script *script, const struct verdicts *verdicts,
                                   struct reached *reached) {
    unsigned failures = 0, told = 0;
    for (size_t i = 0; i < script->count; i++) {
        const struct script_segment *wanted = &script->segments[i];
        if (wanted->icmp || wanted->line <= told) continue; /* a repeated line is told of once */
        const unsigned found = check_segment(script, wanted, &verdicts->segments[i], reached);
        if (found > 0) told = wanted->line;
        failures += found;
    }
    for (size_t i = 0; i < script->summary_count; i++)
        failures += check_summary(script, &script->summaries[i], verdicts, reached);
    return failures;
}

static unsigned run(const char *path, struct reached *reached) {
    struct script script;
    struct verdicts verdicts = {0};
    unsigned failures = 1;
    if (script_read(&script, path) && verdicts_play(&verdicts, &script, &unchanged, &capan_libc)) {
        failures = check_expectations(&script, &verdicts, reached);
        if (failures == 0) failures = check_properties(&script, &verdicts);
    }
    verdicts_free(&verdicts);
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
           list_unreached("quality", capan_tcp_qualities, CAPAN_TCP_QUALITY_COUNT, reached->qualities) +
           list_unreached("ICMP effect", capan_icmp_effects, CAPAN_ICMP_EFFECT_COUNT, reached->effects);
}

/* For check_captures.py: what the engine says of each segment, as the program would print it. */
static int print_verdicts(const char *path) {
    struct script script;
    struct verdicts verdicts = {0};
    const bool played = script_read(&script, path) && verdicts_play(&verdicts, &script, &unchanged, &capan_libc);
    for (size_t i = 0; played && i < script.count; i++) {
        const struct capan_segment *segment = &verdicts.segments[i];
        if (segment->frame == 0) continue;
        printf("%zu %s %s %s", i + 1, token(capan_tcp_kinds, segment->kind),
               token(capan_tcp_states, segment->client_state), token(capan_tcp_states, segment->server_state));
        for (int flag = 0; flag < CAPAN_TCP_FLAG_COUNT; flag++)
            if (segment->flags >> flag & 1) printf(" %s", token(capan_tcp_flags, flag));
        putchar('\n');
    }
    verdicts_free(&verdicts);
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
