/* SPDX-License-Identifier: MIT */
/* Exchanges made from lines of text, for a cache that was not there. */
#ifndef MADE_H
#define MADE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capan/whatif.h"

#define NS_PER_S    INT64_C(1000000000)
#define MADE_TIME_S INT64_C(1800000000) /* Fri, 15 Jan 2027 08:00:00 GMT */

enum { MADE_LINES = 8 };

struct made {
    int at_s;                  /* since MADE_TIME_S */
    int client;                /* 1, 2, ... */
    const char *method;        /* NULL: the request was not captured */
    const char *target, *asks; /* field lines, "a: b\nc: d" */
    int status;                /* 0: no answer; below 0: its end was not captured */
    const char *answers;
    uint64_t digest; /* of the content; 0 unknown */
};

static size_t made_lines(struct capan_http_field *fields, const char *text) {
    size_t count = 0;
    while (text && *text) {
        const char *colon = strchr(text, ':'), *end = strchr(text, '\n');
        const char *value = colon + 1 + (colon[1] == ' ');
        if (!end) end = text + strlen(text);
        fields[count++] = (struct capan_http_field){{(const uint8_t *)text, (size_t)(colon - text)},
                                                    {(const uint8_t *)value, (size_t)(end - value)}};
        text = *end ? end + 1 : end;
    }
    return count;
}

/* Request in frame 10 * index + 1, answer in the next one a tenth of a second later. */
static void made_give(struct capan_whatif *whatif, const struct made *made, size_t index) {
    struct capan_http_field asks[MADE_LINES], answers[MADE_LINES];
    const int64_t ns = (MADE_TIME_S + made->at_s) * NS_PER_S;
    const uint32_t frame = 10 * (uint32_t)index + 1;
    struct capan_exchange exchange = {.index = index, .round_trips_x100 = 200, .body_digest = made->digest};
    exchange.client = (struct capan_endpoint){{4, {192, 0, 2, (uint8_t)made->client}}, (uint16_t)(40000 + index)};
    exchange.server = (struct capan_endpoint){{4, {192, 0, 2, 80}}, 80};
    if (made->method) {
        exchange.method = (struct capan_span){(const uint8_t *)made->method, strlen(made->method)};
        exchange.target = (struct capan_span){(const uint8_t *)made->target, strlen(made->target)};
        exchange.authority = (struct capan_span){(const uint8_t *)"made.example", strlen("made.example")};
        exchange.request = (struct capan_http_extent){frame, frame, ns, ns, 100, 0, 0, 100, true};
        exchange.request_lines = asks;
        exchange.request_line_count = made_lines(asks, made->asks);
    }
    if (made->status) {
        exchange.status = (uint16_t)abs(made->status);
        exchange.response = (struct capan_http_extent){
            frame + 1, frame + 1, ns + NS_PER_S / 10, ns + NS_PER_S / 10, 100, 40, 0, 140, made->status > 0};
        exchange.response_fields = answers;
        exchange.response_field_count = made_lines(answers, made->answers);
    }
    assert_int_equal(capan_whatif_exchange(whatif, &exchange), CAPAN_OK);
}

static struct capan_whatif *made_cache(bool shared) {
    const struct capan_whatif_config config = {.shared = shared, .seed = 7};
    struct capan_whatif *whatif = capan_whatif_new(&config, NULL);
    assert_non_null(whatif);
    return whatif;
}

#endif
