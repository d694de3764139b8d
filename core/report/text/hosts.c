/* SPDX-License-Identifier: MIT */
#include "hosts.h"

#include <stdlib.h>

#include "bytes.h"
#include "cells.h"
#include "human.h"

enum { HOSTS_SHOWN = 10 };

size_t capan_host_name(const struct capan_exchange *exchange, char *name, size_t size) {
    char endpoint[CAPAN_ENDPOINT_TEXT];
    struct capan_span from = exchange->authority;
    if (!from.len)
        from = (struct capan_span){(const uint8_t *)endpoint, capan_endpoint_text(&exchange->server, true, endpoint)};
    size_t len = min_size(from.len, size - 1);
    for (size_t i = 0; i < len; i++) name[i] = from.at[i] > ' ' && from.at[i] < 0x7f ? (char)from.at[i] : '?';
    name[len] = 0;
    return len;
}

void capan_host_add(struct capan_host *host, const struct capan_exchange *exchange) {
    host->exchanges++;
    host->conditional += exchange->cond != CAPAN_COND_NONE;
    host->not_modified += exchange->outcome == CAPAN_OUTCOME_NOT_MODIFIED;
    host->in_vain += exchange->wasted > 0;
    host->violations += exchange->violations != 0;
    host->saved += exchange->saved;
    host->wasted += exchange->wasted;
    if (exchange->round_trips_x100 > 0) host->round_trips_x100 += (uint64_t)exchange->round_trips_x100;
    host->handshakes += capan_handshake_sum(&exchange->handshakes);
}

static struct capan_host *host_of(struct capan_hosts *hosts, const struct capan_exchange *exchange) {
    char name[HOST_NAME_KEPT];
    capan_host_name(exchange, name, sizeof name);
    for (size_t i = 0; i < hosts->count; i++)
        if (strcmp(hosts->at[i].name, name) == 0) return &hosts->at[i].sums;
    if (hosts->count == HOSTS_KEPT) return &hosts->others;
    memcpy(hosts->at[hosts->count].name, name, sizeof name);
    return &hosts->at[hosts->count++].sums;
}

void capan_hosts_add(struct capan_hosts *hosts, const struct capan_exchange *exchange) {
    capan_host_add(host_of(hosts, exchange), exchange);
}

static int by_gain(const void *left, const void *right) {
    const struct capan_named_host *one = left, *other = right;
    const struct capan_host *a = &one->sums, *b = &other->sums;
    if (a->wasted != b->wasted) return a->wasted > b->wasted ? -1 : 1;
    if (a->saved != b->saved) return a->saved > b->saved ? -1 : 1;
    if (a->exchanges != b->exchanges) return a->exchanges > b->exchanges ? -1 : 1;
    return strcmp(one->name, other->name);
}

static void put_host(struct capan_out *out, const struct capan_host *host, const char *name) {
    char bytes[CAPAN_HUMAN], round_trips[CAPAN_HUMAN];
    capan_cell_number(out, host->exchanges, 10);
    capan_cell_number(out, host->not_modified, 6);
    capan_cell_right(out, capan_human_bytes(bytes, host->saved), 10);
    capan_cell_right(out, capan_human_bytes(bytes, host->wasted), 10);
    capan_cell_right(out, capan_human_tenths(round_trips, host->round_trips_x100, true), 13);
    capan_cell_number(out, host->handshakes, 12);
    capan_out_format(out, "  %s\n", name);
}

static void add_up(struct capan_host *sum, const struct capan_host *host) {
    sum->exchanges += host->exchanges;
    sum->conditional += host->conditional;
    sum->not_modified += host->not_modified;
    sum->in_vain += host->in_vain;
    sum->violations += host->violations;
    sum->saved += host->saved;
    sum->wasted += host->wasted;
    sum->round_trips_x100 += host->round_trips_x100;
    sum->handshakes += host->handshakes;
}

void capan_hosts_put(struct capan_text *text, struct capan_hosts *hosts) {
    struct capan_host others = hosts->others;
    if (hosts->count < 2) return;
    qsort(hosts->at, hosts->count, sizeof hosts->at[0], by_gain);
    capan_style(text->out, text->colour, CAPAN_STYLE_DIM);
    capan_out_format(text->out, " exchanges  304s    spared   in vain  round trips  handshakes  host\n");
    capan_style(text->out, text->colour, CAPAN_STYLE_PLAIN);
    for (size_t i = 0; i < hosts->count; i++) {
        if (i < HOSTS_SHOWN)
            put_host(text->out, &hosts->at[i].sums, hosts->at[i].name);
        else
            add_up(&others, &hosts->at[i].sums);
    }
    if (others.exchanges) put_host(text->out, &others, "others");
}
