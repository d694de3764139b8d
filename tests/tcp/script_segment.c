/* SPDX-License-Identifier: MIT */
/* What a script says of a segment: flags, numbers, options, text. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "script_reader.h"

enum { MSS = 2, WINDOW_SCALE = 3, SACK_PERMITTED = 4, TIMESTAMPS = 8, FAST_OPEN = 34 };

/* Options, each up to a comma: the word has been read. */

static void put_be(struct script_option *option, uint64_t value, unsigned octets) {
    while (octets-- > 0) option->octets[option->count++] = (uint8_t)(value >> (8 * octets));
}

static void read_mss(struct reader *reader, struct script_option *option) {
    put_be(option, (uint64_t)reader_integer(reader), 2);
}
static void read_wscale(struct reader *reader, struct script_option *option) {
    put_be(option, (uint64_t)reader_integer(reader), 1);
}
static void read_nothing(struct reader *reader, struct script_option *option) {
    (void)reader, (void)option;
}

static void read_ts(struct reader *reader, struct script_option *option) {
    put_be(option, (uint64_t)reader_integer(reader), 4);
    put_be(option, (uint64_t)reader_integer(reader), 4);
}

static bool at_option_end(struct reader *reader) {
    reader_skip_blanks(reader);
    return *reader->at == ',' || *reader->at == '>' || *reader->at == 0;
}

static void read_sack(struct reader *reader, struct script_option *option) {
    while (!at_option_end(reader) && option->count < 4) {
        char word[WORD_SIZE];
        reader_word(reader, word);
        reader_to_range(reader, word, option->block[option->count++]);
    }
}

/* Octets in hexadecimal. */
static void read_octets(struct reader *reader, struct script_option *option) {
    while (!at_option_end(reader) && option->count < SCRIPT_OPTION_OCTETS) {
        char word[WORD_SIZE], *end;
        reader_word(reader, word);
        put_be(option, strtoul(word, &end, 16), 1);
        if (*end) reader_fail(reader, "not an octet in hexadecimal: '%s'", word);
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
    char word[WORD_SIZE];
    reader_word(reader, word);
    for (size_t i = 0; i < sizeof option_words / sizeof *option_words; i++) {
        if (strcmp(word, option_words[i].word) != 0) continue;
        if (segment->option_count == SCRIPT_OPTIONS) break;
        struct script_option *option = &segment->options[segment->option_count++];
        memset(option, 0, sizeof *option);
        option->kind = option_words[i].kind;
        option_words[i].read(reader, option);
        return;
    }
    reader_fail(reader, "unknown option, or too many: '%s'", word);
}

/* Attributes of a segment; the word has been read. */

static void read_seq(struct reader *reader, struct script_segment *segment) {
    char word[WORD_SIZE];
    int64_t range[2];
    reader_word(reader, word);
    reader_to_range(reader, word, range);
    segment->seq = range[0];
    segment->len = (uint32_t)(range[1] - range[0]);
    segment->has_seq = true;
}

static void read_ack(struct reader *reader, struct script_segment *segment) {
    segment->ack = reader_integer(reader);
    segment->flags |= CAPAN_TH_ACK;
}

static void read_ce(struct reader *reader, struct script_segment *segment) {
    (void)reader;
    segment->ecn = 3;
}

static void read_checksum(struct reader *reader, struct script_segment *segment) {
    segment->checksum = reader_is(reader, "good")  ? CAPAN_CHECKSUM_GOOD
                        : reader_is(reader, "bad") ? CAPAN_CHECKSUM_BAD
                                                   : CAPAN_CHECKSUM_PARTIAL;
    if (segment->checksum == CAPAN_CHECKSUM_PARTIAL && !reader_is(reader, "partial"))
        reader_fail(reader, "good, bad or partial");
}

static void read_fill(struct reader *reader, struct script_segment *segment) {
    char word[WORD_SIZE];
    reader_word(reader, word);
    segment->fill = word[0];
}

static void read_options(struct reader *reader, struct script_segment *segment) {
    if (!reader_is(reader, "<")) reader_fail(reader, "options need <...>");
    do read_option(reader, segment);
    while (!reader->failed && reader_is(reader, ","));
    if (!reader_is(reader, ">")) reader_fail(reader, "options without '>'");
}

/* A quoted text with \r and \n. Its length is the segment's unless seq gave one. */
static void read_text(struct reader *reader, struct script_segment *segment) {
    reader_skip_blanks(reader);
    if (*reader->at++ != '"') reader_fail(reader, "text in quotes");
    char *text = malloc(strlen(reader->at) + 1);
    size_t len = 0;
    for (; text && *reader->at && *reader->at != '"'; reader->at++) {
        if (*reader->at == '\\' && strchr("rn", reader->at[1]))
            text[len++] = *++reader->at == 'r' ? '\r' : '\n';
        else
            text[len++] = *reader->at;
    }
    if (!text || *reader->at++ != '"') reader_fail(reader, "text without closing quote");
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
    NUMBER("code", code),
#undef NUMBER
};

static void read_number(struct reader *reader, struct script_segment *segment, const struct number *number) {
    const int64_t value = reader_integer(reader);
    const uint32_t wide = (uint32_t)value;
    const uint16_t half = (uint16_t)value;
    const uint8_t octet = (uint8_t)value;
    const void *from = number->size == sizeof octet  ? (const void *)&octet
                       : number->size == sizeof half ? (const void *)&half
                                                     : &wide;
    if (value < 0 || (number->size < 4 && value >> (8 * number->size)) || value > UINT32_MAX)
        reader_fail(reader, "too large a number");
    memcpy((char *)segment + number->at, from, number->size);
}

static bool is_flags(const char *word) {
    return word[strspn(word, "SFRPUEWe.")] == 0;
}

static void read_flags(struct script_segment *segment, const char *word) {
    static const struct {
        char letter;
        uint8_t bit;
    } letters[] = {{'S', CAPAN_TH_SYN}, {'F', CAPAN_TH_FIN}, {'R', CAPAN_TH_RST}, {'P', CAPAN_TH_PSH},
                   {'U', CAPAN_TH_URG}, {'E', CAPAN_TH_ECE}, {'W', CAPAN_TH_CWR}, {'.', CAPAN_TH_ACK}};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (strchr(word, letters[i].letter)) segment->flags |= letters[i].bit;
    if (strchr(word, 'e')) segment->accurate_ecn = true;
}

void reader_attribute(struct reader *reader, struct script_segment *segment, const char *word) {
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
        reader_fail(reader, "unknown word: '%s'", word);
}
