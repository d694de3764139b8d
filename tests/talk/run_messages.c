/* SPDX-License-Identifier: MIT */
/* Runs the files of messages/: what each side sends, and the log of what was read from it. Each file is read
 * whole, octet by octet and in random pieces (the seed is printed); the log must be the same. run_messages --show FILE
 * prints the log.
 *
 * A fenced block named client or server is one segment. Its lines end in CR LF; a line that ends in a backslash has no
 * line end; \r \n \t \0 \\ and \xHH stand for octets. A line <gap N> is a hole of N octets, <fin>, <rst> and <cut> end
 * the direction, the connection or the capture. The block named log is what is expected. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "http1_bench.h"
#include "parser.h"

enum { STEPS_MAX = 256, OCTETS_MAX = 1 << 20, LOG_MAX = 1 << 16, ASKED_MAX = 64 };

enum what { OCTETS, GAP, FIN, RST, CUT };

struct step {
    enum what what;
    enum capan_direction direction;
    size_t at, len; /* octets, or the gap's length */
    uint32_t frame;
};

/* One file. */
struct script {
    const char *path;
    struct step steps[STEPS_MAX];
    size_t step_count;
    uint8_t octets[OCTETS_MAX];
    size_t octets_len;
    char expected[LOG_MAX];
    uint32_t frames;
};

/* One reading of it. */
struct reading {
    struct capan_parser parser[2];
    struct bench bench;
    bool pairs;                          /* exchanges are read, not messages */
    struct capan_asked asked[ASKED_MAX]; /* of the requests that wait, for the framing of responses */
    size_t asked_first, asked_last;
    uint64_t start[2];
    char log[LOG_MAX];
    size_t log_len;
};

static const char *const sides[] = {"client", "server"};

static void say(struct reading *reading, const char *format, ...) CAPAN_PRINTF(2, 3);

static void say(struct reading *reading, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    reading->log_len +=
        (size_t)vsnprintf(reading->log + reading->log_len, LOG_MAX - reading->log_len, format, arguments);
    va_end(arguments);
    if (reading->log_len >= LOG_MAX) abort();
}

static void say_span(struct reading *reading, struct capan_span octets) {
    for (size_t i = 0; i < octets.len; i++) {
        uint8_t octet = octets.at[i];
        say(reading, octet > 0x20 && octet < 0x7f && octet != '\\' ? "%c" : "\\x%02x", octet);
    }
}

static void say_framing(struct reading *reading, uint32_t framing) {
    for (int i = 0; i < CAPAN_HTTP_FRAMING_COUNT; i++) {
        if (framing >> i & 1) say(reading, " %s", capan_http_framings[i].token);
    }
    say(reading, "\n");
}

static void say_fields(struct reading *reading, const struct capan_http_field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        say(reading, "    ");
        say_span(reading, fields[i].name);
        say(reading, ": ");
        say_span(reading, fields[i].value);
        say(reading, "\n");
    }
}

struct ear {
    struct reading *reading;
    enum capan_direction direction;
};

static struct capan_asked ask(struct reading *reading, const struct capan_message *message) {
    struct capan_asked asked = {true, span_equal(message->method, span_of("HEAD")),
                                span_equal(message->method, span_of("CONNECT"))};
    reading->asked[reading->asked_last++ % ASKED_MAX] = asked;
    return (struct capan_asked){0};
}

static struct capan_asked answer(struct reading *reading, uint16_t status) {
    if (reading->asked_first == reading->asked_last) return (struct capan_asked){0};
    bool final = status / 100 != 1 || status == 101;
    struct capan_asked asked = reading->asked[reading->asked_first % ASKED_MAX];
    reading->asked_first += final;
    return asked;
}

static struct capan_asked hear_head(void *context, const struct capan_message *message,
                                    const struct capan_http_extent *extent, uint64_t start) {
    const struct ear *ear = context;
    struct reading *reading = ear->reading;
    say(reading, "%s %llu: ", sides[ear->direction], (unsigned long long)start);
    bool request = message->start != CAPAN_START_RESPONSE;
    if (request) {
        say_span(reading, message->method);
        say(reading, " ");
        say_span(reading, message->target);
    } else {
        say(reading, "%u", message->status);
    }
    say(reading, " version %u, head %llu, fields %zu", message->version, (unsigned long long)extent->head_len,
        message->field_count);
    say_framing(reading, message->framing);
    say_fields(reading, message->fields, message->field_count);
    return request ? ask(reading, message) : answer(reading, message->status);
}

