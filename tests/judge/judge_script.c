/* SPDX-License-Identifier: MIT */
#include "judge_script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bytes.h"
#include "digest.h"

#define BASE_S INT64_C(1795305600) /* Sun, 22 Nov 2026 00:00:00 GMT */

/* --- reading --------------------------------------------------------------------------------------------------- */

static char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    char *text = calloc(1, 1 << 20);
    size_t len = text ? fread(text, 1, (1 << 20) - 1, file) : 0;
    fclose(file);
    if (text) text[len] = 0;
    return text;
}

static char *next_line(char **rest) {
    char *line = *rest;
    if (!*line) return NULL;
    char *end = strchr(line, '\n');
    *rest = end ? end + 1 : line + strlen(line);
    if (end) *end = 0;
    return line;
}

static bool begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

struct reader {
    struct script *script;
    char *rest;
    unsigned line;
    struct script_message *message; /* that gets the indented lines */
    bool in_body;
};

static bool complain(const struct reader *reader, const char *what) {
    fprintf(stderr, "%s:%u: %s\n", reader->script->path, reader->line, what);
    return false;
}

static size_t oldest_unanswered(const struct script *script, const bool *answered) {
    size_t i = 0;
    while (i < script->exchange_count && answered[i]) i++;
    return i;
}

static struct script_exchange *exchange_of(struct script *script, size_t index) {
    return &script->exchanges[index];
}

static bool is_answer(const struct script_message *message) {
    return strchr("SIE", message->name);
}

/* A client's message, or an answer without a request, begins an exchange; others go to the oldest that has no end. */
static bool find_exchange(struct reader *reader, const struct script_message *message, const bool *answered,
                          size_t *index) {
    struct script *script = reader->script;
    bool orphan = strstr(message->options, "orphan");
    *index = script->exchange_count;
    if (is_answer(message) && !orphan) {
        *index = oldest_unanswered(script, answered);
        return *index < script->exchange_count || complain(reader, "nothing to answer");
    }
    if (script->exchange_count == SCRIPT_EXCHANGES_MAX) return complain(reader, "too many exchanges");
    script->exchanges[script->exchange_count++].orphan = orphan;
    return true;
}

/* "A 1.5 options": a client asks. "S 1.6": the answer; "I 1.6 103": an interim one; "E 1.6 reset": no answer. */
static bool begin_message(struct reader *reader, char *line, bool *answered) {
    struct script *script = reader->script;
    struct script_message message = {.name = line[0], .line = reader->line};
    message.at_s = strtod(line + 1, &message.options);
    size_t index;
    if (!find_exchange(reader, &message, answered, &index)) return false;
    struct script_exchange *exchange = exchange_of(script, index);
    struct script_event *event = &script->events[script->event_count++];
    *event = (struct script_event){.what = message.name == 'I'   ? SCRIPT_INTERIM
                                           : is_answer(&message) ? SCRIPT_ANSWER
                                                                 : SCRIPT_ASK,
                                   .exchange = index};
    uint32_t frame = (uint32_t)script->event_count;
    reader->message = &exchange->response;
    if (event->what == SCRIPT_ASK)
        reader->message = &exchange->request, exchange->request_frame = frame;
    else if (event->what == SCRIPT_INTERIM)
        reader->message = &exchange->interims[event->interim = exchange->interim_count++];
    else
        answered[index] = true, exchange->response_frame = frame;
    *reader->message = message;
    script->forgets |= strstr(message.options, "forgets=") != NULL;
    reader->in_body = false;
    return true;
}

static bool take_head_line(struct reader *reader, char *line) {
    struct script_message *message = reader->message;
    message->head_len += strlen(line) + 2;
    if (!message->start_line) {
        message->start_line = line;
        return true;
    }
    char *colon = strchr(line, ':');
    if (!colon || message->field_count == SCRIPT_FIELDS_MAX) return complain(reader, "no field line, or too many");
    *colon = 0;
    message->names[message->field_count] = line;
    message->values[message->field_count++] = colon + 1 + strspn(colon + 1, " ");
    return true;
}

static bool take_indented(struct reader *reader, char *line) {
    if (!reader->message) return complain(reader, "indented line without a message");
    if (!reader->in_body) return take_head_line(reader, line);
    if (reader->message->body) return complain(reader, "a body is one line");
    reader->message->body = line;
    reader->message->body_len = strlen(line);
    return true;
}

/* "| key: words" belongs to the exchange that ended last before it. */
static bool take_expectation(struct reader *reader, char *line) {
    struct script *script = reader->script;
    char *colon = strchr(line, ':');
    if (!colon || script->event_count == 0) return complain(reader, "expectation without a key");
    *colon = 0;
    struct script_exchange *exchange = exchange_of(script, script->events[script->event_count - 1].exchange);
    if (exchange->expected_count == SCRIPT_EXPECTATIONS_MAX) return complain(reader, "too many expectations");
    exchange->expected[exchange->expected_count++] =
        (struct script_expectation){line, colon + 1 + strspn(colon + 1, " "), reader->line};
    return true;
}

