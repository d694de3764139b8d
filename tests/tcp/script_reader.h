/* SPDX-License-Identifier: MIT */
/* The reader of segment scripts from inside: its lines' words, and what they say of a segment. A failure is told once,
 * and ends the reading. */
#ifndef SCRIPT_READER_H
#define SCRIPT_READER_H

#include "script.h"

enum { WORD_SIZE = 64 };

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
    int64_t repeat_time, repeat_octets[2], repeat_ticks;
};

/* --- script_words.c --- */

void reader_fail(struct reader *, const char *format, ...) CAPAN_PRINTF(2, 3);
void reader_skip_blanks(struct reader *);
/* The next word, up to a blank or one of "<>|,"; those stand alone. False, and empty, at the end of the line. */
bool reader_word(struct reader *, char word[WORD_SIZE]);
/* True when it is this one; else it is left. */
bool reader_is(struct reader *, const char *wanted);
int64_t reader_to_integer(struct reader *, const char *word);
int64_t reader_integer(struct reader *);
/* Seconds with up to nine decimals. */
int64_t reader_to_time(struct reader *, const char *word);
int64_t reader_time(struct reader *);
/* "a:b", or "a" alone: then b is a. */
void reader_to_range(struct reader *, char *word, int64_t range[2]);

/* --- script_segment.c: an attribute whose first word was read --- */

void reader_attribute(struct reader *, struct script_segment *, const char *word);

/* --- script_expect.c --- */

extern const struct script_expect reader_nothing_expected;
void reader_expectation(struct reader *, struct script_expect *, const char *word);
/* "# expect [stream=n] open=... close=...": a connection's summary. */
void reader_summary(struct reader *);

#endif