static void hear_end(void *context, const struct capan_message_end *end) {
    const struct ear *ear = context;
    static const char *const stops[] = {"", ", closed", ", reset", ", cut"};
    const struct capan_http_extent *extent = &end->extent;
    say(ear->reading, "%s end: frames %u-%u, body %llu, missing %llu, wire %llu%s%s%s%s", sides[ear->direction],
        extent->first_frame, extent->last_frame, (unsigned long long)extent->body_len,
        (unsigned long long)extent->body_missing, (unsigned long long)extent->wire_len,
        extent->complete ? ", complete" : "", end->digest_known ? ", digest" : "", stops[end->stop],
        end->body_after_304 ? ", body after 304" : "");
    say_framing(ear->reading, end->framing);
}

static void hear_trailers(void *context, const struct capan_http_field *fields, size_t count) {
    const struct ear *ear = context;
    say(ear->reading, "%s trailers\n", sides[ear->direction]);
    say_fields(ear->reading, fields, count);
}

static void hear_lost(void *context, bool at_head) {
    const struct ear *ear = context;
    say(ear->reading, "%s lost%s\n", sides[ear->direction], at_head ? ": a head" : "");
}

static bool hear_simple(void *context) {
    const struct ear *ear = context;
    return ear->direction == CAPAN_S2C && ear->reading->asked_last == 1;
}

static void hear_exchange(void *context, struct capan_exchange *exchange) {
    struct reading *reading = context;
    say(reading, "exchange ");
    say_span(reading, exchange->method);
    say(reading, " ");
    say_span(reading, exchange->target);
    say(reading, " %u, ", exchange->status);
    for (int i = 0; i < exchange->interim_count; i++) say(reading, "after %u, ", exchange->interim[i]);
    say(reading, "frames %u-%u %u-%u, %s\n", exchange->request.first_frame, exchange->request.last_frame,
        exchange->response.first_frame, exchange->response.last_frame, capan_http_outcomes[exchange->outcome].token);
}

/* 0: whole, 1: single octets, else random up to that many. */
static size_t piece_len(size_t largest, size_t left, uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    size_t len = largest < 2 ? largest : 1 + (*seed >> 16) % largest;
    return len == 0 || len > left ? left : len;
}

static void feed(struct reading *reading, const struct script *script, const struct step *step, size_t largest,
                 uint32_t *seed) {
    if (step->what != OCTETS) return;
    for (size_t at = 0; at < step->len;) {
        size_t len = piece_len(largest, step->len - at, seed);
        struct capan_span piece = {script->octets + step->at + at, len};
        uint8_t *exact = malloc(len); /* so that a sanitizer sees a read beyond */
        if (!exact) abort();
        memcpy(exact, piece.at, len);
        piece.at = exact;
        if (reading->pairs)
            bench_octets(&reading->bench, step->direction, piece, (struct moment){step->frame, step->frame});
        else
            capan_parser_octets(&reading->parser[step->direction], piece, (struct moment){step->frame, step->frame});
        free(exact);
        at += len;
    }
}

static void step_parsers(struct reading *reading, const struct step *step) {
    switch (step->what) {
    case GAP: capan_parser_gap(&reading->parser[step->direction], step->len); break;
    case FIN: capan_parser_stop(&reading->parser[step->direction], CAPAN_STOP_CLOSED); break;
    case RST:
    case CUT:
        for (int i = 0; i < 2; i++)
            capan_parser_stop(&reading->parser[i], step->what == RST ? CAPAN_STOP_RESET : CAPAN_STOP_CAPTURE);
        break;
    case OCTETS: break;
    }
}

static void step_exchanges(struct reading *reading, const struct step *step) {
    static const enum capan_end ends[] = {
        [FIN] = CAPAN_ENDED_FIN, [RST] = CAPAN_ENDED_RST, [CUT] = CAPAN_ENDED_CAPTURE};
    if (step->what == GAP)
        bench_gap(&reading->bench, step->direction, step->len, (struct moment){step->frame, step->frame});
    else if (step->what != OCTETS)
        bench_end(&reading->bench, step->direction, ends[step->what], (struct moment){step->frame, step->frame});
}

static void read_messages(struct reading *reading, const struct script *script, size_t largest, uint32_t seed) {
    static const struct capan_parser_sink sink = {
        .head = hear_head, .end = hear_end, .lost = hear_lost, .simple = hear_simple, .trailers = hear_trailers};
    struct ear ears[2] = {{reading, CAPAN_C2S}, {reading, CAPAN_S2C}};
    for (int i = 0; i < 2; i++) {
        capan_parser_init(&reading->parser[i], &capan_libc, &sink, &ears[i], 0);
        reading->parser[i].kind = i == CAPAN_C2S ? CAPAN_START_REQUEST : CAPAN_START_RESPONSE;
    }
    for (size_t i = 0; i < script->step_count; i++) {
        feed(reading, script, &script->steps[i], largest, &seed);
        step_parsers(reading, &script->steps[i]);
    }
    for (int i = 0; i < 2; i++) capan_parser_free(&reading->parser[i]);
}

