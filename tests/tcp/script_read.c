/* SPDX-License-Identifier: MIT */
#include "script.h"

#include <ctype.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { MSS = 2, WINDOW_SCALE = 3, SACK_PERMITTED = 4, TIMESTAMPS = 8, FAST_OPEN = 34, LINE_MAX_LEN = 4096 };

/* One line being read, with what earlier lines leave behind. */
struct reader {
    struct script *script;
    const char *at;
    unsigned line;
    bool failed;
    int64_t next_seq[2];
    uint16_t window[2], next_ip_id[2];
    size_t repeat_from; /* first segment of the block being repeated; SIZE_MAX: none */
    unsigned repeat_count;
    int64_t repeat_time, repeat_octets[2];
};

static void fail(struct reader *reader, const char *format, ...) CAPAN_PRINTF(2, 3);
static void fail(struct reader *reader, const char *format, ...) {
    va_list arguments;
    if (reader->failed) return;
    reader->failed = true;
    fprintf(stderr, "%s:%u: ", reader->script->name, reader->line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

static void skip_blanks(struct reader *reader) {
    while (*reader->at == ' ' || *reader->at == '\t') reader->at++;
}

/* The next word, up to a blank or one of "<>|,"; those stand alone. Empty at the end of the line. */
static bool next_word(struct reader *reader, char word[64]) {
    size_t len = 0;
    skip_blanks(reader);
    while (*reader->at && !isspace((unsigned char)*reader->at) && len < 63) {
        const bool mark = strchr("<>|,", *reader->at) != NULL;
        if (mark && len > 0) break;
        word[len++] = *reader->at++;
        if (mark) break;
    }
    word[len] = 0;
    return len > 0;
}

static bool next_is(struct reader *reader, const char *wanted) {
    const char *before = reader->at;
    char word[64];
    if (next_word(reader, word) && strcmp(word, wanted) == 0) return true;
    reader->at = before;
    return false;
}

static int64_t to_integer(struct reader *reader, const char *word) {
    char *end;
    const long long value = strtoll(word, &end, 0);
    if (*word == 0 || *end != 0) fail(reader, "not a number: '%s'", word);
    return value;
}

static int64_t next_integer(struct reader *reader) {
    char word[64];
    next_word(reader, word);
    return to_integer(reader, word);
}

/* Seconds with up to nine decimals. */
static int64_t to_time(struct reader *reader, const char *word) {
    const bool negative = *word == '-';
    int64_t seconds = 0, fraction = 0, unit = 1000000000;
    const char *at = word + negative;
    if (!isdigit((unsigned char)*at)) fail(reader, "not a time: '%s'", word);
    for (; isdigit((unsigned char)*at); at++) seconds = seconds * 10 + (*at - '0');
    if (*at == '.')
        for (at++; isdigit((unsigned char)*at) && unit > 1; at++) fraction += (*at - '0') * (unit /= 10);
    if (*at) fail(reader, "not a time: '%s'", word);
    return (negative ? -1 : 1) * (seconds * 1000000000 + fraction);
}

static int64_t next_time(struct reader *reader) {
    char word[64];
    next_word(reader, word);
    return to_time(reader, word);
}

/* "a:b", or "a" alone: then b is a. */
static void to_range(struct reader *reader, char *word, int64_t range[2]) {
    char *colon = strchr(word, ':');
    if (colon) *colon = 0;
    range[0] = to_integer(reader, word);
    range[1] = colon ? to_integer(reader, colon + 1) : range[0];
    if (range[1] < range[0]) fail(reader, "a range that ends before it begins");
}

/* Options, each up to a comma: the word has been read. */

static void put_be(struct script_option *option, uint64_t value, unsigned octets) {
    while (octets-- > 0) option->octets[option->count++] = (uint8_t)(value >> (8 * octets));
}

static void read_mss(struct reader *reader, struct script_option *option) {
    put_be(option, (uint64_t)next_integer(reader), 2);
}
static void read_wscale(struct reader *reader, struct script_option *option) {
    put_be(option, (uint64_t)next_integer(reader), 1);
}
static void read_nothing(struct reader *reader, struct script_option *option) {
    (void)reader, (void)option;
}

static void read_ts(struct reader *reader, struct script_option *option) {
    put_be(option, (uint64_t)next_integer(reader), 4);
    put_be(option, (uint64_t)next_integer(reader), 4);
}

static bool at_option_end(struct reader *reader) {
    skip_blanks(reader);
    return *reader->at == ',' || *reader->at == '>' || *reader->at == 0;
}

static void read_sack(struct reader *reader, struct script_option *option) {
    while (!at_option_end(reader) && option->count < 4) {
        char word[64];
        next_word(reader, word);
        to_range(reader, word, option->block[option->count++]);
    }
}

/* Octets in hexadecimal. */
static void read_octets(struct reader *reader, struct script_option *option) {
    while (!at_option_end(reader) && option->count < SCRIPT_OPTION_OCTETS) {
        char word[64], *end;
        next_word(reader, word);
        put_be(option, strtoul(word, &end, 16), 1);
        if (*end) fail(reader, "not an octet in hexadecimal: '%s'", word);
    }
}

static const struct option_word {
    const char *word;
    uint8_t kind;
    void (*read)(struct reader *, struct script_option *);
} option_words[] = {
    {"mss", MSS, read_mss},           {"wscale", WINDOW_SCALE, read_wscale}, {"sackOK", SACK_PERMITTED, read_nothing},
    {"sack", SCRIPT_SACK, read_sack}, {"ts", TIMESTAMPS, read_ts},           {"tfo", FAST_OPEN, read_octets},
    {"raw", SCRIPT_RAW, read_octets},
};

static void read_option(struct reader *reader, struct script_segment *segment) {
    char word[64];
    next_word(reader, word);
    for (size_t i = 0; i < sizeof option_words / sizeof *option_words; i++) {
        if (strcmp(word, option_words[i].word) != 0) continue;
        if (segment->option_count == SCRIPT_OPTIONS) break;
        struct script_option *option = &segment->options[segment->option_count++];
        memset(option, 0, sizeof *option);
        option->kind = option_words[i].kind;
        option_words[i].read(reader, option);
        return;
    }
    fail(reader, "unknown option, or too many: '%s'", word);
}

/* Attributes of a segment; the word has been read. */

static void read_seq(struct reader *reader, struct script_segment *segment) {
    char word[64];
    int64_t range[2];
    next_word(reader, word);
    to_range(reader, word, range);
    segment->seq = range[0];
    segment->len = (uint32_t)(range[1] - range[0]);
    segment->has_seq = true;
}

static void read_ack(struct reader *reader, struct script_segment *segment) {
    segment->ack = next_integer(reader);
    segment->flags |= CAPAN_TH_ACK;
}

static void read_ce(struct reader *reader, struct script_segment *segment) {
    (void)reader;
    segment->ecn = 3;
}

static void read_checksum(struct reader *reader, struct script_segment *segment) {
    segment->checksum = next_is(reader, "good")  ? CAPAN_CHECKSUM_GOOD
                        : next_is(reader, "bad") ? CAPAN_CHECKSUM_BAD
                                                 : CAPAN_CHECKSUM_PARTIAL;
    if (segment->checksum == CAPAN_CHECKSUM_PARTIAL && !next_is(reader, "partial"))
        fail(reader, "good, bad or partial");
}

static void read_fill(struct reader *reader, struct script_segment *segment) {
    char word[64];
    next_word(reader, word);
    segment->fill = word[0];
}

static void read_options(struct reader *reader, struct script_segment *segment) {
    if (!next_is(reader, "<")) fail(reader, "options need <...>");
    do read_option(reader, segment);
    while (!reader->failed && next_is(reader, ","));
    if (!next_is(reader, ">")) fail(reader, "options without '>'");
}

/* A quoted text with \r and \n. Its length is the segment's unless seq gave one. */
static void read_text(struct reader *reader, struct script_segment *segment) {
    skip_blanks(reader);
    if (*reader->at++ != '"') fail(reader, "text in quotes");
    char *text = malloc(strlen(reader->at) + 1);
    size_t len = 0;
    for (; text && *reader->at && *reader->at != '"'; reader->at++) {
        if (*reader->at == '\\' && strchr("rn", reader->at[1]))
            text[len++] = *++reader->at == 'r' ? '\r' : '\n';
        else
            text[len++] = *reader->at;
    }
    if (!text || *reader->at++ != '"') fail(reader, "text without closing quote");
    if (text) text[len] = 0;
    segment->text = text;
    if (segment->len == 0) segment->len = (uint32_t)len;
}

static const struct attribute {
    const char *word;
    void (*read)(struct reader *, struct script_segment *);
} attributes[] = {
    {"seq", read_seq},   {"ack", read_ack},         {"ce", read_ce},     {"checksum", read_checksum},
    {"fill", read_fill}, {"options", read_options}, {"text", read_text},
};

/* Attributes that are a number alone. */
static const struct number {
    const char *word;
    size_t at, size; /* of the member */
} numbers[] = {
#define NUMBER(word, member)                                                                                           \
    { word, offsetof(struct script_segment, member), sizeof(((struct script_segment *)0)->member) }
    NUMBER("win", window),  NUMBER("urg", urgent), NUMBER("ipid", ip_id),         NUMBER("ttl", ttl),
    NUMBER("pad", padding), NUMBER("snap", snap),  NUMBER("offset", data_offset), NUMBER("mtu", mtu),
#undef NUMBER
};

static void read_number(struct reader *reader, struct script_segment *segment, const struct number *number) {
    const int64_t value = next_integer(reader);
    const uint32_t wide = (uint32_t)value;
    const uint16_t half = (uint16_t)value;
    const uint8_t octet = (uint8_t)value;
    const void *from = number->size == sizeof octet  ? (const void *)&octet
                       : number->size == sizeof half ? (const void *)&half
                                                     : &wide;
    if (value < 0 || (number->size < 4 && value >> (8 * number->size)) || value > UINT32_MAX)
        fail(reader, "too large a number");
    memcpy((char *)segment + number->at, from, number->size);
}

static bool is_flags(const char *word) {
    return word[strspn(word, "SFRPUEW.")] == 0;
}

static void read_flags(struct script_segment *segment, const char *word) {
    static const struct {
        char letter;
        uint8_t bit;
    } letters[] = {{'S', CAPAN_TH_SYN}, {'F', CAPAN_TH_FIN}, {'R', CAPAN_TH_RST}, {'P', CAPAN_TH_PSH},
                   {'U', CAPAN_TH_URG}, {'E', CAPAN_TH_ECE}, {'W', CAPAN_TH_CWR}, {'.', CAPAN_TH_ACK}};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (strchr(word, letters[i].letter)) segment->flags |= letters[i].bit;
}

static void read_attribute(struct reader *reader, struct script_segment *segment, const char *word) {
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        if (strcmp(word, attributes[i].word) != 0) continue;
        attributes[i].read(reader, segment);
        return;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (strcmp(word, numbers[i].word) != 0) continue;
        read_number(reader, segment, &numbers[i]);
        return;
    }
    if (is_flags(word))
        read_flags(segment, word);
    else
        fail(reader, "unknown word: '%s'", word);
}

/* Expectations. */

static int find_token(const struct capan_token *tokens, int count, const char *word, size_t len) {
    for (int i = 0; i < count; i++)
        if (strlen(tokens[i].token) == len && memcmp(tokens[i].token, word, len) == 0) return i;
    return -1;
}

static int token_or_fail(struct reader *reader, const struct capan_token *tokens, int count, const char *word,
                         size_t len) {
    const int found = find_token(tokens, count, word, len);
    if (found < 0) fail(reader, "unknown word: '%.*s'", (int)len, word);
    return found;
}

static void read_states(struct reader *reader, struct script_expect *expect, const char *value) {
    const char *slash = strchr(value, '/');
    if (!slash) {
        fail(reader, "state=CLIENT/SERVER");
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
        expect->rtt_ns = to_time(reader, value);
    else if (strncmp(word, "rto=", len) == 0)
        expect->rto_ns = to_time(reader, value);
    else if (strncmp(word, "outstanding=", len) == 0)
        expect->outstanding = to_integer(reader, value);
    else if (strncmp(word, "acks=", len) == 0)
        expect->acks_count = to_integer(reader, value);
    else if (strncmp(word, "stream=", len) == 0)
        expect->stream = (int)to_integer(reader, value);
    else
        fail(reader, "unknown expectation: '%s'", word);
    return true;
}

static const char *strength_of(const char *word) {
    static const char *const strengths[] = {"required", "observed", "ours"};
    for (size_t i = 0; i < sizeof strengths / sizeof *strengths; i++)
        if (strcmp(word, strengths[i]) == 0) return strengths[i];
    return NULL;
}

static void read_expectation(struct reader *reader, struct script_expect *expect, const char *word) {
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

static const struct script_expect nothing_expected = {-1, -1, -1, -1,        -1,        -1,    0,
                                                      0,  -1, -1, INT64_MIN, INT64_MIN, "ours"};

/* Lines. */

static struct script_segment *push(struct reader *reader) {
    struct script *script = reader->script;
    if (script->count == script->capacity) {
        const size_t capacity = script->capacity ? 2 * script->capacity : 64;
        struct script_segment *moved = realloc(script->segments, capacity * sizeof *moved);
        if (!moved) {
            fail(reader, "no memory");
            return NULL;
        }
        script->segments = moved;
        script->capacity = capacity;
    }
    struct script_segment *segment = &script->segments[script->count++];
    memset(segment, 0, sizeof *segment);
    segment->line = reader->line;
    segment->ttl = 64;
    segment->snap = UINT32_MAX;
    segment->checksum = CAPAN_CHECKSUM_GOOD;
    segment->expect = nothing_expected;
    return segment;
}

static unsigned next_side(struct reader *reader) {
    if (next_is(reader, "C")) return 0;
    if (!next_is(reader, "S")) fail(reader, "C or S");
    return 1;
}

/* What the line did not say: the number after the last, an IP id of its own, the window as before. */
static void complete(struct reader *reader, struct script_segment *segment) {
    const unsigned side = segment->side;
    const int64_t end = segment->len + !!(segment->flags & CAPAN_TH_SYN) + !!(segment->flags & CAPAN_TH_FIN);
    if (!segment->has_seq) segment->seq = reader->next_seq[side];
    if (segment->flags & CAPAN_TH_SYN) reader->next_seq[side] = 0;
    if (segment->seq + end > reader->next_seq[side]) reader->next_seq[side] = segment->seq + end;
    reader->window[side] = segment->window;
}

static void read_segment(struct reader *reader, const char *first) {
    struct script_segment *segment = push(reader);
    if (!segment) return;
    char word[64];
    segment->time_ns = to_time(reader, first);
    segment->icmp = next_is(reader, "icmp");
    segment->side = next_side(reader);
    segment->window = reader->window[segment->side];
    segment->ip_id = reader->next_ip_id[segment->side]++;
    if (!segment->icmp && (!next_is(reader, ">") || next_side(reader) == segment->side)) fail(reader, "C > S or S > C");
    while (!reader->failed && next_word(reader, word) && strcmp(word, "|") != 0) read_attribute(reader, segment, word);
    while (!reader->failed && next_word(reader, word)) read_expectation(reader, &segment->expect, word);
    if (!segment->icmp) complete(reader, segment);
}

/* "# expect [stream=n] open=... close=...": a connection's summary. */
static void read_summary(struct reader *reader) {
    struct script *script = reader->script;
    struct script_summary summary = {reader->line, -1, -1, -1, -1, -1, -1};
    const struct {
        const char *word;
        const struct capan_token *tokens;
        int count, *to;
    } parts[] = {{"open=", capan_tcp_opens, CAPAN_TCP_OPEN_COUNT, &summary.open},
                 {"close=", capan_tcp_closes, CAPAN_TCP_CLOSE_COUNT, &summary.close},
                 {"vantage=", capan_tcp_vantages, CAPAN_TCP_VANTAGE_COUNT, &summary.vantage},
                 {"limit=", capan_tcp_limits, CAPAN_TCP_LIMIT_COUNT, &summary.limit},
                 {"quality=", capan_tcp_qualities, CAPAN_TCP_QUALITY_COUNT, &summary.quality}};
    char word[64];
    while (!reader->failed && next_word(reader, word)) {
        bool known = strncmp(word, "stream=", 7) == 0;
        if (known) summary.stream = (int)to_integer(reader, word + 7);
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            const size_t len = strlen(parts[i].word);
            if (strncmp(word, parts[i].word, len) != 0) continue;
            *parts[i].to = token_or_fail(reader, parts[i].tokens, parts[i].count, word + len, strlen(word + len));
            known = true;
        }
        if (!known) fail(reader, "unknown summary: '%s'", word);
    }
    if (script->summary_count == SCRIPT_EXPECTED)
        fail(reader, "too many summaries");
    else
        script->summaries[script->summary_count++] = summary;
}

/* Writes a segment after the last one, moved by n steps of the block's repetition. */
static void repeat_segment(struct reader *reader, size_t from, unsigned n) {
    struct script_segment *copy = push(reader);
    if (!copy) return;
    *copy = reader->script->segments[from];
    if (copy->text) fail(reader, "text cannot be repeated");
    const int64_t own = n * reader->repeat_octets[copy->side], peers = n * reader->repeat_octets[!copy->side];
    copy->time_ns += n * reader->repeat_time;
    copy->seq += own;
    copy->ack += peers;
    copy->ip_id = reader->next_ip_id[copy->side]++;
    for (unsigned i = 0; i < copy->option_count; i++)
        for (unsigned b = 0; b < 4; b++) copy->options[i].block[b][0] += peers, copy->options[i].block[b][1] += peers;
}

/* "repeat n time t C octets S octets" begins a block, "end" writes it n times, each later and further by that much. */
static void begin_repeat(struct reader *reader) {
    reader->repeat_count = (unsigned)next_integer(reader);
    reader->repeat_time = reader->repeat_octets[0] = reader->repeat_octets[1] = 0;
    reader->repeat_from = reader->script->count;
    for (char word[64]; !reader->failed && next_word(reader, word);) {
        if (strcmp(word, "time") == 0)
            reader->repeat_time = next_time(reader);
        else if (strcmp(word, "C") == 0)
            reader->repeat_octets[0] = next_integer(reader);
        else if (strcmp(word, "S") == 0)
            reader->repeat_octets[1] = next_integer(reader);
        else
            fail(reader, "unknown word: '%s'", word);
    }
}

static void end_repeat(struct reader *reader) {
    if (reader->repeat_from == SIZE_MAX) {
        fail(reader, "end without repeat");
        return;
    }
    const size_t from = reader->repeat_from, to = reader->script->count;
    for (unsigned n = 1; n < reader->repeat_count; n++)
        for (size_t i = from; i < to && !reader->failed; i++) repeat_segment(reader, i, n);
    for (unsigned side = 0; side < 2; side++) {
        int64_t *next = &reader->next_seq[side];
        for (size_t i = to; i < reader->script->count; i++) {
            const struct script_segment *segment = &reader->script->segments[i];
            if (segment->side == side && segment->seq + segment->len > *next) *next = segment->seq + segment->len;
        }
    }
    reader->repeat_from = SIZE_MAX;
}

static void read_isn(struct reader *reader) {
    reader->script->isn[0] = (uint32_t)next_integer(reader);
    reader->script->isn[1] = (uint32_t)next_integer(reader);
}

static void read_ports(struct reader *reader) {
    reader->script->port[0] = (uint16_t)next_integer(reader);
    reader->script->port[1] = (uint16_t)next_integer(reader);
}

static void read_ipv6(struct reader *reader) {
    reader->script->ipv6 = true;
}

static void read_segment_of(struct reader *reader, const char *line) {
    char first[64];
    reader->at = line;
    next_word(reader, first);
    read_segment(reader, first);
}

/* "handshake a b c [plain]": SYN, SYN-ACK and ACK at those times, with the options of today, or with an MSS alone. */
static void read_handshake(struct reader *reader) {
    char times[3][64], line[256];
    for (int i = 0; i < 3; i++) next_word(reader, times[i]);
    const bool plain = next_is(reader, "plain");
    const char *options = plain ? "<mss 1460>" : "<mss 1460,sackOK,wscale 7>";
    const unsigned window = plain ? 65535 : 512;
    snprintf(line, sizeof line, "%s C > S S seq 0 win 64240 options %s | syn", times[0], options);
    read_segment_of(reader, line);
    snprintf(line, sizeof line, "%s S > C S. seq 0 ack 1 win 65160 options %s | syn-ack", times[1], options);
    read_segment_of(reader, line);
    snprintf(line, sizeof line, "%s C > S seq 1 ack 1 win %u | handshake-ack", times[2], window);
    read_segment_of(reader, line);
    reader->window[1] = (uint16_t)window;
    reader->at = "";
}

static const struct {
    const char *word;
    void (*read)(struct reader *);
} directives[] = {{"handshake", read_handshake}, {"repeat", begin_repeat}, {"end", end_repeat}, {"isn", read_isn},
                  {"ports", read_ports},         {"ipv6", read_ipv6}};

static void read_line(struct reader *reader) {
    char word[64];
    if (!next_word(reader, word)) return;
    if (word[0] == '#') {
        if (next_is(reader, "expect")) read_summary(reader);
        return;
    }
    for (size_t i = 0; i < sizeof directives / sizeof *directives; i++)
        if (strcmp(word, directives[i].word) == 0) {
            directives[i].read(reader);
            return;
        }
    read_segment(reader, word);
}

static void check_title(struct reader *reader, const char *line) {
    if (line[0] != '#' || !strstr(line, "RFC "))
        fail(reader, "the first line is a sentence that says what, and which RFC section");
}

bool script_read(struct script *script, const char *path) {
    *script = (struct script){.isn = {1000, 5000}, .port = {40000, 80}};
    snprintf(script->name, sizeof script->name, "%s", path);
    struct reader reader = {
        .script = script, .window = {65535, 65535}, .next_ip_id = {100, 20000}, .repeat_from = SIZE_MAX};
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        return false;
    }
    char line[LINE_MAX_LEN];
    while (!reader.failed && fgets(line, sizeof line, file)) {
        reader.at = line;
        if (++reader.line == 1) check_title(&reader, line);
        line[strcspn(line, "\r\n")] = 0;
        read_line(&reader);
    }
    if (reader.repeat_from != SIZE_MAX) fail(&reader, "repeat without end");
    fclose(file);
    return !reader.failed && script->count > 0;
}

void script_free(struct script *script) {
    for (size_t i = 0; i < script->count; i++) free(script->segments[i].text);
    free(script->segments);
    script->segments = NULL;
    script->count = script->capacity = 0;
}