static bool take_line(struct reader *reader, char *line, bool *answered) {
    if (begins(line, "| ")) return take_expectation(reader, line + 2);
    if (begins(line, "  ")) return take_indented(reader, line + 2);
    if (line[0] == 0) {
        reader->in_body = reader->message && reader->message->start_line;
        return true;
    }
    if (line[0] == '#') return true;
    if (begins(line, "shared cache")) return reader->script->shared_cache = true;
    if (line[0] >= 'A' && line[0] <= 'Z' && line[1] == ' ') return begin_message(reader, line, answered);
    return complain(reader, "not understood");
}

struct script *script_load(const char *path) {
    struct script *script = calloc(1, sizeof *script);
    bool answered[SCRIPT_EXCHANGES_MAX] = {false};
    if (!script) return NULL;
    script->path = path;
    script->text = read_file(path);
    struct reader reader = {.script = script, .rest = script->text};
    bool good = script->text;
    for (char *line; good && (line = next_line(&reader.rest));) {
        reader.line++;
        good = take_line(&reader, line, answered);
    }
    if (good) return script;
    fprintf(stderr, "%s: cannot be used\n", path);
    script_free(script);
    return NULL;
}

void script_free(struct script *script) {
    if (script) free(script->text);
    free(script);
}

/* --- playing --------------------------------------------------------------------------------------------------- */

static int64_t ns_of(double at_s) {
    return BASE_S * 1000000000 + (int64_t)(at_s * 1e9);
}

/* "@", "@-3600", "@+60": the time of the message and so many seconds, as IMF-fixdate. */
static const char *date_text(const char *value, double at_s, char text[64]) {
    if (value[0] != '@') return value;
    time_t then = (time_t)(BASE_S + (int64_t)at_s + strtol(value + 1, NULL, 10));
    struct tm *broken = gmtime(&then);
    strftime(text, 64, "%a, %d %b %Y %H:%M:%S GMT", broken);
    return text;
}

struct texts {
    char date[SCRIPT_FIELDS_MAX][64], host[256], referer[256];
    struct capan_http_field fields[SCRIPT_FIELDS_MAX];
};

static void make_fields(const struct script_message *message, unsigned world, struct texts *texts) {
    for (size_t i = 0; i < message->field_count; i++) {
        const char *value = date_text(message->values[i], message->at_s, texts->date[i]);
        if (world && strcmp(message->names[i], "Host") == 0) {
            snprintf(texts->host, sizeof texts->host, "w%u.%s", world, value);
            value = texts->host;
        } else if (world && strcmp(message->names[i], "Referer") == 0 && begins(value, "http://")) {
            snprintf(texts->referer, sizeof texts->referer, "http://w%u.%s", world, value + strlen("http://"));
            value = texts->referer;
        }
        texts->fields[i] = (struct capan_http_field){span_of(message->names[i]), span_of(value)};
    }
}

static struct capan_endpoint endpoint(unsigned world, uint8_t host, uint16_t port) {
    return (struct capan_endpoint){{4, {10, (uint8_t)(world >> 8), (uint8_t)world, host}}, port};
}

static long option(const struct script_message *message, const char *name, long otherwise) {
    const char *at = message->options ? strstr(message->options, name) : NULL;
    return at ? strtol(at + strlen(name), NULL, 10) : otherwise;
}
static bool has_option(const struct script_message *message, const char *name) {
    return message->options && strstr(message->options, name);
}

static struct capan_http_head head_of(const struct script_message *message, const struct texts *texts, uint32_t frame) {
    return (struct capan_http_head){.version = has_option(message, "simple") ? 9 : 11,
                                    .fields = texts->fields,
                                    .field_count = message->field_count,
                                    .at = {frame, ns_of(message->at_s)}};
}

/* "forgets=frames": before it, some could not be decoded. */
static void forget(struct capan_judge *judge, const struct script_message *message) {
    const char *what = strstr(message->options, "forgets=");
    for (int i = 0; what && i < CAPAN_HTTP_FORGETTING_COUNT; i++)
        if (begins(what + strlen("forgets="), capan_http_forgettings[i].token))
            capan_judge_forget(judge, (enum capan_http_forgetting)i, has_option(message, "https"));
}

static struct capan_judgement *ask(struct capan_judge *judge, const struct script_exchange *exchange, unsigned world,
                                   size_t index) {
    const struct script_message *message = exchange->orphan ? &exchange->response : &exchange->request;
    struct capan_http_parties parties = {.stream = (uint32_t)(world * SCRIPT_EXCHANGES_MAX + index)};
    parties.client = endpoint(world, (uint8_t)message->name, 40000);
    parties.server = endpoint(world, (uint8_t)option(message, "server=", 1), (uint16_t)option(message, "port=", 80));
    forget(judge, message);
    if (exchange->orphan) return capan_judge_request(judge, &parties, -1, NULL);
    struct texts texts;
    make_fields(message, world, &texts);
    struct capan_http_head head = head_of(message, &texts, exchange->request_frame);
    head.request = true;
    head.secure = has_option(message, "https");
    struct capan_span line = span_of(message->start_line);
    const char *space = strchr(message->start_line, ' '), *version = strrchr(message->start_line, ' ');
    head.method = span_cut(line, 0, (size_t)(space - message->start_line));
    head.target = span_cut(line, head.method.len + 1, (size_t)(version - space) - 1);
    char target[256];
    if (world && begins(space + 1, "http://")) {
        int len = snprintf(target, sizeof target, "http://w%u.%.*s", world, (int)head.target.len - 7, space + 8);
        head.target = (struct capan_span){(const uint8_t *)target, (size_t)len};
    }
    struct capan_judgement *judgement = capan_judge_request(judge, &parties, -1, &head);
    if (judgement && has_option(message, "opened"))
        capan_judgement_pays(judgement, (struct capan_handshakes){.tcp = 1});
    return judgement;
}

