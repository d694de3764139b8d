/* SPDX-License-Identifier: MIT */
/* Scripted exchanges for the judge: a file of HTTP heads with times, and what is expected of each exchange.
 * scripts/README.md has the syntax. */
#ifndef JUDGE_SCRIPT_H
#define JUDGE_SCRIPT_H

#include "judge.h"

#define SCRIPT_LINES_MAX     600
#define SCRIPT_EXCHANGES_MAX 64
#define SCRIPT_FIELDS_MAX    40

/* One message line with what belongs to it, or an expectation. Texts point into the script's own copy of the file. */
struct script_message {
    char name; /* 'A'..'R': a client; 'S' the server; 'I' interim; 'E' the end without a response */
    double at_s;
    char *options;
    char *start_line;
    char *names[SCRIPT_FIELDS_MAX], *values[SCRIPT_FIELDS_MAX];
    size_t field_count;
    char *body; /* NULL: none */
    size_t body_len, head_len;
    unsigned line;
};

struct script_expectation {
    const char *key, *words;
    unsigned line;
};

#define SCRIPT_EXPECTATIONS_MAX 16

struct script_exchange {
    struct script_message request, response;
    struct script_message interims[4];
    size_t interim_count;
    bool orphan;
    uint32_t request_frame, response_frame;
    struct script_expectation expected[SCRIPT_EXPECTATIONS_MAX];
    size_t expected_count;
};

/* Messages in the order of the file; each takes part in one exchange. */
struct script_event {
    enum { SCRIPT_ASK, SCRIPT_INTERIM, SCRIPT_ANSWER } what;
    size_t exchange, interim;
};

struct script {
    const char *path;
    char *text;
    struct script_exchange exchanges[SCRIPT_EXCHANGES_MAX];
    size_t exchange_count;
    struct script_event events[SCRIPT_LINES_MAX];
    size_t event_count;
    bool shared_cache;
    bool forgets; /* something is given up in it, which is everybody's */
};

/* NULL with a line on standard error when the file cannot be read or understood. */
struct script *script_load(const char *path);
void script_free(struct script *);

/* Gets each exchange when it is over. */
typedef void script_sink(void *context, const struct script *, size_t exchange, const struct capan_exchange *);

/* Plays one event. world moves clients, servers and hosts apart from those of other worlds; 0 leaves them. in_flight
 * has SCRIPT_EXCHANGES_MAX places, NULL at first. */
void script_play(struct capan_judge *, const struct script *, size_t event, unsigned world,
                 struct capan_judgement **in_flight, script_sink *, void *context);

#endif
