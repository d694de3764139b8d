/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "script_reader.h"

void reader_fail(struct reader *reader, const char *format, ...) {
    va_list arguments;
    if (reader->failed) return;
    reader->failed = true;
    fprintf(stderr, "%s:%u: ", reader->script->name, reader->line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void reader_skip_blanks(struct reader *reader) {
    while (*reader->at == ' ' || *reader->at == '\t') reader->at++;
}

bool reader_word(struct reader *reader, char word[WORD_SIZE]) {
    size_t len = 0;
    reader_skip_blanks(reader);
    while (*reader->at && !isspace((unsigned char)*reader->at) && len < WORD_SIZE - 1) {
        const bool mark = strchr("<>|,", *reader->at) != NULL;
        if (mark && len > 0) break;
        word[len++] = *reader->at++;
        if (mark) break;
    }
    word[len] = 0;
    return len > 0;
}

bool reader_is(struct reader *reader, const char *wanted) {
    const char *before = reader->at;
    char word[WORD_SIZE];
    if (reader_word(reader, word) && strcmp(word, wanted) == 0) return true;
    reader->at = before;
    return false;
}

int64_t reader_to_integer(struct reader *reader, const char *word) {
    char *end;
    const long long value = strtoll(word, &end, 0);
    if (*word == 0 || *end != 0) reader_fail(reader, "not a number: '%s'", word);
    return value;
}

int64_t reader_integer(struct reader *reader) {
    char word[WORD_SIZE];
    reader_word(reader, word);
    return reader_to_integer(reader, word);
}

int64_t reader_to_time(struct reader *reader, const char *word) {
    const bool negative = *word == '-';
    int64_t seconds = 0, fraction = 0, unit = 1000000000;
    const char *at = word + negative;
    if (!isdigit((unsigned char)*at)) reader_fail(reader, "not a time: '%s'", word);
    for (; isdigit((unsigned char)*at); at++) seconds = seconds * 10 + (*at - '0');
    if (*at == '.')
        for (at++; isdigit((unsigned char)*at) && unit > 1; at++) fraction += (*at - '0') * (unit /= 10);
    if (*at) reader_fail(reader, "not a time: '%s'", word);
    return (negative ? -1 : 1) * (seconds * 1000000000 + fraction);
}

int64_t reader_time(struct reader *reader) {
    char word[WORD_SIZE];
    reader_word(reader, word);
    return reader_to_time(reader, word);
}

void reader_to_range(struct reader *reader, char *word, int64_t range[2]) {
    char *colon = strchr(word, ':');
    if (colon) *colon = 0;
    range[0] = reader_to_integer(reader, word);
    range[1] = colon ? reader_to_integer(reader, colon + 1) : range[0];
    if (range[1] < range[0]) reader_fail(reader, "a range that ends before it begins");
}
