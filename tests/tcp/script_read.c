/* SPDX-License-Identifier: MIT */
/* The lines of a script. */
#include <stdlib.h>
#include <string.h>

#include "script_reader.h"

enum { LINE_MAX_LEN = 4096 };

static struct script_segment *push(struct reader *reader) {
    struct script *script = reader->script;
    if (script->count == script->capacity) {
        const size_t capacity = script->capacity ? 2 * script->capacity : 64;
        struct script_segment *moved = realloc(script->segments, capacity * sizeof *moved);
        if (!moved) {
            reader_fail(reader, "no memory");
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
    segment->expect = reader_nothing_expected;
    return segment;
}

static unsigned next_side(struct reader *reader) {
    if (reader_is(reader, "C")) return 0;
    if (!reader_is(reader, "S")) reader_fail(reader, "C or S");
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
    char word[WORD_SIZE];
    segment->time_ns = reader_to_time(reader, first);
    segment->icmp = reader_is(reader, "icmp");
    segment->side = next_side(reader);
    segment->window = reader->window[segment->side];
    segment->ip_id = reader->next_ip_id[segment->side]++;
    if (!segment->icmp && (!reader_is(reader, ">") || next_side(reader) == segment->side))
        reader_fail(reader, "C > S or S > C");
    while (!reader->failed && reader_word(reader, word) && strcmp(word, "|") != 0)
        reader_attribute(reader, segment, word);
    while (!reader->failed && reader_word(reader, word)) reader_expectation(reader, &segment->expect, word);
    if (!segment->icmp) complete(reader, segment);
}

/* Writes a segment after the last one, moved by n steps of the block's repetition. */
/* TSval and TSecr, in network order. */
static void later(struct script_option *stamps, uint32_t ticks) {
    for (uint8_t *at = stamps->octets; at < stamps->octets + 8; at += 4) {
        const uint32_t value = ((uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]) + ticks;
        for (unsigned i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

static void repeat_segment(struct reader *reader, size_t from, unsigned n) {
    struct script_segment *copy = push(reader);
    if (!copy) return;
    *copy = reader->script->segments[from];
    if (copy->text) reader_fail(reader, "text cannot be repeated");
    const int64_t own = n * reader->repeat_octets[copy->side], peers = n * reader->repeat_octets[!copy->side];
    copy->time_ns += n * reader->repeat_time;
    copy->seq += own;
    copy->ack += peers;
    copy->ip_id = reader->next_ip_id[copy->side]++;
    for (unsigned i = 0; i < copy->option_count; i++) {
        for (unsigned b = 0; b < 4; b++) copy->options[i].block[b][0] += peers, copy->options[i].block[b][1] += peers;
        if (copy->options[i].kind == SCRIPT_TIMESTAMPS) later(&copy->options[i], (uint32_t)(n * reader->repeat_ticks));
    }
}

/* "repeat n time t C octets S octets ticks n" begins a block, "end" writes it n times, each later and further by that
 * much. */
static void begin_repeat(struct reader *reader) {
    reader->repeat_count = (unsigned)reader_integer(reader);
    reader->repeat_time = reader->repeat_octets[0] = reader->repeat_octets[1] = reader->repeat_ticks = 0;
    reader->repeat_from = reader->script->count;
    for (char word[WORD_SIZE]; !reader->failed && reader_word(reader, word);) {
        if (strcmp(word, "time") == 0)
            reader->repeat_time = reader_time(reader);
        else if (strcmp(word, "C") == 0)
            reader->repeat_octets[0] = reader_integer(reader);
        else if (strcmp(word, "S") == 0)
            reader->repeat_octets[1] = reader_integer(reader);
        else if (strcmp(word, "ticks") == 0)
            reader->repeat_ticks = reader_integer(reader);
        else
            reader_fail(reader, "unknown word: '%s'", word);
    }
}

static void end_repeat(struct reader *reader) {
    if (reader->repeat_from == SIZE_MAX) {
        reader_fail(reader, "end without repeat");
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
    reader->script->isn[0] = (uint32_t)reader_integer(reader);
    reader->script->isn[1] = (uint32_t)reader_integer(reader);
}

static void read_ports(struct reader *reader) {
    reader->script->port[0] = (uint16_t)reader_integer(reader);
    reader->script->port[1] = (uint16_t)reader_integer(reader);
}

static void read_ipv6(struct reader *reader) {
    reader->script->ipv6 = true;
}

static void read_segment_of(struct reader *reader, const char *line) {
    char first[WORD_SIZE];
    reader->at = line;
    reader_word(reader, first);
    read_segment(reader, first);
}

/* "handshake a b c [plain]": SYN, SYN-ACK and ACK at those times, with the options of today, or with an MSS alone. */
static void read_handshake(struct reader *reader) {
    char times[3][WORD_SIZE], line[256];
    for (int i = 0; i < 3; i++) reader_word(reader, times[i]);
    const bool plain = reader_is(reader, "plain");
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
    char word[WORD_SIZE];
    if (!reader_word(reader, word)) return;
    if (word[0] == '#') {
        if (reader_is(reader, "expect")) reader_summary(reader);
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
        reader_fail(reader, "the first line is a sentence that says what, and which RFC section");
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
    if (reader.repeat_from != SIZE_MAX) reader_fail(&reader, "repeat without end");
    fclose(file);
    return !reader.failed && script->count > 0;
}

void script_free(struct script *script) {
    for (size_t i = 0; i < script->count; i++) free(script->segments[i].text);
    free(script->segments);
    script->segments = NULL;
    script->count = script->capacity = 0;
}