static void read_exchanges(struct reading *reading, const struct script *script, size_t largest, uint32_t seed) {
    if (!bench_open(&reading->bench, &capan_libc, hear_exchange, reading)) abort();
    reading->pairs = true;
    for (size_t i = 0; i < script->step_count; i++) {
        feed(reading, script, &script->steps[i], largest, &seed);
        step_exchanges(reading, &script->steps[i]);
    }
    bench_end(&reading->bench, CAPAN_C2S, CAPAN_ENDED_CAPTURE, (struct moment){script->frames, script->frames});
    bench_close(&reading->bench);
}

static bool run(const struct script *script, size_t largest, uint32_t seed, bool show) {
    static struct reading reading;
    memset(&reading, 0, sizeof reading);
    read_messages(&reading, script, largest, seed);
    read_exchanges(&reading, script, largest, seed);
    if (show) fputs(reading.log, stdout);
    if (show || strcmp(reading.log, script->expected) == 0) return true;
    fprintf(stderr, "%s: pieces of %zu, seed %u: expected\n%sgot\n%s\n", script->path, largest, seed, script->expected,
            reading.log);
    return false;
}

/* Text of a block. */

static uint8_t escaped(const char **text) {
    char kind = *(*text)++;
    char digits[3] = {0};
    switch (kind) {
    case 'r': return '\r';
    case 'n': return '\n';
    case 't': return '\t';
    case '0': return 0;
    case 'x':
        memcpy(digits, *text, 2);
        *text += 2;
        return (uint8_t)strtoul(digits, NULL, 16);
    default: return (uint8_t)kind;
    }
}

static void add_step(struct script *script, enum what what, enum capan_direction direction, size_t len) {
    if (script->step_count == STEPS_MAX) abort();
    script->steps[script->step_count++] = (struct step){what, direction, script->octets_len, len, script->frames};
}

static void add_octet(struct script *script, enum capan_direction direction, uint8_t octet) {
    struct step *last = script->step_count ? &script->steps[script->step_count - 1] : NULL;
    if (!last || last->what != OCTETS || last->frame != script->frames) {
        add_step(script, OCTETS, direction, 0);
        last = &script->steps[script->step_count - 1];
    }
    if (script->octets_len == OCTETS_MAX) abort();
    script->octets[script->octets_len++] = octet;
    last->len++;
}

static void add_line(struct script *script, enum capan_direction direction, const char *text) {
    unsigned long gap;
    if (sscanf(text, "<gap %lu>", &gap) == 1)
        add_step(script, GAP, direction, gap);
    else if (strcmp(text, "<fin>") == 0)
        add_step(script, FIN, direction, 0);
    else if (strcmp(text, "<rst>") == 0)
        add_step(script, RST, direction, 0);
    else if (strcmp(text, "<cut>") == 0)
        add_step(script, CUT, direction, 0);
    else {
        while (*text && strcmp(text, "\\") != 0) {
            bool escape = *text == '\\';
            text += escape;
            add_octet(script, direction, escape ? escaped(&text) : (uint8_t)*text++);
        }
        if (*text) return;
        add_octet(script, direction, '\r');
        add_octet(script, direction, '\n');
    }
}

static bool load(struct script *script, const char *path) {
    char line[4096], block[16] = "";
    FILE *file = fopen(path, "r");
    memset(script, 0, sizeof *script);
    script->path = path;
    if (!file) return false;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "```", 3) == 0) {
            sscanf(line + 3, "%15s", block);
            if (line[3] == '\n')
                block[0] = 0;
            else
                script->frames++;
        } else if (strcmp(block, "log") == 0) {
            if (strlen(script->expected) + strlen(line) >= LOG_MAX) abort();
            strcat(script->expected, line);
        } else if (block[0]) {
            line[strcspn(line, "\n")] = 0;
            add_line(script, strcmp(block, "server") == 0 ? CAPAN_S2C : CAPAN_C2S, line);
        }
    }
    fclose(file);
    return script->step_count > 0;
}

int main(int argc, char **argv) {
    static struct script script;
    bool show = argc > 1 && strcmp(argv[1], "--show") == 0;
    int failed = 0;
    for (int i = 1 + show; i < argc; i++) {
        bool fine = load(&script, argv[i]) && run(&script, 0, 0, show);
        for (uint32_t seed = 0; fine && !show && seed < 40; seed++)
            fine = run(&script, seed == 0 ? 1 : 1 + seed, seed, false);
        if (!fine) fprintf(stderr, "%s: failed\n", argv[i]);
        failed += !fine;
    }
    if (!show) printf("%d of %d files failed\n", failed, argc - 1);
    return failed || argc < 2;
}