static uint64_t digest_of(const struct script_message *message) {
    struct capan_digest digest;
    capan_digest_init(&digest, 1);
    capan_digest_add(&digest,
                     (struct capan_span){(const uint8_t *)message->body, message->body ? message->body_len : 0});
    return capan_digest_value(&digest);
}

static struct capan_http_extent extent_of(const struct script_message *message, uint32_t frame) {
    if (!message->start_line) return (struct capan_http_extent){0};
    uint64_t body = (uint64_t)option(message, "body=", (long)message->body_len),
             missing = (uint64_t)option(message, "missing=", 0);
    return (struct capan_http_extent){.first_frame = frame,
                                      .last_frame = frame,
                                      .first_ns = ns_of(message->at_s),
                                      .last_ns = ns_of(message->at_s),
                                      .head_len = message->head_len + 2,
                                      .body_len = body,
                                      .body_missing = missing,
                                      .wire_len = message->head_len + 2 + body + missing,
                                      .complete = !has_option(message, "cut")};
}

static enum capan_http_ending ending_of(const struct script_message *message) {
    static const struct {
        const char *option;
        enum capan_http_ending how;
    } endings[] = {{"reset", CAPAN_HTTP_RESET},           {"closed", CAPAN_HTTP_CLOSED},
                   {"gap", CAPAN_HTTP_CAPTURE_GAP},       {"capture-end", CAPAN_HTTP_CAPTURE_END},
                   {"unreadable", CAPAN_HTTP_UNREADABLE}, {"tunnel", CAPAN_HTTP_TUNNELLED},
                   {"given-up", CAPAN_HTTP_GIVEN_UP}};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (has_option(message, endings[i].option)) return endings[i].how;
    }
    return CAPAN_HTTP_ENDED;
}

static void answer(struct capan_judge *judge, const struct script_exchange *exchange, unsigned world,
                   struct capan_judgement *judgement) {
    const struct script_message *message = &exchange->response;
    struct texts texts;
    make_fields(message, world, &texts);
    struct capan_http_head head = head_of(message, &texts, exchange->response_frame);
    head.status = (uint16_t)strtol(message->start_line + strlen("HTTP/1.1 "), NULL, 10);
    capan_judge_response(judge, judgement, &head);
}

static void finish(struct capan_judge *judge, const struct script *script, size_t index,
                   struct capan_judgement *judgement, script_sink *sink, void *context) {
    const struct script_exchange *exchange = &script->exchanges[index];
    struct capan_http_end end = {.how = ending_of(&exchange->response)};
    end.request.extent = extent_of(&exchange->request, exchange->request_frame);
    end.response.extent = extent_of(&exchange->response, exchange->response_frame);
    end.response.digest_known =
        end.response.extent.complete && !end.response.extent.body_missing && exchange->response.start_line;
    end.response.digest = end.response.digest_known ? digest_of(&exchange->response) : 0;
    end.request.digest_known = end.request.extent.complete;
    end.request.digest = digest_of(&exchange->request);
    end.path.rtt_ns = option(&exchange->response, "rtt=", -1) * 1000000;
    end.path.near_ns = 0;
    end.body_after_304 = has_option(&exchange->response, "stray-body");
    struct capan_exchange *result = capan_judge_end(judge, judgement, &end);
    if (sink) sink(context, script, index, result);
}

void script_play(struct capan_judge *judge, const struct script *script, size_t event, unsigned world,
                 struct capan_judgement **in_flight, script_sink *sink, void *context) {
    const struct script_event *at = &script->events[event];
    const struct script_exchange *exchange = &script->exchanges[at->exchange];
    struct capan_judgement **judgement = &in_flight[at->exchange];
    if (at->what == SCRIPT_ASK || (exchange->orphan && !*judgement))
        *judgement = ask(judge, exchange, world, at->exchange);
    if (!*judgement || at->what == SCRIPT_ASK) return;
    if (at->what == SCRIPT_INTERIM) {
        capan_judge_interim(*judgement, (uint16_t)option(&exchange->interims[at->interim], " ", 100));
        return;
    }
    if (exchange->response.start_line) answer(judge, exchange, world, *judgement);
    finish(judge, script, at->exchange, *judgement, sink, context);
    capan_judgement_free(judge, *judgement);
    *judgement = NULL;
}
